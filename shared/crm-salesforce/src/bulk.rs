//! Very many rows at once: a job of Bulk API 2.0, whose three results are counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crm::{CrmErrorKind, Written};
use outbound::{Answer, Method};
use serde_json::{Value, json};

use crate::client::Salesforce;
use crate::encode::Row;
use crate::error::{Of, Refusal, Scope};
use crate::limits::{BULK_FROM, BULK_PATIENCE, BULK_ROWS, BULK_WAITS};
use crate::rows::{Collection, Door, Outcome};
use crate::{csv, id, ours};

/// In CSV an empty cell leaves a field as it is; this clears it.
const CLEARS: &str = "#N/A";

/// Sends rows in jobs. One outcome for each, in their order; no two rows may be known by the same. A row that a job refuses
/// is sent once more in a collection, which says better why, unless there are very many.
pub(crate) async fn send(
    collection: &Collection<'_>,
    rows: &[Row<'_>],
    stop: &mut Option<Refusal>,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(rows.len());
    for part in rows.chunks(BULK_ROWS) {
        let told = match stop {
            Some(stop) => part.iter().map(|_| Err(stop.clone())).collect(),
            None => job(collection, part, stop).await,
        };
        outcomes.extend(told);
    }
    once_more(collection, rows, &mut outcomes, stop).await;
    outcomes
}

/// How many calls these rows take where each job is over when it is asked after for the first time: it is begun, filled,
/// started and asked after, and has three results.
pub(crate) fn calls(rows: usize) -> usize {
    rows.div_ceil(BULK_ROWS) * 7
}

async fn once_more(
    collection: &Collection<'_>,
    rows: &[Row<'_>],
    outcomes: &mut [Outcome],
    stop: &mut Option<Refusal>,
) {
    let is_open = |outcome: &Outcome| outcome.as_ref().is_err_and(|refusal| refusal.is_from_a_job);
    let open: Vec<usize> = (0..rows.len()).filter(|n| is_open(&outcomes[*n])).collect();
    if open.is_empty() || open.len() > BULK_FROM {
        return;
    }
    let again: Vec<_> = open.iter().map(|n| rows[*n].clone()).collect();
    for (n, outcome) in open.iter().zip(collection.send(&again, stop).await) {
        outcomes[*n] = outcome;
    }
}

async fn job(collection: &Collection<'_>, rows: &[Row<'_>], stop: &mut Option<Refusal>) -> Vec<Outcome> {
    match run(collection, rows).await {
        Ok(told) => rows.iter().map(|row| told.outcome(&name(collection.door, row))).collect(),
        Err(refusal) => {
            *stop = Some(refusal.clone()).filter(Refusal::stops);
            rows.iter().map(|_| Err(refusal.clone())).collect()
        }
    }
}

/// By what a row is known in the job's results.
fn name(door: Door, row: &Row<'_>) -> String {
    let name = match door {
        Door::Upsert(key) | Door::Create(key) => row.value(key),
        Door::Update => row.id.as_deref().map(Cow::Borrowed),
    };
    name.unwrap_or_default().into_owned()
}

async fn run(collection: &Collection<'_>, rows: &[Row<'_>]) -> Result<Told, Refusal> {
    let salesforce = collection.salesforce;
    let id = begin(collection).await?;
    salesforce.put_csv(&format!("jobs/ingest/{id}/batches"), text(rows)).await?;
    let complete = json!({"state": "UploadComplete"});
    salesforce.call(Method::PATCH, &format!("jobs/ingest/{id}"), Some(&complete), Of::Call).await?;
    // From here on rows may have been written, whatever is not heard of them.
    let ended = ended(salesforce, &id).await.map_err(after_the_start)?;
    told(collection, &id, &ended).await.map_err(after_the_start)
}

async fn begin(collection: &Collection<'_>) -> Result<String, Refusal> {
    let mut job = json!({
        "object": collection.object,
        "operation": if collection.door == Door::Update { "update" } else { "upsert" },
        "contentType": "CSV",
        "lineEnding": "LF",
    });
    if let Door::Upsert(key) = collection.door {
        job["externalIdFieldName"] = key.into();
    }
    let answer = collection.salesforce.call(Method::POST, "jobs/ingest", Some(&job), Of::Call).await?;
    made_id(&answer).ok_or_else(|| Refusal::unanswered(answer.status()).before_anything())
}

/// The id of what was made, in an answer: it becomes a part of addresses.
pub(crate) fn made_id(answer: &Answer) -> Option<String> {
    let said: Value = answer.json().unwrap_or_default();
    id::record_id(said["id"].as_str()?).map(|id| id.as_str().to_owned())
}

fn after_the_start(mut refusal: Refusal) -> Refusal {
    refusal.kind = CrmErrorKind::Unanswered;
    refusal
}

/// Rows of one head. A row says nothing where it has no word for a column.
fn text(rows: &[Row<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, _) in rows.iter().flat_map(|row| &row.cells) {
        if seen.insert(&**name) {
            names.push(name);
        }
    }
    let by_id = rows.iter().any(|row| row.id.is_some());
    let mut text = String::new();
    csv::push(&mut text, by_id.then_some("Id").into_iter().chain(names.iter().copied()).map(Cow::Borrowed));
    for row in rows {
        let cells: BTreeMap<&str, _> = row.cells.iter().map(|(name, cell)| (&**name, cell)).collect();
        let said = |name: &&str| {
            cells.get(*name).map_or(Cow::Borrowed(""), |cell| cell.plain().unwrap_or(CLEARS.into()))
        };
        let id = by_id.then(|| Cow::Borrowed(row.id.as_deref().unwrap_or_default()));
        csv::push(&mut text, id.into_iter().chain(names.iter().map(said)));
    }
    text
}

/// Asks until the job is over; gives its last word.
async fn ended(salesforce: &Salesforce, id: &str) -> Result<Value, Refusal> {
    let (mut wait, longest) = BULK_WAITS;
    let mut waited = Duration::ZERO;
    loop {
        let answer = salesforce.get(&format!("jobs/ingest/{id}")).await?;
        let said: Value = answer.json().unwrap_or_default();
        if matches!(said["state"].as_str(), Some("JobComplete" | "Failed" | "Aborted")) {
            return Ok(said);
        }
        if waited >= BULK_PATIENCE {
            return Err(Refusal::new(CrmErrorKind::Unanswered, Scope::Everyone, "the job is not over"));
        }
        tokio::time::sleep(wait).await;
        (waited, wait) = (waited + wait, longest.min(wait * 2));
    }
}

/// What the results say, by what rows are known by.
#[derive(Default)]
struct Told {
    outcomes: BTreeMap<String, Outcome>,
}

impl Told {
    /// A row that no result speaks of may have been written.
    fn outcome(&self, name: &str) -> Outcome {
        self.outcomes.get(name).cloned().unwrap_or_else(|| Err(Refusal::unanswered(200)))
    }
}

async fn told(collection: &Collection<'_>, id: &str, ended: &Value) -> Result<Told, Refusal> {
    let mut told = Told::default();
    for result in ["successfulResults", "failedResults", "unprocessedrecords"] {
        let answer = collection.salesforce.get(&format!("jobs/ingest/{id}/{result}")).await?;
        let text = String::from_utf8_lossy(answer.body());
        let mut rows = csv::rows(&text).into_iter();
        let head = rows.next().unwrap_or_default();
        for row in rows {
            let found = Line { head: &head, row: &row };
            if let Some(name) = found.name(collection.door) {
                told.outcomes
                    .insert(name, found.outcome(collection.door, result, ended, collection.salesforce));
            }
        }
    }
    Ok(told)
}

/// One row of a result.
struct Line<'a> {
    head: &'a [String],
    row: &'a [String],
}

impl Line<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let place = self.head.iter().position(|theirs| theirs.eq_ignore_ascii_case(name))?;
        self.row.get(place).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn name(&self, door: Door) -> Option<String> {
        let name = match door {
            Door::Upsert(key) | Door::Create(key) => self.value(key),
            Door::Update => self.value("Id"),
        };
        name.map(str::to_owned)
    }

    fn outcome(&self, door: Door, result: &str, ended: &Value, salesforce: &Salesforce) -> Outcome {
        match (result, self.value("sf__Id").and_then(id::record_id)) {
            ("successfulResults", Some(record)) => {
                Ok(Written { record, created: self.value("sf__Created") == Some("true") })
            }
            ("successfulResults", None) => Err(Refusal::unanswered(200)),
            ("failedResults", _) => Err(self.refused(door, salesforce)),
            _ => Err(unprocessed(ended, salesforce)),
        }
    }

    /// `DUPLICATE_VALUE:duplicate value found: ...:Shopify_Customer_ID__c --`.
    fn refused(&self, door: Door, salesforce: &Salesforce) -> Refusal {
        let error = self.value("sf__Error").unwrap_or_default();
        let (code, message) = error.split_once(':').unwrap_or((error, ""));
        let fields = message.rsplit(':').next().unwrap_or_default().trim_end_matches("--").trim();
        let fields: Vec<_> = fields.split(',').map(str::trim).filter(|field| !field.is_empty()).collect();
        let body = json!([{"statusCode": code, "message": message, "fields": fields}]);
        let mut refusal = Refusal::of_row(&body, door.of(), salesforce.words());
        refusal.is_from_a_job = true;
        refusal
    }
}

/// What was not begun was not written. A job that could not even read its head says which column it does not know.
fn unprocessed(ended: &Value, salesforce: &Salesforce) -> Refusal {
    let message = ended["errorMessage"].as_str().unwrap_or_default();
    let column = message.split_once("Field name not found : ").map(|(_, name)| name.trim());
    match column.and_then(|name| ours::name(name, salesforce.words())) {
        Some(name) => Refusal::new(CrmErrorKind::MissingField { name }, Scope::Everyone, "job: InvalidBatch"),
        None => Refusal::new(CrmErrorKind::Unavailable, Scope::Record, "job: not processed"),
    }
}
