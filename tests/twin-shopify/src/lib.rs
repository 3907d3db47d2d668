#![doc = include_str!("../README.md")]

mod actions;
mod body;
mod bucket;
mod chance;
mod clock;
mod company;
mod customer;
mod delivery;
mod error;
mod faults;
mod gid;
mod graphql;
mod handle;
mod http;
mod money;
mod order;
mod sending;
mod shop;
mod take;
mod twin;
mod versions;
mod view;

pub use actions::{NewLine, NewOrder};
pub use clock::{Clock, HandClock};
pub use customer::{Address, Consent, Customer, Metafield};
pub use delivery::{Delivery, HeaderFamily, signature};
pub use error::{TwinError, TwinErrorKind};
pub use faults::Faults;
pub use graphql::ADMIN_SDL;
pub use handle::{Counts, ShopHandle};
pub use order::{Line, Order, Refund};
pub use sending::{Delivered, Manner, Subscription};
pub use shop::ShopSettings;
pub use take::Taken;
pub use twin::{Running, Twin};
pub use view::Figures;
