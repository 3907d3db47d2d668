//! What became of deliveries.

use std::future::Future;

use domain::DeliveryKey;
use jiff::Timestamp;

use crate::StoreError;

/// A delivery, and how often somebody replayed it by hand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delivery {
    /// Which.
    pub key: DeliveryKey,
    /// A replay outranks what was concluded before it.
    pub replays: u32,
}

/// What is to be remembered of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Of which.
    pub delivery: Delivery,
    /// Whether it is concluded. If not, it will be tried again.
    pub done: bool,
    /// What became of it, or why this try failed. Never personal data.
    pub outcome: String,
}

/// What is known of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// Whether it was concluded.
    pub done: bool,
    /// What became of it, or why the last try failed.
    pub outcome: Option<String>,
}

/// The memory of what became of deliveries: what was concluded is not worked on again.
///
/// It fences nobody. Two who work on one delivery at the same moment are kept apart by the lease of its customer
/// ([`Links`](crate::Links)); here it would cost a write for each delivery, and what is done twice under the lease
/// changes nothing the second time.
///
/// A conclusion is kept against every later note of the same delivery, unless that was replayed more often. It is
/// remembered for at least seven days; an expired memory counts as none, also where the store has not yet removed it.
pub trait Inbox: Send + Sync {
    /// Which of these deliveries were concluded, at least as often replayed: one answer for each, in their order.
    fn concluded(
        &self,
        deliveries: &[Delivery],
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<bool>, StoreError>> + Send;

    /// Takes notes, as of `now`: one answer for each, in their order. A note that a conclusion stands against is dropped,
    /// and that is well. No two notes of one call are about the same delivery.
    fn note(
        &self,
        notes: &[Note],
        now: Timestamp,
    ) -> impl Future<Output = Vec<Result<(), StoreError>>> + Send;

    /// What is known of a delivery, as of `now`.
    fn trail(
        &self,
        delivery: &DeliveryKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Trail>, StoreError>> + Send;
}
