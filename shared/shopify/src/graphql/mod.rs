//! What the shop has: the Admin GraphQL API.

mod admin;
mod answer;
mod credentials;
mod customer;
mod error;
mod metafield;
mod orders;
mod query;
mod reader;
mod token;

pub use admin::{Admin, AdminConfig, CustomerPage, Order, Truth};
pub use credentials::{Credentials, InvalidCredentials};
pub use error::{ShopError, ShopErrorKind};
pub use orders::Orders;
pub use reader::{OrdersReading, ReadShop, Reading};
