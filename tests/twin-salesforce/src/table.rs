//! One object type: its fields, its records, and who holds which key.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::{
    field::{Field, FieldKind},
    record::Record,
    standard,
};

/// A field's name and a value of it, without case where case does not matter.
type Held = (String, String);

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) prefix: &'static str,
    fields: Vec<Field>,
    records: BTreeMap<String, Record>,
    holders: HashMap<Held, BTreeSet<String>>,
}

impl Table {
    pub(crate) fn new((name, prefix): (&'static str, &'static str)) -> Self {
        let fields = standard::fields(name);
        Self { name, prefix, fields, records: BTreeMap::new(), holders: HashMap::new() }
    }

    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// A field by its name, in any case.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn field_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The reference that a body or a query calls by this name.
    pub(crate) fn relationship(&self, name: &str) -> Option<&Field> {
        let is = |field: &&Field| field.relationship().is_some_and(|own| own.eq_ignore_ascii_case(name));
        self.fields.iter().find(is)
    }

    /// Adds a field, unless one of its name is there.
    pub(crate) fn add(&mut self, field: Field) -> bool {
        let fresh = self.field(&field.name).is_none();
        if fresh {
            self.fields.push(field);
        }
        fresh
    }

    /// All records in the order of their ids, the deleted ones too.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    pub(crate) fn live_ones(&self) -> impl Iterator<Item = &Record> {
        self.all().filter(|record| !record.deleted)
    }

    pub(crate) fn any(&self, id: &str) -> Option<&Record> {
        self.records.get(id)
    }

    pub(crate) fn live(&self, id: &str) -> Option<&Record> {
        self.any(id).filter(|record| !record.deleted)
    }

    /// Stores a record in place of the one with its id.
    pub(crate) fn put(&mut self, record: Record) {
        if let Some(old) = self.records.remove(&record.id) {
            for held in self.held_by(&old) {
                self.holders.entry(held).or_default().remove(&old.id);
            }
        }
        if !record.deleted {
            for held in self.held_by(&record) {
                self.holders.entry(held).or_default().insert(record.id.clone());
            }
        }
        self.records.insert(record.id.clone(), record);
    }

    /// The living records that refer to this one by this field.
    pub(crate) fn referring(&self, name: &str, id: &str) -> impl Iterator<Item = &Record> {
        let ids = self.field(name).filter(|_| !id.is_empty()).map(|field| self.holders(field, id));
        ids.into_iter().flatten().filter_map(|id| self.live(&id))
    }

    /// The living records that hold this value of a key, an e-mail field or a reference.
    pub(crate) fn holders(&self, field: &Field, value: &str) -> Vec<String> {
        let held = self.holders.get(&(field.name.clone(), folded(field, value)));
        held.map(|ids| ids.iter().cloned().collect()).unwrap_or_default()
    }

    fn held_by(&self, record: &Record) -> Vec<Held> {
        let keys = self.fields.iter().filter(|field| is_indexed(field));
        let value = |field: &Field| match record.value(&field.name) {
            Value::Null => None,
            Value::String(text) => Some((field.name.clone(), folded(field, &text))),
            other => Some((field.name.clone(), other.to_string())),
        };
        keys.filter_map(value).collect()
    }
}

/// Whether [`Table::holders`] knows who holds a value of it.
pub(crate) fn is_indexed(field: &Field) -> bool {
    field.unique || field.external_id || matches!(field.kind, FieldKind::Email | FieldKind::Reference)
}

fn folded(field: &Field, value: &str) -> String {
    if field.case_sensitive || field.kind == FieldKind::Reference {
        value.to_owned()
    } else {
        value.to_lowercase()
    }
}
