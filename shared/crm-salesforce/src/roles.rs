//! The roles of contacts in opportunities: who it is for.

use std::collections::BTreeSet;

use domain::RecordId;

use crate::client::Salesforce;
use crate::encode::{Cell, Row};
use crate::error::Refusal;
use crate::query::{Among, ask_all};
use crate::rows::{Collection, Door};
use crate::soql::listed;

const OBJECT: &str = "OpportunityContactRole";

/// Gives each contact a role in their opportunity, where they have none. The first contact of an opportunity is its primary
/// one. Only those for which `is_old` are looked at before: a new one has none yet.
pub(crate) async fn tie(
    salesforce: &Salesforce,
    pairs: &[(RecordId, RecordId)],
    is_old: impl Fn(&RecordId) -> bool,
) -> Vec<Result<(), Refusal>> {
    let old = pairs.iter().map(|(opportunity, _)| opportunity).filter(|record| is_old(record));
    let there = match roles(salesforce, old.map(RecordId::as_str)).await {
        Ok(there) => there,
        Err(refusal) => return pairs.iter().map(|_| Err(refusal.clone())).collect(),
    };
    let has_one = |record: &RecordId| there.iter().any(|(theirs, _)| theirs == record.as_str());
    let is_tied = |(one, other): &(RecordId, RecordId)| {
        there.contains(&(one.as_str().to_owned(), other.as_str().to_owned()))
    };
    let open: Vec<usize> = (0..pairs.len()).filter(|n| !is_tied(&pairs[*n])).collect();
    let row = |n: &usize| {
        let (opportunity, contact) = &pairs[*n];
        Row::new(OBJECT)
            .with("OpportunityId", Cell::text(opportunity.as_str()))
            .with("ContactId", Cell::text(contact.as_str()))
            .with("IsPrimary", Cell::Flag(!has_one(opportunity)))
    };
    let rows: Vec<_> = open.iter().map(row).collect();
    let made = Collection { salesforce, object: OBJECT, door: Door::Create("OpportunityId") }
        .send(&rows, &mut None)
        .await;
    let mut told: Vec<_> = pairs.iter().map(|_| Ok(())).collect();
    for (n, made) in open.into_iter().zip(made) {
        told[n] = made.map(drop);
    }
    told
}

async fn roles<'i>(
    salesforce: &Salesforce,
    opportunities: impl IntoIterator<Item = &'i str>,
) -> Result<BTreeSet<(String, String)>, Refusal> {
    let head = format!("SELECT OpportunityId,ContactId FROM {OBJECT} WHERE");
    let found = ask_all(salesforce, Among::Living, listed(&head, "OpportunityId", opportunities)).await?;
    let pair = |one: &crate::decode::Found| {
        Some((one.value("OpportunityId")?.to_owned(), one.value("ContactId")?.to_owned()))
    };
    Ok(found.iter().filter_map(pair).collect())
}
