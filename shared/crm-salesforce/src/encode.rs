//! Our values as Salesforce writes them, and the rows of our calls.

use std::borrow::Cow;

use crm::spelling;
use domain::Value;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

/// What stands in a field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Nothing: the field is cleared.
    Empty,
    Text(Cow<'a, str>),
    Number(Decimal),
    Flag(bool),
}

impl<'a> Cell<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// As it is in CSV; `None` clears.
    pub(crate) fn plain(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Empty => None,
            Self::Text(text) => Some(Cow::Borrowed(text)),
            // `Decimal` never writes an exponent or separates thousands.
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        }
    }
}

/// A value as it is in its field.
pub(crate) fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Empty => Cell::Empty,
        Value::Text(text) => Cell::text(text.as_str()),
        Value::List(list) => Cell::text(spelling::list(list)),
        Value::Number(number) => Cell::Number(*number),
        Value::Time(time) => Cell::text(spelling::moment(*time)),
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            // Digit by digit: a float would lose some.
            Self::Number(number) => {
                RawValue::from_string(number.to_string()).map_err(S::Error::custom)?.serialize(serializer)
            }
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

/// One record to write.
#[derive(Debug, Clone)]
pub(crate) struct Row<'a> {
    pub(crate) object: &'static str,
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) cells: Vec<(Cow<'static, str>, Cell<'a>)>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(object: &'static str) -> Self {
        Self { object, id: None, cells: Vec::new() }
    }

    /// A row of a record that is there.
    pub(crate) fn of(object: &'static str, id: impl Into<Cow<'a, str>>) -> Self {
        Self { id: Some(id.into()), ..Self::new(object) }
    }

    /// The same with this in that field.
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, cell: Cell<'a>) -> Self {
        self.cells.push((name.into(), cell));
        self
    }

    pub(crate) fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.cells.iter().find(|(theirs, _)| theirs == name)?.1.plain()
    }
}

#[derive(serde::Serialize)]
struct Attributes {
    #[serde(rename = "type")]
    object: &'static str,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("attributes", &Attributes { object: self.object })?;
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        for (name, cell) in &self.cells {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

/// What a collection takes: each row for itself, which is its default.
pub(crate) struct Records<'a>(pub(crate) &'a [&'a Row<'a>]);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct List<'a>(&'a [&'a Row<'a>]);
        impl Serialize for List<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut list = serializer.serialize_seq(Some(self.0.len()))?;
                for row in self.0 {
                    list.serialize_element(row)?;
                }
                list.end()
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("records", &List(self.0))?;
        map.end()
    }
}

/// One record whose address says which it is.
pub(crate) struct Alone<'a>(pub(crate) &'a Row<'a>, /** Left out. */ pub(crate) &'a str);

impl Serialize for Alone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cells = self.0.cells.iter().filter(|(name, _)| name != self.1);
        serializer.collect_map(cells.map(|(name, cell)| (name, cell)))
    }
}

/// A day in UTC, such as `2026-11-24`.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

/// As many letters as a field holds.
pub(crate) fn cut(text: &str, letters: usize) -> &str {
    text.char_indices().nth(letters).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_its_object_and_numbers_digit_by_digit() {
        let number = Cell::Number("820982911946154.01".parse().unwrap());
        let row = Row::of("Contact", "003").with("Amount", number).with("Phone", Cell::text(""));
        let body = serde_json::to_string(&Records(&[&row])).unwrap();
        let said = r#"{"attributes":{"type":"Contact"},"id":"003","Amount":820982911946154.01,"Phone":null}"#;
        assert_eq!(body, format!(r#"{{"records":[{said}]}}"#));
        let alone = serde_json::to_string(&Alone(&row, "Phone")).unwrap();
        assert_eq!(alone, r#"{"Amount":820982911946154.01}"#);
    }

    #[test]
    fn a_day_is_counted_in_utc_and_a_text_is_cut_at_a_letter() {
        assert_eq!(day("2026-11-24T23:59:59-05:00".parse().unwrap()), "2026-11-25");
        assert_eq!((cut("äöü", 2), cut("äö", 2), cut("", 2)), ("äö", "äö", ""));
    }
}
