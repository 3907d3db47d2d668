//! HubSpot's answers in our words. Everything may be missing, and what we do not know is left aside.

use std::collections::BTreeMap;

use crm::{Written, spelling};
use domain::{ExternalKey, Field, MetafieldName, Record, RecordId, Value};
use jiff::Timestamp;
use serde::Deserialize;

use crate::property;

pub(crate) mod loose;

use loose::Loose;

/// What a batch answers, and a search.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_field_names, reason = "the names are HubSpot's")]
pub(crate) struct Results {
    pub(crate) results: Vec<Row>,
    pub(crate) errors: Vec<serde_json::Value>,
    paging: serde_json::Value,
}

impl Results {
    /// Where the next page of a search begins, where there is one.
    pub(crate) fn next(&self) -> Option<&str> {
        self.paging["next"]["after"].as_str()
    }
}

/// What a list answers. Without `results` it is no list: an end that nobody spoke of is none.
#[derive(Debug, Deserialize)]
pub(crate) struct Listed {
    pub(crate) results: Vec<Row>,
    #[serde(default)]
    paging: serde_json::Value,
}

impl Listed {
    /// Where the next page begins, where there is one.
    pub(crate) fn next(&self) -> Option<&str> {
        self.paging["next"]["after"].as_str()
    }
}

/// A record in an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Row {
    #[serde(deserialize_with = "loose::text")]
    pub(crate) id: Option<String>,
    pub(crate) new: Option<bool>,
    #[serde(deserialize_with = "loose::text")]
    pub(crate) object_write_trace_id: Option<String>,
    properties: BTreeMap<String, Loose>,
}

impl Row {
    /// The record that it says was written. An update or a create does not say whether it is new.
    pub(crate) fn written(&self) -> Option<Written> {
        Some(Written { record: RecordId::new(self.id.as_ref()?), created: self.new.unwrap_or(false) })
    }

    /// A property that is there and not empty.
    pub(crate) fn value(&self, property: &str) -> Option<&str> {
        self.properties.get(property)?.0.as_deref().filter(|value| !value.is_empty())
    }

    /// All addresses, in lower case.
    pub(crate) fn emails(&self) -> impl Iterator<Item = String> {
        let further = self.value(property::FURTHER_EMAILS).unwrap_or_default().split(';');
        let all = self.value(property::name(Field::Email)).into_iter().chain(further);
        all.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty())
    }

    /// The record, where the row names one, as far as it is our fields and `metafields`.
    pub(crate) fn record(&self, metafields: &[MetafieldName]) -> Option<Record> {
        let read = |(name, value): (&String, &Loose)| {
            let field = property::field(name, metafields)?;
            Some((field, value_of(field, value.0.as_deref().unwrap_or_default())))
        };
        Some(Record {
            id: RecordId::new(self.id.clone()?),
            key: self.value(property::KEY).map(ExternalKey::from_crm),
            fields: self.properties.iter().filter_map(read).collect(),
        })
    }
}

/// HubSpot's string as a value of the field. A text where a number or a moment should be stays a text: it differs from
/// what we would write, and so is set right.
pub(crate) fn value_of(field: Field, text: &str) -> Value {
    spelling::read(field, text, time)
}

/// ISO-8601, or milliseconds since 1970.
fn time(text: &str) -> Option<Timestamp> {
    let milliseconds = || Timestamp::from_millisecond(text.parse().ok()?).ok();
    text.parse().ok().or_else(milliseconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::encode;

    fn back(field: Field, value: &Value) -> Value {
        value_of(field, &encode::text(value))
    }

    fn word() -> impl Strategy<Value = String> {
        any::<String>()
            .prop_map(|word| word.trim().to_owned())
            .prop_filter("no word", |word| !word.is_empty())
    }

    proptest! {
        #[test]
        fn texts_come_back(text in any::<String>().prop_filter("empty", |text| !text.is_empty())) {
            let value = Value::Text(text);
            prop_assert_eq!(back(Field::LastName, &value), value);
        }

        #[test]
        fn lists_come_back(words in prop::collection::vec(word(), 1..9)) {
            let value = Value::List(words);
            prop_assert_eq!(back(Field::Tags, &value), value);
        }

        #[test]
        fn numbers_come_back_exactly(digits in any::<i64>(), scale in 0_u32..20) {
            let value = Value::Number(Decimal::new(digits, scale));
            let text = encode::text(&value).into_owned();
            prop_assert!(text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-'), "{}", text);
            prop_assert_eq!(back(Field::TotalSpent, &value), value);
        }

        #[test]
        fn moments_come_back_to_the_millisecond(ms in -62_000_000_000_000_i64..253_000_000_000_000) {
            let value = Value::Time(Timestamp::from_millisecond(ms).unwrap());
            prop_assert_eq!(back(Field::LastOrderAt, &value), value);
        }

        #[test]
        fn whatever_they_say_is_some_value(text in any::<String>(), n in 0..Field::ALL.len()) {
            let value = value_of(Field::ALL[n], &text);
            prop_assert_eq!(value == Value::Empty, text.is_empty());
        }
    }

    #[test]
    fn a_list_is_spelled_for_people() {
        let list = |words: &[&str]| Value::List(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(encode::text(&list(&["b2b", "vip"])), "b2b; vip");
        assert_eq!(encode::text(&list(&["a; b", "c\\"])), "a\\; b; c\\\\");
        assert_eq!(value_of(Field::Tags, "a;b ; c;"), list(&["a", "b", "c"]));
    }

    #[test]
    fn moments_and_numbers_are_read_in_each_of_their_spellings() {
        let at: Timestamp = "2026-11-24T01:00:00.250Z".parse().unwrap();
        assert_eq!(encode::text(&Value::Time(at)), "2026-11-24T01:00:00.250Z");
        for text in ["2026-11-24T01:00:00.25Z", "1795482000250", "2026-11-24T03:00:00.250+02:00"] {
            assert_eq!(value_of(Field::LastOrderAt, text), Value::Time(at), "{text}");
        }
        assert_eq!(value_of(Field::TotalSpent, "1.5E3"), Value::Number(Decimal::from(1500)));
        assert_eq!(value_of(Field::TotalSpent, "a lot"), Value::Text("a lot".into()));
    }
}
