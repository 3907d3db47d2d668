//! A discount that a code opens.

use jiff::Timestamp;
use serde::Serialize;

/// A discount as the shop holds it: so much off the whole order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Discount {
    /// Numeric id; may exceed 2^53.
    pub id: u64,
    /// What the buyer enters; whether in capitals or not makes no difference.
    pub code: String,
    /// What the shop's team reads.
    pub title: String,
    /// The share that is taken off, 0 to 1.
    pub percentage: f64,
    /// Who may use it; none for everybody.
    pub customers: Option<Vec<u64>>,
    /// From when on it can be used.
    pub starts_at: Timestamp,
    /// Until when; none for ever.
    pub ends_at: Option<Timestamp>,
    /// How often it can be used by all together; none for any number.
    pub usage_limit: Option<u64>,
    /// Whether one customer can use it once only.
    pub once_per_customer: bool,
    /// When it was made; whole seconds.
    pub created_at: Timestamp,
}
