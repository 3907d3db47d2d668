#![doc = include_str!("../README.md")]

mod answer;
mod client;
mod error;

pub use answer::Answer;
pub use bytes::Bytes;
pub use client::{Outbound, Timeouts};
pub use error::{OutboundError, OutboundErrorKind};
pub use reqwest::Method;
