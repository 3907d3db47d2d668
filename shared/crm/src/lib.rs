#![doc = include_str!("../README.md")]

mod error;
mod orders;
mod socket;

pub use error::{CrmError, CrmErrorKind};
pub use orders::{DealOutcome, DealWrite, NoteOutcome, NoteWrite};
pub use socket::{Crm, CrmFuture, Wanted, Written};

#[cfg(feature = "memory")]
pub mod conformance;
#[cfg(feature = "memory")]
pub mod memory;
