#![doc = include_str!("../README.md")]

mod channel;
mod error;
mod message;
mod notifier;

pub use channel::{Channel, InvalidChannel};
pub use error::{NotifyError, NotifyErrorKind};
pub use message::{Link, Message, one_line};
pub use notifier::{Notifier, NotifyFuture};

#[cfg(feature = "memory")]
pub mod conformance;
#[cfg(feature = "memory")]
pub mod memory;
