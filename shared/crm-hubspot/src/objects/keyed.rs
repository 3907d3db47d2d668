//! Records by a unique property of ours: who is there, and which write is told what.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CrmError, CrmErrorKind};
use domain::RecordId;
use serde_json::json;

use crate::client::HubSpot;
use crate::decode::Results;
use crate::error::Refusal;
use crate::limits::MAX_INPUTS;

/// The records that carry these values of a unique property, by value. It is not the search index, so it is not behind.
/// Each value once.
pub(super) async fn there(
    hubspot: &HubSpot,
    url: &str,
    key: &str,
    values: &[&str],
) -> Result<BTreeMap<String, RecordId>, Refusal> {
    let mut found = BTreeMap::new();
    for part in values.chunks(MAX_INPUTS) {
        let inputs: Vec<_> = part.iter().map(|value| json!({ "id": value })).collect();
        let body = json!({"idProperty": key, "properties": [key], "inputs": inputs});
        let answer = hubspot.post(url, &body).await?;
        let said: Results = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
        // Not knowing is not absence.
        let other = |refusal: &Refusal| refusal.kind != CrmErrorKind::Gone;
        if let Some(refusal) = said.errors.iter().map(|error| Refusal::of_row(error, &[])).find(other) {
            return Err(refusal);
        }
        let named = said.results.iter().filter_map(|row| Some((row.value(key)?, row.id.as_deref()?)));
        found.extend(named.map(|(value, id)| (value.to_owned(), RecordId::new(id))));
    }
    Ok(found)
}

/// What became of each key.
pub(super) type Told<T> = BTreeMap<String, Result<T, Refusal>>;

/// The outcome of each key, in their order: what is new is new for the first of its writes. `again` is what the others are
/// told.
pub(super) fn outcomes<'k, T: Clone>(
    keys: impl Iterator<Item = &'k str>,
    told: &Told<T>,
    again: impl Fn(T) -> T,
) -> Vec<Result<T, CrmError>> {
    let mut seen = BTreeSet::new();
    let outcome = |key: &'k str| match told.get(key) {
        Some(Ok(written)) if seen.insert(key) => Ok(written.clone()),
        Some(Ok(written)) => Ok(again(written.clone())),
        Some(Err(refusal)) => Err(refusal.clone().error()),
        None => Err(Refusal::unanswered(0).error()),
    };
    keys.map(outcome).collect()
}
