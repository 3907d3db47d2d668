//! A company that buys (B2B).

use jiff::Timestamp;

/// A company as the shop holds it. Who buys for it is said by the customers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Company {
    /// Numeric id; may exceed 2^53.
    pub(crate) id: u64,
    /// Its name.
    pub(crate) name: String,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it last changed; whole seconds.
    pub(crate) updated_at: Timestamp,
}
