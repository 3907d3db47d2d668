//! All records of one object type, who holds which unique value, and the search index that runs behind.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::record::Record;

/// What the search index has yet to see: since when, which record, and its new state (`None`: it is gone).
type Unindexed = (i64, u64, Option<Record>);

#[derive(Debug, Default)]
pub(crate) struct Shelf {
    records: BTreeMap<u64, Record>,
    unique: BTreeSet<String>,
    holders: HashMap<(String, String), u64>,
    merged_into: HashMap<u64, u64>,
    behind: VecDeque<Unindexed>,
    indexed: BTreeMap<u64, Record>,
    journal: Option<Vec<(u64, Option<Record>)>>,
}

impl Shelf {
    /// From now on no two records hold one value of `property`.
    pub(crate) fn keep_unique(&mut self, property: &str) {
        self.unique.insert(property.to_owned());
    }

    pub(crate) fn is_unique(&self, property: &str) -> bool {
        self.unique.contains(property)
    }

    pub(crate) fn unique_properties(&self) -> impl Iterator<Item = &String> {
        self.unique.iter()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// The records whose ids come after this one, in their order.
    pub(crate) fn after(&self, id: u64) -> impl Iterator<Item = &Record> {
        self.records.range(id.saturating_add(1)..).map(|(_, record)| record)
    }

    /// The record of this very id, archived or not; merges are not followed.
    pub(crate) fn any(&self, id: u64) -> Option<&Record> {
        self.records.get(&id)
    }

    /// The record of this very id, unless it is archived.
    pub(crate) fn live(&self, id: u64) -> Option<&Record> {
        self.any(id).filter(|record| record.archived_ms.is_none())
    }

    /// Where the record of this id went: the id itself, or the survivor of its merges.
    pub(crate) fn followed(&self, id: u64) -> u64 {
        let mut at = id;
        while let Some(next) = self.merged_into.get(&at) {
            at = *next;
        }
        at
    }

    pub(crate) fn redirect(&mut self, from: u64, to: u64) {
        if from != to {
            self.merged_into.insert(from, to);
        }
    }

    /// Who holds this value of a unique property (a contact also holds its secondary addresses).
    pub(crate) fn holder(&self, property: &str, value: &str) -> Option<u64> {
        self.holders.get(&(property.to_owned(), value.to_owned())).copied()
    }

    /// Stores a record in place of the one with its id.
    pub(crate) fn put(&mut self, record: Record, now_ms: i64) {
        let id = record.id;
        self.exchange(id, Some(record), now_ms);
    }

    /// Takes a record off without a trace (a merge or a GDPR deletion; archiving is a `put`).
    pub(crate) fn take(&mut self, id: u64, now_ms: i64) {
        self.exchange(id, None, now_ms);
    }

    fn exchange(&mut self, id: u64, new: Option<Record>, now_ms: i64) {
        let old = self.records.remove(&id);
        self.unlist(id, old.as_ref());
        if let Some(record) = &new {
            self.list(record);
            self.records.insert(id, record.clone());
        }
        if let Some(journal) = &mut self.journal {
            journal.push((id, old));
        }
        let seen = new.filter(|record| record.archived_ms.is_none());
        self.behind.push_back((now_ms, id, seen));
    }

    fn list(&mut self, record: &Record) {
        if record.archived_ms.is_none() {
            for held in self.held_by(record) {
                self.holders.insert(held, record.id);
            }
        }
    }

    fn unlist(&mut self, id: u64, record: Option<&Record>) {
        for held in record.map(|record| self.held_by(record)).unwrap_or_default() {
            if self.holders.get(&held) == Some(&id) {
                self.holders.remove(&held);
            }
        }
    }

    fn held_by(&self, record: &Record) -> Vec<(String, String)> {
        let value = |name: &String| record.value(name).map(|value| (name.clone(), value.to_owned()));
        let mut held: Vec<_> = self.unique.iter().filter_map(value).collect();
        if self.is_unique("email") {
            held.extend(record.secondary_emails().into_iter().map(|one| ("email".to_owned(), one)));
        }
        held
    }

    /// Starts to note what changes, so that [`Shelf::undo`] can take it back.
    pub(crate) fn begin(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Keeps what changed since [`Shelf::begin`].
    pub(crate) fn keep(&mut self) {
        self.journal = None;
    }

    /// Puts everything back as it was at [`Shelf::begin`].
    pub(crate) fn undo(&mut self, now_ms: i64) {
        for (id, old) in self.journal.take().unwrap_or_default().into_iter().rev() {
            self.exchange(id, old, now_ms);
        }
    }

    /// Lets the search index see what changed up to `until_ms`.
    pub(crate) fn index(&mut self, until_ms: i64) {
        while self.behind.front().is_some_and(|(at, _, _)| *at <= until_ms) {
            match self.behind.pop_front() {
                Some((_, id, Some(record))) => drop(self.indexed.insert(id, record)),
                Some((_, id, None)) => drop(self.indexed.remove(&id)),
                None => {}
            }
        }
    }

    /// The records as the search index knows them.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = &Record> {
        self.indexed.values()
    }
}
