#![doc = include_str!("../README.md")]

mod bytes;
mod keep;
mod order_values;

pub use bytes::Unreadable;
pub use keep::keep;
pub use order_values::OrderValues;
