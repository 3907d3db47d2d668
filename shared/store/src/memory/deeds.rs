//! The memory of actions, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ActionKey;
use jiff::Timestamp;

use super::clock::later;
use super::{Faults, Operation};
use crate::{Begun, Claimant, Deeds, StoreError};

const REMEMBERED_FOR: Duration = Duration::from_hours(2 * 366 * 24);

/// A [`Deeds`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryDeeds {
    rows: Arc<Mutex<BTreeMap<ActionKey, Row>>>,
    faults: Faults,
}

#[derive(Debug, Clone)]
struct Row {
    state: State,
    expires_at: Timestamp,
}

#[derive(Debug, Clone)]
enum State {
    Begun {
        owner: String,
        until: Timestamp,
        /// Somebody had begun it before and never said what became of it.
        in_doubt: bool,
    },
    Done(String),
}

impl MemoryDeeds {
    /// An empty one that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What became of every action that was carried out, expired or not.
    pub fn outcomes(&self) -> BTreeMap<ActionKey, String> {
        let done = |(key, row): (&ActionKey, &Row)| match &row.state {
            State::Done(outcome) => Some((key.clone(), outcome.clone())),
            State::Begun { .. } => None,
        };
        self.rows().iter().filter_map(done).collect()
    }

    /// The actions that were begun, and of which nobody said what became of them.
    pub fn begun(&self) -> Vec<ActionKey> {
        let is_begun = |row: &Row| matches!(row.state, State::Begun { .. });
        self.rows().iter().filter(|(_, row)| is_begun(row)).map(|(key, _)| key.clone()).collect()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<ActionKey, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, action: &ActionKey, claimant: &Claimant) -> Begun {
        let mut rows = self.rows();
        let in_doubt = match rows.get(action).filter(|row| row.expires_at > claimant.now) {
            Some(Row { state: State::Done(_), .. }) => return Begun::Done,
            Some(Row { state: State::Begun { owner, until, .. }, .. }) => {
                if *until > claimant.now && *owner != claimant.owner {
                    return Begun::Held { until: *until };
                }
                true
            }
            None => false,
        };
        let (owner, until) = (claimant.owner.clone(), claimant.until);
        let expires_at = later(claimant.now, REMEMBERED_FOR);
        rows.insert(action.clone(), Row { state: State::Begun { owner, until, in_doubt }, expires_at });
        if in_doubt { Begun::Again } else { Begun::Fresh }
    }

    fn conclude(&self, action: &ActionKey, outcome: &str, now: Timestamp) {
        let mut rows = self.rows();
        let is_done = |row: &Row| row.expires_at > now && matches!(row.state, State::Done(_));
        if !rows.get(action).is_some_and(is_done) {
            let row = Row { state: State::Done(outcome.to_owned()), expires_at: later(now, REMEMBERED_FOR) };
            rows.insert(action.clone(), row);
        }
    }

    fn give_back(&self, action: &ActionKey, claimant: &Claimant) {
        let mut rows = self.rows();
        let Some(Row { state: State::Begun { owner, until, in_doubt }, .. }) = rows.get_mut(action) else {
            return;
        };
        if *owner == claimant.owner {
            *until = Timestamp::default();
            if !*in_doubt {
                rows.remove(action);
            }
        }
    }
}

impl Deeds for MemoryDeeds {
    async fn begin(&self, action: &ActionKey, claimant: &Claimant) -> Result<Begun, StoreError> {
        self.faults.run(Operation::Begin, || Ok(self.take(action, claimant)))
    }

    async fn done(&self, action: &ActionKey, outcome: &str, now: Timestamp) -> Result<(), StoreError> {
        self.faults.run(Operation::Done, || {
            self.conclude(action, outcome, now);
            Ok(())
        })
    }

    async fn undone(&self, action: &ActionKey, claimant: &Claimant) -> Result<(), StoreError> {
        self.faults.run(Operation::Undone, || {
            self.give_back(action, claimant);
            Ok(())
        })
    }

    async fn outcome(&self, action: &ActionKey, now: Timestamp) -> Result<Option<String>, StoreError> {
        let known = || match self.rows().get(action).filter(|row| row.expires_at > now) {
            Some(Row { state: State::Done(outcome), .. }) => Some(outcome.clone()),
            _ => None,
        };
        self.faults.run(Operation::Outcome, || Ok(known()))
    }
}
