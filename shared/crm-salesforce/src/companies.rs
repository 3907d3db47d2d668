//! Companies: an account for each, by an External ID of ours, with its buyers.
//!
//! A contact has one account that it is of. Who is of none becomes the company's; who is of another stays there, and is
//! related to the company beside it. So is a person who is an account.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CompanyOutcome, CompanyWrite, CrmErrorKind, Written};
use domain::RecordId;

use crate::client::Salesforce;
use crate::contacts::{People, look};
use crate::encode::{Cell, Row, cut};
use crate::error::{Refusal, Scope};
use crate::limits::{MAX_LISTED, NAME};
use crate::ours::COMPANY;
use crate::query::{Among, ask_all};
use crate::rows::{Collection, Door, Outcome};
use crate::soql::listed;

const RELATION: &str = "AccountContactRelation";

/// One outcome for each company, in their order. Of several writes of one company the last name is sent, and the buyers of
/// all are tied.
pub(crate) async fn write(salesforce: &Salesforce, writes: &[CompanyWrite]) -> Vec<CompanyOutcome> {
    let last: BTreeMap<&str, &CompanyWrite> = writes.iter().map(|write| (key(write), write)).collect();
    let rows: Vec<_> = last.values().map(|write| row(write)).collect();
    let collection = Collection { salesforce, object: "Account", door: Door::Upsert(COMPANY) };
    let outcomes = collection.send(&rows, &mut None).await;
    let mut companies: BTreeMap<&str, Outcome> = last.keys().copied().zip(outcomes).collect();
    let untied = tie(salesforce, writes, &companies).await;
    writes.iter().enumerate().map(|(n, write)| outcome(&mut companies, key(write), untied.get(&n))).collect()
}

fn key(write: &CompanyWrite) -> &str {
    write.company.key.as_str()
}

fn row(write: &CompanyWrite) -> Row<'_> {
    Row::new("Account")
        .with(COMPANY, Cell::text(key(write)))
        .with("Name", Cell::text(cut(&write.company.name, NAME)))
}

/// What is new is new for the first of its writes.
fn outcome(companies: &mut BTreeMap<&str, Outcome>, key: &str, untied: Option<&Refusal>) -> CompanyOutcome {
    match (companies.get_mut(key), untied) {
        (Some(Ok(_)), Some(refusal)) => Err(refusal.clone().error()),
        (Some(Err(refusal)), _) => Err(refusal.clone().error()),
        (Some(Ok(written)), None) => {
            let outcome = written.clone();
            written.created = false;
            Ok(outcome)
        }
        (None, _) => Err(Refusal::unanswered(0).error()),
    }
}

/// A buyer of a company, and of which write.
struct Tie {
    write: usize,
    company: RecordId,
    contact: String,
}

/// Ties the buyers of the companies that were written. Gives what went wrong, by the place of the write.
async fn tie(
    salesforce: &Salesforce,
    writes: &[CompanyWrite],
    companies: &BTreeMap<&str, Outcome>,
) -> BTreeMap<usize, Refusal> {
    let written = |write: &CompanyWrite| companies.get(key(write)).and_then(|outcome| outcome.as_ref().ok());
    let buyers = || writes.iter().filter(|write| written(write).is_some()).flat_map(|write| &write.contacts);
    let mut wrong = BTreeMap::new();
    let everybody = |refusal: &Refusal| {
        (0..writes.len()).filter(|n| !writes[*n].contacts.is_empty()).map(|n| (n, refusal.clone())).collect()
    };
    let people = match look(salesforce, buyers()).await {
        Ok(people) => people,
        Err(refusal) => return everybody(&refusal),
    };
    let mut ties = Vec::new();
    for (n, write) in writes.iter().enumerate() {
        let Some(Written { record, .. }) = written(write) else { continue };
        for buyer in &write.contacts {
            match people.get(buyer) {
                Ok(somebody) => ties.extend(somebody.contact.clone().map(|contact| Tie {
                    write: n,
                    company: record.clone(),
                    contact,
                })),
                Err(refusal) => drop(wrong.insert(n, refusal)),
            }
        }
    }
    match put(salesforce, &people, writes, &ties).await {
        Ok(refused) => wrong.extend(refused),
        Err(refusal) => wrong.extend(ties.iter().map(|tie| (tie.write, refusal.clone()))),
    }
    wrong
}

async fn put(
    salesforce: &Salesforce,
    people: &People,
    writes: &[CompanyWrite],
    ties: &[Tie],
) -> Result<Vec<(usize, Refusal)>, Refusal> {
    let mut wrong = Vec::new();
    let mut homes = homes(salesforce, people, writes);
    let mut seen = BTreeSet::new();
    let (mut moved, mut related) = (Vec::new(), Vec::new());
    for tie in ties.iter().filter(|tie| seen.insert((&tie.company, &tie.contact))) {
        match homes.get(&tie.contact) {
            Some(home) if *home == tie.company.as_str() => {}
            Some(_) => related.push(tie),
            None => {
                homes.insert(tie.contact.clone(), tie.company.as_str().to_owned());
                moved.push(tie);
            }
        }
    }
    wrong.extend(move_in(salesforce, &moved).await);
    wrong.extend(relate(salesforce, &related).await?);
    Ok(wrong)
}

/// The account that each contact is of.
fn homes(salesforce: &Salesforce, people: &People, writes: &[CompanyWrite]) -> BTreeMap<String, String> {
    let all = writes.iter().flat_map(|write| &write.contacts).filter_map(|buyer| people.get(buyer).ok());
    let is_person = salesforce.words().are_accounts();
    let home = |one: &crate::contacts::Somebody| {
        let own = || one.record.as_str().to_owned();
        Some((one.contact.clone()?, if is_person { own() } else { one.account.clone()? }))
    };
    all.filter_map(home).collect()
}

async fn move_in(salesforce: &Salesforce, ties: &[&Tie]) -> Vec<(usize, Refusal)> {
    let row = |tie: &&Tie| {
        Row::of("Contact", tie.contact.clone()).with("AccountId", Cell::text(tie.company.as_str().to_owned()))
    };
    let rows: Vec<_> = ties.iter().map(row).collect();
    let outcomes =
        Collection { salesforce, object: "Contact", door: Door::Update }.send(&rows, &mut None).await;
    refused(ties, outcomes)
}

/// How many calls it takes to ask who is related to so many companies.
pub(crate) fn relations_calls(companies: usize) -> usize {
    companies.div_ceil(MAX_LISTED)
}

/// Whoever is related already is not related again.
async fn relate(salesforce: &Salesforce, ties: &[&Tie]) -> Result<Vec<(usize, Refusal)>, Refusal> {
    let companies: BTreeSet<_> = ties.iter().map(|tie| tie.company.as_str()).collect();
    let head = format!("SELECT AccountId,ContactId FROM {RELATION} WHERE");
    let found = match ask_all(salesforce, Among::Living, listed(&head, "AccountId", companies)).await {
        Err(refusal) if refusal.reason == "INVALID_TYPE" => return Ok(none_can_be(ties)),
        found => found?,
    };
    let there: BTreeSet<_> =
        found.iter().filter_map(|one| Some((one.value("AccountId")?, one.value("ContactId")?))).collect();
    let is_open = |tie: &&&Tie| !there.contains(&(tie.company.as_str(), tie.contact.as_str()));
    let open: Vec<&Tie> = ties.iter().filter(is_open).copied().collect();
    let row = |tie: &&Tie| {
        let company = Cell::text(tie.company.as_str().to_owned());
        Row::new(RELATION).with("AccountId", company).with("ContactId", Cell::text(tie.contact.clone()))
    };
    let rows: Vec<_> = open.iter().map(row).collect();
    let outcomes =
        Collection { salesforce, object: RELATION, door: Door::Create("") }.send(&rows, &mut None).await;
    let race = |refusal: &Refusal| matches!(refusal.kind, CrmErrorKind::Conflict { .. });
    Ok(refused(&open, outcomes).into_iter().filter(|(_, refusal)| !race(refusal)).collect())
}

/// The org does not let a contact be of several accounts (Setup > Account Settings). Somebody has to say of which it is.
fn none_can_be(ties: &[&Tie]) -> Vec<(usize, Refusal)> {
    let kind = CrmErrorKind::Rejected { field: None };
    let refusal = Refusal::new(kind, Scope::Record, "400 INVALID_TYPE/AccountContactRelation");
    ties.iter().map(|tie| (tie.write, refusal.clone())).collect()
}

fn refused(ties: &[&Tie], outcomes: Vec<Outcome>) -> Vec<(usize, Refusal)> {
    ties.iter().zip(outcomes).filter_map(|(tie, outcome)| Some((tie.write, outcome.err()?))).collect()
}
