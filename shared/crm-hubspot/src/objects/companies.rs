//! Companies: one for each of the shop's, and who buys for it.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CompanyOutcome, CompanyWrite, CrmErrorKind, Written};
use domain::RecordId;
use serde_json::{Value, json};

use super::keyed::{self, Told};
use crate::batch::{Outcome, Pairs, Rows, pair};
use crate::client::HubSpot;
use crate::error::Refusal;

/// The unique property by which a company is a shop's.
pub(crate) const KEY: &str = "shopify_company_id";

/// One outcome for each company, in their order. Of several writes of one company the last name is sent, and the buyers of
/// all are tied.
pub(crate) async fn write(hubspot: &HubSpot, writes: &[CompanyWrite]) -> Vec<CompanyOutcome> {
    let mut stop = None;
    let mut told = upsert(hubspot, writes, &mut stop).await;
    tie(hubspot, writes, &mut told, &mut stop).await;
    let again = |written: Written| Written { created: false, ..written };
    keyed::outcomes(writes.iter().map(key), &told, again)
}

fn key(write: &CompanyWrite) -> &str {
    write.company.key.as_str()
}

async fn upsert(hubspot: &HubSpot, writes: &[CompanyWrite], stop: &mut Option<Refusal>) -> Told<Written> {
    let last: BTreeMap<&str, &CompanyWrite> = writes.iter().map(|write| (key(write), write)).collect();
    let rows = last.values().map(|write| row(write)).collect();
    let url = hubspot.objects("companies/batch/upsert");
    let outcomes = Rows { hubspot, url, key: KEY, sent: rows }.send_all(stop).await;
    last.into_keys().map(str::to_owned).zip(outcomes).collect()
}

fn row(write: &CompanyWrite) -> Value {
    let properties = json!({KEY: key(write), "name": write.company.name});
    json!({"id": key(write), "idProperty": KEY, "properties": properties})
}

/// Each time, since it can be done again, and nobody is untied. A buyer who is not there is told of the company.
async fn tie(
    hubspot: &HubSpot,
    writes: &[CompanyWrite],
    told: &mut Told<Written>,
    stop: &mut Option<Refusal>,
) {
    let ends = ends(writes, told);
    let pairs = ends.iter().map(|(_, contact, company)| pair(contact, company)).collect();
    let url = hubspot.associations("contacts/companies/batch/associate/default");
    let tied = Pairs { hubspot, url, ends: pairs }.tie_all(stop).await;
    for ((key, ..), outcome) in ends.iter().zip(tied) {
        if let (Err(refusal), Some(company)) = (outcome, told.get_mut(*key)) {
            worsen(company, refusal);
        }
    }
}

/// Every buyer of every company that was written, once: the key, the contact, the company's record.
fn ends<'w>(writes: &'w [CompanyWrite], told: &Told<Written>) -> BTreeSet<(&'w str, &'w RecordId, RecordId)> {
    let of = |write: &'w CompanyWrite| {
        let company = told.get(key(write)).and_then(|outcome| outcome.as_ref().ok());
        let record = company.map(|written| written.record.clone());
        record.into_iter().flat_map(move |record| {
            write.contacts.iter().map(move |contact| (key(write), contact, record.clone()))
        })
    };
    writes.iter().flat_map(of).collect()
}

/// A buyer who is gone stays so when it is done again, so anything else is told before it: that is worth another try.
fn worsen(company: &mut Outcome, refusal: Refusal) {
    let is_final = |refusal: &Refusal| refusal.kind == CrmErrorKind::Gone;
    if company.as_ref().err().is_none_or(is_final) {
        *company = Err(refusal);
    }
}
