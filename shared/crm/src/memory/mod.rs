//! A CRM in memory, for stories: state that can be looked at, people who edit it, faults on demand.

mod beside;
mod companies;
mod contacts;
mod fault;
mod holders;
mod merging;
mod orders;
mod shelf;
mod socket;
mod tasks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Field, Record, RecordId, Value};

pub use fault::{Fault, Operation};

use beside::Beside;
use shelf::Shelf;

/// How often each method was called, whatever it answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// Of `find`.
    pub find: usize,
    /// Of `apply`.
    pub apply: usize,
    /// Of `read`.
    pub read: usize,
    /// Of `fetch`.
    pub fetch: usize,
    /// Of `holders`.
    pub holders: usize,
    /// Of `merge`.
    pub merge: usize,
    /// Of `write_deals`.
    pub write_deals: usize,
    /// Of `count_deals`.
    pub count_deals: usize,
    /// Of `write_notes`.
    pub write_notes: usize,
    /// Of `write_tasks`.
    pub write_tasks: usize,
    /// Of `write_companies`.
    pub write_companies: usize,
    /// Of `page`.
    pub page: usize,
}

/// A [`Crm`](crate::Crm) that keeps the contract and forgets everything when it is dropped. Clones share the records.
#[derive(Debug, Clone, Default)]
pub struct MemoryCrm(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    shelf: Shelf,
    beside: Beside,
    missing: Vec<Field>,
    faults: Vec<Fault>,
    calls: Calls,
}

impl MemoryCrm {
    /// All records, in the order of their making.
    pub fn records(&self) -> Vec<Record> {
        self.state().shelf.records().collect()
    }

    /// The record of this id; merges are followed. `None` where it was deleted.
    pub fn record(&self, id: &RecordId) -> Option<Record> {
        self.state().shelf.record(id)
    }

    /// Somebody makes a record by hand: our fields of it, and further addresses it holds.
    pub fn rep_creates(&self, fields: &BTreeMap<Field, Value>, further_emails: &[&str]) -> RecordId {
        self.state().shelf.insert(fields, further_emails)
    }

    /// Somebody notes where the person lives. Whether there was such a record.
    pub fn rep_notes_postal_code(&self, id: &RecordId, postal_code: &str) -> bool {
        self.state().shelf.lives_at(id, postal_code)
    }

    /// Somebody edits a record by hand; merges are followed. Whether there was such a record.
    pub fn rep_edits(&self, id: &RecordId, fields: &BTreeMap<Field, Value>) -> bool {
        self.state().shelf.edit(id, fields)
    }

    /// Somebody deletes a record. Whether there was one of this very id.
    pub fn delete(&self, id: &RecordId) -> bool {
        self.state().shelf.delete(id)
    }

    /// Somebody merges `other` into `primary`: the primary's values win, the survivor has a new id, and both old ids
    /// lead to it. `None` where one of them is not there, or they are one.
    pub fn merge(&self, primary: &RecordId, other: &RecordId) -> Option<RecordId> {
        self.state().merge(primary, other)
    }

    /// From now on there is no such field: a write that names it is refused.
    pub fn remove_field(&self, field: Field) {
        self.state().missing.push(field);
    }

    /// Somebody creates the field that was missing.
    pub fn add_field(&self, field: Field) {
        self.state().missing.retain(|missing| *missing != field);
    }

    /// Something will go wrong, after what was asked for before.
    pub fn fail(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Nothing goes wrong any more.
    pub fn forget_faults(&self) {
        self.state().faults.clear();
    }

    /// The faults that have not met all their calls.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// How often it was called so far.
    pub fn calls(&self) -> Calls {
        self.state().calls
    }

    /// Starts the counts again.
    pub fn forget_calls(&self) {
        self.state().calls = Calls::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
