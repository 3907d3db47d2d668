//! Finding people: by key, by address, and by what else tells who they are.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CrmErrorKind, Wanted};
use domain::{AliasPolicy, ExternalKey, Match, MatchedBy, MetafieldName, Record, RecordId};
use outbound::Method;

use super::look_up::{By, look_up, reads};
use super::search::{
    Proof, key_searches, search, search_keys, search_with_keys, searches, searches_with_keys,
};
use crate::client::HubSpot;
use crate::decode::Row;
use crate::error::Refusal;
use crate::property;

/// One answer for each wanted, in their order.
pub(crate) async fn find(hubspot: &HubSpot, wanted: &[Wanted]) -> Result<Vec<Vec<Match>>, Refusal> {
    let by_email = by_email(hubspot, wanted).await?;
    let mut found: Vec<_> = wanted.iter().map(|one| read_of(one, &by_email)).collect();
    if !prove_with_keys(hubspot, wanted, &mut found).await? {
        let by_key = by_key(hubspot, keyless(wanted, &found)).await?;
        for (one, found) in wanted.iter().zip(&mut found) {
            let record = by_key.get(&one.key).cloned();
            found.splice(0..0, record.map(|record| Match { by: MatchedBy::Key, record }));
        }
        for proof in Proof::ALL {
            prove(hubspot, proof, wanted, &mut found).await?;
        }
    }
    for found in &mut found {
        found.sort_by_key(|one| one.by);
    }
    Ok(found)
}

/// How many calls it takes to look for strangers.
pub(crate) fn calls(wanted: &[Wanted]) -> usize {
    let by_email = reads(emails(wanted).len());
    let keys: BTreeSet<_> =
        wanted.iter().map(|one| &one.key).filter(|key| !key.as_str().is_empty()).collect();
    let with_a_number: Vec<_> = wanted.iter().filter(|one| one.phone.is_some()).collect();
    let keys = Vec::from_iter(keys);
    if go_together(wanted, &with_a_number) && searches_with_keys(&with_a_number, &keys).is_some() {
        return by_email + 1;
    }
    let everybody: Vec<_> = wanted.iter().collect();
    by_email + reads(keys.len()) + Proof::ALL.map(|proof| searches(proof, &everybody)).iter().sum::<usize>()
}

/// Whose key no record has yet of those that were found.
fn keyless<'a>(wanted: &'a [Wanted], found: &[Vec<Match>]) -> impl Iterator<Item = &'a ExternalKey> {
    let has_key = |found: &[Match]| found.iter().any(|one| one.by == MatchedBy::Key);
    wanted.iter().zip(found).filter(move |(_, found)| !has_key(found)).map(|(one, _)| &one.key)
}

/// What was read of somebody by address: it may well have their key. Not asked for are further addresses: a batch read may
/// not know them, and a search knows five in a call. A create with one ends in a conflict that names its holder.
fn read_of(one: &Wanted, by_email: &BTreeMap<String, Vec<Record>>) -> Vec<Match> {
    let Some(email) = &one.email else { return Vec::new() };
    let at = |by: MatchedBy, email: &str| {
        let records = by_email.get(email).into_iter().flatten();
        records.map(|record| matched(one, by, record)).collect::<Vec<_>>()
    };
    let found = at(MatchedBy::Email, &exact(email));
    if !found.is_empty() {
        return found;
    }
    one.aliases.others(email).iter().flat_map(|other| at(MatchedBy::Alias, other)).collect()
}

/// By its key, where it has that.
fn matched(one: &Wanted, by: MatchedBy, record: &Record) -> Match {
    let by = if record.key.as_ref() == Some(&one.key) { MatchedBy::Key } else { by };
    Match { by, record: record.clone() }
}

/// Where numbers have to be looked for anyway, the keys go along in that search, and save a read. A record that was given
/// its key seconds ago may not be in the index yet: then the create that follows is by that key, and updates it. Whether
/// it was done: not where nobody has a number to look for, or lesser proof than that is asked for.
async fn prove_with_keys(
    hubspot: &HubSpot,
    wanted: &[Wanted],
    found: &mut [Vec<Match>],
) -> Result<bool, Refusal> {
    let open = wanted.iter().zip(&*found).filter(|(one, found)| found.is_empty() && one.phone.is_some());
    let asked: Vec<_> = open.map(|(one, _)| one).collect();
    if !go_together(wanted, &asked) {
        return Ok(false);
    }
    let keys: BTreeSet<_> = keyless(wanted, found).filter(|key| !key.as_str().is_empty()).collect();
    let Some(rows) = search_with_keys(hubspot, &asked, &Vec::from_iter(keys)).await? else {
        return Ok(false);
    };
    let has_key = |one: &Wanted, row: &Row| row.value(property::KEY) == Some(one.key.as_str());
    let is_asked = |one: &Wanted| asked.iter().any(|asked| std::ptr::eq(*asked, one));
    let fits = |one: &Wanted, row: &Row| has_key(one, row) || is_asked(one) && Proof::Phone.holds(one, row);
    let every: Vec<_> = wanted.iter().zip(found).collect();
    prove_by(hubspot, MatchedBy::Phone, every, &rows, fits).await?;
    Ok(true)
}

fn go_together(wanted: &[Wanted], asked: &[&Wanted]) -> bool {
    let is_plain = |one: &Wanted| one.namesake.is_none() && one.aliases == AliasPolicy::Exact;
    !asked.is_empty() && wanted.iter().all(is_plain)
}

/// Looks in the index for those whom no better proof has found.
async fn prove(
    hubspot: &HubSpot,
    proof: Proof,
    wanted: &[Wanted],
    found: &mut [Vec<Match>],
) -> Result<(), Refusal> {
    let is_open = |found: &Vec<Match>| found.iter().all(|one| one.by >= proof.matched());
    let open: Vec<_> = wanted.iter().zip(found).filter(|(_, found)| is_open(found)).collect();
    let asked: Vec<_> = open.iter().map(|(one, _)| *one).collect();
    let rows = search(hubspot, proof, &asked).await?;
    prove_by(hubspot, proof.matched(), open, &rows, |one, row| proof.holds(one, row)).await
}

/// The index is behind, and whose a record is may have changed meanwhile: what it found is read once more, from where
/// nothing is behind.
async fn prove_by(
    hubspot: &HubSpot,
    by: MatchedBy,
    open: Vec<(&Wanted, &mut Vec<Match>)>,
    rows: &[Row],
    fits: impl Fn(&Wanted, &Row) -> bool,
) -> Result<(), Refusal> {
    let of = |one: &Wanted| {
        let rows = rows.iter().filter(|row| fits(one, row));
        rows.filter_map(|row| row.id.as_deref()).collect::<BTreeSet<_>>()
    };
    let ids: Vec<_> = open.iter().map(|(one, _)| of(one)).collect();
    let now = by_id(hubspot, ids.iter().flatten().copied().collect()).await?;
    for ((one, found), ids) in open.into_iter().zip(ids) {
        let known = |id: &str| found.iter().any(|known| known.record.id.as_str() == id);
        let new = ids.into_iter().filter(|id| !known(id)).filter_map(|id| now.get(id));
        let new: Vec<_> = new.map(|record| matched(one, by, record)).collect();
        found.extend(new);
    }
    Ok(())
}

/// One answer for each key, in their order.
pub(crate) async fn read(hubspot: &HubSpot, keys: &[ExternalKey]) -> Result<Vec<Option<Record>>, Refusal> {
    let by_key = by_key(hubspot, keys.iter()).await?;
    Ok(keys.iter().map(|key| by_key.get(key).cloned()).collect())
}

/// All contacts that carry each key. A read by a unique property gives one, so the index is asked for the others; whom it names
/// is read once more, from where nothing is behind. HubSpot lets no two have one value of such a property; this is for the case
/// that it did.
pub(crate) async fn holders(hubspot: &HubSpot, keys: &[ExternalKey]) -> Result<Vec<Vec<Record>>, Refusal> {
    let asked = different(keys.iter());
    let mut all: BTreeMap<RecordId, Record> = BTreeMap::new();
    let one_each = by_key(hubspot, keys.iter()).await?.into_values();
    all.extend(one_each.map(|record| (record.id.clone(), record)));
    let rows = search_keys(hubspot, &asked).await?;
    let others = rows.iter().filter_map(|row| row.id.as_deref());
    let others = others.filter(|id| !all.contains_key(&RecordId::new(*id))).collect();
    let now = by_id(hubspot, others).await?.into_values();
    all.extend(now.map(|record| (record.id.clone(), record)));
    let carrying = |key: &ExternalKey| -> Vec<Record> {
        all.values().filter(|record| record.key.as_ref() == Some(key)).cloned().collect()
    };
    Ok(keys.iter().map(carrying).collect())
}

/// How many calls it takes, where nobody is found by the index alone.
pub(crate) fn holders_calls(keys: &[ExternalKey]) -> usize {
    let asked = different(keys.iter());
    reads(asked.len()) + key_searches(&asked)
}

fn different<'a>(keys: impl Iterator<Item = &'a ExternalKey>) -> Vec<&'a str> {
    let keys: BTreeSet<_> = keys.map(ExternalKey::as_str).filter(|key| !key.is_empty()).collect();
    Vec::from_iter(keys)
}

/// One answer for each id, in their order. What HubSpot cannot have given is not asked for.
pub(crate) async fn fetch(hubspot: &HubSpot, records: &[RecordId]) -> Result<Vec<Option<Record>>, Refusal> {
    let ids: BTreeSet<_> = records.iter().map(RecordId::as_str).filter(|id| is_id(id)).collect();
    let found = by_id(hubspot, ids).await?;
    Ok(records.iter().map(|id| found.get(id.as_str()).cloned()).collect())
}

pub(super) fn is_id(id: &str) -> bool {
    (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The record of an id or, where it was merged away, the survivor: the single `GET` follows merges, batches do not.
pub(crate) async fn follow(hubspot: &HubSpot, record: &RecordId) -> Result<Option<Record>, Refusal> {
    if !is_id(record.as_str()) {
        return Ok(None);
    }
    let properties = property::read(hubspot.metafields(), hubspot.signals()).join(",");
    let url = hubspot.contacts(&format!("{record}?archived=false&properties={properties}"));
    let answer = match hubspot.call::<serde_json::Value>(Method::GET, &url, None).await {
        Ok(answer) => answer,
        Err(refusal) if refusal.kind == CrmErrorKind::Gone => return Ok(None),
        Err(refusal) => return Err(refusal.about_a_record()),
    };
    let unanswered = || Refusal::unanswered(answer.status());
    let row: Row = answer.json().map_err(|_| unanswered())?;
    row.record(hubspot.metafields()).map(Some).ok_or_else(unanswered)
}

async fn by_id(hubspot: &HubSpot, ids: BTreeSet<&str>) -> Result<BTreeMap<String, Record>, Refusal> {
    let rows = look_up(hubspot, By::Id, &Vec::from_iter(ids)).await?;
    Ok(rows.iter().filter_map(|row| Some((row.id.clone()?, row.record(hubspot.metafields())?))).collect())
}

async fn by_key<'a>(
    hubspot: &HubSpot,
    keys: impl Iterator<Item = &'a ExternalKey>,
) -> Result<BTreeMap<ExternalKey, Record>, Refusal> {
    let rows = look_up(hubspot, By::Key, &different(keys)).await?;
    let records = rows.iter().filter_map(|row| row.record(hubspot.metafields()));
    Ok(records.filter_map(|record| Some((record.key.clone()?, record))).collect())
}

/// Records by address: the wanted ones, and those that the policy on aliases takes for the same.
async fn by_email(hubspot: &HubSpot, wanted: &[Wanted]) -> Result<BTreeMap<String, Vec<Record>>, Refusal> {
    let emails = emails(wanted);
    let emails: Vec<_> = emails.iter().map(String::as_str).collect();
    let mut found = BTreeMap::new();
    sort(look_up(hubspot, By::Email, &emails).await?, hubspot.metafields(), &mut found);
    Ok(found)
}

fn emails(wanted: &[Wanted]) -> BTreeSet<String> {
    let with_aliases = |one: &Wanted| {
        let others = one.email.iter().flat_map(|email| one.aliases.others(email)).collect::<Vec<_>>();
        one.email.as_deref().map(exact).into_iter().chain(others)
    };
    wanted.iter().flat_map(with_aliases).filter(|email| !email.is_empty()).collect()
}

fn exact(email: &str) -> String {
    AliasPolicy::Exact.plain(email)
}

fn sort(rows: Vec<Row>, metafields: &[MetafieldName], by_email: &mut BTreeMap<String, Vec<Record>>) {
    for row in rows {
        let Some(record) = row.record(metafields) else { continue };
        for email in row.emails() {
            let known = by_email.entry(email).or_default();
            if known.iter().all(|other| other.id != record.id) {
                known.push(record.clone());
            }
        }
    }
}
