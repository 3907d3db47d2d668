//! Which CRM record is which customer, what was last written to it, and who is writing now.

use std::future::Future;

use domain::{CustomerKey, Fingerprints, RecordId};
use jiff::Timestamp;

use crate::{Claimant, StoreError};

/// What ties a customer to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The CRM's record.
    pub record: RecordId,
    /// The version of the customer that was last written, UTC.
    pub version: Timestamp,
    /// What was last written, as keyed hashes.
    pub written: Fingerprints,
}

impl Link {
    /// The same link, of which it is not known what was last written: everything will be written again.
    #[must_use]
    pub fn in_doubt(self) -> Self {
        Self { written: Fingerprints::new(), ..self }
    }
}

/// The answer to asking for a customer's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// It is yours; this is what is known of the link. Where the lease before was abandoned, or ran out without being
    /// given back, its owner stopped somewhere between the CRM and this memory, so what was last written is not known:
    /// `written` is empty.
    Granted(Option<Link>),
    /// Somebody else writes this customer until then.
    Held {
        /// When that lease expires, UTC.
        until: Timestamp,
    },
}

/// The answer to keeping a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Remembered, and the lease is given back.
    Kept,
    /// The lease had expired and somebody else has it now; nothing was changed.
    LostLease,
}

/// The memory of links: precious, never forgotten by itself. One customer, one writer.
///
/// `lease` is one conditional write that also returns the row. `keep`, `release` and `abandon` are fenced: they change nothing
/// unless the lease is still the claimant's own: a lease that ran out is, until somebody else takes it. An owner who
/// repeats itself, because an answer got lost on the way, gets the same answer. `keep` also remembers the way back, from
/// the record to the customer, and forgets that of the record it was linked with before, unless another customer has it.
pub trait Links: Send + Sync {
    /// Asks to be the one who writes this customer.
    fn lease(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<Lease, StoreError>> + Send;

    /// Remembers the link and gives the lease back.
    fn keep(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: &Link,
    ) -> impl Future<Output = Result<Kept, StoreError>> + Send;

    /// Gives the lease back and changes nothing else.
    fn release(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<Kept, StoreError>> + Send;

    /// Gives the lease back without knowing what was written: the next who leases gets the link in doubt, at once.
    fn abandon(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<Kept, StoreError>> + Send;

    /// Reads a link without asking for anything.
    fn link(&self, customer: &CustomerKey) -> impl Future<Output = Result<Option<Link>, StoreError>> + Send;

    /// The customer that a record is linked with.
    fn customer_of(
        &self,
        record: &RecordId,
    ) -> impl Future<Output = Result<Option<CustomerKey>, StoreError>> + Send;
}
