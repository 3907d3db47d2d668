//! The part of the contract that is about orders: deals, and notes about refunds.

use domain::{Deal, Note, RecordId};
use jiff::Timestamp;

use crate::{CrmError, Written};

/// A deal, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealWrite {
    /// What it should say.
    pub deal: Deal,
    /// The record of the customer; none where it is not known whose the order was, and the deal stays tied as it is.
    pub contact: Option<RecordId>,
}

/// A note, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteWrite {
    /// What it should say.
    pub note: Note,
    /// The record of the customer.
    pub contact: RecordId,
}

/// Which deals are counted: those with a key of ours that were closed within some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealSpan {
    /// What their keys begin with; empty for all.
    pub prefix: String,
    /// Closed from this moment on, UTC.
    pub since: Timestamp,
    /// Closed before this moment, UTC.
    pub until: Timestamp,
    /// Those in these stages, in the CRM's words, are left out.
    pub without: Vec<String>,
}

/// What became of a deal: written, or nothing where it was not there and need not be.
pub type DealOutcome = Result<Option<Written>, CrmError>;

/// What became of a note: made, or there already.
pub type NoteOutcome = Result<Written, CrmError>;
