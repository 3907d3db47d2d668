//! Rows of what is beside contacts, each known by a unique property of ours.

use std::ops::Range;

use serde_json::{Value, json};

use super::{Door, Named, Outcome, outcomes, trace};
use crate::client::HubSpot;
use crate::error::Refusal;

/// A batch endpoint and what goes there.
pub(crate) struct Rows<'a> {
    pub(crate) hubspot: &'a HubSpot,
    pub(crate) url: String,
    /// The unique property, which each row has among its `properties`.
    pub(crate) key: &'static str,
    pub(crate) sent: Vec<Value>,
}

impl Rows<'_> {
    /// Sends them all.
    pub(crate) async fn send_all(&self, stop: &mut Option<Refusal>) -> Vec<Outcome> {
        super::send(self, self.sent.len(), stop).await
    }

    /// The id of an upsert is the value of its `idProperty`, and of an update the record's.
    fn named<'r>(&self, row: &'r Value) -> Named<'r> {
        let is_key = row["idProperty"].is_string();
        let record = row["id"].as_str().filter(|_| !is_key);
        Named { key: row["properties"][self.key].as_str(), record }
    }
}

impl Door for Rows<'_> {
    async fn send(&self, rows: Range<usize>) -> Result<Vec<Outcome>, Refusal> {
        let (first, sent) = (rows.start, &self.sent[rows]);
        let inputs: Vec<_> = sent.iter().zip(first..).map(|(row, n)| traced(row, n)).collect();
        let answer = self.hubspot.post(&self.url, &json!({ "inputs": inputs })).await?;
        Ok(outcomes(first, sent.iter().map(|row| self.named(row)), self.key, &answer, &[]))
    }
}

fn traced(row: &Value, n: usize) -> Value {
    let mut row = row.clone();
    row["objectWriteTraceId"] = trace(n).into();
    row
}
