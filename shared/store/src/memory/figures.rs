//! The memory of figures, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ShopDomain;

use super::{Faults, Operation};
use crate::{Figure, Figures, LARGEST_FIGURE, StoreError, StoreErrorKind};

type All = BTreeMap<(ShopDomain, String), Figure>;

/// [`Figures`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryFigures {
    all: Arc<Mutex<All>>,
    faults: Faults,
}

impl MemoryFigures {
    /// Empty ones that fail when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every figure, by its shop and its name.
    pub fn figures(&self) -> BTreeMap<(ShopDomain, String), Figure> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, key: (ShopDomain, String), bytes: &[u8], before: Option<u64>) -> bool {
        let mut all = self.all();
        if all.get(&key).map(|figure| figure.version) != before {
            return false;
        }
        let version = before.map_or(1, |before| before.saturating_add(1));
        all.insert(key, Figure { bytes: bytes.to_vec(), version });
        true
    }
}

impl Figures for MemoryFigures {
    async fn figure(&self, shop: &ShopDomain, name: &str) -> Result<Option<Figure>, StoreError> {
        let known = || self.all().get(&(shop.clone(), name.to_owned())).cloned();
        self.faults.run(Operation::Figure, || Ok(known()))
    }

    async fn keep_figure(
        &self,
        shop: &ShopDomain,
        name: &str,
        bytes: &[u8],
        before: Option<u64>,
    ) -> Result<bool, StoreError> {
        if bytes.len() > LARGEST_FIGURE {
            return Err(StoreError::new(StoreErrorKind::Refused, "a figure is larger than it may be"));
        }
        let key = (shop.clone(), name.to_owned());
        self.faults.run(Operation::KeepFigure, || Ok(self.write(key, bytes, before)))
    }
}
