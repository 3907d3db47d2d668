//! Which CRM record is which customer, what was last written to it, and who is writing now.

use std::future::Future;

use domain::{CustomerKey, Fingerprints, Mention, OrderVersion, RecordId, SignalState};
use jiff::Timestamp;

use crate::StoreError;

/// Who asks, when, and until when it may write before others may take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    /// Unique for each attempt (an invocation and a delivery), never reused: the fence.
    pub owner: String,
    /// Now, UTC.
    pub now: Timestamp,
    /// When the lease expires, UTC: later than the platform would let the owner live.
    pub until: Timestamp,
}

/// What ties a customer to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The CRM's record.
    pub record: RecordId,
    /// The version of the customer that was last written, UTC.
    pub version: Timestamp,
    /// What was last written, as keyed hashes.
    pub written: Fingerprints,
    /// The newest version of any of the customer's orders that was read with it.
    pub newest_order: Option<OrderVersion>,
    /// What the next look at the customer's signals depends on.
    pub signals: SignalState,
}

impl Link {
    /// The same link, of which it is not known what was last written: everything will be written again.
    #[must_use]
    pub fn in_doubt(self) -> Self {
        Self { written: Fingerprints::new(), ..self }
    }
}

/// A customer's row, in the hands of the one who writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holding {
    /// What is known of the link. Where it is in doubt, `written` is empty.
    pub link: Option<Link>,
    /// The lease before was abandoned, or was not given back: its owner stopped somewhere between the CRM and this memory,
    /// so what was last written is not known. Where there is no link, there may be a record all the same.
    pub in_doubt: bool,
    /// What others left here while somebody held the row, and nobody has dealt with yet.
    pub mentions: Vec<Mention>,
}

/// The answer to asking for a customer's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// It is yours.
    Granted(Holding),
    /// Somebody else writes this customer until then.
    Held {
        /// Who that is.
        owner: String,
        /// When that lease expires, UTC.
        until: Timestamp,
    },
}

/// The answer to leaving something for the one who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandedOver {
    /// It is in the row, and the row cannot be given back as dealt with before it was looked at.
    Taken,
    /// That one does not hold the row any more: ask for it again.
    Free,
    /// So much was left there already that it has to wait.
    Full,
}

/// The answer to keeping a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Remembered, and the lease is given back.
    Kept,
    /// Something was left here meanwhile: nothing was changed, and the lease is still yours. These are all mentions, the
    /// new ones last.
    Mentioned(Vec<Mention>),
    /// The lease had expired and somebody else has it now; nothing was changed.
    LostLease,
}

/// A row that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Whose.
    pub customer: &'a CustomerKey,
    /// The one who asks.
    pub claimant: &'a Claimant,
}

/// A row to be given back as dealt with.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a> {
    /// Whose.
    pub customer: &'a CustomerKey,
    /// The one who holds it.
    pub claimant: &'a Claimant,
    /// What is to be remembered, where there is something.
    pub link: Option<&'a Link>,
    /// The record that the row was linked with when it was leased. Wrong, it costs a call and does no harm.
    pub linked: Option<&'a RecordId>,
    /// How many mentions the claimant has seen.
    pub seen: usize,
}

/// The memory of links: precious, never forgotten by itself. One customer, one writer.
///
/// `lease` is one conditional write that also returns the row. Who finds the row held does not wait: `hand_over` leaves
/// what an event named in the row, on the condition that the same one still holds it. The holder's own message is not
/// deleted before its `keep`, and `keep` fails where something was left that the holder has not seen; so what was handed
/// over is dealt with by the holder, or by whoever takes the row after it. Whose delivery the lease itself was taken for
/// must not leave it there: its answer may have got lost, and then nobody but that delivery will ever come for it.
///
/// `keep`, `release` and `abandon` are fenced: they change nothing unless the lease is still the claimant's own: a lease
/// that ran out is, until somebody else takes it. An owner who repeats itself, because an answer got lost on the way, gets
/// the same answer. `keep` also remembers the way back, from the record to the customer, and forgets that of the record
/// it was linked with before, unless another customer has it.
pub trait Links: Send + Sync {
    /// Asks to be the one who writes this customer.
    fn lease(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<Lease, StoreError>> + Send;

    /// The same for many customers, no two of them alike, each with its own claimant: one answer for each, in their order.
    fn lease_all(&self, asked: &[Asking<'_>]) -> impl Future<Output = Vec<Result<Lease, StoreError>>> + Send {
        async move {
            let mut answers = Vec::with_capacity(asked.len());
            for Asking { customer, claimant } in asked {
                answers.push(self.lease(customer, claimant).await);
            }
            answers
        }
    }

    /// Leaves what an event named for `owner`, who writes this customer at `now`. Left twice, because an answer got lost,
    /// it is there twice, which does no harm. At most [`MAX_MENTIONS`] can lie there.
    fn hand_over(
        &self,
        customer: &CustomerKey,
        owner: &str,
        mentions: &[Mention],
        now: Timestamp,
    ) -> impl Future<Output = Result<HandedOver, StoreError>> + Send;

    /// Remembers the link (`None`: there is nothing to remember), and gives the row back as dealt with: the mentions are
    /// removed, of which the claimant has seen `seen`.
    fn keep(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: Option<&Link>,
        seen: usize,
    ) -> impl Future<Output = Result<Kept, StoreError>> + Send;

    /// The same for many customers, no two of them alike: one answer for each, in their order.
    fn keep_all(
        &self,
        keepings: &[Keeping<'_>],
    ) -> impl Future<Output = Vec<Result<Kept, StoreError>>> + Send {
        async move {
            let mut answers = Vec::with_capacity(keepings.len());
            for Keeping { customer, claimant, link, seen, .. } in keepings {
                answers.push(self.keep(customer, claimant, *link, *seen).await);
            }
            answers
        }
    }

    /// Gives the lease back and changes nothing else: what was left there waits for the next who leases. Who holds a row
    /// in doubt has to abandon it instead, or the doubt is forgotten.
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

/// How many mentions can lie in a row: each is about a hundred bytes, and a row is paid by the kilobyte.
pub const MAX_MENTIONS: usize = 60;
