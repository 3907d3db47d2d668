//! The memory of links, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{CustomerKey, RecordId};
use jiff::{SignedDuration, Timestamp};

use super::{Faults, Operation};
use crate::{Claimant, Kept, Lease, Link, Links, StoreError};

/// A [`Links`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryLinks {
    state: Arc<Mutex<State>>,
    faults: Faults,
}

#[derive(Debug, Default)]
struct State {
    rows: BTreeMap<CustomerKey, Row>,
    ways_back: BTreeMap<RecordId, CustomerKey>,
}

/// The owner stays when the lease is given back, so that who repeats itself is known.
#[derive(Debug, Default)]
struct Row {
    owner: Option<String>,
    until: Timestamp,
    link: Option<Link>,
}

impl Row {
    fn owned_by(&self, claimant: &Claimant) -> bool {
        self.owner.as_ref() == Some(&claimant.owner)
    }
}

impl State {
    fn lease(&mut self, customer: &CustomerKey, claimant: &Claimant) -> Lease {
        let row = self.rows.entry(customer.clone()).or_default();
        if row.until > claimant.now && !row.owned_by(claimant) {
            return Lease::Held { until: row.until };
        }
        let ran_out = row.until != Timestamp::default();
        row.owner = Some(claimant.owner.clone());
        row.until = claimant.until;
        let link = row.link.clone();
        Lease::Granted(if ran_out { link.map(Link::in_doubt) } else { link })
    }

    /// Gives the lease back where it is the claimant's own.
    fn let_go(&mut self, customer: &CustomerKey, claimant: &Claimant) -> Option<&mut Row> {
        let row = self.rows.get_mut(customer).filter(|row| row.owned_by(claimant))?;
        row.until = Timestamp::default();
        Some(row)
    }

    fn keep(&mut self, customer: &CustomerKey, claimant: &Claimant, link: &Link) -> Kept {
        let Some(row) = self.let_go(customer, claimant) else { return Kept::LostLease };
        let former = row.link.replace(link.clone()).map(|former| former.record);
        if let Some(former) = former.filter(|former| self.ways_back.get(former) == Some(customer)) {
            self.ways_back.remove(&former);
        }
        self.ways_back.insert(link.record.clone(), customer.clone());
        Kept::Kept
    }
}

impl MemoryLinks {
    /// An empty one that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every link.
    pub fn links(&self) -> BTreeMap<CustomerKey, Link> {
        let state = self.state();
        let linked = state.rows.iter().filter_map(|(key, row)| Some((key.clone(), row.link.clone()?)));
        linked.collect()
    }

    /// Every way back, from a record to its customer.
    pub fn ways_back(&self) -> BTreeMap<RecordId, CustomerKey> {
        self.state().ways_back.clone()
    }

    /// The customers that somebody writes at `now`.
    pub fn leased(&self, now: Timestamp) -> Vec<CustomerKey> {
        self.state().rows.iter().filter(|(_, row)| row.until > now).map(|(key, _)| key.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Links for MemoryLinks {
    async fn lease(&self, customer: &CustomerKey, claimant: &Claimant) -> Result<Lease, StoreError> {
        self.faults.run(Operation::Lease, || Ok(self.state().lease(customer, claimant)))
    }

    async fn keep(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: &Link,
    ) -> Result<Kept, StoreError> {
        self.faults.run(Operation::Keep, || Ok(self.state().keep(customer, claimant, link)))
    }

    async fn release(&self, customer: &CustomerKey, claimant: &Claimant) -> Result<Kept, StoreError> {
        let release = || match self.state().let_go(customer, claimant) {
            Some(_) => Kept::Kept,
            None => Kept::LostLease,
        };
        self.faults.run(Operation::Release, || Ok(release()))
    }

    async fn abandon(&self, customer: &CustomerKey, claimant: &Claimant) -> Result<Kept, StoreError> {
        let abandon = || match self.state().let_go(customer, claimant) {
            Some(row) => {
                row.until = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(1);
                Kept::Kept
            }
            None => Kept::LostLease,
        };
        self.faults.run(Operation::Abandon, || Ok(abandon()))
    }

    async fn link(&self, customer: &CustomerKey) -> Result<Option<Link>, StoreError> {
        let known = || self.state().rows.get(customer).and_then(|row| row.link.clone());
        self.faults.run(Operation::Link, || Ok(known()))
    }

    async fn customer_of(&self, record: &RecordId) -> Result<Option<CustomerKey>, StoreError> {
        self.faults.run(Operation::CustomerOf, || Ok(self.state().ways_back.get(record).cloned()))
    }
}
