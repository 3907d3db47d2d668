//! Finding people: by key, by address, and by what else tells who they are.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CrmErrorKind, Wanted};
use domain::{AliasPolicy, ExternalKey, Field, Match, MatchedBy, Namesake, Record, RecordId};

use crate::client::Salesforce;
use crate::decode::Found;
use crate::error::{Refusal, Scope};
use crate::former;
use crate::id;
use crate::limits::MAX_EMAIL;
use crate::property::{KEY, Words};
use crate::query::{Among, ask_all};
use crate::soql::{any_of, like, listed, literally};

/// One answer for each wanted, in their order.
pub(crate) async fn find(salesforce: &Salesforce, wanted: &[Wanted]) -> Result<Vec<Vec<Match>>, Refusal> {
    let by_key = by_key(salesforce, wanted.iter().map(|one| &one.key)).await?;
    let known = |one: &Wanted| by_key.get(&one.key).into_iter().flatten().cloned();
    let mut found: Vec<Vec<Match>> = wanted
        .iter()
        .map(|one| known(one).map(|record| Match { by: MatchedBy::Key, record }).collect())
        .collect();
    for proof in Proof::ALL {
        prove(salesforce, proof, wanted, &mut found).await?;
    }
    Ok(found)
}

/// How many calls it takes to look for strangers.
pub(crate) fn calls(salesforce: &Salesforce, wanted: &[Wanted]) -> usize {
    let words = salesforce.words();
    let proven = |proof: Proof| {
        let asked: BTreeSet<_> = wanted.iter().flat_map(|one| proof.conditions(one, words)).collect();
        proof.questions(asked.into_iter().collect(), words).len()
    };
    questions_by_key(words, wanted.iter().map(|one| &one.key)).len()
        + Proof::ALL.map(proven).iter().sum::<usize>()
}

/// What tells who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    Email,
    /// An address of a record that was merged into another and is still in the recycle bin.
    FormerEmail,
    Alias,
    Phone,
    Namesake,
}

impl Proof {
    /// The better first.
    const ALL: [Self; 5] = [Self::Email, Self::FormerEmail, Self::Alias, Self::Phone, Self::Namesake];

    fn matched(self) -> MatchedBy {
        match self {
            Self::Email | Self::FormerEmail => MatchedBy::Email,
            Self::Alias => MatchedBy::Alias,
            Self::Phone => MatchedBy::Phone,
            Self::Namesake => MatchedBy::Composite,
        }
    }

    /// What a record has to fit; nothing where there is nothing to ask for.
    fn conditions(self, one: &Wanted, words: &Words) -> Vec<String> {
        match self {
            Self::Email | Self::FormerEmail => {
                let email = one.email.as_deref().filter(|email| is_short(email));
                email.map(|email| equals(&words.name(Field::Email), email)).into_iter().collect()
            }
            Self::Alias => alias(one, words),
            Self::Phone => {
                one.phone.as_ref().map(|phone| number(phone.national(), words)).unwrap_or_default()
            }
            Self::Namesake => one.namesake.as_ref().map(|name| named(name, words)).into_iter().collect(),
        }
    }

    /// The questions for those whom any of these conditions fits.
    fn questions(self, conditions: Vec<String>, words: &Words) -> Vec<String> {
        match self {
            Self::FormerEmail => former::questions(words, conditions),
            _ => any_of(&head(words), conditions),
        }
    }

    /// A question is wider than what is wanted; whether it is really this person is looked at in the record.
    fn holds(self, one: &Wanted, found: &Found, words: &Words) -> bool {
        let value = |name: &str| found.value(name).unwrap_or_default();
        let email = value(&words.name(Field::Email));
        match self {
            Self::Email | Self::FormerEmail => {
                one.email.as_deref().is_some_and(|ours| exact(ours) == exact(email))
            }
            Self::Alias => one.has_alias(email),
            Self::Phone => [&*words.name(Field::Phone), words.mobile()]
                .into_iter()
                .any(|name| one.has_phone(value(name))),
            Self::Namesake => {
                let [first, last] = [Field::FirstName, Field::LastName].map(|field| words.name(field));
                let theirs = Namesake::new(value(&first), value(&last), value(words.postal_code()));
                one.namesake.is_some() && theirs == one.namesake
            }
        }
    }
}

pub(crate) fn equals(field: &str, value: &str) -> String {
    format!("{field} = {}", crate::soql::quoted(value))
}

pub(crate) fn is_short(email: &str) -> bool {
    !email.is_empty() && email.len() <= MAX_EMAIL
}

/// The plain form of an address, and with any word behind the `+`.
fn alias(one: &Wanted, words: &Words) -> Vec<String> {
    let Some(email) = one.email.as_deref().filter(|email| is_short(email)) else { return Vec::new() };
    if one.aliases == AliasPolicy::Exact {
        return Vec::new();
    }
    let field = words.name(Field::Email);
    let mut plain = one.aliases.others(email);
    plain.push(one.aliases.plain(email));
    let with_a_word = |plain: &String| {
        let (local, domain) = plain.rsplit_once('@')?;
        Some(like(&field, &format!("{}+%@{}", literally(local), literally(domain))))
    };
    let conditions: BTreeSet<_> =
        plain.iter().map(|plain| equals(&field, plain)).chain(plain.iter().filter_map(with_a_word)).collect();
    conditions.into_iter().collect()
}

/// However a number is spelled, these digits follow each other in it, with whatever between them. Neither of the fields has
/// an index, so that an exact spelling would be no quicker.
fn number(national: &str, words: &Words) -> Vec<String> {
    let pattern: String = national.chars().flat_map(|digit| ['%', digit]).collect();
    [&*words.name(Field::Phone), words.mobile()].into_iter().map(|field| like(field, &pattern)).collect()
}

/// Salesforce does not look at letter case.
fn named(name: &Namesake, words: &Words) -> String {
    let [first, last] = [Field::FirstName, Field::LastName].map(|field| words.name(field));
    format!("({} AND {})", equals(&first, name.first_name()), equals(&last, name.last_name()))
}

/// Looks for those whom no better proof has found.
async fn prove(
    salesforce: &Salesforce,
    proof: Proof,
    wanted: &[Wanted],
    found: &mut [Vec<Match>],
) -> Result<(), Refusal> {
    let words = salesforce.words();
    let is_open = |found: &Vec<Match>| found.iter().all(|one| one.by > proof.matched());
    let mut open: Vec<_> = wanted.iter().zip(found).filter(|(_, found)| is_open(found)).collect();
    let asked: BTreeSet<_> = open.iter().flat_map(|(one, _)| proof.conditions(one, words)).collect();
    let rows = rows(salesforce, proof, asked.into_iter().collect()).await?;
    for (one, found) in &mut open {
        let fits = rows.iter().filter(|(row, _)| proof.holds(one, row, words));
        let mut seen = BTreeSet::new();
        let fits = fits.filter(|(_, record)| seen.insert(record.id.clone()));
        found.extend(fits.map(|(_, record)| Match { by: proof.matched(), record: record.clone() }));
    }
    Ok(())
}

/// What fits any of these conditions: as it was when it had what was asked for, and the record that it is now.
async fn rows(
    salesforce: &Salesforce,
    proof: Proof,
    conditions: Vec<String>,
) -> Result<Vec<(Found, Record)>, Refusal> {
    let words = salesforce.words();
    if proof == Proof::FormerEmail {
        return former::records(salesforce, conditions).await;
    }
    let found = ask_all(salesforce, Among::Living, proof.questions(conditions, words)).await?;
    Ok(found.into_iter().filter_map(|row| row.record(words).map(|record| (row, record))).collect())
}

/// A question about people, up to its own condition.
fn head(words: &Words) -> String {
    format!("SELECT {} FROM {} WHERE {}", words.read(), words.object(), words.only_people())
        .trim_end()
        .to_owned()
}

pub(crate) fn exact(email: &str) -> String {
    AliasPolicy::Exact.plain(email)
}

/// One answer for each key, in their order. A key that several records carry cannot be told, and is not guessed.
pub(crate) async fn read(
    salesforce: &Salesforce,
    keys: &[ExternalKey],
) -> Result<Vec<Option<Record>>, Refusal> {
    let by_key = by_key(salesforce, keys.iter()).await?;
    let only = |key: &ExternalKey| match by_key.get(key).map(Vec::as_slice) {
        None | Some([]) => Ok(None),
        Some([record]) => Ok(Some(record.clone())),
        Some(_) => {
            let kind = CrmErrorKind::Conflict { existing: None };
            Err(Refusal::new(kind, Scope::Record, format!("{KEY} is not unique")))
        }
    };
    keys.iter().map(only).collect()
}

/// All records that carry each key.
pub(crate) async fn holders(
    salesforce: &Salesforce,
    keys: &[ExternalKey],
) -> Result<Vec<Vec<Record>>, Refusal> {
    let by_key = by_key(salesforce, keys.iter()).await?;
    Ok(keys.iter().map(|key| by_key.get(key).cloned().unwrap_or_default()).collect())
}

/// One answer for each id, in their order. What Salesforce cannot have given is not asked for.
pub(crate) async fn fetch(
    salesforce: &Salesforce,
    records: &[RecordId],
) -> Result<Vec<Option<Record>>, Refusal> {
    let ids: Vec<_> = records.iter().map(|record| id::record_id(record.as_str())).collect();
    let found = by_id(salesforce, ids.iter().flatten().map(RecordId::as_str).collect()).await?;
    Ok(ids.iter().map(|id| id.as_ref().and_then(|id| found.get(id.as_str()).cloned())).collect())
}

pub(crate) async fn by_id(
    salesforce: &Salesforce,
    ids: BTreeSet<&str>,
) -> Result<BTreeMap<String, Record>, Refusal> {
    let words = salesforce.words();
    let found = ask_all(salesforce, Among::Living, questions_by_id(words, ids)).await?;
    let records = found.iter().filter_map(|row| row.record(words));
    Ok(records.map(|record| (record.id.as_str().to_owned(), record)).collect())
}

/// The questions for those who have these ids.
pub(crate) fn questions_by_id(words: &Words, ids: BTreeSet<&str>) -> Vec<String> {
    listed(&head(words), "Id", ids)
}

/// The questions for those who carry these keys.
pub(crate) fn questions_by_key<'a>(
    words: &Words,
    keys: impl Iterator<Item = &'a ExternalKey>,
) -> Vec<String> {
    let keys: BTreeSet<_> = keys.map(ExternalKey::as_str).filter(|key| !key.is_empty()).collect();
    listed(&head(words), KEY, keys)
}

async fn by_key<'a>(
    salesforce: &Salesforce,
    keys: impl Iterator<Item = &'a ExternalKey>,
) -> Result<BTreeMap<ExternalKey, Vec<Record>>, Refusal> {
    let words = salesforce.words();
    let found = ask_all(salesforce, Among::Living, questions_by_key(words, keys)).await?;
    let mut by_key: BTreeMap<ExternalKey, Vec<Record>> = BTreeMap::new();
    for record in found.iter().filter_map(|row| row.record(words)) {
        if let Some(key) = record.key.clone() {
            by_key.entry(key).or_default().push(record);
        }
    }
    Ok(by_key)
}
