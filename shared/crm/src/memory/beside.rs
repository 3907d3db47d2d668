//! What there is beside contacts, each under its key, and whose it is.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Company, Deal, ExternalKey, Note, RecordId};

use super::State;
use super::tasks::Kept;
use crate::{CrmError, CrmErrorKind, Written};

#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) deals: Entries<Deal>,
    pub(super) notes: Entries<Note>,
    pub(super) tasks: Entries<Kept>,
    pub(super) companies: Entries<Company>,
    last: u64,
}

pub(super) type Entries<T> = BTreeMap<ExternalKey, Entry<T>>;

#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) id: RecordId,
    pub(super) said: T,
    pub(super) contacts: BTreeSet<RecordId>,
}

impl<T> Entry<T> {
    pub(super) fn whose(&self) -> Vec<RecordId> {
        self.contacts.iter().cloned().collect()
    }

    pub(super) fn written(&self, created: bool) -> Written {
        Written { record: self.id.clone(), created }
    }
}

impl Beside {
    /// Something new, with an id of its own.
    pub(super) fn made<T>(&mut self, said: T, contacts: impl IntoIterator<Item = RecordId>) -> Entry<T> {
        self.last += 1;
        let id = RecordId::new(format!("o{}", self.last));
        Entry { id, said, contacts: contacts.into_iter().collect() }
    }
}

impl State {
    /// The contact that is meant; merges are followed.
    pub(super) fn contact(&self, id: &RecordId) -> Result<RecordId, CrmError> {
        let there = self.shelf.record(id).map(|record| record.id);
        there.ok_or_else(|| CrmError::new(CrmErrorKind::Gone, "no such record"))
    }
}
