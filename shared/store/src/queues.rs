//! What waits to be worked on, what waits for a person, and what died.

use std::future::Future;
use std::time::Duration;

use domain::{Envelope, Firing, Parked, ShopDomain};
use jiff::Timestamp;

use crate::StoreError;

/// Where events go to be worked on. An event that was accepted is durable.
pub trait Outbox: Send + Sync {
    /// Sends one event; shops do not stand in each other's way.
    fn send(&self, envelope: &Envelope) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Where actions go to be carried out.
pub trait ActionQueue: Send + Sync {
    /// Sends actions, as few calls as the queue allows. One answer for each, in their order; what was sent is durable.
    fn fire(&self, firings: &[Firing]) -> impl Future<Output = Vec<Result<(), StoreError>>> + Send;
}

/// Where a shop's long run is told that it need not wait any longer.
pub trait Wakes: Send + Sync {
    /// Has the shop's run gone on with at once. It may come twice, or not at all: a run is looked after in any case.
    fn wake(&self, shop: &ShopDomain) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Where messages wait for a person.
pub trait ParkedQueue: Send + Sync {
    /// Parks one message. When this returns, it is durable.
    fn park(&self, parked: &Parked) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// A say in when a received message comes back.
pub trait Redelivery: Send + Sync {
    /// The message whose receipt this is comes back after this long (at most twelve hours), unless it is deleted.
    fn come_back_after(
        &self,
        receipt: &str,
        after: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Which queue a replay takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// What died: the platform gave up on it by its receive count.
    Dead,
    /// What waits for a person.
    Parked,
}

/// A message that is held while it is looked at; nobody else sees it meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The queue's own id of the message.
    pub id: String,
    /// What deletes it or lets it go.
    pub receipt: String,
    /// The message.
    pub body: String,
    /// When it was first sent, UTC.
    pub sent_at: Timestamp,
    /// How often it was received from this queue.
    pub receives: u32,
}

/// A queue that is looked through by hand.
pub trait DeadLetters: Send + Sync {
    /// Takes up to ten messages and holds them for `hold`. An empty list says that nothing more came now.
    fn take(
        &self,
        source: Source,
        hold: Duration,
    ) -> impl Future<Output = Result<Vec<Held>, StoreError>> + Send;

    /// Deletes a message for good. Only after it is safe elsewhere.
    fn delete(&self, source: Source, held: &Held) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Lets a message go: it can be seen again at once.
    fn let_go(&self, source: Source, held: &Held) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// About how many wait.
    fn about(&self, source: Source) -> impl Future<Output = Result<u64, StoreError>> + Send;
}
