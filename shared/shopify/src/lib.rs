#![doc = include_str!("../README.md")]

#[cfg(feature = "admin")]
mod graphql;
mod webhook;

#[cfg(feature = "admin")]
pub use graphql::{
    Admin, AdminConfig, BulkFailure, BulkId, BulkOperation, BulkPiece, BulkResult, BulkStart, BulkState,
    Companies, Company, Credentials, CustomerPage, Customers, CustomersRefunds, Discount, GrantDiscount,
    Granting, InvalidCredentials, Made, Order, OrderSpan, Orders, Placed, PlacedPage, ReadShop, Reading,
    RefundsRead, ShopError, ShopErrorKind, Subscription, TOPICS_NEEDED, TOPICS_OPTIONAL, Truth,
};
pub use webhook::{
    ClientSecrets, Headers, InvalidSecrets, NotAnEvent, Refused, Verified, read, read_partner_event, reread,
    verify,
};
