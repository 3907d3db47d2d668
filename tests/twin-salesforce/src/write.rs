//! Writing one record: what was sent is understood, held against every rule, and only then stored.

use serde_json::{Map, Value, json};

use crate::{
    field::Field,
    record::{Record, Values},
    refusal::Refusal,
    state::State,
    table::Table,
    value,
};

/// Whose hand writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    /// The API user: sees what was granted, and meets duplicate rules and locks.
    Api,
    /// A person who sees everything and saves anyway.
    Rep,
}

/// What goes with a write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) hand: Hand,
    /// `Sforce-Duplicate-Rule-Header: allowSave=true`.
    pub(crate) allow_save: bool,
    /// The version of the API.
    pub(crate) version: u32,
    pub(crate) now_ms: i64,
}

/// Whether a record is made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Create,
    Update,
}

/// What an upsert by a key did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Upserted {
    Done {
        id: String,
        created: bool,
    },
    /// Several records have the key; their ids.
    Several(Vec<String>),
}

impl State {
    /// Refuses a body that holds a value of a shape no such field takes, before any row is written.
    pub(crate) fn check_shapes(
        &self,
        object: &str,
        sent: &Map<String, Value>,
        text: &str,
        how: &How,
    ) -> Result<(), Refusal> {
        let Some(table) = self.table(object) else { return Ok(()) };
        for (name, value) in sent {
            if let Some(field) = self.seen(table, name, how) {
                value::check_shape(field, value, text)?;
            }
        }
        Ok(())
    }

    /// Makes a record; gives its id.
    pub(crate) fn create(
        &mut self,
        object: &str,
        sent: &Map<String, Value>,
        how: &How,
    ) -> Result<String, Refusal> {
        let table = self.known(object)?;
        let name = table.name;
        let values = self.understood(table, sent, Step::Create, how)?;
        let mut record = Record::new(String::new(), how.now_ms);
        record.set(defaults(table, &self.user));
        record.set(values.clone());
        self.derive(name, &mut record);
        self.check(name, &record, None, &values, how)?;
        record.id = self.next_id(name);
        self.store(name, record.clone(), None, how);
        Ok(record.id)
    }

    /// Changes a record.
    pub(crate) fn update(
        &mut self,
        object: &str,
        id: &str,
        sent: &Map<String, Value>,
        how: &How,
    ) -> Result<(), Refusal> {
        let table = self.known(object)?;
        let name = table.name;
        let old = found(table, id)?.clone();
        let values = self.understood(table, sent, Step::Update, how)?;
        let mut record = old.clone();
        record.set(values.clone());
        record.modified_ms = how.now_ms;
        self.derive(name, &mut record);
        self.check(name, &record, Some(&old), &values, how)?;
        self.store(name, record, Some(&old), how);
        Ok(())
    }

    /// Changes the record that holds this key, or makes it.
    pub(crate) fn upsert(
        &mut self,
        object: &str,
        (key, value): (&str, &str),
        sent: &Map<String, Value>,
        how: &How,
        may_create: bool,
    ) -> Result<Upserted, Refusal> {
        let table = self.known(object)?;
        let field = self.key(table, key, how)?.clone();
        let holders = table.holders(&field, value);
        match holders.as_slice() {
            [] if !may_create => Err(Refusal::not_found()),
            [] => {
                let mut sent = sent.clone();
                sent.insert(field.name, json!(value));
                let id = self.create(object, &sent, how)?;
                Ok(Upserted::Done { id, created: true })
            }
            [id] => {
                self.update(object, id, sent, how)?;
                Ok(Upserted::Done { id: id.clone(), created: false })
            }
            several => Ok(Upserted::Several(several.to_vec())),
        }
    }

    /// Takes each value in by its field; a record behind a reference may be named by a key of its own.
    fn understood(
        &self,
        table: &Table,
        sent: &Map<String, Value>,
        step: Step,
        how: &How,
    ) -> Result<Values, Refusal> {
        let (mut values, mut closed) = (Values::new(), Vec::new());
        for (name, value) in sent.iter().filter(|(name, _)| *name != "attributes") {
            let (field, value) = self.addressed(table, name, value, how)?;
            if !self.may_write(table, field, step, how) {
                closed.push(field.name.as_str());
                continue;
            }
            values.insert(field.name.clone(), value::stored(field, &value)?);
        }
        if closed.is_empty() { Ok(values) } else { Err(Refusal::read_only(&closed)) }
    }

    fn addressed<'a>(
        &self,
        table: &'a Table,
        name: &str,
        value: &Value,
        how: &How,
    ) -> Result<(&'a Field, Value), Refusal> {
        if let (Some(field), Some(other)) = (table.relationship(name), value.as_object()) {
            return Ok((field, json!(self.behind(field, other, how)?)));
        }
        let field = self.seen(table, name, how).ok_or_else(|| Refusal::no_column(name, table.name))?;
        Ok((field, value.clone()))
    }

    /// The id of the record that `{"Key__c":"..."}` names.
    fn behind(&self, field: &Field, named: &Map<String, Value>, how: &How) -> Result<String, Refusal> {
        let object = named.get("attributes").and_then(|own| own["type"].as_str());
        let object = object.or(field.refers_to.first().map(String::as_str)).unwrap_or_default();
        let table = self.known(object)?;
        let pair = named.iter().find(|(name, _)| *name != "attributes");
        let (key, value) = pair.ok_or_else(Refusal::cross_reference)?;
        let key = self.seen(table, key, how).filter(|key| key.is_id_lookup());
        let key = key.ok_or_else(|| Refusal::no_column(pair.map_or("", |(name, _)| name), table.name))?;
        let value = value.as_str().unwrap_or_default();
        match table.holders(key, value).as_slice() {
            [id] => Ok(id.clone()),
            [] => {
                let words = format!(
                    "Foreign key external ID: {value} not found for field {} in entity {}",
                    key.name, table.name
                );
                Err(Refusal::of_fields("INVALID_FIELD", words, &[]))
            }
            _ => Err(Refusal::of_fields("DUPLICATE_EXTERNAL_ID", several_words(&key.name, &[]), &[])),
        }
    }

    fn may_write(&self, table: &Table, field: &Field, step: Step, how: &How) -> bool {
        let flag = if step == Step::Create { field.createable } else { field.updateable };
        flag && (how.hand == Hand::Rep || self.grant(table.name, field).edit)
    }
}

/// The words for a key that several records have.
pub(crate) fn several_words(key: &str, ids: &[String]) -> String {
    format!("{key}: more than one record found for external id field: [{}]", ids.join(", "))
}

/// The live record of this id.
pub(crate) fn found<'a>(table: &'a Table, id: &str) -> Result<&'a Record, Refusal> {
    let record = crate::id::normal(id).and_then(|id| table.any(&id)).ok_or_else(Refusal::not_found)?;
    if record.deleted { Err(Refusal::deleted()) } else { Ok(record) }
}

fn defaults(table: &Table, user: &str) -> Values {
    let value = |field: &Field| {
        let text = field.default.as_deref()?;
        Some((field.name.clone(), value::stored(field, &json!(text)).unwrap_or_default()))
    };
    let mut all: Values = table.fields().iter().filter_map(value).collect();
    if table.field("OwnerId").is_some() {
        all.insert("OwnerId".into(), json!(user));
    }
    all
}
