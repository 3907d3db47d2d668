//! The memory of deliveries, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::DeliveryKey;
use jiff::Timestamp;

use super::clock::later;
use super::{Faults, Operation};
use crate::{Delivery, Inbox, Note, StoreError, Trail};

const REMEMBERED_FOR: Duration = Duration::from_hours(7 * 24);

/// An [`Inbox`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryInbox {
    rows: Arc<Mutex<BTreeMap<DeliveryKey, Row>>>,
    faults: Faults,
}

#[derive(Debug, Clone)]
struct Row {
    replays: u32,
    trail: Trail,
    expires_at: Timestamp,
}

impl Row {
    /// Whether it stands against a note of this delivery.
    fn concludes(&self, delivery: &Delivery, now: Timestamp) -> bool {
        self.trail.done && self.replays >= delivery.replays && self.expires_at > now
    }
}

impl MemoryInbox {
    /// An empty one that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What is known of every delivery, expired or not.
    pub fn trails(&self) -> BTreeMap<DeliveryKey, Trail> {
        self.rows().iter().map(|(key, row)| (key.clone(), row.trail.clone())).collect()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<DeliveryKey, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_concluded(&self, delivery: &Delivery, now: Timestamp) -> bool {
        self.rows().get(&delivery.key).is_some_and(|row| row.concludes(delivery, now))
    }

    fn write(&self, note: &Note, now: Timestamp) {
        if !self.is_concluded(&note.delivery, now) {
            let trail = Trail { done: note.done, outcome: Some(note.outcome.clone()) };
            let (replays, expires_at) = (note.delivery.replays, later(now, REMEMBERED_FOR));
            self.rows().insert(note.delivery.key.clone(), Row { replays, trail, expires_at });
        }
    }
}

impl Inbox for MemoryInbox {
    async fn concluded(&self, deliveries: &[Delivery], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let answer = || deliveries.iter().map(|delivery| self.is_concluded(delivery, now)).collect();
        self.faults.run(Operation::Concluded, || Ok(answer()))
    }

    async fn note(&self, notes: &[Note], now: Timestamp) -> Vec<Result<(), StoreError>> {
        let take = |note: &Note| {
            self.faults.run(Operation::Note, || {
                self.write(note, now);
                Ok(())
            })
        };
        notes.iter().map(take).collect()
    }

    async fn trail(&self, delivery: &DeliveryKey, now: Timestamp) -> Result<Option<Trail>, StoreError> {
        let known =
            || self.rows().get(delivery).filter(|row| row.expires_at > now).map(|row| row.trail.clone());
        self.faults.run(Operation::Trail, || Ok(known()))
    }
}
