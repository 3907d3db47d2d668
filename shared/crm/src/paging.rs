//! The part of the contract that is about everybody, page by page.

use domain::Record;

/// Where a listing goes on. Opaque to all but the CRM that gave it, and safe to keep for a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor as the CRM gave it, or as it was kept.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The cursor, to be kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Some of the records, and where the rest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records; there may be none while the CRM is still preparing.
    pub records: Vec<Record>,
    /// Where it goes on; none at the end.
    pub next: Option<Cursor>,
}
