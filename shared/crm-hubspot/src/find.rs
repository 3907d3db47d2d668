//! Finding people: by key, by first address, by further addresses.

use std::collections::{BTreeMap, BTreeSet};

use crm::Wanted;
use domain::{ExternalKey, Match, MatchedBy, Record};

use crate::client::HubSpot;
use crate::decode::Row;
use crate::error::Refusal;
use crate::look_up::{By, look_up};
use crate::search;

/// One answer for each wanted, in their order.
pub(crate) async fn find(hubspot: &HubSpot, wanted: &[Wanted]) -> Result<Vec<Vec<Match>>, Refusal> {
    let by_key = by_key(hubspot, wanted.iter().map(|one| &one.key)).await?;
    let strangers = wanted.iter().filter(|one| !by_key.contains_key(&one.key));
    let by_email = by_email(hubspot, strangers.filter_map(|one| one.email.as_deref())).await?;
    let found = |one: &Wanted| match (by_key.get(&one.key), &one.email) {
        (Some(record), _) => vec![Match { by: MatchedBy::Key, record: record.clone() }],
        (None, Some(email)) => matches(by_email.get(&email.to_lowercase())),
        (None, None) => Vec::new(),
    };
    Ok(wanted.iter().map(found).collect())
}

/// One answer for each key, in their order.
pub(crate) async fn read(hubspot: &HubSpot, keys: &[ExternalKey]) -> Result<Vec<Option<Record>>, Refusal> {
    let by_key = by_key(hubspot, keys.iter()).await?;
    Ok(keys.iter().map(|key| by_key.get(key).cloned()).collect())
}

async fn by_key<'a>(
    hubspot: &HubSpot,
    keys: impl Iterator<Item = &'a ExternalKey>,
) -> Result<BTreeMap<ExternalKey, Record>, Refusal> {
    let keys: BTreeSet<_> = keys.map(ExternalKey::as_str).filter(|key| !key.is_empty()).collect();
    let rows = look_up(hubspot, By::Key, &Vec::from_iter(keys)).await?;
    let records = rows.iter().filter_map(Row::record);
    Ok(records.filter_map(|record| Some((record.key.clone()?, record))).collect())
}

/// Records by address. The further addresses are asked of the search index, which lags behind and has limits of its
/// own: where it does not know or does not answer we go on without it, since a create of somebody who is there ends in
/// a conflict that names the record, never in a second record.
async fn by_email<'a>(
    hubspot: &HubSpot,
    emails: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, Vec<Record>>, Refusal> {
    let emails: BTreeSet<_> = emails.map(|email| email.trim().to_lowercase()).collect();
    let emails: Vec<_> = emails.iter().map(String::as_str).filter(|email| !email.is_empty()).collect();
    let mut found = BTreeMap::new();
    sort(look_up(hubspot, By::Email, &emails).await?, &mut found);
    let unknown: Vec<_> = emails.into_iter().filter(|email| !found.contains_key(*email)).collect();
    sort(search::further_emails(hubspot, &unknown).await, &mut found);
    Ok(found)
}

fn sort(rows: Vec<Row>, by_email: &mut BTreeMap<String, Vec<Record>>) {
    for row in rows {
        let Some(record) = row.record() else { continue };
        for email in row.emails() {
            let known = by_email.entry(email).or_default();
            if known.iter().all(|other| other.id != record.id) {
                known.push(record.clone());
            }
        }
    }
}

fn matches(records: Option<&Vec<Record>>) -> Vec<Match> {
    let records = records.into_iter().flatten();
    records.map(|record| Match { by: MatchedBy::Email, record: record.clone() }).collect()
}
