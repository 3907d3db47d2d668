#![doc = include_str!("../README.md")]

#[cfg(feature = "admin")]
mod graphql;
mod webhook;

#[cfg(feature = "admin")]
pub use graphql::{
    Admin, AdminConfig, Credentials, CustomerPage, InvalidCredentials, Order, Orders, OrdersReading,
    ReadShop, Reading, ShopError, ShopErrorKind, Truth,
};
pub use webhook::{
    ClientSecrets, Headers, InvalidSecrets, NotAnEvent, Refused, Verified, read, read_partner_event, reread,
    verify,
};
