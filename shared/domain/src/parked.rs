//! What waits for a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A message that no retry would mend. It waits in the parked queue until its cause is mended and it is replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkedMessage {
    /// The first version.
    V1(Parked),
}

/// The message and why it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// A stable code, such as `unreadable_body`: for filters and alarms.
    pub code: String,
    /// What happened, in a sentence without personal data.
    pub reason: String,
    /// What a person can do about it.
    pub advice: String,
    /// When it was parked, UTC.
    pub parked_at: Timestamp,
    /// How often it had been received.
    pub attempts: u32,
    /// The message as it came from the event queue.
    pub message: String,
}
