//! One record: what it says, and what became of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::moment;

/// Values by the names of their fields; one that is absent is empty.
pub(crate) type Values = BTreeMap<String, Value>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    values: Values,
    pub(crate) deleted: bool,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
}

impl Record {
    pub(crate) fn new(id: String, now_ms: i64) -> Self {
        Self { id, values: Values::new(), deleted: false, created_ms: now_ms, modified_ms: now_ms }
    }

    /// Sets these values; `null` empties.
    pub(crate) fn set(&mut self, values: Values) {
        for (name, value) in values {
            if value.is_null() {
                self.values.remove(&name);
            } else {
                self.values.insert(name, value);
            }
        }
    }

    pub(crate) fn set_one(&mut self, name: &str, value: Value) {
        self.set(Values::from([(name.to_owned(), value)]));
    }

    /// The value of a field, the system's own too; `null` when it is empty.
    pub(crate) fn value(&self, name: &str) -> Value {
        match name {
            "Id" => json!(self.id),
            "IsDeleted" => json!(self.deleted),
            "CreatedDate" => json!(moment::shown(self.created_ms)),
            "LastModifiedDate" | "SystemModstamp" => json!(moment::shown(self.modified_ms)),
            _ => self.values.get(name).cloned().unwrap_or(Value::Null),
        }
    }

    /// The text of a field; empty when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.values.get(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn is_empty(&self, name: &str) -> bool {
        !self.values.contains_key(name)
    }

    pub(crate) fn values(&self) -> &Values {
        &self.values
    }
}
