//! The memory of links, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{CustomerKey, Mention, RecordId};
use jiff::{SignedDuration, Timestamp};

use super::{Faults, Operation};
use crate::{Claimant, HandedOver, Holding, Kept, Lease, Link, Links, MAX_MENTIONS, StoreError};

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
    mentions: Vec<Mention>,
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
            let owner = row.owner.clone().unwrap_or_default();
            return Lease::Held { owner, until: row.until };
        }
        let in_doubt = row.until != Timestamp::default();
        row.owner = Some(claimant.owner.clone());
        row.until = claimant.until;
        let link = row.link.clone();
        let link = if in_doubt { link.map(Link::in_doubt) } else { link };
        Lease::Granted(Holding { link, in_doubt, mentions: row.mentions.clone() })
    }

    fn hand_over(
        &mut self,
        customer: &CustomerKey,
        owner: &str,
        mentions: &[Mention],
        now: Timestamp,
    ) -> HandedOver {
        let holds = |row: &&mut Row| row.until > now && row.owner.as_deref() == Some(owner);
        match self.rows.get_mut(customer).filter(holds) {
            None => HandedOver::Free,
            Some(row) if row.mentions.len() + mentions.len() > MAX_MENTIONS => HandedOver::Full,
            Some(row) => {
                row.mentions.extend_from_slice(mentions);
                HandedOver::Taken
            }
        }
    }

    /// Gives the lease back where it is the claimant's own.
    fn let_go(&mut self, customer: &CustomerKey, claimant: &Claimant) -> Option<&mut Row> {
        let row = self.rows.get_mut(customer).filter(|row| row.owned_by(claimant))?;
        row.until = Timestamp::default();
        Some(row)
    }

    fn keep(
        &mut self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: Option<&Link>,
        seen: usize,
    ) -> Kept {
        let Some(row) = self.rows.get_mut(customer).filter(|row| row.owned_by(claimant)) else {
            return Kept::LostLease;
        };
        // Who says it again has removed what it saw already.
        if row.mentions.len() > seen {
            return Kept::Mentioned(row.mentions.clone());
        }
        row.mentions.clear();
        row.until = Timestamp::default();
        if let Some(link) = link {
            self.remember(customer, link);
        }
        Kept::Kept
    }

    fn remember(&mut self, customer: &CustomerKey, link: &Link) {
        let row = self.rows.entry(customer.clone()).or_default();
        let former = row.link.replace(link.clone()).map(|former| former.record);
        if let Some(former) = former.filter(|former| self.ways_back.get(former) == Some(customer)) {
            self.ways_back.remove(&former);
        }
        self.ways_back.insert(link.record.clone(), customer.clone());
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

    /// The customers for whom something was left that nobody has dealt with.
    pub fn mentioned(&self) -> Vec<CustomerKey> {
        let left = |row: &Row| !row.mentions.is_empty();
        self.state().rows.iter().filter(|(_, row)| left(row)).map(|(key, _)| key.clone()).collect()
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

    async fn hand_over(
        &self,
        customer: &CustomerKey,
        owner: &str,
        mentions: &[Mention],
        now: Timestamp,
    ) -> Result<HandedOver, StoreError> {
        self.faults.run(Operation::HandOver, || Ok(self.state().hand_over(customer, owner, mentions, now)))
    }

    async fn keep(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: Option<&Link>,
        seen: usize,
    ) -> Result<Kept, StoreError> {
        self.faults.run(Operation::Keep, || Ok(self.state().keep(customer, claimant, link, seen)))
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
