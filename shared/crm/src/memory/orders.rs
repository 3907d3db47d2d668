//! Deals and notes.

use domain::{Deal, Note};

use super::beside::Entry;
use super::{MemoryCrm, State};
use crate::conformance::{HeldDeal, HeldNote};
use crate::{DealOutcome, DealSpan, DealWrite, NoteOutcome, NoteWrite};

impl MemoryCrm {
    /// All deals, by key.
    pub fn deals(&self) -> Vec<HeldDeal> {
        let held = |entry: &Entry<Deal>| HeldDeal {
            key: entry.said.key.clone(),
            stage: entry.said.stage.clone(),
            facts: entry.said.facts.clone(),
            contacts: entry.whose(),
        };
        self.state().beside.deals.values().map(held).collect()
    }

    /// All notes, by key.
    pub fn notes(&self) -> Vec<HeldNote> {
        let held = |entry: &Entry<Note>| HeldNote {
            key: entry.said.key.clone(),
            text: entry.said.lines.join("\n"),
            contacts: entry.whose(),
        };
        self.state().beside.notes.values().map(held).collect()
    }
}

impl State {
    pub(super) fn write_deal(&mut self, DealWrite { deal, contact }: &DealWrite) -> DealOutcome {
        let contact = contact.as_ref().map(|contact| self.contact(contact)).transpose()?;
        if let Some(entry) = self.beside.deals.get_mut(&deal.key) {
            let facts = deal.facts.clone().or_else(|| entry.said.facts.take());
            entry.said = Deal { facts, ..deal.clone() };
            entry.contacts.extend(contact);
            return Ok(Some(entry.written(false)));
        }
        if !deal.is_wanted {
            return Ok(None);
        }
        let entry = self.beside.made(deal.clone(), contact);
        let written = entry.written(true);
        self.beside.deals.insert(deal.key.clone(), entry);
        Ok(Some(written))
    }

    pub(super) fn count(&self, span: &DealSpan) -> u64 {
        let is_in = |entry: &&Entry<Deal>| {
            let closed = entry.said.facts.as_ref().map(|facts| facts.closed_at);
            entry.said.key.as_str().starts_with(&span.prefix)
                && closed.is_some_and(|at| span.since <= at && at < span.until)
                && !span.without.contains(&entry.said.stage)
        };
        self.beside.deals.values().filter(is_in).count() as u64
    }

    pub(super) fn write_note(&mut self, NoteWrite { note, contact }: &NoteWrite) -> NoteOutcome {
        if let Some(entry) = self.beside.notes.get(&note.key) {
            return Ok(entry.written(false));
        }
        let contact = self.contact(contact)?;
        let entry = self.beside.made(note.clone(), [contact]);
        let written = entry.written(true);
        self.beside.notes.insert(note.key.clone(), entry);
        Ok(written)
    }
}
