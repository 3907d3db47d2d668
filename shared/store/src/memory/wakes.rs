//! Whose runs were woken, in memory.

use std::sync::{Arc, Mutex, PoisonError};

use domain::ShopDomain;

use super::{Faults, Operation};
use crate::{StoreError, Wakes};

/// A [`Wakes`] whose state can be looked at. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryWakes {
    woken: Arc<Mutex<Vec<ShopDomain>>>,
    faults: Faults,
}

impl MemoryWakes {
    /// One that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// The shops whose runs were woken, in order.
    pub fn woken(&self) -> Vec<ShopDomain> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Wakes for MemoryWakes {
    async fn wake(&self, shop: &ShopDomain) -> Result<(), StoreError> {
        self.faults.run(Operation::Wake, || {
            self.woken.lock().unwrap_or_else(PoisonError::into_inner).push(shop.clone());
            Ok(())
        })
    }
}
