//! Our values as HubSpot writes them, and the bodies of our calls.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crm::spelling;
use domain::{Field, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::property;

/// What a batch takes: `{"inputs":[...]}`.
#[derive(serde::Serialize)]
pub(crate) struct Inputs<'a> {
    pub(crate) inputs: Vec<Input<'a>>,
}

/// One row. With a trace id in each, a bad row fails alone.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input<'a> {
    pub(crate) id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_property: Option<&'static str>,
    pub(crate) object_write_trace_id: String,
    pub(crate) properties: Properties<'a>,
}

/// What a single update takes.
#[derive(serde::Serialize)]
pub(crate) struct Single<'a> {
    pub(crate) properties: Properties<'a>,
}

/// What a merge takes.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Merge<'a> {
    pub(crate) primary_object_id: &'a str,
    pub(crate) object_id_to_merge: &'a str,
}

/// What a batch read takes.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Read<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_property: Option<&'static str>,
    pub(crate) properties: Vec<&'static str>,
    pub(crate) inputs: Vec<Id<'a>>,
}

/// Names a record.
#[derive(serde::Serialize)]
pub(crate) struct Id<'a> {
    pub(crate) id: &'a str,
}

/// The fields of a write as an object of strings; `key` is stamped whatever they say.
pub(crate) struct Properties<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) fields: &'a BTreeMap<Field, Value>,
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(key) = self.key {
            map.serialize_entry(property::KEY, key)?;
        }
        let stamped = |field: &Field| self.key.is_some() && *field == Field::CustomerKey;
        for (field, value) in self.fields.iter().filter(|(field, _)| !stamped(field)) {
            map.serialize_entry(property::name(*field), &text(value))?;
        }
        map.end()
    }
}

/// A value as HubSpot's string for it: the empty string clears.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Empty => Cow::Borrowed(""),
        Value::Text(text) => Cow::Borrowed(text),
        Value::List(list) => Cow::Owned(spelling::list(list)),
        // `Decimal` never writes an exponent or separates thousands.
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Time(time) => Cow::Owned(spelling::moment(*time)),
    }
}

/// A text's most letters (developers.hubspot.com, notes guide). What is beyond stays in the shop.
const MAX_BODY: usize = 65_536;

/// Lines of plain text as HubSpot shows a body: as HTML, so what was typed must not become mark-up. A body that would be
/// too long ends at a line.
pub(crate) fn html(lines: &[String]) -> String {
    let mut body = String::new();
    for line in lines {
        let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let line = format!("{}{line}", if body.is_empty() { "" } else { "<br>" });
        if body.len() + line.len() > MAX_BODY {
            break;
        }
        body.push_str(&line);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_too_long_ends_at_a_line() {
        let long = "x".repeat(MAX_BODY);
        assert_eq!(html(&["first", &long, "last"].map(str::to_owned)), "first");
    }
}
