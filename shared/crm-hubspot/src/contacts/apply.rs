//! Writing contacts: creates by key, updates by record, and single updates where records were merged.

use std::collections::BTreeMap;
use std::ops::Range;

use crm::{CrmError, CrmErrorKind, Written};
use domain::{RecordId, Write};
use outbound::Method;

use super::inputs::{Way, address, inputs, named};
use crate::batch::{self, Door, Outcome};
use crate::client::HubSpot;
use crate::decode::Row;
use crate::encode::{Properties, Single};
use crate::error::{Refusal, Scope};
use crate::limits::MAX_INPUTS;
use crate::property;

/// One outcome for each write, in their order.
pub(crate) async fn apply(hubspot: &HubSpot, writes: &[Write]) -> Vec<Result<Written, CrmError>> {
    let mut outcomes: Vec<Outcome> = writes.iter().map(|_| Err(Refusal::unanswered(0))).collect();
    let mut stop = None;
    for ((_, way), indices) in rounds(writes) {
        let sent: Vec<_> = indices.iter().map(|index| &writes[*index]).collect();
        let contacts = Contacts { hubspot, way, writes: &sent };
        let mut told = batch::send(&contacts, sent.len(), &mut stop).await;
        if way == Way::Update {
            one_by_one(&contacts, &mut told, &mut stop).await;
        }
        indices.into_iter().zip(told).for_each(|(index, outcome)| outcomes[index] = outcome);
    }
    outcomes.into_iter().map(|outcome| outcome.map_err(Refusal::error)).collect()
}

/// How many calls these writes take.
pub(crate) fn calls(writes: &[Write]) -> usize {
    rounds(writes).values().map(|round| round.len().div_ceil(MAX_INPUTS)).sum()
}

/// What is sent together, in order. A record that is written twice has each write in a round of its own, since HubSpot
/// refuses a batch that names a record twice.
fn rounds(writes: &[Write]) -> BTreeMap<(usize, Way), Vec<usize>> {
    let mut seen: BTreeMap<(Way, &str), usize> = BTreeMap::new();
    let mut rounds: BTreeMap<(usize, Way), Vec<usize>> = BTreeMap::new();
    for (index, write) in writes.iter().enumerate() {
        let way = Way::of(write);
        let before = seen.entry((way, address(write))).or_default();
        rounds.entry((*before, way)).or_default().push(index);
        *before += 1;
    }
    rounds
}

struct Contacts<'a> {
    hubspot: &'a HubSpot,
    way: Way,
    writes: &'a [&'a Write],
}

impl Door for Contacts<'_> {
    async fn send(&self, rows: Range<usize>) -> Result<Vec<Outcome>, Refusal> {
        let url = self.hubspot.contacts(self.way.path());
        let (first, writes) = (rows.start, &self.writes[rows]);
        let body = inputs(first, writes.iter().copied());
        let answer = self.hubspot.call(Method::POST, &url, Some(&body)).await;
        let answer = answer.map_err(|refusal| match self.way {
            // A 404 may be one of the records: each is asked for by itself.
            Way::Update => refusal,
            Way::Upsert => refusal.about_no_record(),
        })?;
        let rows = writes.iter().map(|write| named(write));
        Ok(batch::outcomes(first, rows, property::KEY, &answer, self.hubspot.metafields()))
    }

    fn is_for_halves(&self, refusal: &Refusal) -> bool {
        refusal.scope != Scope::Everyone && refusal.kind != CrmErrorKind::Gone
    }
}

/// A batch does not follow merges, a single update does.
async fn one_by_one(contacts: &Contacts<'_>, told: &mut [Outcome], stop: &mut Option<Refusal>) {
    for (write, outcome) in contacts.writes.iter().zip(told) {
        if outcome.as_ref().is_err_and(may_be_merged) && stop.is_none() {
            *outcome = single(contacts.hubspot, write).await;
            *stop = outcome.as_ref().err().filter(|refusal| refusal.stops()).cloned();
        }
    }
}

/// How a merged record is refused in a batch is not documented: not found, or without a reason.
fn may_be_merged(refusal: &Refusal) -> bool {
    let gives_no_reason = refusal.kind == CrmErrorKind::Rejected { field: None };
    refusal.kind == CrmErrorKind::Gone || refusal.scope == Scope::Unnamed || gives_no_reason
}

/// Updates one record by its id; the answer names the survivor where it was merged away.
async fn single(hubspot: &HubSpot, write: &Write) -> Outcome {
    let id = address(write);
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::no_such_id());
    }
    let body = Single { properties: Properties { key: None, fields: write.fields() } };
    let answer = hubspot.call(Method::PATCH, &hubspot.contacts(id), Some(&body)).await;
    let answer = answer.map_err(Refusal::about_a_record)?;
    let row: Row = answer.json().unwrap_or_default();
    let record = row.id.ok_or_else(|| Refusal::unanswered(answer.status()))?;
    Ok(Written { record: RecordId::new(record), created: false })
}
