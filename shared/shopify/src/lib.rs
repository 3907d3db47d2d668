#![doc = include_str!("../README.md")]

#[cfg(feature = "admin")]
mod graphql;
mod webhook;

#[cfg(feature = "admin")]
pub use graphql::{
    Admin, AdminConfig, Companies, CompaniesReading, Company, Credentials, CustomerPage, Customers,
    CustomersReading, CustomersRefunds, InvalidCredentials, Order, Orders, OrdersReading, ReadShop, Reading,
    RefundsRead, RefundsReading, ShopError, ShopErrorKind, Truth,
};
pub use webhook::{
    ClientSecrets, Headers, InvalidSecrets, NotAnEvent, Refused, Verified, read, read_partner_event, reread,
    verify,
};
