#![doc = include_str!("../README.md")]

mod addresses;
mod chat;
mod crm_secret;
mod crm_side;
mod rates;
mod set_up;
mod set_up_hubspot;
mod shops;

pub use addresses::Addresses;
pub use chat::chat;
pub use crm_secret::InvalidCrmSecret;
pub use crm_side::{CrmAddresses, CrmSide, crm_side};
pub use rates::{chat_rate, crm_rate, shop_rate};
pub use set_up::{NotSetUp, SetUp, set_up};
pub use shops::shops;
