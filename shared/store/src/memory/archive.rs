//! The archive, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Faults, Operation};
use crate::{Archive, StoreError};

/// A sheet as it lies there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What a browser goes by.
    pub content_type: String,
    /// What is on it.
    pub bytes: Vec<u8>,
}

/// An [`Archive`] whose sheets can be looked at. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryArchive {
    sheets: Arc<Mutex<BTreeMap<String, Sheet>>>,
    faults: Faults,
}

impl MemoryArchive {
    /// An empty one that fails when `faults` say so.
    pub fn with_faults(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every sheet, by its name.
    pub fn sheets(&self) -> BTreeMap<String, Sheet> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Sheet>> {
        self.sheets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Archive for MemoryArchive {
    async fn put(&self, name: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let sheet = Sheet { content_type: content_type.to_owned(), bytes };
        let put = || self.all().insert(name.to_owned(), sheet);
        self.faults.run(Operation::Put, || Ok(put())).map(drop)
    }

    fn place(&self, name: &str) -> String {
        format!("https://archive.example/{name}")
    }
}
