//! The stores in memory, for stories: state that can be looked at, a clock that is moved, faults on demand.

mod actions;
mod archive;
mod budgets;
mod clock;
mod deeds;
mod due;
mod fault;
mod figures;
mod inbox;
mod links;
mod queue;
mod queues;
mod runs;
mod wakes;

pub use actions::MemoryActions;
pub use archive::{MemoryArchive, Sheet};
pub use budgets::MemoryBudgets;
pub use clock::Clock;
pub use deeds::MemoryDeeds;
pub use due::MemoryDue;
pub use fault::{Faults, Moment, Operation};
pub use figures::MemoryFigures;
pub use inbox::MemoryInbox;
pub use links::MemoryLinks;
pub use queue::{Message, Received};
pub use queues::{MemoryQueues, Redrive};
pub use runs::MemoryRuns;
pub use wakes::MemoryWakes;
