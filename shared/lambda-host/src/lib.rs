#![doc = include_str!("../README.md")]

mod alarm;
mod aws;
mod deadline;
mod env;
mod journal;
mod secrets;

pub use alarm::alarm;
pub use aws::{Patience, sdk_config};
pub use deadline::deadline;
pub use env::{Env, InvalidEnv};
pub use journal::{Journal, Level, Metric, Unit, told};
pub use secrets::{SecretCache, SecretError};

/// The time, UTC, asked here and handed on: nobody behind the functions asks for it.
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
