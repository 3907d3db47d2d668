//! What goes wrong next, on purpose.

use serde::{Deserialize, Serialize};

/// Faults of one shop. Counters run down as they are used; `PUT` replaces them all, so `{}` heals everything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The next queries are answered with `THROTTLED`.
    pub throttle_next: u32,
    /// Every answer of the Admin API is this late, milliseconds.
    pub latency_ms: u64,
    /// The next queries see the shop as it was before its last change.
    pub stale_reads: u32,
    /// The next requests are answered with 503 and a page of HTML.
    pub unavailable_next: u32,
    /// Protected fields this app may not see: `email`, `phone`, `name`, `address`.
    pub redact: Vec<String>,
    /// The next requests are carried out, and the connection closed without an answer.
    pub answer_lost_next: u32,
    /// What becomes of the next bulk operations, one after the other.
    pub bulk_next: Vec<BulkFault>,
}

/// What goes wrong with a bulk operation or its file. The counts that are told are always those of the whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkFault {
    /// It fails half-way: `TIMEOUT`, and an address of partial data.
    Failed,
    /// Nobody came for its result.
    Expired,
    /// Shopify cancels it.
    Canceled,
    /// It runs and runs, and counts no further.
    Stalled,
    /// The file ends in the middle of its last line.
    Cut,
    /// A line in the middle is not there.
    MissingLine,
    /// A line in the middle is there twice.
    DoubledLine,
    /// A line in the middle is no JSON.
    BrokenJson,
}

/// The kinds of protected data that can be redacted.
pub(crate) const REDACTABLE: [&str; 5] = ["email", "phone", "name", "address", "metafield"];

/// Uses up one of a counter; true if there was one.
pub(crate) fn strikes(counter: &mut u32) -> bool {
    let struck = *counter > 0;
    *counter = counter.saturating_sub(1);
    struck
}
