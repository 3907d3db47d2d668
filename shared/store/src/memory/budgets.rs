//! The memory of what accounts were used for, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Ask, Budget, Reservation, Signal};
use jiff::Timestamp;

use super::{Faults, Operation};
use crate::{Account, Budgets, StoreError};

/// [`Budgets`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryBudgets {
    all: Arc<Mutex<BTreeMap<Account, Budget>>>,
    faults: Faults,
}

impl MemoryBudgets {
    /// Ones that fail when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What is remembered of every account.
    pub fn budgets(&self) -> BTreeMap<Account, Budget> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Account, Budget>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, account: &Account, decide: impl FnOnce(Budget) -> (Budget, T)) -> T {
        let mut all = self.all();
        let budget = all.entry(account.clone()).or_default();
        let (after, answer) = decide(*budget);
        *budget = after;
        answer
    }
}

impl Budgets for MemoryBudgets {
    async fn reserve(&self, account: &Account, ask: &Ask, now: Timestamp) -> Result<Reservation, StoreError> {
        let reserve = || self.change(account, |budget| budget.reserve(ask, now));
        self.faults.run(Operation::Reserve, || Ok(reserve()))
    }

    async fn heard(&self, account: &Account, signal: Signal, now: Timestamp) -> Result<(), StoreError> {
        let heard = || self.change(account, |budget| (budget.heard(signal, now), ()));
        self.faults.run(Operation::Heard, || {
            heard();
            Ok(())
        })
    }
}
