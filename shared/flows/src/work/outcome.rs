//! What became of a delivery.

use std::fmt;
use std::time::Duration;

use domain::{Event, Field, RecordId, Skipped, Stage};

use super::Delivered;
use crate::failure::Failure;

/// How a delivery was finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It had been finished before.
    Duplicate,
    /// A record was written.
    Written {
        /// Which.
        record: RecordId,
        /// Whether it is new.
        created: bool,
        /// What changed in it.
        fields: Vec<Field>,
        /// What was left as it is, and why.
        skipped: Vec<Skipped>,
    },
    /// The record says so already.
    AlreadyTrue {
        /// Which.
        record: RecordId,
    },
    /// A company was written.
    CompanyWritten {
        /// Which.
        record: RecordId,
        /// Whether it is new.
        created: bool,
    },
    /// The customer is not in the shop any more; the CRM's record is the CRM's (S-111).
    CustomerGone,
    /// The order is tied to no customer.
    NoCustomer,
    /// What it tells changes nothing of a contact.
    Nothing {
        /// What it tells.
        why: &'static str,
    },
    /// Another worker writes this customer just now; what the event named was left for it.
    HandedOver,
    /// It waits for a person.
    Parked {
        /// Why, as a stable code.
        code: &'static str,
    },
}

impl Outcome {
    /// A stable code for metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Written { created: true, .. } | Self::CompanyWritten { created: true, .. } => "created",
            Self::Written { .. } | Self::CompanyWritten { .. } => "updated",
            Self::AlreadyTrue { .. } | Self::CustomerGone | Self::NoCustomer | Self::Nothing { .. } => {
                "skipped"
            }
            Self::HandedOver => "handed_over",
            Self::Parked { .. } => "parked",
        }
    }
}

/// A sentence without personal data: it is stored and logged.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate => f.write_str("duplicate: finished before"),
            Self::Written { record, created: true, skipped, .. } => {
                write!(f, "created contact {record}{}", left(skipped))
            }
            Self::Written { record, fields, skipped, .. } => {
                let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
                write!(f, "updated contact {record}: {}{}", names.join(", "), left(skipped))
            }
            Self::CompanyWritten { record, created: true } => write!(f, "created company {record}"),
            Self::CompanyWritten { record, .. } => write!(f, "updated company {record}"),
            Self::AlreadyTrue { record } => write!(f, "skipped: contact {record} says so already"),
            Self::CustomerGone => f.write_str("skipped: the customer is not in the shop any more"),
            Self::NoCustomer => f.write_str("skipped: the order is tied to no customer"),
            Self::Nothing { why } => write!(f, "skipped: {why}"),
            Self::HandedOver => f.write_str("handed over: left for the worker that writes this customer now"),
            Self::Parked { code } => write!(f, "parked: {code}"),
        }
    }
}

/// `; left: phone (the CRM's), lifecycle_stage (further along there)`.
fn left(skipped: &[Skipped]) -> String {
    let told: Vec<_> = skipped.iter().filter_map(reason).collect();
    if told.is_empty() { String::new() } else { format!("; left: {}", told.join(", ")) }
}

pub(super) fn reason(skipped: &Skipped) -> Option<String> {
    let (field, why) = match skipped {
        Skipped::OwnedByCrm { field } => (field, "the CRM's"),
        Skipped::NotForward { field } => (field, "further along there"),
        Skipped::Unread { field } => (field, "the record could not be read by its key"),
        Skipped::InvalidPhone => (&Field::Phone, "not a number, so it identifies nobody"),
        Skipped::AlreadyTrue | Skipped::Stale { .. } => return None,
    };
    Some(format!("{} ({why})", field.name()))
}

/// One message, worked on.
#[derive(Debug)]
pub struct Worked {
    /// The queue's id of the message.
    pub message_id: String,
    /// How often it was received, this time included.
    pub receives: u32,
    /// What it said, where it could be read.
    pub event: Option<Event>,
    /// How it was finished; or why it was not, and when it comes back.
    pub verdict: Result<Outcome, (Failure, Duration)>,
    /// Why it waits for a person, where it does: for the journal.
    pub parked_for: Option<Failure>,
}

impl Worked {
    pub(super) fn finished(delivered: &Delivered, event: Option<Event>, outcome: Outcome) -> Self {
        Self::new(delivered, event, Ok(outcome))
    }

    pub(super) fn new(
        delivered: &Delivered,
        event: Option<Event>,
        verdict: Result<Outcome, (Failure, Duration)>,
    ) -> Self {
        let message_id = delivered.message_id.clone();
        Self { message_id, receives: delivered.receives, event, verdict, parked_for: None }
    }

    /// The worker fell over this message; it comes back when its visibility ends.
    pub(super) fn fallen(message_id: String, receives: u32) -> Self {
        let verdict = Err((Failure::Panicked, Duration::ZERO));
        Self { message_id, receives, event: None, verdict, parked_for: None }
    }

    /// What went wrong, where something did: it comes back for it, or waits for a person because of it.
    pub fn failure(&self) -> Option<&Failure> {
        self.parked_for.as_ref().or(self.verdict.as_ref().err().map(|(failure, _)| failure))
    }

    /// How far it came: past the match are those whose record says so now, and those whom the CRM failed.
    pub fn stage(&self) -> Stage {
        let written = matches!(
            self.verdict,
            Ok(Outcome::Written { .. } | Outcome::CompanyWritten { .. } | Outcome::AlreadyTrue { .. })
        );
        match self.failure() {
            Some(Failure::Crm(_)) => Stage::Upsert,
            None if written => Stage::Upsert,
            _ => Stage::Match,
        }
    }

    /// Whether the message must not be deleted.
    pub fn comes_back(&self) -> bool {
        self.verdict.is_err()
    }
}
