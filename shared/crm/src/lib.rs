#![doc = include_str!("../README.md")]

mod companies;
mod errand;
mod error;
mod merging;
mod orders;
mod paging;
mod socket;
pub mod spelling;
mod tasks;

pub use companies::{CompanyOutcome, CompanyWrite};
pub use errand::Errand;
pub use error::{CrmError, CrmErrorKind};
pub use merging::Merged;
pub use orders::{DealOutcome, DealSpan, DealWrite, NoteOutcome, NoteWrite};
pub use paging::{Cursor, Page};
pub use socket::{Crm, CrmFuture, Wanted, Written};
pub use tasks::{TaskOutcome, TaskWrite};

#[cfg(feature = "memory")]
pub mod conformance;
#[cfg(feature = "memory")]
pub mod memory;
