//! Pairs of records that belong together.

use std::ops::Range;

use crm::Written;
use domain::RecordId;
use outbound::Method;
use serde_json::{Value, json};

use super::{Door, Outcome};
use crate::client::HubSpot;
use crate::decode::loose::texts;
use crate::error::Refusal;

/// An endpoint that ties pairs, and the pairs. It ties all that were sent, or none.
pub(crate) struct Pairs<'a> {
    pub(crate) hubspot: &'a HubSpot,
    pub(crate) url: String,
    pub(crate) ends: Vec<Value>,
}

impl Pairs<'_> {
    /// Ties them all; each time, since it can be done again.
    pub(crate) async fn tie_all(&self, stop: &mut Option<Refusal>) -> Vec<Outcome> {
        super::send(self, self.ends.len(), stop).await
    }
}

impl Door for Pairs<'_> {
    /// A 404 is one of the records, so nothing is said about the address.
    async fn send(&self, rows: Range<usize>) -> Result<Vec<Outcome>, Refusal> {
        let pairs = &self.ends[rows];
        let answer = self.hubspot.call(Method::POST, &self.url, Some(&json!({ "inputs": pairs }))).await?;
        let said = answer.json().unwrap_or_default();
        Ok(pairs.iter().map(|pair| tied(pair, &said, answer.status())).collect())
    }
}

/// The association of the first record of a pair with the second.
pub(crate) fn pair(from: &RecordId, to: &RecordId) -> Value {
    json!({"from": {"id": from.as_str()}, "to": {"id": to.as_str()}})
}

/// A 2xx proves only the pairs that it names, in either direction.
fn tied(pair: &Value, said: &Value, status: u16) -> Outcome {
    let id = |end: &Value| texts(&end["id"]).into_iter().next().unwrap_or_default();
    let ends = (id(&pair["from"]), id(&pair["to"]));
    let is = |result: &Value| {
        let (from, to) = (id(&result["from"]), id(&result["to"]));
        (&from, &to) == (&ends.0, &ends.1) || (&to, &from) == (&ends.0, &ends.1)
    };
    let named = said["results"].as_array().into_iter().flatten().any(is);
    let written = || Written { record: RecordId::new(&ends.0), created: false };
    if named { Ok(written()) } else { Err(Refusal::unanswered(status)) }
}
