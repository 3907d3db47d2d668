//! What is made once, with its contact, and then left alone.

use std::collections::BTreeMap;

use crm::{CrmError, CrmErrorKind, Written};
use domain::RecordId;
use serde_json::{Value, json};

use super::keyed::{self, Told};
use crate::batch::{Outcome, Rows};
use crate::client::HubSpot;
use crate::error::Refusal;

/// An object that is made once under a key.
pub(super) struct Once<'a> {
    pub(super) hubspot: &'a HubSpot,
    /// Its name in addresses.
    pub(super) object: &'static str,
    /// Its unique property.
    pub(super) key: &'static str,
}

impl Once<'_> {
    /// One outcome for each row, in their order; the first of one key counts. Those that are there are not written: a
    /// create carries the contact along, so what is there is tied.
    pub(super) async fn make(&self, rows: Vec<Value>) -> Vec<Result<Written, CrmError>> {
        let first: BTreeMap<&str, &Value> = rows.iter().rev().map(|row| (self.key_of(row), row)).collect();
        let keys: Vec<_> = first.keys().copied().collect();
        let url = self.hubspot.objects(&format!("{}/batch/read", self.object));
        let told = match keyed::there(self.hubspot, &url, self.key, &keys).await {
            Ok(there) => self.make_missing(first, there).await,
            Err(refusal) => keys.iter().map(|key| ((*key).to_owned(), Err(refusal.clone()))).collect(),
        };
        let again = |written: Written| Written { created: false, ..written };
        keyed::outcomes(rows.iter().map(|row| self.key_of(row)), &told, again)
    }

    async fn make_missing(
        &self,
        first: BTreeMap<&str, &Value>,
        there: BTreeMap<String, RecordId>,
    ) -> Told<Written> {
        let missing = first.into_iter().filter(|(key, _)| !there.contains_key(*key));
        let (keys, rows): (Vec<_>, Vec<_>) = missing.map(|(key, row)| (key.to_owned(), row.clone())).unzip();
        let url = self.hubspot.objects(&format!("{}/batch/create", self.object));
        let outcomes =
            Rows { hubspot: self.hubspot, url, key: self.key, sent: rows }.send_all(&mut None).await;
        let made =
            outcomes.into_iter().map(|outcome| race(outcome.map(|made| Written { created: true, ..made })));
        let old = |record: RecordId| Ok(Written { record, created: false });
        keys.into_iter().zip(made).chain(there.into_iter().map(|(key, record)| (key, old(record)))).collect()
    }

    fn key_of<'r>(&self, row: &'r Value) -> &'r str {
        row["properties"][self.key].as_str().unwrap_or_default()
    }
}

/// Whoever made one of this key meanwhile has made it.
fn race(outcome: Outcome) -> Outcome {
    match outcome {
        Err(Refusal { kind: CrmErrorKind::Conflict { existing: Some(record) }, .. }) => {
            Ok(Written { record, created: false })
        }
        outcome => outcome,
    }
}

/// A row that is made with the contact it is about; `kind` is the number of the association.
pub(super) fn tied(properties: &Value, contact: &RecordId, kind: u32) -> Value {
    let kind = json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind});
    json!({
        "properties": properties,
        "associations": [{"to": {"id": contact.as_str()}, "types": [kind]}],
    })
}
