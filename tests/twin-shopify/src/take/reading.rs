//! Reading payloads that may have anything anywhere.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::{clock::whole_seconds, gid, money};

/// An object of a payload.
pub(super) struct Reading<'a>(pub(super) &'a Value);

impl<'a> Reading<'a> {
    /// Whether the key is there, null or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// A string, or nothing.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// The first of several names that holds a string which is not empty.
    pub(super) fn text_of(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name).filter(|text| !text.trim().is_empty()))
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    /// A whole number, also as digits in a string.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        let value = self.0.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    pub(super) fn amount(&self, names: &[&str]) -> Option<Decimal> {
        names.iter().find_map(|name| self.0.get(*name).and_then(money::from_value))
    }

    /// A date with any offset, in whole seconds.
    pub(super) fn time(&self, names: &[&str]) -> Option<Timestamp> {
        names.iter().find_map(|name| self.text(name)?.parse().ok()).map(whole_seconds)
    }

    /// An object, but not `[]`, null or `{}`.
    pub(super) fn part(&self, name: &str) -> Option<Reading<'a>> {
        let part = self.0.get(name)?;
        part.as_object().filter(|fields| !fields.is_empty()).map(|_| Reading(part))
    }

    /// The objects in a list; a single object counts as a list of one.
    pub(super) fn list(&self, name: &str) -> Vec<Reading<'a>> {
        match self.0.get(name) {
            Some(Value::Array(items)) => items.iter().filter(|item| item.is_object()).map(Reading).collect(),
            Some(Value::Object(_)) => self.part(name).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Strings, from a list or from text with commas.
    pub(super) fn words(&self, name: &str) -> Option<Vec<String>> {
        let words: Vec<String> = match self.0.get(name)? {
            Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Value::String(text) => text.split(',').map(|word| word.trim().to_owned()).collect(),
            _ => return None,
        };
        Some(words.into_iter().filter(|word| !word.is_empty()).collect())
    }

    /// The object's own id. The GID comes first: it is exact even where a numeric id went through a float.
    pub(super) fn own_id(&self, kind: &str) -> Option<u64> {
        self.id(kind, &["admin_graphql_api_id", "id"])
    }

    /// The first of several names that holds an id of this kind.
    pub(super) fn id(&self, kind: &str, names: &[&str]) -> Option<u64> {
        names.iter().find_map(|name| gid::from_value(kind, self.0.get(*name)?))
    }
}
