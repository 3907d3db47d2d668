//! The part of the contract that is about two records of one customer.

use domain::RecordId;

/// What became of two records that should be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// They are one now, and this record stands: one of the two, or a new one.
    Now(RecordId),
    /// They were one before, and this record stands.
    Before(RecordId),
    /// This CRM has no way that we can go: why, in words for a person. Nothing was asked, and nothing was done.
    Unsupported(&'static str),
}

impl Merged {
    /// The record that stands; none where nothing was merged.
    pub fn record(&self) -> Option<&RecordId> {
        match self {
            Self::Now(record) | Self::Before(record) => Some(record),
            Self::Unsupported(_) => None,
        }
    }
}
