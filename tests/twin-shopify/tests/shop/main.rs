//! The twin from outside: one binary, one file per thing it is true to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "tests, all of it; the lints know functions marked as tests only"
)]

mod bulk;
mod companies;
mod cost;
mod discounts;
mod graphql;
mod http;
mod key_sets;
mod schema;
mod sending;
mod state;
mod subscriptions;
mod take;
mod world;
