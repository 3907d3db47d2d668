//! What a merchant and a buyer do, and the deliveries Shopify raises for it.

mod companies;
mod customers;
mod discounts;
mod fate;
mod orders;

pub use orders::{NewLine, NewOrder};
