//! Addresses of records that were merged into others. The recycle bin remembers them for some days.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Field, Record, RecordId};

use crate::client::Salesforce;
use crate::decode::Found;
use crate::error::Refusal;
use crate::find::{by_id, equals, exact, is_short};
use crate::property::Words;
use crate::query::{Among, ask_all, survivors};
use crate::soql::any_of;

/// The survivors of those who had such an address and were merged away. The recycle bin remembers them for some days.
pub(crate) async fn records(
    salesforce: &Salesforce,
    conditions: Vec<String>,
) -> Result<Vec<(Found, Record)>, Refusal> {
    let words = salesforce.words();
    let lost = ask_all(salesforce, Among::All, questions(words, conditions)).await?;
    if lost.is_empty() {
        return Ok(Vec::new());
    }
    let now = survivors(salesforce, words.object(), lost.iter().filter_map(|row| row.value("Id"))).await?;
    let records = by_id(salesforce, now.values().map(RecordId::as_str).collect()).await?;
    let kept = |row: Found| {
        let record = records.get(now.get(row.id()?.as_str())?.as_str())?.clone();
        Some((row, record))
    };
    Ok(lost.into_iter().filter_map(kept).collect())
}

/// The questions for those who were merged away and whom any of these conditions fits.
pub(crate) fn questions(words: &Words, conditions: Vec<String>) -> Vec<String> {
    let (email, object) = (words.name(Field::Email), words.object());
    let head =
        format!("SELECT Id,{email} FROM {object} WHERE IsDeleted = TRUE AND MasterRecordId != NULL AND");
    any_of(&head, conditions)
}

/// What those fit who have one of these addresses.
pub(crate) fn conditions(words: &Words, emails: BTreeSet<&str>) -> Vec<String> {
    let field = words.name(Field::Email);
    emails.into_iter().filter(|email| is_short(email)).map(|email| equals(&field, email)).collect()
}

/// The survivors of those who had one of these addresses and were merged away, by address.
pub(crate) async fn holders(
    salesforce: &Salesforce,
    emails: BTreeSet<&str>,
) -> Result<BTreeMap<String, Record>, Refusal> {
    let field = salesforce.words().name(Field::Email);
    let rows = records(salesforce, conditions(salesforce.words(), emails)).await?;
    let named = |(row, record): (Found, Record)| Some((exact(row.value(&field)?), record));
    Ok(rows.into_iter().filter_map(named).collect())
}
