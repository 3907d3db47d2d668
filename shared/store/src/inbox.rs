//! Which deliveries were worked on, and by whom.

use std::future::Future;

use domain::DeliveryKey;
use jiff::Timestamp;

use crate::StoreError;

/// Who asks, when, and until when it may work before others may take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    /// Unique for each attempt (an invocation and a message), never reused: the fence.
    pub owner: String,
    /// Now, UTC.
    pub now: Timestamp,
    /// When the claim expires, UTC: later than the platform would let the owner live.
    pub until: Timestamp,
}

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is yours, and nobody began it before.
    Fresh,
    /// It is yours, and it was begun before: by somebody who gave it back or died, before it was replayed, or by yourself.
    /// What was begun then, such as a customer's lease, may still run.
    Again,
    /// It was concluded before; there is nothing to do.
    Done,
    /// Somebody else works on it until then. In progress is not done: it must come back.
    InProgress {
        /// When that claim expires, UTC.
        until: Timestamp,
    },
}

/// The answer to a conclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concluded {
    /// Noted.
    Noted,
    /// The claim had expired and somebody else has it now; nothing was changed.
    LostClaim,
}

/// What is known of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// Whether it was concluded.
    pub done: bool,
    /// What became of it, or why the last try failed.
    pub outcome: Option<String>,
}

/// The memory of deliveries. Each key is worked on once, by one owner at a time.
///
/// A claim is one conditional write. It is granted where the key is new, where it was given back, where the owner's
/// time ran out, or where `replays` is higher than that of the conclusion that is stored (somebody replayed it by
/// hand). An owner who repeats itself, because an answer got lost on the way, gets the same answer; that is why its name
/// is never reused. Times are kept to the millisecond. Conclusions are remembered for at least seven days; an expired memory counts as none, also where the store
/// has not yet removed it. Personal data never goes into `outcome`.
pub trait Inbox: Send + Sync {
    /// Asks to work on a delivery.
    fn claim(
        &self,
        delivery: &DeliveryKey,
        replays: u32,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// The work is done, whatever it was; `outcome` says what became of it.
    fn conclude(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        outcome: &str,
    ) -> impl Future<Output = Result<Concluded, StoreError>> + Send;

    /// The work failed and will be tried again: the claim is given back at once, `reason` is kept beside it.
    fn give_back(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        reason: &str,
    ) -> impl Future<Output = Result<Concluded, StoreError>> + Send;

    /// What is known of a delivery, as of `now`.
    fn trail(
        &self,
        delivery: &DeliveryKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Trail>, StoreError>> + Send;
}
