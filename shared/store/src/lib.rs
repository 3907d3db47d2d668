#![doc = include_str!("../README.md")]

mod budgets;
mod error;
mod inbox;
mod links;
mod queues;
mod runs;

pub use budgets::{Account, Budgets};
pub use error::{StoreError, StoreErrorKind};
pub use inbox::{Delivery, Inbox, Note, Trail};
pub use links::{Asking, Claimant, HandedOver, Holding, Keeping, Kept, Lease, Link, Links, MAX_MENTIONS};
pub use queues::{DeadLetters, Held, Outbox, ParkedQueue, Redelivery, Source};
pub use runs::{Checkpoint, REPORTS, RunLock, Runs, Standing};

#[cfg(feature = "memory")]
pub mod conformance;
#[cfg(feature = "memory")]
pub mod memory;
