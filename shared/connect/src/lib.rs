#![doc = include_str!("../README.md")]

mod addresses;
mod crm_side;
mod rates;
mod shops;

pub use addresses::Addresses;
pub use crm_side::{CrmAddresses, CrmSide, InvalidCrmSecret, crm_side};
pub use rates::{crm_rate, shop_rate};
pub use shops::shops;
