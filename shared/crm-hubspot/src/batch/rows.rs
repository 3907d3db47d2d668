//! Rows of deals and notes on their way: batches, and their halves where one row spoils a whole.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use crm::{CrmErrorKind, Written};
use domain::RecordId;
use outbound::{Answer, Method};
use serde_json::{Value, json};

use crate::batch::{Outcome, trace};
use crate::client::HubSpot;
use crate::decode::Results;
use crate::error::{self, Refusal, Scope};
use crate::limits::{MAX_INPUTS, MAX_UNNAMED};
use crate::loose::texts;

/// A batch endpoint, and how its answers are read.
pub(crate) struct Batch<'a> {
    pub(crate) hubspot: &'a HubSpot,
    pub(crate) url: String,
    pub(crate) answers: Answers,
}

/// What a batch endpoint answers with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answers {
    /// Records that are known by this unique property. Each row gets a trace id, so that a bad row fails alone.
    Records(&'static str),
    /// Pairs of records: all that were sent, or none.
    Pairs,
}

impl Batch<'_> {
    /// Sends rows, at most so many at once as HubSpot takes. One outcome for each, in their order; no two rows may have
    /// one id. A part that is refused for one of its own, and not told which, is sent in halves. What would be refused in
    /// the same way is not sent.
    pub(crate) async fn send(&self, rows: &[Value]) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = rows.iter().map(|_| Err(Refusal::unanswered(0))).collect();
        let mut parts = parts(rows.len());
        let (mut stop, mut unnamed): (Option<Refusal>, usize) = (None, 0);
        while let Some(part) = parts.pop_front() {
            let sent = match &stop {
                Some(stop) => Err(stop.clone()),
                None => self.part(&rows[part.clone()], part.start).await,
            };
            match sent {
                Ok(told) => {
                    unnamed = 0;
                    outcomes.splice(part, told);
                }
                Err(refusal) if part.len() > 1 && stop.is_none() && refusal.scope != Scope::Everyone => {
                    let middle = part.start + part.len() / 2;
                    parts.push_front(middle..part.end);
                    parts.push_front(part.start..middle);
                }
                Err(refusal) => {
                    unnamed += usize::from(refusal.scope == Scope::Unnamed);
                    // One row after the other without a reason: it is the account, not the rows.
                    if refusal.stops() || unnamed >= MAX_UNNAMED {
                        stop = Some(refusal.clone());
                    }
                    let told: Vec<_> = part.clone().map(|_| Err(refusal.clone())).collect();
                    outcomes.splice(part, told);
                }
            }
        }
        outcomes
    }

    async fn part(&self, rows: &[Value], first: usize) -> Result<Vec<Outcome>, Refusal> {
        let inputs: Vec<_> = rows.iter().zip(first..).map(|(row, n)| self.input(row, n)).collect();
        let answer = self.hubspot.call(Method::POST, &self.url, Some(&json!({ "inputs": inputs }))).await;
        match self.answers {
            Answers::Records(key) => {
                let answer = answer.map_err(Refusal::about_no_record)?;
                Ok(outcomes(rows, first, key, &answer))
            }
            // A 404 is one of the records.
            Answers::Pairs => {
                let answer = answer?;
                let said = answer.json().unwrap_or_default();
                Ok(rows.iter().map(|pair| associated(pair, &said, answer.status())).collect())
            }
        }
    }

    fn input(&self, row: &Value, n: usize) -> Value {
        let mut row = row.clone();
        if matches!(self.answers, Answers::Records(_)) {
            row["objectWriteTraceId"] = trace(n).into();
        }
        row
    }
}

fn parts(rows: usize) -> VecDeque<Range<usize>> {
    let starts = (0..rows).step_by(MAX_INPUTS);
    starts.map(|start| start..rows.min(start + MAX_INPUTS)).collect()
}

/// The association of the first record of a pair with the second.
pub(crate) fn pair(from: &RecordId, to: &RecordId) -> Value {
    json!({"from": {"id": from.as_str()}, "to": {"id": to.as_str()}})
}

/// A 2xx proves only the pairs that it names, in either direction.
fn associated(pair: &Value, said: &Value, status: u16) -> Outcome {
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

/// The outcome of each row of a part. Results come in any order, so each is found by its trace id, or by what its row is
/// known by; a row that the answer does not speak of is unanswered.
fn outcomes(rows: &[Value], first: usize, key: &str, answer: &Answer) -> Vec<Outcome> {
    let said: Results = answer.json().unwrap_or_default();
    let mut places = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let known_by = texts(&row["id"]).into_iter().chain(texts(&row["properties"][key]));
        places.extend(known_by.chain([trace(first + place)]).map(|name| (name, place)));
    }
    let mut told: Vec<Option<Outcome>> = rows.iter().map(|_| None).collect();
    for row in &said.results {
        let names = [row.object_write_trace_id.as_deref(), row.value(key), row.id.as_deref()];
        let place = names.into_iter().flatten().find_map(|name| places.get(name));
        if let (Some(place), Some(outcome)) = (place, row.written()) {
            told[*place] = Some(Ok(outcome));
        }
    }
    for error in &said.errors {
        let (traces, ids) = error::named(error);
        for place in traces.iter().chain(&ids).filter_map(|name| places.get(name)) {
            told[*place] = Some(Err(Refusal::of_row(error, &[])));
        }
    }
    let unanswered = || Err(Refusal::unanswered(answer.status()));
    told.into_iter().map(|outcome| outcome.unwrap_or_else(unanswered)).collect()
}

/// The records that carry these values of a unique property, by value. It is not the search index, so it is not behind.
/// Each value once.
pub(crate) async fn there(
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
