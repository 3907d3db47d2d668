#![doc = include_str!("../README.md")]
#![allow(clippy::doc_markdown, reason = "HubSpot is a name, not code")]

mod apply;
mod batch;
mod client;
mod config;
mod deals;
mod decode;
mod encode;
mod error;
mod find;
mod limits;
mod look_up;
mod loose;
mod notes;
mod problem;
mod property;
mod rows;
mod search;
mod setup;
mod setup_orders;
mod socket;
mod words;

pub use client::HubSpot;
pub use config::{API_VERSION, ENDPOINT, HubSpotConfig, InvalidConfig};
pub use setup::{Prepared, SetupError, setup};
pub use setup_orders::setup_orders;
pub use words::{decode_batch, encode_batch};
