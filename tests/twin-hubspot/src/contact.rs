//! What the portal shows a test: a contact as it is, and why a change was refused.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{record::Record, refusal::Refusal, value::shown_time};

/// A contact as it is, whatever the API would show of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The record id.
    pub id: String,
    /// Every property that has a value.
    pub properties: BTreeMap<String, String>,
    /// In the recycle bin.
    pub archived: bool,
    /// ISO-8601, UTC.
    pub created_at: String,
    /// ISO-8601, UTC.
    pub updated_at: String,
}

/// Why the portal refused a change: HubSpot's words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalError {
    /// The HTTP status the API would give.
    pub status: u16,
    /// The message it would carry.
    pub words: String,
}

impl fmt::Display for PortalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.words, self.status)
    }
}

impl std::error::Error for PortalError {}

impl From<Refusal> for PortalError {
    fn from(refusal: Refusal) -> Self {
        let words = refusal.body.get("message").and_then(|words| words.as_str()).unwrap_or_default();
        Self { status: refusal.status, words: words.to_owned() }
    }
}

impl Contact {
    pub(crate) fn of(record: &Record) -> Self {
        Self {
            id: record.id.to_string(),
            properties: record.values.clone(),
            archived: record.archived_ms.is_some(),
            created_at: shown_time(record.created_ms),
            updated_at: shown_time(record.updated_ms),
        }
    }
}
