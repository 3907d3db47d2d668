//! Deals: one for each order, by a unique property of ours, tied to their contacts.

use std::collections::BTreeMap;

use crm::{DealOutcome, DealWrite, Written, spelling};
use domain::{Deal, RecordId};
use serde_json::{Value, json};

use super::keyed;
use crate::batch::{Outcome, Pairs, Rows, pair};
use crate::client::HubSpot;
use crate::error::Refusal;

/// The unique property by which a deal is a shop's order.
pub(crate) const KEY: &str = "shopify_order_id";

/// One outcome for each deal, in their order. Of several writes of one deal the last one is sent.
pub(crate) async fn write(hubspot: &HubSpot, writes: &[DealWrite]) -> Vec<DealOutcome> {
    let last: BTreeMap<&str, &DealWrite> = writes.iter().map(|write| (key(write), write)).collect();
    let told = put(hubspot, &last.into_values().collect::<Vec<_>>()).await;
    let again = |deal: Option<Written>| deal.map(|written| Written { created: false, ..written });
    keyed::outcomes(writes.iter().map(key), &told, again)
}

type Told = keyed::Told<Option<Written>>;

/// Each key once: writes, then ties what was written.
async fn put(hubspot: &HubSpot, writes: &[&DealWrite]) -> Told {
    let (wanted, others): (Vec<&DealWrite>, Vec<_>) =
        writes.iter().copied().partition(|write| write.deal.is_wanted);
    let (mut told, mut stop) = (Told::new(), None);
    let mut written = upsert(hubspot, &wanted, &mut stop).await;
    match existing(hubspot, &others, stop.as_ref()).await {
        Ok(there) => written.extend(update(hubspot, &others, &there, &mut told, &mut stop).await),
        Err(refusal) => {
            told.extend(others.iter().map(|write| (key(write).to_owned(), Err(refusal.clone()))));
        }
    }
    tie(hubspot, written, &mut told, &mut stop).await;
    told
}

fn key(write: &DealWrite) -> &str {
    write.deal.key.as_str()
}

async fn upsert<'w>(
    hubspot: &HubSpot,
    writes: &[&'w DealWrite],
    stop: &mut Option<Refusal>,
) -> Vec<(&'w DealWrite, Outcome)> {
    let row = |write: &&DealWrite| json!({"id": key(write), "idProperty": KEY, "properties": properties(&write.deal)});
    let rows = writes.iter().map(row).collect();
    let url = hubspot.objects("deals/batch/upsert");
    let outcomes = Rows { hubspot, url, key: KEY, sent: rows }.send_all(stop).await;
    writes.iter().copied().zip(outcomes).collect()
}

async fn existing(
    hubspot: &HubSpot,
    writes: &[&DealWrite],
    stop: Option<&Refusal>,
) -> Result<BTreeMap<String, RecordId>, Refusal> {
    if let Some(stop) = stop {
        return Err(stop.clone());
    }
    let keys: Vec<_> = writes.iter().map(|write| key(write)).collect();
    keyed::there(hubspot, &hubspot.objects("deals/batch/read"), KEY, &keys).await
}

/// By record id, so that nothing is made. What is not there is told at once.
async fn update<'w>(
    hubspot: &HubSpot,
    writes: &[&'w DealWrite],
    there: &BTreeMap<String, RecordId>,
    told: &mut Told,
    stop: &mut Option<Refusal>,
) -> Vec<(&'w DealWrite, Outcome)> {
    let (mut kept, mut rows) = (Vec::new(), Vec::new());
    for write in writes {
        if let Some(record) = there.get(key(write)) {
            kept.push(*write);
            rows.push(json!({"id": record.as_str(), "properties": properties(&write.deal)}));
        } else {
            told.insert(key(write).to_owned(), Ok(None));
        }
    }
    let url = hubspot.objects("deals/batch/update");
    let outcomes = Rows { hubspot, url, key: KEY, sent: rows }.send_all(stop).await;
    kept.into_iter().zip(outcomes).collect()
}

/// Each time, since it can be made again, and the answer to the write that made a deal may have been lost before it was.
async fn tie(
    hubspot: &HubSpot,
    written: Vec<(&DealWrite, Outcome)>,
    told: &mut Told,
    stop: &mut Option<Refusal>,
) {
    let (mut deals, mut pairs) = (Vec::new(), Vec::new());
    for (write, outcome) in written {
        match (outcome, &write.contact) {
            (Ok(deal), Some(contact)) => {
                pairs.push(pair(&deal.record, contact));
                deals.push((key(write).to_owned(), deal));
            }
            (outcome, _) => drop(told.insert(key(write).to_owned(), outcome.map(Some))),
        }
    }
    let url = hubspot.associations("deals/contacts/batch/associate/default");
    let tied = Pairs { hubspot, url, ends: pairs }.tie_all(stop).await;
    told.extend(deals.into_iter().zip(tied).map(|((key, deal), tied)| (key, tied.map(|_| Some(deal)))));
}

/// HubSpot wants a name and a stage of a new deal, and the pipeline where there are several.
fn properties(deal: &Deal) -> Value {
    let mut said = json!({KEY: deal.key.as_str(), "dealstage": deal.stage});
    if let Some(pipeline) = &deal.pipeline {
        said["pipeline"] = pipeline.as_str().into();
    }
    if let Some(facts) = &deal.facts {
        said["dealname"] = facts.name.as_str().into();
        said["amount"] = facts.amount.amount.to_string().into();
        said["deal_currency_code"] = facts.amount.currency.as_str().into();
        said["closedate"] = spelling::moment(facts.closed_at).into();
    }
    said
}
