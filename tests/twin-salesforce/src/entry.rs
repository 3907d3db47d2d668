//! What the org shows a test: a record as it is, and why a change was refused.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use serde_json::Value;

use crate::{moment, record::Record, refusal::Refusal};

/// A record as it is, whatever the API user may see of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The record id, of 18 characters.
    pub id: String,
    /// Every field that has a value.
    pub fields: BTreeMap<String, Value>,
    /// In the recycle bin.
    pub deleted: bool,
    /// As the API shows it, UTC.
    pub created_at: String,
    /// As the API shows it, UTC.
    pub updated_at: String,
}

impl Entry {
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            id: record.id.clone(),
            fields: record.values().clone(),
            deleted: record.deleted,
            created_at: moment::shown(record.created_ms),
            updated_at: moment::shown(record.modified_ms),
        }
    }

    /// The text of a field; empty when there is none.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Why the org refused a change: Salesforce's code and words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgError {
    /// The HTTP status the API would give.
    pub status: u16,
    /// The code it would carry.
    pub code: String,
    /// The message it would carry.
    pub words: String,
}

impl OrgError {
    pub(crate) fn bad(words: impl Into<String>) -> Self {
        Self { status: 400, code: "TWIN".to_owned(), words: words.into() }
    }
}

impl fmt::Display for OrgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code, self.words, self.status)
    }
}

impl std::error::Error for OrgError {}

impl From<Refusal> for OrgError {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, code: refusal.code, words: refusal.message }
    }
}
