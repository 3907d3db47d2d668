//! Those to whom deals, notes, tasks and companies are tied: whether they are there, and of which account.

use std::collections::{BTreeMap, BTreeSet};

use domain::RecordId;

use crate::client::Salesforce;
use crate::encode::{Cell, Row};
use crate::error::Refusal;
use crate::id;
use crate::property::Words;
use crate::query::{Among, ask_all, survivors};
use crate::soql::listed;

/// Somebody who is there.
#[derive(Debug, Clone)]
pub(crate) struct Somebody {
    /// The record that a person is for us.
    pub(crate) record: RecordId,
    /// The account: a company's, or the person's own.
    pub(crate) account: Option<String>,
    /// The contact. People who are accounts have one behind them.
    pub(crate) contact: Option<String>,
}

impl Somebody {
    /// A row that is about them.
    pub(crate) fn on<'r>(&self, row: Row<'r>, is_account: bool) -> Row<'r> {
        let name = if is_account { "WhatId" } else { "WhoId" };
        row.with(name, Cell::text(self.record.as_str().to_owned()))
    }
}

/// People by the ids that they were asked by; a record that was merged away is the survivor. Who is not there is not among
/// them.
pub(crate) struct People(BTreeMap<String, Somebody>);

impl People {
    pub(crate) fn get(&self, record: &RecordId) -> Result<&Somebody, Refusal> {
        let id = id::record_id(record.as_str());
        let there = id.and_then(|id| self.0.get(id.as_str()));
        there.ok_or_else(|| Refusal::gone("no such contact"))
    }
}

/// Looks whether these are there: one question for hundreds, and more only where somebody is not.
pub(crate) async fn look<'r>(
    salesforce: &Salesforce,
    records: impl IntoIterator<Item = &'r RecordId>,
) -> Result<People, Refusal> {
    let ids: BTreeSet<String> = records
        .into_iter()
        .filter_map(|record| id::record_id(record.as_str()))
        .map(|id| id.as_str().to_owned())
        .collect();
    let mut there = read(salesforce, ids.iter().map(String::as_str)).await?;
    let missing: Vec<_> = ids.iter().filter(|id| !there.contains_key(*id)).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(People(there));
    }
    let now = survivors(salesforce, salesforce.words().object(), missing).await?;
    let heirs = read(salesforce, now.values().map(RecordId::as_str).collect::<BTreeSet<_>>()).await?;
    let followed = now.iter().filter_map(|(id, heir)| Some((id.clone(), heirs.get(heir.as_str())?.clone())));
    there.extend(followed);
    Ok(People(there))
}

/// The questions about these.
pub(crate) fn questions<'i>(words: &Words, ids: impl IntoIterator<Item = &'i str>) -> Vec<String> {
    listed(&format!("SELECT Id,{} FROM {} WHERE", further(words), words.object()), "Id", ids)
}

fn further(words: &Words) -> &'static str {
    if words.are_accounts() { "PersonContactId" } else { "AccountId" }
}

async fn read<'i>(
    salesforce: &Salesforce,
    ids: impl IntoIterator<Item = &'i str>,
) -> Result<BTreeMap<String, Somebody>, Refusal> {
    let words = salesforce.words();
    let further = further(words);
    let found =
        ask_all(salesforce, Among::Living, questions(words, ids)).await.map_err(Refusal::before_anything)?;
    let somebody = |one: &crate::decode::Found| {
        let (record, other) = (one.id()?, one.value(further).map(str::to_owned));
        let own = Some(record.as_str().to_owned());
        let (account, contact) = if words.are_accounts() { (own, other) } else { (other, own) };
        Some((record.as_str().to_owned(), Somebody { record, account, contact }))
    };
    Ok(found.iter().filter_map(somebody).collect())
}

/// The questions for the records of an object that carry these keys.
pub(crate) fn questions_by_key<'k>(
    object: &str,
    key: &str,
    further: &str,
    keys: impl IntoIterator<Item = &'k str>,
) -> Vec<String> {
    listed(&format!("SELECT Id,{key},{further} FROM {object} WHERE"), key, keys)
}

/// The records of an object that carry these keys, by key, with one more of their fields.
pub(crate) async fn keyed<'k>(
    salesforce: &Salesforce,
    object: &str,
    key: &str,
    further: &str,
    keys: impl IntoIterator<Item = &'k str>,
) -> Result<BTreeMap<String, (RecordId, Option<String>)>, Refusal> {
    let found = ask_all(salesforce, Among::Living, questions_by_key(object, key, further, keys))
        .await
        .map_err(Refusal::before_anything)?;
    let named = |one: &crate::decode::Found| {
        Some((one.value(key)?.to_owned(), (one.id()?, one.value(further).map(str::to_owned))))
    };
    // Of several the first one that was made is it, each time.
    let mut all: Vec<_> = found.iter().filter_map(named).collect();
    all.sort_by(|one, other| other.1.0.cmp(&one.1.0));
    Ok(all.into_iter().collect())
}
