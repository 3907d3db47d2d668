//! One record, and how the API shows it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{email, kind::Kind, searchable_phone::searchable, value::shown_time};

/// Property names and values, as stored.
pub(crate) type Values = BTreeMap<String, String>;

/// A record of any object type. Its id is in its shelf and in `hs_object_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) values: Values,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    pub(crate) archived_ms: Option<i64>,
}

impl Record {
    pub(crate) fn new(id: u64, now_ms: i64) -> Self {
        Self { id, values: Values::new(), created_ms: now_ms, updated_ms: now_ms, archived_ms: None }
    }

    pub(crate) fn value(&self, property: &str) -> Option<&str> {
        self.values.get(property).map(String::as_str)
    }

    /// Writes values; an empty one clears.
    pub(crate) fn set(&mut self, values: Values) {
        for (name, value) in values {
            if value.is_empty() {
                self.values.remove(&name);
            } else {
                self.values.insert(name, value);
            }
        }
    }

    /// Brings the properties up to date that HubSpot keeps itself.
    pub(crate) fn stamp(&mut self, kind: Kind, now_ms: i64) {
        self.updated_ms = now_ms;
        let stamps = [
            ("hs_object_id", self.id.to_string()),
            (kind.created_property(), shown_time(self.created_ms)),
            (kind.modified_property(), shown_time(now_ms)),
        ];
        self.set(stamps.map(|(name, value)| (name.to_owned(), value)).into());
        if kind == Kind::Contact {
            let digits = self.value("phone").map(searchable).unwrap_or_default();
            self.set([("hs_searchable_calculated_phone_number".to_owned(), digits)].into());
        }
    }

    /// All addresses of a contact: the primary first, then the secondary ones.
    pub(crate) fn emails(&self) -> Vec<String> {
        let primary = self.value("email").map(str::to_owned);
        primary.into_iter().chain(self.secondary_emails()).collect()
    }

    pub(crate) fn secondary_emails(&self) -> Vec<String> {
        email::listed(self.value("hs_additional_emails").unwrap_or_default()).collect()
    }

    /// As a read shows it: `wanted` (or the defaults), each `null` when it has no value, and the system ones.
    pub(crate) fn shown(&self, kind: Kind, wanted: &[String]) -> Value {
        let system = ["hs_object_id", kind.created_property(), kind.modified_property()];
        let defaults = if wanted.is_empty() { kind.shown_by_default() } else { &[] };
        let names = wanted.iter().map(String::as_str).chain(defaults.iter().copied()).chain(system);
        let properties = names.map(|name| (name.to_owned(), json!(self.value(name)))).collect();
        self.with_properties(properties)
    }

    /// As a write answers it: what was written (`null` when cleared), and the system properties.
    pub(crate) fn written(&self, kind: Kind, written: &Values) -> Value {
        let names: Vec<String> = written.keys().cloned().collect();
        if names.is_empty() { self.shown(kind, &["hs_object_id".into()]) } else { self.shown(kind, &names) }
    }

    fn with_properties(&self, properties: Map<String, Value>) -> Value {
        let mut shown = json!({
            "id": self.id.to_string(),
            "properties": Value::Object(properties),
            "createdAt": shown_time(self.created_ms),
            "updatedAt": shown_time(self.updated_ms),
            "archived": self.archived_ms.is_some(),
        });
        if let (Some(at), Some(map)) = (self.archived_ms, shown.as_object_mut()) {
            map.insert("archivedAt".into(), json!(shown_time(at)));
        }
        shown
    }
}
