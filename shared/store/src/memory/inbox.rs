//! The memory of deliveries, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::DeliveryKey;
use jiff::Timestamp;

use super::clock::later;
use super::{Faults, Operation};
use crate::{Claim, Claimant, Concluded, Inbox, StoreError, Trail};

const REMEMBERED_FOR: Duration = Duration::from_hours(7 * 24);

/// An [`Inbox`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryInbox {
    rows: Arc<Mutex<BTreeMap<DeliveryKey, Row>>>,
    faults: Faults,
}

#[derive(Debug, Clone)]
struct Row {
    state: State,
    owner: String,
    replays: u32,
    outcome: Option<String>,
    expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    InProgress { until: Timestamp },
    Done,
    Failed,
}

impl Row {
    fn answer(&self, replays: u32, claimant: &Claimant) -> Claim {
        match self.state {
            State::InProgress { until } if until > claimant.now && self.owner != claimant.owner => {
                Claim::InProgress { until }
            }
            State::Done if self.replays >= replays => Claim::Done,
            _ => Claim::Again,
        }
    }

    fn trail(&self) -> Trail {
        Trail { done: self.state == State::Done, outcome: self.outcome.clone() }
    }
}

impl MemoryInbox {
    /// An empty one that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What is known of every delivery, expired or not.
    pub fn trails(&self) -> BTreeMap<DeliveryKey, Trail> {
        self.rows().iter().map(|(key, row)| (key.clone(), row.trail())).collect()
    }

    /// The deliveries that somebody works on at `now`.
    pub fn in_progress(&self, now: Timestamp) -> Vec<DeliveryKey> {
        let held = |row: &Row| matches!(row.state, State::InProgress { until } if until > now);
        self.rows().iter().filter(|(_, row)| held(row)).map(|(key, _)| key.clone()).collect()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<DeliveryKey, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_now(&self, delivery: &DeliveryKey, replays: u32, claimant: &Claimant) -> Claim {
        let mut rows = self.rows();
        let known = rows.get(delivery).filter(|row| row.expires_at > claimant.now);
        let answer = known.map_or(Claim::Fresh, |row| row.answer(replays, claimant));
        if matches!(answer, Claim::Fresh | Claim::Again) {
            let row = Row {
                state: State::InProgress { until: claimant.until },
                owner: claimant.owner.clone(),
                replays,
                outcome: known.and_then(|row| row.outcome.clone()),
                expires_at: later(claimant.now, REMEMBERED_FOR),
            };
            rows.insert(delivery.clone(), row);
        }
        answer
    }

    /// Only the owner concludes; who says the same again gets the same answer.
    fn end(&self, delivery: &DeliveryKey, claimant: &Claimant, state: State, words: &str) -> Concluded {
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(delivery).filter(|row| row.owner == claimant.owner) else {
            return Concluded::LostClaim;
        };
        match row.state {
            State::InProgress { .. } => {
                row.state = state;
                row.outcome = Some(words.to_owned());
                row.expires_at = later(claimant.now, REMEMBERED_FOR);
                Concluded::Noted
            }
            ended if ended == state => Concluded::Noted,
            _ => Concluded::LostClaim,
        }
    }
}

impl Inbox for MemoryInbox {
    async fn claim(
        &self,
        delivery: &DeliveryKey,
        replays: u32,
        claimant: &Claimant,
    ) -> Result<Claim, StoreError> {
        self.faults.run(Operation::Claim, || Ok(self.claim_now(delivery, replays, claimant)))
    }

    async fn conclude(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        outcome: &str,
    ) -> Result<Concluded, StoreError> {
        self.faults.run(Operation::Conclude, || Ok(self.end(delivery, claimant, State::Done, outcome)))
    }

    async fn give_back(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        reason: &str,
    ) -> Result<Concluded, StoreError> {
        self.faults.run(Operation::GiveBack, || Ok(self.end(delivery, claimant, State::Failed, reason)))
    }

    async fn trail(&self, delivery: &DeliveryKey, now: Timestamp) -> Result<Option<Trail>, StoreError> {
        let known = || self.rows().get(delivery).filter(|row| row.expires_at > now).map(Row::trail);
        self.faults.run(Operation::Trail, || Ok(known()))
    }
}
