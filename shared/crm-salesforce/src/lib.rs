#![doc = include_str!("../README.md")]
#![allow(clippy::doc_markdown, reason = "Salesforce's words are names, not code")]

mod activities;
mod apply;
mod bulk;
mod client;
mod companies;
mod config;
mod contacts;
mod cost;
mod counting;
mod csv;
mod deals;
mod decode;
mod encode;
mod error;
mod fields;
mod find;
mod former;
mod id;
mod jwt;
mod limits;
mod ours;
mod page;
mod person;
mod problem;
mod property;
mod query;
mod roles;
mod rows;
mod setup;
mod setup_error;
mod socket;
mod soql;
mod token;
mod usage;
mod words;

pub use client::Salesforce;
pub use config::{API_VERSION, InvalidConfig, SalesforceConfig};
pub use setup::{PERMISSION_SET, Prepared, setup, setup_orders};
pub use setup_error::SetupError;
pub use usage::Usage;
pub use words::{decode_rows, encode_rows};
