//! What became of an action.

use std::fmt;
use std::time::Duration;

use domain::{Firing, RecordId};

use crate::Delivered;
use crate::failure::Failure;

/// How an action was finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActOutcome {
    /// It was done in the CRM, and in the shop where it is a discount.
    Done {
        /// What it made, or the contact that it changed.
        record: Option<RecordId>,
    },
    /// A message was posted.
    Told {
        /// Whether it may have been posted before; its readers were told so.
        repeat: bool,
    },
    /// It had been finished before, or a copy of it was in the same batch.
    Repeated,
    /// The customer has no record any more.
    CustomerGone,
    /// The discount would have ended before it was made.
    TooLate,
    /// No chat is set up.
    NoChat,
    /// It waits for a person.
    Parked {
        /// Why, as a stable code.
        code: &'static str,
    },
}

impl ActOutcome {
    /// A stable code for metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Done { .. } | Self::Told { repeat: false } => "done",
            Self::Told { repeat: true } => "told_again",
            Self::Repeated => "repeated",
            Self::CustomerGone | Self::TooLate => "skipped",
            Self::NoChat => "no_chat",
            Self::Parked { .. } => "parked",
        }
    }
}

/// A sentence without personal data: it is stored and logged.
impl fmt::Display for ActOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { record: Some(record) } => write!(f, "done: record {record}"),
            Self::Done { record: None } => f.write_str("done"),
            Self::Told { repeat: false } => f.write_str("done: posted"),
            Self::Told { repeat: true } => f.write_str("done: posted, and may have been before"),
            Self::Repeated => f.write_str("repeated: finished before"),
            Self::CustomerGone => f.write_str("skipped: the customer has no record any more"),
            Self::TooLate => f.write_str("skipped: the discount would have ended by now"),
            Self::NoChat => f.write_str("skipped: no chat is set up"),
            Self::Parked { code } => write!(f, "parked: {code}"),
        }
    }
}

/// One message, acted on.
#[derive(Debug)]
pub struct Acted {
    /// The queue's id of the message.
    pub message_id: String,
    /// How often it was received, this time included.
    pub receives: u32,
    /// What it asked for, where it could be read. Its deed may hold personal data; its key does not.
    pub firing: Option<Firing>,
    /// How it was finished; or why it was not, and when it comes back.
    pub verdict: Result<ActOutcome, (Failure, Duration)>,
    /// Why it waits for a person, where it does: for the journal.
    pub parked_for: Option<Failure>,
}

impl Acted {
    pub(super) fn new(
        delivered: &Delivered,
        firing: Option<Firing>,
        verdict: Result<ActOutcome, (Failure, Duration)>,
    ) -> Self {
        let message_id = delivered.message_id.clone();
        Self { message_id, receives: delivered.receives, firing, verdict, parked_for: None }
    }

    /// Whoever acts fell over this message; it comes back when its visibility ends.
    pub(super) fn fallen(delivered: &Delivered) -> Self {
        Self::new(delivered, None, Err((Failure::Panicked, Duration::ZERO)))
    }

    /// What went wrong, where something did: it comes back for it, or waits for a person because of it.
    pub fn failure(&self) -> Option<&Failure> {
        self.parked_for.as_ref().or(self.verdict.as_ref().err().map(|(failure, _)| failure))
    }

    /// Whether the message must not be deleted.
    pub fn comes_back(&self) -> bool {
        self.verdict.is_err()
    }
}
