//! Contacts, written.

use std::collections::BTreeMap;

use domain::{ExternalKey, Field, RecordId, Value, Write};

use super::State;
use super::fault::{self, Operation};
use crate::{CrmError, CrmErrorKind, Written};

type Outcome = Result<Written, CrmError>;

/// A text's most letters.
const LONGEST: usize = 65_536;

impl State {
    pub(super) fn write(&mut self, write: &Write) -> Outcome {
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
            Write::Update { record, .. } => self.shelf.key(record),
        }
    }

    fn written(&mut self, write: &Write) -> Outcome {
        if let Some(field) = write.fields().keys().find(|field| self.missing.contains(field)) {
            return refused(CrmErrorKind::MissingField { name: field.name().to_owned() }, "no such field");
        }
        if let Some(field) = too_long(write) {
            return refused(CrmErrorKind::Rejected { field: Some(field) }, "too long");
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
        if !self.shelf.has(id) {
            return refused(CrmErrorKind::Gone, "no such record");
        }
        if let Some(holder) = self.shelf.holder(Some(id), fields) {
            return conflict(holder);
        }
        self.shelf.write(id, fields);
        Ok(Written { record: record_id(id), created: false })
    }
}

fn too_long(write: &Write) -> Option<Field> {
    let is_too_long =
        |value: &Value| matches!(value, Value::Text(text) if text.chars().nth(LONGEST).is_some());
    write.fields().iter().find(|(_, value)| is_too_long(value)).map(|(field, _)| *field)
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
