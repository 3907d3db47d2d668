#![doc = include_str!("../README.md")]
#![allow(clippy::doc_markdown, reason = "HubSpot is a name, not code")]

mod batch;
mod client;
mod config;
mod contacts;
mod cost;
mod decode;
mod encode;
mod error;
mod limits;
mod objects;
mod property;
mod setup;
mod socket;
mod words;

pub use client::HubSpot;
pub use config::{API_VERSION, ENDPOINT, HubSpotConfig, InvalidConfig};
pub use setup::{
    DealStage, InvalidStage, Keyed, Pipeline, Prepared, PreparedPipeline, SetupError, setup, setup_keys,
    setup_orders, setup_pipeline,
};
pub use words::{decode_batch, encode_batch};
