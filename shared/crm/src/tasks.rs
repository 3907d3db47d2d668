//! The part of the contract that is about what reps should do.

use domain::{RecordId, Task};

use crate::{CrmError, Written};

/// A task, and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskWrite {
    /// What it should say.
    pub task: Task,
    /// The record of the customer.
    pub contact: RecordId,
}

/// What became of a task: made, or there already.
pub type TaskOutcome = Result<Written, CrmError>;
