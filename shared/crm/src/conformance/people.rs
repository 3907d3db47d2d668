//! The people of the suite: number `n` has a key, a name and an address of their own.

use std::collections::BTreeMap;

use domain::{ExternalKey, Field, RecordId, Value, Write};

use crate::Wanted;

pub(super) fn key(n: usize) -> ExternalKey {
    ExternalKey::from_crm(&(7_412_883_000_000 + n).to_string())
}

pub(super) fn email(n: usize) -> String {
    format!("person-{n}@example.com")
}

pub(super) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

pub(super) fn person(n: usize) -> BTreeMap<Field, Value> {
    BTreeMap::from([
        (Field::CustomerKey, text(key(n).as_str())),
        (Field::FirstName, text(&format!("Person {n}"))),
        (Field::Email, text(&email(n))),
    ])
}

/// The same, before a shop ever knew them.
pub(super) fn lead(n: usize) -> BTreeMap<Field, Value> {
    let mut lead = person(n);
    lead.remove(&Field::CustomerKey);
    lead
}

pub(super) fn create(n: usize) -> Write {
    Write::Create { key: key(n), fields: person(n) }
}

pub(super) fn create_named(n: usize, name: &str) -> Write {
    let mut fields = person(n);
    fields.insert(Field::FirstName, text(name));
    Write::Create { key: key(n), fields }
}

pub(super) fn update(record: &RecordId, field: Field, value: Value) -> Write {
    Write::Update { record: record.clone(), fields: BTreeMap::from([(field, value)]) }
}

pub(super) fn wanted(n: usize) -> Wanted {
    Wanted { email: Some(email(n)), ..Wanted::by_key(key(n)) }
}
