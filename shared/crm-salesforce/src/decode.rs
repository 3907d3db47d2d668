//! Salesforce's answers in our words. Everything may be missing, and what we do not know is left aside.

use std::collections::BTreeMap;

use crm::spelling;
use domain::{ExternalKey, Field, Record, RecordId, Value};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::property::{KEY, STAND_IN, Words};

/// A record in an answer: its fields by their names in small letters, as texts; those without a value are not here.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Found(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Found {
    /// A number stays as it was written: a float would lose digits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = BTreeMap::<String, Box<RawValue>>::deserialize(deserializer)?;
        let plain = |raw: &RawValue| match raw.get() {
            "null" => None,
            text if text.starts_with('"') => serde_json::from_str::<String>(text).ok(),
            other => Some(other.to_owned()),
        };
        let cells = all.iter().filter_map(|(name, raw)| Some((name.to_lowercase(), plain(raw)?)));
        Ok(Self(cells.collect()))
    }
}

impl Found {
    /// A row of CSV below its head; nothing in it is nothing.
    pub(crate) fn of_row(head: &[String], row: &[String]) -> Self {
        let cells = head.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        Self(cells.map(|(name, cell)| (name.to_lowercase(), cell.clone())).collect())
    }

    /// A field that is there and not empty.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn id(&self) -> Option<RecordId> {
        crate::id::record_id(self.value("id")?)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.value(name) == Some("true")
    }

    /// The record, where it has an id. All our fields were asked for, so one that is not here is empty.
    pub(crate) fn record(&self, words: &Words) -> Option<Record> {
        let value = |field| value_of(field, self.said(field, words));
        Some(Record {
            id: self.id()?,
            key: self.value(KEY).map(ExternalKey::from_crm),
            fields: words.all().map(|field| (field, value(field))).collect(),
        })
    }

    /// What the shop or a person said; what only stands in for a family name is none.
    fn said(&self, field: Field, words: &Words) -> &str {
        let said = self.value(&words.name(field));
        let is_stand_in = field == Field::LastName && said.is_some() && said == self.value(STAND_IN);
        if is_stand_in { "" } else { said.unwrap_or_default() }
    }
}

/// What a query answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    pub(crate) records: Vec<Found>,
    #[serde(default)]
    pub(crate) next_records_url: Option<String>,
}

/// A text as a value of the field. A text where a number or a moment should be stays a text: it differs from what we would
/// write, and so is set right.
pub(crate) fn value_of(field: Field, text: &str) -> Value {
    spelling::read(field, text, time)
}

/// `2026-11-24T01:00:00.000+0000`, whose offset is spelled without a colon, and all of ISO-8601.
fn time(text: &str) -> Option<Timestamp> {
    let utc = || text.strip_suffix("+0000").and_then(|at| format!("{at}Z").parse().ok());
    text.parse().ok().or_else(utc)
}

#[cfg(test)]
mod tests {
    use domain::PeopleAs;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;
    use crate::encode;

    /// Through JSON and back, as a record that is read.
    fn back(field: Field, value: &Value) -> Value {
        let words = Words::new(PeopleAs::Contacts, []);
        let json = serde_json::json!({"Id": "0038M0000016Wv8QAE"}).to_string();
        let cell = serde_json::to_string(&encode::cell(value)).unwrap();
        let body = format!("{},\"{}\":{cell}}}", json.trim_end_matches('}'), words.name(field));
        let found: Found = serde_json::from_str(&body).unwrap();
        found.record(&words).unwrap().fields.remove(&field).unwrap()
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
    fn moments_and_numbers_are_read_in_each_of_their_spellings() {
        let at: Timestamp = "2026-11-24T01:00:00.250Z".parse().unwrap();
        for text in
            ["2026-11-24T01:00:00.250+0000", "2026-11-24T01:00:00.25Z", "2026-11-24T03:00:00.250+02:00"]
        {
            assert_eq!(value_of(Field::LastOrderAt, text), Value::Time(at), "{text}");
        }
        assert_eq!(value_of(Field::TotalSpent, "1.5E3"), Value::Number(Decimal::from(1500)));
        assert_eq!(value_of(Field::TotalSpent, "a lot"), Value::Text("a lot".into()));
    }

    #[test]
    fn what_stands_in_for_a_family_name_is_none_until_a_person_types_one() {
        let words = Words::new(PeopleAs::Contacts, []);
        let name = |typed: &str| {
            let body = serde_json::json!({"Id": "0038M0000016Wv8QAE", "LastName": typed, STAND_IN: "ada", "X": {"y": 1}});
            let found: Found = serde_json::from_value(body).unwrap();
            found.record(&words).unwrap().fields.remove(&Field::LastName)
        };
        assert_eq!(name("ada"), Some(Value::Empty));
        assert_eq!(name("Ada"), Some(Value::Text("Ada".into())));
    }

    #[test]
    fn a_row_of_csv_is_read_like_a_record() {
        let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let head = list(&["Id", "PersonEmail", "Phone"]);
        let found = Found::of_row(&head, &list(&["0018M0000016Wv8QAE", "ada@example.com", ""]));
        let record = found.record(&Words::new(PeopleAs::PersonAccounts, [])).unwrap();
        assert_eq!(record.fields[&Field::Email], Value::Text("ada@example.com".into()));
        assert_eq!(record.fields[&Field::Phone], Value::Empty);
    }
}
