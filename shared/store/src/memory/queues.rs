//! The queue of events with its dead letters, and the parked queue, in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Envelope, Parked, ParkedMessage, ShopDomain};
use jiff::Timestamp;

use super::clock::later;
use super::queue::Queue;
use super::{Clock, Faults, Message, Operation, Received};
use crate::{DeadLetters, Held, Outbox, ParkedQueue, Redelivery, Source, StoreError, StoreErrorKind};

const LONGEST_HOLD: Duration = Duration::from_hours(12);
const TAKEN_AT_ONCE: usize = 10;

/// When the queue of events gives a message out again, and when it gives it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redrive {
    /// How long a received message is hidden.
    pub visibility: Duration,
    /// After so many receives it dies instead of being received again.
    pub max_receives: u32,
}

/// All three queues. Clones share them.
#[derive(Debug, Clone)]
pub struct MemoryQueues {
    state: Arc<Mutex<State>>,
    clock: Clock,
    redrive: Redrive,
    faults: Faults,
}

#[derive(Debug, Default)]
struct State {
    events: Queue,
    parked: Queue,
    dead: Queue,
    sent: u64,
}

impl State {
    fn queue(&mut self, source: Source) -> &mut Queue {
        match source {
            Source::Dead => &mut self.dead,
            Source::Parked => &mut self.parked,
        }
    }

    fn message(&mut self, body: String, shop: Option<&ShopDomain>, now: Timestamp) -> Message {
        self.sent += 1;
        let id = format!("message-{}", self.sent);
        Message { id, body, shop: shop.cloned(), sent_at: now, visible_at: now, receives: 0 }
    }

    fn bury_exhausted(&mut self, now: Timestamp, max_receives: u32) {
        for message in self.events.take_exhausted(now, max_receives) {
            self.dead.put(Message { receives: 0, visible_at: now, ..message });
        }
    }
}

impl MemoryQueues {
    /// Empty queues by that clock, which fail when `faults` say so.
    pub fn new(clock: Clock, redrive: Redrive, faults: Faults) -> Self {
        Self { state: Arc::default(), clock, redrive, faults }
    }

    /// A message that none of ours sent lies in the queue of events.
    pub fn find_lying(&self, body: &str) {
        self.put_event(body.to_owned(), None);
    }

    /// What an event source does: up to `max` messages, hidden for the queue's visibility; what was received too often
    /// dies first.
    pub fn receive_events(&self, max: usize) -> Vec<Received> {
        let now = self.clock.now();
        let mut state = self.state();
        state.bury_exhausted(now, self.redrive.max_receives);
        state.events.receive(now, max, self.redrive.visibility)
    }

    /// What an event source does with a message that was worked on. False where the receipt is an older one: the
    /// message stays.
    pub fn delete_event(&self, receipt: &str) -> bool {
        self.state().events.delete(receipt)
    }

    /// The events that could be received now.
    pub fn waiting(&self) -> Vec<Message> {
        let now = self.clock.now();
        self.state().events.messages().filter(|message| message.visible_at <= now).cloned().collect()
    }

    /// The events that are worked on, or that come back later.
    pub fn in_flight(&self) -> Vec<Message> {
        let now = self.clock.now();
        self.state().events.messages().filter(|message| message.visible_at > now).cloned().collect()
    }

    /// What waits for a person, held or not.
    pub fn parked(&self) -> Vec<Message> {
        self.state().parked.messages().cloned().collect()
    }

    /// What died, held or not.
    pub fn dead(&self) -> Vec<Message> {
        self.state().dead.messages().cloned().collect()
    }

    /// When the next event can be received, UTC; `None` where there is none at all.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.state().events.messages().map(|message| message.visible_at).min()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_event(&self, body: String, shop: Option<&ShopDomain>) {
        let mut state = self.state();
        let message = state.message(body, shop, self.clock.now());
        state.events.put(message);
    }

    fn put_parked(&self, body: String) {
        let mut state = self.state();
        let message = state.message(body, None, self.clock.now());
        state.parked.put(message);
    }
}

/// Whole seconds, and no longer than the platform allows.
pub(super) fn back_at(clock: &Clock, after: Duration) -> Timestamp {
    let seconds = after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0));
    later(clock.now(), Duration::from_secs(seconds).min(LONGEST_HOLD))
}

impl Outbox for MemoryQueues {
    async fn send(&self, envelope: &Envelope) -> Result<(), StoreError> {
        let Envelope::V1(event) = envelope;
        let body = serde_json::to_string(envelope).map_err(unwritable)?;
        self.faults.run(Operation::Send, || {
            self.put_event(body, Some(&event.shop));
            Ok(())
        })
    }
}

impl ParkedQueue for MemoryQueues {
    async fn park(&self, parked: &Parked) -> Result<(), StoreError> {
        let body = serde_json::to_string(&ParkedMessage::V1(parked.clone())).map_err(unwritable)?;
        self.faults.run(Operation::Park, || {
            self.put_parked(body);
            Ok(())
        })
    }
}

impl Redelivery for MemoryQueues {
    async fn come_back_after(&self, receipt: &str, after: Duration) -> Result<(), StoreError> {
        let (now, at) = (self.clock.now(), back_at(&self.clock, after));
        self.faults
            .run(Operation::ComeBackAfter, || held_there(self.state().events.come_back_at(receipt, now, at)))
    }
}

impl DeadLetters for MemoryQueues {
    async fn take(&self, source: Source, hold: Duration) -> Result<Vec<Held>, StoreError> {
        let now = self.clock.now();
        let hold = hold.min(LONGEST_HOLD);
        self.faults.run(Operation::Take, || {
            let mut state = self.state();
            state.bury_exhausted(now, self.redrive.max_receives);
            let taken = state.queue(source).receive(now, TAKEN_AT_ONCE, hold);
            Ok(taken.into_iter().map(|received| received.held).collect())
        })
    }

    async fn delete(&self, source: Source, held: &Held) -> Result<(), StoreError> {
        self.faults.run(Operation::Delete, || {
            self.state().queue(source).delete(&held.receipt);
            Ok(())
        })
    }

    async fn let_go(&self, source: Source, held: &Held) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.faults.run(Operation::LetGo, || {
            held_there(self.state().queue(source).come_back_at(&held.receipt, now, now))
        })
    }

    async fn about(&self, source: Source) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.faults.run(Operation::About, || {
            let mut state = self.state();
            let waiting = state.queue(source).messages().filter(|message| message.visible_at <= now).count();
            Ok(u64::try_from(waiting).unwrap_or(u64::MAX))
        })
    }
}

pub(super) fn held_there(found: bool) -> Result<(), StoreError> {
    let refused = || StoreError::new(StoreErrorKind::Refused, "no message is held under that receipt");
    found.then_some(()).ok_or_else(refused)
}

pub(super) fn unwritable(cause: serde_json::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Refused, "the message could not be written as JSON").because(cause)
}
