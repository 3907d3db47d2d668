//! The contract, kept.

use std::collections::BTreeMap;

use domain::{ExternalKey, Field, Match, Record, RecordId, Value, Write};

use super::fault::{self, Operation};
use super::{MemoryCrm, State};
use crate::{
    Crm, CrmError, CrmErrorKind, CrmFuture, DealOutcome, DealWrite, NoteOutcome, NoteWrite, Wanted, Written,
};

type Outcome = Result<Written, CrmError>;

impl Crm for MemoryCrm {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.find += 1;
            state.reading(Operation::Find, |state| wanted.iter().map(|one| state.candidates(one)).collect())
        })
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.apply += 1;
            state.apply(writes)
        })
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.read += 1;
            state.reading(Operation::Read, |state| keys.iter().map(|key| state.carrying(key)).collect())
        })
    }

    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.fetch += 1;
            state.reading(Operation::Fetch, |state| records.iter().map(|id| state.shelf.very(id)).collect())
        })
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        Box::pin(async move { self.state().write_deals(deals) })
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        Box::pin(async move { self.state().write_notes(notes) })
    }
}

impl State {
    fn reading<T>(&mut self, operation: Operation, read: impl FnOnce(&Self) -> T) -> Result<T, CrmError> {
        match fault::take(&mut self.faults, operation, None) {
            Some(fault) => Err(fault.error()),
            None => Ok(read(self)),
        }
    }

    fn carrying(&self, key: &ExternalKey) -> Option<Record> {
        self.shelf.by_key(key).and_then(|id| self.shelf.shown(id))
    }

    fn candidates(&self, wanted: &Wanted) -> Vec<Match> {
        self.shelf.candidates(wanted).into_iter().map(|(by, record)| Match { by, record }).collect()
    }

    fn apply(&mut self, writes: &[Write]) -> Vec<Outcome> {
        let Some(fault) = fault::take(&mut self.faults, Operation::Apply, None) else {
            return writes.iter().map(|write| self.write(write)).collect();
        };
        if fault.is_done() {
            for write in writes {
                drop(self.write(write));
            }
        }
        writes.iter().map(|_| Err(fault.error())).collect()
    }

    fn write(&mut self, write: &Write) -> Outcome {
        let key = self.key_of(write);
        let fault = key.and_then(|key| fault::take(&mut self.faults, Operation::Apply, Some(&key)));
        match fault {
            None => self.written(write),
            Some(fault) => {
                if fault.is_done() {
                    drop(self.written(write));
                }
                Err(fault.error())
            }
        }
    }

    fn key_of(&self, write: &Write) -> Option<ExternalKey> {
        match write {
            Write::Create { key, .. } => Some(key.clone()),
            Write::Update { record, .. } => self.shelf.record(record).and_then(|record| record.key),
        }
    }

    fn written(&mut self, write: &Write) -> Outcome {
        if let Some(field) = write.fields().keys().find(|field| self.missing.contains(field)) {
            return refused(CrmErrorKind::MissingField { name: field.name().to_owned() }, "no such field");
        }
        match write {
            Write::Create { key, fields } => self.create(key, fields),
            Write::Update { record, fields } => match self.shelf.followed(record) {
                Some(id) => self.update(id, fields),
                None => refused(CrmErrorKind::Gone, "no such record"),
            },
        }
    }

    fn create(&mut self, key: &ExternalKey, fields: &BTreeMap<Field, Value>) -> Outcome {
        if let Some(id) = self.shelf.by_key(key) {
            return self.update(id, fields);
        }
        let mut fields = fields.clone();
        fields.insert(Field::CustomerKey, Value::Text(key.as_str().to_owned()));
        match self.shelf.holder(None, &fields) {
            Some(holder) => conflict(holder),
            None => Ok(Written { record: record_id(self.shelf.create(&fields)), created: true }),
        }
    }

    fn update(&mut self, id: u64, fields: &BTreeMap<Field, Value>) -> Outcome {
        if self.shelf.shown(id).is_none() {
            return refused(CrmErrorKind::Gone, "no such record");
        }
        if let Some(holder) = self.shelf.holder(Some(id), fields) {
            return conflict(holder);
        }
        self.shelf.write(id, fields);
        Ok(Written { record: record_id(id), created: false })
    }
}

fn record_id(id: u64) -> RecordId {
    RecordId::new(id.to_string())
}

fn conflict(holder: u64) -> Outcome {
    refused(CrmErrorKind::Conflict { existing: Some(record_id(holder)) }, "a unique value is taken")
}

fn refused(kind: CrmErrorKind, code: &str) -> Outcome {
    Err(CrmError::new(kind, code))
}
