//! The memory of long runs, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ShopDomain;
use jiff::Timestamp;

use super::{Faults, Operation};
use crate::{Checkpoint, Claimant, REPORTS, RunLock, Runs, Standing, StoreError, Told};

/// [`Runs`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryRuns {
    rows: Arc<Mutex<BTreeMap<ShopDomain, Row>>>,
    faults: Faults,
}

#[derive(Debug, Clone, Default)]
struct Row {
    lock: Option<(String, Timestamp)>,
    checkpoint: Option<Checkpoint>,
    watermark: Option<Timestamp>,
    reports: Vec<String>,
    told: Told,
}

impl Row {
    fn is_held_by(&self, claimant: &Claimant) -> bool {
        self.lock.as_ref().is_some_and(|(owner, _)| *owner == claimant.owner)
    }

    fn lock(&mut self, claimant: &Claimant) -> RunLock {
        match &self.lock {
            Some((owner, until)) if *until > claimant.now && *owner != claimant.owner => {
                RunLock::Held(*until)
            }
            _ => {
                self.lock = Some((claimant.owner.clone(), claimant.until));
                RunLock::Granted(self.checkpoint.clone())
            }
        }
    }
}

impl MemoryRuns {
    /// One that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<ShopDomain, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does it where the lock is the claimant's.
    fn fenced(&self, shop: &ShopDomain, claimant: &Claimant, change: impl FnOnce(&mut Row)) -> bool {
        let mut rows = self.rows();
        let row = rows.get_mut(shop).filter(|row| row.is_held_by(claimant));
        row.map(change).is_some()
    }
}

impl Runs for MemoryRuns {
    async fn lock(&self, shop: &ShopDomain, claimant: &Claimant) -> Result<RunLock, StoreError> {
        let lock = || self.rows().entry(shop.clone()).or_default().lock(claimant);
        self.faults.run(Operation::Lock, || Ok(lock()))
    }

    async fn save(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        head: &str,
        body: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        let save = |row: &mut Row| {
            let before = row.checkpoint.take().map(|before| before.body).unwrap_or_default();
            let body = body.map_or(before, <[u8]>::to_vec);
            row.checkpoint = Some(Checkpoint { head: head.to_owned(), body });
        };
        self.faults.run(Operation::Save, || Ok(self.fenced(shop, claimant, save)))
    }

    async fn conclude(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        report: &str,
        watermark: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let conclude = |row: &mut Row| {
            row.checkpoint = None;
            row.watermark = watermark.or(row.watermark);
            // Who says it again is not heard twice.
            if row.reports.first().is_none_or(|newest| newest != report) {
                row.reports.insert(0, report.to_owned());
            }
            row.reports.truncate(REPORTS);
            row.told.is_due = true;
        };
        self.faults.run(Operation::ConcludeRun, || Ok(self.fenced(shop, claimant, conclude)))
    }

    async fn unlock(&self, shop: &ShopDomain, claimant: &Claimant) -> Result<bool, StoreError> {
        let unlock = |row: &mut Row| row.lock = Some((claimant.owner.clone(), Timestamp::UNIX_EPOCH));
        self.faults.run(Operation::Unlock, || Ok(self.fenced(shop, claimant, unlock)))
    }

    async fn told(&self, shop: &ShopDomain) -> Result<Told, StoreError> {
        let known = || self.rows().get(shop).map(|row| row.told.clone()).unwrap_or_default();
        self.faults.run(Operation::Told, || Ok(known()))
    }

    async fn tell(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        text: &str,
        is_due: bool,
    ) -> Result<bool, StoreError> {
        let tell = |row: &mut Row| row.told = Told { text: Some(text.to_owned()), is_due };
        self.faults.run(Operation::Tell, || Ok(self.fenced(shop, claimant, tell)))
    }

    async fn standing(&self, shop: &ShopDomain) -> Result<Standing, StoreError> {
        let standing = |row: Row| Standing {
            head: row.checkpoint.map(|checkpoint| checkpoint.head),
            held_until: row.lock.map(|(_, until)| until).filter(|until| *until > Timestamp::UNIX_EPOCH),
            watermark: row.watermark,
        };
        let known = || self.rows().get(shop).cloned().map(standing).unwrap_or_default();
        self.faults.run(Operation::Standing, || Ok(known()))
    }

    async fn reports(&self, shop: &ShopDomain) -> Result<Vec<String>, StoreError> {
        let known = || self.rows().get(shop).map(|row| row.reports.clone()).unwrap_or_default();
        self.faults.run(Operation::Reports, || Ok(known()))
    }
}
