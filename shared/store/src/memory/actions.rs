//! The queue of actions, in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{ActionMessage, Firing};

use super::queue::Queue;
use super::queues::{back_at, held_there, unwritable};
use super::{Clock, Faults, Message, Operation, Received, Redrive};
use crate::{ActionQueue, Redelivery, StoreError, StoreErrorKind};

/// The largest message, in bytes, as the platform's queues have it.
const LARGEST: usize = 262_144;

/// An [`ActionQueue`] with those that died in it, whose state can be looked at. Clones share it.
#[derive(Debug, Clone)]
pub struct MemoryActions {
    state: Arc<Mutex<State>>,
    clock: Clock,
    redrive: Redrive,
    faults: Faults,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue,
    dead: Vec<Message>,
    sent: u64,
}

impl MemoryActions {
    /// An empty queue by that clock, which fails when `faults` say so.
    pub fn new(clock: Clock, redrive: Redrive, faults: Faults) -> Self {
        Self { state: Arc::default(), clock, redrive, faults }
    }

    /// What an event source does: up to `max` messages, hidden for the queue's visibility; what was received too often
    /// dies first.
    pub fn receive(&self, max: usize) -> Vec<Received> {
        let (now, mut state) = (self.clock.now(), self.state());
        let dead = state.queue.take_exhausted(now, self.redrive.max_receives);
        state.dead.extend(dead);
        state.queue.receive(now, max, self.redrive.visibility)
    }

    /// What an event source does with a message that was worked on. False where the receipt is an older one: the
    /// message stays.
    pub fn delete(&self, receipt: &str) -> bool {
        self.state().queue.delete(receipt)
    }

    /// Every action that was fired and is not carried out, whether somebody has it or not.
    pub fn fired(&self) -> Vec<Firing> {
        self.state().queue.messages().filter_map(Message::firing).collect()
    }

    /// All messages, in flight or not.
    pub fn messages(&self) -> Vec<Message> {
        self.state().queue.messages().cloned().collect()
    }

    /// What died.
    pub fn dead(&self) -> Vec<Message> {
        self.state().dead.clone()
    }

    /// When the next message can be received, UTC; `None` where there is none at all.
    pub fn next_at(&self) -> Option<jiff::Timestamp> {
        self.state().queue.messages().map(|message| message.visible_at).min()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, firing: &Firing, body: String) {
        let (now, mut state) = (self.clock.now(), self.state());
        state.sent += 1;
        let id = format!("action-{}", state.sent);
        let shop = Some(firing.shop.clone());
        state.queue.put(Message { id, body, shop, sent_at: now, visible_at: now, receives: 0 });
    }

    fn send(&self, firing: &Firing) -> Result<(), StoreError> {
        let body = serde_json::to_string(&ActionMessage::V1(firing.clone())).map_err(unwritable)?;
        if body.len() > LARGEST {
            return Err(StoreError::new(
                StoreErrorKind::Refused,
                "an action is larger than a message can be",
            ));
        }
        self.put(firing, body);
        Ok(())
    }
}

impl ActionQueue for MemoryActions {
    async fn fire(&self, firings: &[Firing]) -> Vec<Result<(), StoreError>> {
        firings.iter().map(|firing| self.faults.run(Operation::Fire, || self.send(firing))).collect()
    }
}

impl Redelivery for MemoryActions {
    async fn come_back_after(&self, receipt: &str, after: Duration) -> Result<(), StoreError> {
        let (now, at) = (self.clock.now(), back_at(&self.clock, after));
        self.faults
            .run(Operation::ComeBackAfter, || held_there(self.state().queue.come_back_at(receipt, now, at)))
    }
}
