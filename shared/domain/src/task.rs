//! What a rep should do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ExternalKey;

/// How soon a rep should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before the others.
    High,
    /// In its turn.
    Medium,
    /// When there is time.
    Low,
}

/// Something a rep should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The unique key that it is found by.
    pub key: ExternalKey,
    /// What it is about, on one line.
    pub subject: String,
    /// Line by line, as plain text.
    pub lines: Vec<String>,
    /// Until when, UTC.
    pub due: Timestamp,
    /// How soon.
    pub priority: Priority,
}
