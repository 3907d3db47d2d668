//! A write of a person as a row, with the family name that Salesforce wants of everybody.
//!
//! Guests of a shop often have none. Then something stands in for it, in `LastName` itself and once more in a field of ours:
//! as long as both are alike there is no family name, and what a person types over it is one and stays.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Field, Value, Write};

use crate::client::Salesforce;
use crate::encode::{Cell, Row, cell, cut};
use crate::error::Refusal;
use crate::id;
use crate::limits::LAST_NAME;
use crate::property::{KEY, STAND_IN, Words};
use crate::query::{Among, ask_all};
use crate::soql::listed;

/// What is known of the records whose family name is not said.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Keys that a record carries already: it has a name.
    there: BTreeSet<String>,
    /// Family names by record id.
    by_id: BTreeMap<String, String>,
    /// The record type of persons, where people are accounts.
    record_type: Option<String>,
}

fn says_name(write: &Write) -> bool {
    matches!(write.fields().get(&Field::LastName), Some(Value::Text(name)) if !name.trim().is_empty())
}

/// What has to be asked to write some people.
pub(crate) struct Questions {
    /// Whether those without a family name are there already.
    there: Vec<String>,
    /// What the family names are that are cleared.
    named: Vec<String>,
    /// Whether the record type of persons is needed.
    creates: bool,
}

impl Questions {
    /// None, where all have a family name.
    pub(crate) fn about<'w>(words: &Words, writes: impl IntoIterator<Item = &'w Write>) -> Self {
        let (mut keys, mut ids, mut creates) = (BTreeSet::new(), BTreeSet::new(), false);
        for write in writes {
            match write {
                Write::Create { key, .. } => {
                    creates = true;
                    keys.extend(Some(key.as_str()).filter(|_| !says_name(write)));
                }
                Write::Update { record, fields } => {
                    let is_cleared = fields.contains_key(&Field::LastName) && !says_name(write);
                    ids.extend(
                        id::record_id(record.as_str())
                            .filter(|_| is_cleared)
                            .map(|id| id.as_str().to_owned()),
                    );
                }
            }
        }
        let object = words.object();
        let there = listed(&format!("SELECT {KEY} FROM {object} WHERE"), KEY, keys);
        let head = format!("SELECT Id,LastName FROM {object} WHERE");
        Self { there, named: listed(&head, "Id", ids.iter().map(String::as_str)), creates }
    }

    /// How many calls they take, and whether the record type of persons is among what is asked.
    pub(crate) fn calls(&self) -> (usize, bool) {
        (self.there.len() + self.named.len(), self.creates)
    }
}

/// Asks for what is needed to write these.
pub(crate) async fn names<'w>(
    salesforce: &Salesforce,
    writes: impl IntoIterator<Item = &'w Write>,
) -> Result<Names, Refusal> {
    let Questions { there, named, creates } = Questions::about(salesforce.words(), writes);
    let there = ask_all(salesforce, Among::Living, there).await.map_err(Refusal::before_anything)?;
    let named = ask_all(salesforce, Among::Living, named).await.map_err(Refusal::before_anything)?;
    let name = |found: &crate::decode::Found| {
        Some((found.id()?.as_str().to_owned(), found.value("LastName").unwrap_or_default().to_owned()))
    };
    Ok(Names {
        there: there.iter().filter_map(|found| found.value(KEY).map(str::to_owned)).collect(),
        by_id: named.iter().filter_map(name).collect(),
        record_type: if creates { salesforce.person_type().await? } else { None },
    })
}

/// The row of a write.
pub(crate) fn row<'w>(write: &'w Write, names: &Names, words: &Words) -> Row<'w> {
    let mut row = match write {
        Write::Create { key, .. } => Row::new(words.object()).with(KEY, Cell::text(key.as_str())),
        Write::Update { record, .. } => {
            let long = id::record_id(record.as_str()).unwrap_or_else(|| record.clone());
            Row::of(words.object(), long.as_str().to_owned())
        }
    };
    let is_create = matches!(write, Write::Create { .. });
    let plain = |field: &Field| *field != Field::LastName && !(is_create && *field == Field::CustomerKey);
    for (field, value) in write.fields().iter().filter(|(field, _)| plain(field)) {
        row = row.with(words.name(*field), cell(value));
    }
    if is_create && let Some(record_type) = &names.record_type {
        row = row.with("RecordTypeId", Cell::text(record_type.clone()));
    }
    family_name(row, write, names)
}

fn family_name<'w>(row: Row<'w>, write: &'w Write, names: &Names) -> Row<'w> {
    match (write.fields().get(&Field::LastName), write) {
        (Some(name), _) if says_name(write) => row.with("LastName", cell(name)).with(STAND_IN, Cell::Empty),
        // Whoever is there has a name, which may be a person's.
        (_, Write::Create { key, .. }) if !names.there.contains(key.as_str()) => {
            let name = stand_in(write, key.as_str());
            row.with("LastName", Cell::text(name.clone())).with(STAND_IN, Cell::text(name))
        }
        // A name cannot be taken away; that it does not count any more can be said.
        (Some(_), Write::Update { record, .. }) => {
            let id = id::record_id(record.as_str());
            let name = id.and_then(|id| names.by_id.get(id.as_str()).cloned()).unwrap_or_default();
            row.with(STAND_IN, Cell::text(name))
        }
        _ => row,
    }
}

/// The part of the address before the `@`, or else the customer's number.
fn stand_in(write: &Write, key: &str) -> String {
    let local = match write.fields().get(&Field::Email) {
        Some(Value::Text(email)) => email.split('@').next().unwrap_or_default().trim(),
        _ => "",
    };
    cut(if local.is_empty() { key } else { local }, LAST_NAME).to_owned()
}

#[cfg(test)]
mod tests {
    use domain::{ExternalKey, PeopleAs, RecordId};

    use super::*;

    fn create(fields: &[(Field, &str)]) -> Write {
        let fields = fields.iter().map(|(field, text)| (*field, Value::Text((*text).to_owned())));
        Write::Create { key: ExternalKey::from_crm("7"), fields: fields.collect() }
    }

    fn said(write: &Write, names: &Names) -> (Option<String>, Option<String>) {
        let row = row(write, names, &Words::new(PeopleAs::Contacts, []));
        let value = |name| row.value(name).map(|text| text.to_string());
        (value("LastName"), value(STAND_IN))
    }

    #[test]
    fn who_has_no_family_name_gets_one_that_is_known_as_none() {
        let some = |text: &str| Some(text.to_owned());
        let email = create(&[(Field::Email, "ada.l@example.com")]);
        assert_eq!(said(&email, &Names::default()), (some("ada.l"), some("ada.l")));
        assert_eq!(said(&create(&[]), &Names::default()), (some("7"), some("7")));
        let named = create(&[(Field::Email, "ada@example.com"), (Field::LastName, "Lovelace")]);
        assert_eq!(said(&named, &Names::default()), (some("Lovelace"), None));
        let long = create(&[(Field::Email, &format!("{}@x.com", "a".repeat(200)))]);
        assert_eq!(said(&long, &Names::default()).0.map(|name| name.len()), Some(80));
    }

    #[test]
    fn a_name_that_a_person_may_have_typed_is_never_written_over() {
        let there = Names { there: ["7".to_owned()].into(), ..Names::default() };
        assert_eq!(said(&create(&[(Field::Email, "ada@example.com")]), &there), (None, None));
        let id = "0038M0000016Wv8QAE";
        let fields = [(Field::LastName, Value::Empty)].into();
        let cleared = Write::Update { record: RecordId::new(id), fields };
        let names = Names { by_id: [(id.to_owned(), "Byron".to_owned())].into(), ..Names::default() };
        assert_eq!(said(&cleared, &names), (None, Some("Byron".into())));
    }
}
