//! Two contacts become one.
//!
//! The contact that stands has a new id, and both old ones lead to it, in single calls but not in batches; the values of the
//! primary win, and nothing of it can be undone (developers.hubspot.com/changelog, "Updated merge functionality for contacts and
//! companies"). Accounts in a beta keep the primary's id: whatever the answer names is what stands.

use crm::{CrmErrorKind, Merged};
use domain::RecordId;
use outbound::Answer;

use super::find::{follow, is_id};
use crate::client::HubSpot;
use crate::decode::Row;
use crate::encode::Merge;
use crate::error::Refusal;

/// As the contract has it.
pub(crate) async fn merge(
    hubspot: &HubSpot,
    primary: &RecordId,
    other: &RecordId,
) -> Result<Merged, Refusal> {
    if [primary, other].into_iter().any(|id| !is_id(id.as_str())) {
        return Err(Refusal::no_such_id());
    }
    let body = Merge { primary_object_id: primary.as_str(), object_id_to_merge: other.as_str() };
    match hubspot.post(&hubspot.contacts("merge"), &body).await {
        Ok(answer) => Ok(Merged::Now(stands(&answer)?)),
        Err(refusal) if may_be_done(&refusal) => done_before(hubspot, primary, other, refusal).await,
        Err(refusal) => Err(refusal),
    }
}

fn stands(answer: &Answer) -> Result<RecordId, Refusal> {
    let row: Row = answer.json().unwrap_or_default();
    row.id.map(RecordId::new).ok_or_else(|| Refusal::unanswered(answer.status()))
}

/// How two that are one already are refused is not documented, nor how one that is not there is.
fn may_be_done(refusal: &Refusal) -> bool {
    use CrmErrorKind::{Conflict, Gone, Misunderstood, Rejected};
    matches!(refusal.kind, Conflict { .. } | Gone | Misunderstood | Rejected { .. })
}

/// Where both lead to one record, that is what was asked for.
async fn done_before(
    hubspot: &HubSpot,
    primary: &RecordId,
    other: &RecordId,
    refusal: Refusal,
) -> Result<Merged, Refusal> {
    let (one, two) = (follow(hubspot, primary).await?, follow(hubspot, other).await?);
    match (one, two) {
        (Some(one), Some(two)) if one.id == two.id => Ok(Merged::Before(one.id)),
        (Some(_), Some(_)) => Err(refusal.about_a_record()),
        _ => Err(Refusal::gone()),
    }
}
