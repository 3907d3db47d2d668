//! The search index: only asked for what can be read in no other way.

use std::collections::{BTreeSet, VecDeque};

use crm::Wanted;
use domain::{ExternalKey, MatchedBy, Namesake};
use serde_json::{Value, json};

use crate::client::HubSpot;
use crate::decode::{Results, Row};
use crate::error::Refusal;
use crate::limits::{
    MAX_EMAIL_BYTES, MAX_NAME_BYTES, MAX_SEARCH_BODY, MAX_SEARCH_GROUPS, MAX_SEARCH_PAGES,
    MAX_SEARCH_VALUE_BYTES, MAX_SEARCH_VALUES, SEARCH_PAGE,
};
use crate::property;

/// Where the last page of a search begins, at the most.
const LAST_PAGE: &str = "9800";

/// What is looked for, one kind at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    Alias,
    Phone,
    Namesake,
}

impl Proof {
    /// The better first.
    pub(crate) const ALL: [Self; 3] = [Self::Alias, Self::Phone, Self::Namesake];

    pub(crate) fn matched(self) -> MatchedBy {
        match self {
            Self::Alias => MatchedBy::Alias,
            Self::Phone => MatchedBy::Phone,
            Self::Namesake => MatchedBy::Composite,
        }
    }

    /// What finds this person: filters of a group, or values of a list that many share. `None` where there is nothing to ask
    /// for.
    fn asked(self, wanted: &Wanted) -> Option<Vec<Value>> {
        match self {
            Self::Alias => alias(wanted),
            Self::Phone => wanted.phone.as_ref().map(|phone| vec![json!(phone.national())]),
            Self::Namesake => wanted.namesake.as_ref().and_then(name),
        }
    }

    /// Who goes into one search: five with a group each, or as many as lists may have and a body may be long.
    fn parts(self, all: &[Vec<Value>]) -> VecDeque<&[Vec<Value>]> {
        let (most, bytes) = match self {
            Self::Alias => (MAX_SEARCH_GROUPS, usize::MAX),
            Self::Phone | Self::Namesake => (MAX_SEARCH_VALUES, MAX_SEARCH_VALUE_BYTES),
        };
        cut(all, most, bytes)
    }

    /// Numbers and names are listed in one group, which may find more: who has the first name of one and the last name of
    /// another. Anybody else has a group.
    fn groups(self, part: &[Vec<Value>]) -> Vec<Value> {
        let listed = |place: usize, property: &str| {
            let values: BTreeSet<_> = part.iter().filter_map(|one| one[place].as_str()).collect();
            json!({"propertyName": property, "operator": "IN", "values": values})
        };
        match self {
            Self::Alias => part.iter().map(|filters| json!({"filters": filters})).collect(),
            Self::Phone => vec![json!({"filters": [listed(0, property::SEARCHABLE_PHONE)]})],
            Self::Namesake => vec![json!({"filters": [listed(0, "firstname"), listed(1, "lastname")]})],
        }
    }

    /// An index knows tokens and digits; whether it is really this person is looked at in the record.
    pub(crate) fn holds(self, wanted: &Wanted, row: &Row) -> bool {
        let value = |property: &str| row.value(property).unwrap_or_default();
        match self {
            Self::Alias => row.emails().any(|email| wanted.has_alias(&email)),
            Self::Phone => wanted.has_phone(value(property::name(domain::Field::Phone))),
            Self::Namesake => {
                let [first, last] = [domain::Field::FirstName, domain::Field::LastName].map(property::name);
                let theirs = Namesake::new(value(first), value(last), value(property::POSTAL_CODE));
                wanted.namesake.is_some() && theirs == wanted.namesake
            }
        }
    }
}

/// At most so many, and no longer than so many bytes.
fn cut(all: &[Vec<Value>], most: usize, bytes: usize) -> VecDeque<&[Vec<Value>]> {
    let (mut parts, mut rest) = (VecDeque::new(), all);
    while !rest.is_empty() {
        let mut size = 0;
        let fits = |one: &&Vec<Value>| {
            size += one.iter().map(|value| value.to_string().len() + 1).sum::<usize>();
            size <= bytes
        };
        let (part, others) = rest.split_at(rest.iter().take(most).take_while(fits).count().max(1));
        parts.push_back(part);
        rest = others;
    }
    parts
}

/// A group that one of these values is enough for.
fn listed<'a>(property: &str, values: impl Iterator<Item = &'a Value>) -> Value {
    let values: Vec<_> = values.collect();
    json!({"filters": [{"propertyName": property, "operator": "IN", "values": values}]})
}

/// `ada+news@example.com` has the tokens `ada` and `example.com`.
fn alias(wanted: &Wanted) -> Option<Vec<Value>> {
    let email = wanted.email.as_deref().filter(|email| email.len() <= MAX_EMAIL_BYTES)?;
    if wanted.aliases == domain::AliasPolicy::Exact {
        return None;
    }
    let plain = wanted.aliases.plain(email);
    let (local, domain) =
        plain.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty())?;
    let token = |value: &str| json!({"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": value});
    Some(vec![token(local), token(domain)])
}

/// In lower case, as a list wants it.
fn name(namesake: &Namesake) -> Option<Vec<Value>> {
    let (first, last) = (namesake.first_name(), namesake.last_name());
    let fits = first.len().max(last.len()) <= MAX_NAME_BYTES;
    fits.then(|| vec![json!(first), json!(last)])
}

/// How many searches it takes to look for them by this proof.
pub(crate) fn searches(proof: Proof, wanted: &[&Wanted]) -> usize {
    proof.parts(&asked(proof, wanted)).len()
}

/// What finds them, each once.
fn asked(proof: Proof, wanted: &[&Wanted]) -> Vec<Vec<Value>> {
    let mut seen = BTreeSet::new();
    let asked = wanted.iter().filter_map(|one| proof.asked(one));
    asked.filter(|asked| seen.insert(Value::from(asked.clone()).to_string())).collect()
}

/// The contacts that may be one of these by this proof, as far as the index knows: it is seconds behind. Few calls, since
/// an account may make five in a second and everybody shares them. A search that fails is a failure: somebody who could
/// not be looked for would be made a second time.
pub(crate) async fn search(hubspot: &HubSpot, proof: Proof, wanted: &[&Wanted]) -> Result<Vec<Row>, Refusal> {
    let asked = asked(proof, wanted);
    let mut parts = proof.parts(&asked);
    let mut rows = Vec::new();
    while let Some(part) = parts.pop_front() {
        let (found, is_all) = pages(hubspot, &proof.groups(part)).await?;
        if is_all || part.len() == 1 {
            rows.extend(found);
        } else {
            parts.extend(part.chunks(part.len().div_ceil(2)));
        }
    }
    Ok(rows)
}

/// The contacts that have one of these keys, as far as the index knows.
pub(crate) async fn search_keys(hubspot: &HubSpot, keys: &[&str]) -> Result<Vec<Row>, Refusal> {
    let mut rows = Vec::new();
    for part in cut(&key_values(keys), MAX_SEARCH_VALUES, MAX_SEARCH_VALUE_BYTES) {
        let (found, _) = pages(hubspot, &[listed(property::KEY, part.iter().flatten())]).await?;
        rows.extend(found);
    }
    Ok(rows)
}

/// How many searches that takes.
pub(crate) fn key_searches(keys: &[&str]) -> usize {
    cut(&key_values(keys), MAX_SEARCH_VALUES, MAX_SEARCH_VALUE_BYTES).len()
}

fn key_values(keys: &[&str]) -> Vec<Vec<Value>> {
    keys.iter().map(|key| vec![json!(key)]).collect()
}

/// The contacts that may have one of these numbers or one of these keys, in one call; none where one is not enough.
pub(crate) async fn search_with_keys(
    hubspot: &HubSpot,
    wanted: &[&Wanted],
    keys: &[&ExternalKey],
) -> Result<Option<Vec<Row>>, Refusal> {
    let Some(groups) = searches_with_keys(wanted, keys) else { return Ok(None) };
    let (rows, is_all) = pages(hubspot, &groups).await?;
    Ok(is_all.then_some(rows))
}

/// The groups of that one search; none where they do not fit into it.
pub(crate) fn searches_with_keys(wanted: &[&Wanted], keys: &[&ExternalKey]) -> Option<[Value; 2]> {
    let numbers: Vec<_> = wanted.iter().filter_map(|one| Proof::Phone.asked(one)).flatten().collect();
    let keys: Vec<_> = keys.iter().map(|key| json!(key.as_str())).collect();
    let groups = [listed(property::SEARCHABLE_PHONE, numbers.iter()), listed(property::KEY, keys.iter())];
    (body(&groups, LAST_PAGE).to_string().len() <= MAX_SEARCH_BODY).then_some(groups)
}

/// The contacts, and whether these are all.
async fn pages(hubspot: &HubSpot, groups: &[Value]) -> Result<(Vec<Row>, bool), Refusal> {
    let (mut rows, mut after) = (Vec::new(), String::new());
    for _ in 0..MAX_SEARCH_PAGES {
        let answer = hubspot.post(&hubspot.contacts("search"), &body(groups, &after)).await?;
        let said: Results = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
        let next = said.next().map(str::to_owned);
        rows.extend(said.results);
        match next {
            Some(next) => after = next,
            None => return Ok((rows, true)),
        }
    }
    Ok((rows, false))
}

fn body(groups: &[Value], after: &str) -> Value {
    // A search may not be long, and what it finds is read once more: the merchant's own fields are asked for there.
    let properties: Vec<_> = property::read(&[], &[]).into_iter().chain([property::POSTAL_CODE]).collect();
    let mut body = json!({"filterGroups": groups, "properties": properties, "limit": SEARCH_PAGE});
    if !after.is_empty() {
        body["after"] = after.into();
    }
    body
}

#[cfg(test)]
mod tests {
    use domain::{AliasPolicy, ExternalKey, Phone};

    use super::*;

    fn longest(n: usize) -> Wanted {
        let local = format!("{n:02}{}", "a".repeat(62));
        let email = format!("{local}@{}.com", "b".repeat(254 - 65 - 4));
        let name = |letter: &str| format!("{n:02}{}", letter.repeat(98));
        Wanted {
            email: Some(email),
            aliases: AliasPolicy::Plus,
            phone: Phone::parse(&format!("+49151{n:08}"), None).ok(),
            namesake: Namesake::new(&name("c"), &name("d"), "W1J 7NT"),
            ..Wanted::by_key(ExternalKey::from_crm("1"))
        }
    }

    #[test]
    fn no_search_is_longer_than_hubspot_takes() {
        let all: Vec<_> = (0..100).map(longest).collect();
        for proof in Proof::ALL {
            let asked: Vec<_> = all.iter().filter_map(|one| proof.asked(one)).collect();
            let parts = proof.parts(&asked);
            assert_eq!(
                parts.iter().map(|part| part.len()).sum::<usize>(),
                100,
                "{proof:?}: all are looked for"
            );
            for part in parts {
                let body = body(&proof.groups(part), LAST_PAGE).to_string();
                assert!(body.len() + 200 <= MAX_SEARCH_BODY, "{proof:?}: {} bytes", body.len());
            }
        }
    }

    #[test]
    fn s_157_a_hundred_usual_names_are_two_searches_and_a_hundred_numbers_one() {
        let usual = |n: usize| Wanted {
            phone: Phone::parse(&format!("+4144668{n:04}"), None).ok(),
            namesake: Namesake::new(&format!("Maria{n:02}"), &format!("Schneider{n:02}"), "8001"),
            ..Wanted::by_key(ExternalKey::from_crm("1"))
        };
        let all: Vec<_> = (0..100).map(usual).collect();
        let searches = |proof: Proof| {
            let asked: Vec<_> = all.iter().filter_map(|one| proof.asked(one)).collect();
            proof.parts(&asked).len()
        };
        assert_eq!([Proof::Phone, Proof::Namesake].map(searches), [1, 2]);
    }
}
