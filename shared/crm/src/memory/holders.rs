//! Who holds which value: kept beside the records, so that a look for one of twenty thousand is no look at all of them.

use std::collections::{BTreeSet, HashMap};

/// Records by a value of theirs.
#[derive(Debug, Default)]
pub(super) struct Holders(HashMap<String, BTreeSet<u64>>);

impl Holders {
    pub(super) fn note<'a>(&mut self, id: u64, values: impl Iterator<Item = &'a str>) {
        for value in values {
            self.0.entry(value.to_owned()).or_default().insert(id);
        }
    }

    pub(super) fn forget<'a>(&mut self, id: u64, values: impl Iterator<Item = &'a str>) {
        for value in values {
            let Some(held) = self.0.get_mut(value) else { continue };
            held.remove(&id);
            if held.is_empty() {
                self.0.remove(value);
            }
        }
    }

    /// All who hold it, in the order of their making.
    pub(super) fn of(&self, value: &str) -> impl Iterator<Item = u64> {
        self.0.get(value).into_iter().flatten().copied()
    }
}
