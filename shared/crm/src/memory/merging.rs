//! Two records that become one, with all that was tied to them.

use std::collections::BTreeSet;

use domain::RecordId;

use super::State;
use super::beside::Entries;
use crate::{CrmError, Merged};

impl State {
    /// As the contract has it.
    pub(super) fn merged(&mut self, primary: &RecordId, other: &RecordId) -> Result<Merged, CrmError> {
        let (one, two) = (self.contact(primary)?, self.contact(other)?);
        let stands = self.merge(&one, &two);
        Ok(stands.map_or(Merged::Before(one), Merged::Now))
    }

    /// The survivor, which has a new id; `None` where one of them is not there, or they are one.
    pub(super) fn merge(&mut self, primary: &RecordId, other: &RecordId) -> Option<RecordId> {
        let stands = self.shelf.merge(primary, other)?;
        self.tied_anew();
        Some(stands)
    }

    /// Whatever was tied to those that are one now is tied to that one.
    fn tied_anew(&mut self) {
        let records = &self.shelf;
        let now = |id: &RecordId| records.record(id).map_or_else(|| id.clone(), |record| record.id);
        tie(&mut self.beside.deals, now);
        tie(&mut self.beside.notes, now);
        tie(&mut self.beside.tasks, now);
        tie(&mut self.beside.companies, now);
    }
}

fn tie<T>(entries: &mut Entries<T>, now: impl Fn(&RecordId) -> RecordId) {
    for entry in entries.values_mut() {
        entry.contacts = entry.contacts.iter().map(&now).collect::<BTreeSet<_>>();
    }
}
