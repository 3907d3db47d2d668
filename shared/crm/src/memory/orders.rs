//! Deals and notes, each under its key, and whose they are.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Deal, ExternalKey, Note, RecordId};

use super::fault::{self, Fault, Operation};
use super::{MemoryCrm, State};
use crate::conformance::{HeldDeal, HeldNote};
use crate::{CrmError, CrmErrorKind, DealOutcome, DealWrite, NoteOutcome, NoteWrite, Written};

#[derive(Debug, Default)]
pub(super) struct Orders {
    deals: BTreeMap<ExternalKey, Entry<Deal>>,
    notes: BTreeMap<ExternalKey, Entry<Note>>,
    last: u64,
}

#[derive(Debug)]
struct Entry<T> {
    id: RecordId,
    said: T,
    contacts: BTreeSet<RecordId>,
}

impl MemoryCrm {
    /// All deals, by key.
    pub fn deals(&self) -> Vec<HeldDeal> {
        let state = self.state();
        let held = |entry: &Entry<Deal>| HeldDeal {
            key: entry.said.key.clone(),
            stage: entry.said.stage.clone(),
            facts: entry.said.facts.clone(),
            contacts: entry.contacts.iter().cloned().collect(),
        };
        state.orders.deals.values().map(held).collect()
    }

    /// All notes, by key.
    pub fn notes(&self) -> Vec<HeldNote> {
        let state = self.state();
        let held = |entry: &Entry<Note>| HeldNote {
            key: entry.said.key.clone(),
            text: entry.said.lines.join("\n"),
            contacts: entry.contacts.iter().cloned().collect(),
        };
        state.orders.notes.values().map(held).collect()
    }
}

impl State {
    pub(super) fn write_deals(&mut self, deals: &[DealWrite]) -> Vec<DealOutcome> {
        self.calls.write_deals += 1;
        self.each(Operation::WriteDeals, deals, Self::write_deal)
    }

    pub(super) fn write_notes(&mut self, notes: &[NoteWrite]) -> Vec<NoteOutcome> {
        self.calls.write_notes += 1;
        self.each(Operation::WriteNotes, notes, Self::write_note)
    }

    fn each<W, T>(
        &mut self,
        operation: Operation,
        writes: &[W],
        write: impl Fn(&mut Self, &W) -> Result<T, CrmError>,
    ) -> Vec<Result<T, CrmError>> {
        let fault = fault::take(&mut self.faults, operation, None);
        if fault.as_ref().is_some_and(|fault| !fault.is_done()) {
            return writes.iter().filter_map(|_| fault.as_ref().map(Fault::error)).map(Err).collect();
        }
        let done: Vec<_> = writes.iter().map(|one| write(self, one)).collect();
        match fault {
            Some(fault) => done.iter().map(|_| Err(fault.error())).collect(),
            None => done,
        }
    }

    fn write_deal(&mut self, DealWrite { deal, contact }: &DealWrite) -> DealOutcome {
        let contact = contact.as_ref().map(|contact| self.contact(contact)).transpose()?;
        if let Some(entry) = self.orders.deals.get_mut(&deal.key) {
            let facts = deal.facts.clone().or_else(|| entry.said.facts.take());
            entry.said = Deal { facts, ..deal.clone() };
            entry.contacts.extend(contact);
            return Ok(Some(Written { record: entry.id.clone(), created: false }));
        }
        if !deal.is_wanted {
            return Ok(None);
        }
        let id = self.orders.next();
        let entry = Entry { id: id.clone(), said: deal.clone(), contacts: contact.into_iter().collect() };
        self.orders.deals.insert(deal.key.clone(), entry);
        Ok(Some(Written { record: id, created: true }))
    }

    fn write_note(&mut self, NoteWrite { note, contact }: &NoteWrite) -> NoteOutcome {
        if let Some(entry) = self.orders.notes.get(&note.key) {
            return Ok(Written { record: entry.id.clone(), created: false });
        }
        let contact = self.contact(contact)?;
        let id = self.orders.next();
        let entry = Entry { id: id.clone(), said: note.clone(), contacts: [contact].into() };
        self.orders.notes.insert(note.key.clone(), entry);
        Ok(Written { record: id, created: true })
    }

    fn contact(&self, id: &RecordId) -> Result<RecordId, CrmError> {
        let there = self.shelf.record(id).map(|record| record.id);
        there.ok_or_else(|| CrmError::new(CrmErrorKind::Gone, "no such record"))
    }
}

impl Orders {
    fn next(&mut self) -> RecordId {
        self.last += 1;
        RecordId::new(format!("o{}", self.last))
    }
}
