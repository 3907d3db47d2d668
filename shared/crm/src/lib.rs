#![doc = include_str!("../README.md")]

mod error;
mod socket;

pub use error::{CrmError, CrmErrorKind};
pub use socket::{Crm, CrmFuture, Wanted, Written};

#[cfg(feature = "memory")]
pub mod conformance;
#[cfg(feature = "memory")]
pub mod memory;
