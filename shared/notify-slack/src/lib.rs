#![doc = include_str!("../README.md")]

mod client;
mod compose;
mod config;
mod error;
mod fit;
mod limits;
mod payload;
mod secret;
mod socket;

pub use client::Slack;
pub use config::{InvalidEndpoint, SlackConfig};
pub use limits::MESSAGES_PER_SECOND;
pub use secret::InvalidSlackSecret;
