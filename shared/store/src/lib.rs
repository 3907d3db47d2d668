#![doc = include_str!("../README.md")]

mod archive;
mod budgets;
mod deeds;
mod due;
mod error;
mod figures;
mod inbox;
mod links;
mod queues;
mod runs;

pub use archive::Archive;
pub use budgets::{Account, Budgets};
pub use deeds::{Begun, Deeds};
pub use due::{Checkout, Due, DueCursor, DueIndex, DuePage};
pub use error::{StoreError, StoreErrorKind};
pub use figures::{Figure, Figures, LARGEST_FIGURE};
pub use inbox::{Delivery, Inbox, Note, Trail};
pub use links::{Asking, Claimant, HandedOver, Holding, Keeping, Kept, Lease, Link, Links, MAX_MENTIONS};
pub use queues::{ActionQueue, DeadLetters, Held, Outbox, ParkedQueue, Redelivery, Source, Wakes};
pub use runs::{Checkpoint, REPORTS, RunLock, Runs, Standing, Told};

#[cfg(feature = "memory")]
pub mod conformance;
#[cfg(feature = "memory")]
pub mod memory;
