//! `jobs/ingest`: a load of rows, done when it was asked after often enough.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Headers},
    call::Call,
    csv,
    endpoint::JobStep,
    fault::Fate,
    id,
    job::{Job, JobState, RowEnd, invalid, wrong_state},
    refusal::Refusal,
    state::State,
    write::{How, Upserted, several_words},
};

/// Rows that Salesforce saves together; keys are held against each other within them.
const CHUNK: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewJob {
    object: String,
    operation: String,
    external_id_field_name: Option<String>,
    content_type: Option<String>,
    line_ending: Option<String>,
    column_delimiter: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    pub(crate) state: String,
}

pub(crate) fn answer(state: &mut State, step: &JobStep, call: &Call, how: &How) -> Result<Answer, Refusal> {
    match step {
        JobStep::Make => make(state, &call.body, how),
        JobStep::Upload(id) => upload(state, id, call),
        JobStep::Change(id) => change(state, id, &call.body),
        JobStep::Get(id) => {
            if state.poll(id, false)? {
                work(state, id, how);
            }
            state.job_told(id, false)
        }
        JobStep::Delete(id) => state.drop_job(id, false),
        JobStep::Results(id, which) => results(state.job(id, false)?, which),
    }
}

fn make(state: &mut State, body: &[u8], how: &How) -> Result<Answer, Refusal> {
    let new: NewJob = serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error))?;
    let table =
        state.table(&new.object).ok_or_else(|| Refusal::new(400, "INVALIDENTITY", "no such object"))?;
    if new.content_type.is_some_and(|kind| kind != "CSV")
        || new.line_ending.is_some_and(|ending| !matches!(ending.as_str(), "LF" | "CRLF"))
        || new.column_delimiter.is_some_and(|sign| sign != "COMMA")
    {
        return Err(invalid("the org takes CSV with commas, and LF or CRLF"));
    }
    let mut job = state.new_job(false, &new.operation, table.name, how);
    job.key = match (new.operation.as_str(), new.external_id_field_name) {
        ("upsert", Some(key)) => {
            let known = state.key(table, &key, how).map(|field| field.name.clone());
            Some(known.map_err(|_| invalid(format!("InvalidJob : Field name not found : {key}")))?)
        }
        ("upsert", None) => return Err(invalid("InvalidJob : externalIdFieldName is required for upsert")),
        ("insert" | "update" | "delete", None) => None,
        _ => return Err(invalid("InvalidJob : operation and externalIdFieldName do not fit")),
    };
    Ok(state.open_job(job))
}

/// The rows come once, as long as the job is open.
fn upload(state: &mut State, id: &str, call: &Call) -> Result<Answer, Refusal> {
    let job = state.job(id, false)?;
    if job.state != JobState::Open || job.text.is_some() {
        return Err(wrong_state(job, "rows are uploaded once, to an open job"));
    }
    if !call.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")) {
        return Err(invalid("the content type of rows is text/csv"));
    }
    let (id, text) = (job.id.clone(), String::from_utf8_lossy(&call.body).into_owned());
    if let Some(job) = state.jobs.get_mut(&id) {
        job.text = Some(text);
    }
    Ok(Answer::Bare { status: 201 })
}

fn change(state: &mut State, id: &str, body: &[u8]) -> Result<Answer, Refusal> {
    let change: Change = serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error))?;
    let job = state.job(id, false)?;
    let next = match change.state.as_str() {
        "UploadComplete" if job.state == JobState::Open && job.text.is_some() => JobState::UploadComplete,
        "Aborted" if !job.state.is_over() => JobState::Aborted,
        other => return Err(wrong_state(job, &format!("it cannot become {other}"))),
    };
    let id = job.id.clone();
    if let Some(job) = state.jobs.get_mut(&id) {
        job.state = next;
        if next == JobState::Aborted {
            (job.header, job.rows) = unprocessed(job.text.as_deref().unwrap_or_default());
        }
    }
    state.job_told(&id, false)
}

type Rows = (Vec<String>, Vec<(Vec<String>, RowEnd)>);

fn unprocessed(text: &str) -> Rows {
    let mut rows = csv::rows(text).unwrap_or_default().into_iter();
    let header = rows.next().unwrap_or_default();
    (header, rows.map(|row| (row, RowEnd::Unprocessed)).collect())
}

/// Does all the work of a job at once.
fn work(state: &mut State, id: &str, how: &How) {
    let Ok(mut job) = state.job(id, false).cloned() else { return };
    (job.header, job.rows) = unprocessed(job.text.as_deref().unwrap_or_default());
    job.error = unreadable(state, &job, how);
    job.state = if job.error.is_some() { JobState::Failed } else { JobState::JobComplete };
    if job.error.is_none() {
        load(state, &mut job, how);
    }
    state.jobs.insert(job.id.clone(), job);
}

/// Why no row can be done: the text is no CSV, or a column is no field.
fn unreadable(state: &State, job: &Job, how: &How) -> Option<String> {
    if let Err(words) = csv::rows(job.text.as_deref().unwrap_or_default()) {
        return Some(format!("InvalidBatch : Failed to parse CSV : {words}"));
    }
    let table = state.table(&job.object)?;
    let known = |name: &str| match name.split_once('.') {
        Some((relationship, _)) => table.relationship(relationship).is_some(),
        None => state.seen(table, name, how).is_some(),
    };
    let unknown = job.header.iter().find(|name| !known(name))?;
    Some(format!("InvalidBatch : Field name not found : {unknown}"))
}

fn load(state: &mut State, job: &mut Job, how: &How) {
    let left = state.settings.bulk_unprocessed.min(job.rows.len());
    let until = job.rows.len() - left;
    let records: Vec<Map<String, Value>> =
        job.rows[..until].iter().map(|(row, _)| record(&job.header, row)).collect();
    let fate = fate(state, job, &records);
    for (chunk, records) in records.chunks(CHUNK).enumerate() {
        let counts = counts(job, records);
        for (at, record) in records.iter().enumerate() {
            let row = chunk * CHUNK + at;
            job.rows[row].1 = if fate.drops(row) {
                RowEnd::LeftOut
            } else {
                one(state, job, record, &counts, fate.rejects(row), how)
            };
        }
    }
    if left > 0 {
        job.state = JobState::Failed;
        job.error = Some("TooManyErrors : the job was stopped before its end".to_owned());
    }
}

/// An empty cell says nothing, `#N/A` empties; a column with a dot names the record behind a reference.
fn record(header: &[String], row: &[String]) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, cell) in header.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
        let value = if cell == "#N/A" { Value::Null } else { json!(cell) };
        match name.split_once('.') {
            Some((relationship, key)) => drop(all.insert(relationship.to_owned(), json!({key: value}))),
            None => drop(all.insert(name.clone(), value)),
        }
    }
    all
}

fn fate(state: &mut State, job: &Job, records: &[Map<String, Value>]) -> Fate {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = |record: &Map<String, Value>| {
        record.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    };
    let mut rows: Vec<Vec<(String, String)>> = records.iter().map(told).collect();
    for row in &mut rows {
        state.add_held(&job.object, row);
    }
    state.fate(&format!("{}/jobs/ingest/rows", job.object), &rows)
}

fn key_of(job: &Job, record: &Map<String, Value>) -> Option<String> {
    let key = job.key.as_ref()?;
    let value = record.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?.1;
    value.as_str().map(str::to_owned)
}

fn counts(job: &Job, records: &[Map<String, Value>]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for key in records.iter().filter_map(|record| key_of(job, record)) {
        *counts.entry(key.to_lowercase()).or_default() += 1;
    }
    counts
}

fn one(
    state: &mut State,
    job: &Job,
    record: &Map<String, Value>,
    counts: &HashMap<String, usize>,
    rejected: Option<&Refusal>,
    how: &How,
) -> RowEnd {
    let id = record.iter().find(|(name, _)| name.eq_ignore_ascii_case("Id"));
    let id = id.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned();
    let done = match rejected {
        Some(refusal) => Err(refusal.clone()),
        None => saved(state, job, record, &id, counts, how),
    };
    match done {
        Ok((id, created)) => RowEnd::Done { id, created },
        Err(refusal) => RowEnd::Failed { id, error: refusal.bulk_error() },
    }
}

fn saved(
    state: &mut State,
    job: &Job,
    record: &Map<String, Value>,
    id: &str,
    counts: &HashMap<String, usize>,
    how: &How,
) -> Result<(String, bool), Refusal> {
    state.check_shapes(&job.object, record, "", how)?;
    let mut sent = record.clone();
    sent.retain(|name, _| !name.eq_ignore_ascii_case("Id"));
    match job.operation.as_str() {
        "insert" => state.create(&job.object, &sent, how).map(|id| (id, true)),
        "update" => state.update(&job.object, id, &sent, how).map(|()| (long(id), false)),
        "delete" => state.delete(&job.object, id, how.now_ms).map(|()| (long(id), false)),
        _ => upserted(state, job, sent, counts, how),
    }
}

fn long(id: &str) -> String {
    id::normal(id).unwrap_or_default()
}

fn upserted(
    state: &mut State,
    job: &Job,
    mut sent: Map<String, Value>,
    counts: &HashMap<String, usize>,
    how: &How,
) -> Result<(String, bool), Refusal> {
    let key = job.key.clone().unwrap_or_default();
    let missing = || Refusal::of_fields("MISSING_ARGUMENT", format!("{key} not specified"), &[]);
    let value = key_of(job, &sent).ok_or_else(missing)?;
    if counts.get(&value.to_lowercase()).is_some_and(|count| *count > 1) {
        let words = format!("Duplicate external id specified: {value}");
        return Err(Refusal::of_fields("DUPLICATE_VALUE", words, &[&key]));
    }
    sent.retain(|name, _| !name.eq_ignore_ascii_case(&key));
    match state.upsert(&job.object, (&key, &value), &sent, how, true)? {
        Upserted::Done { id, created } => Ok((id, created)),
        Upserted::Several(ids) => {
            Err(Refusal::of_fields("DUPLICATE_EXTERNAL_ID", several_words(&key, &ids), &[&key]))
        }
    }
}

/// One of the three lists, with the columns that were uploaded behind those of Salesforce.
fn results(job: &Job, which: &str) -> Result<Answer, Refusal> {
    if !job.state.is_over() {
        return Err(wrong_state(job, "results are there when the job is over"));
    }
    let own: &[&str] = match which {
        "successfulResults" => &["sf__Id", "sf__Created"],
        "failedResults" => &["sf__Id", "sf__Error"],
        _ => &[],
    };
    let mut text = csv::line(own.iter().copied().chain(job.header.iter().map(String::as_str)));
    for (row, end) in &job.rows {
        let said: Option<Vec<&str>> = match (which, end) {
            ("successfulResults", RowEnd::Done { id, created }) => {
                Some(vec![id, if *created { "true" } else { "false" }])
            }
            ("failedResults", RowEnd::Failed { id, error }) => Some(vec![id, error]),
            ("unprocessedrecords", RowEnd::Unprocessed) => Some(Vec::new()),
            _ => None,
        };
        if let Some(said) = said {
            text.push_str(&csv::line(said.into_iter().chain(row.iter().map(String::as_str))));
        }
    }
    Ok(Answer::Csv { text, headers: Headers::new() })
}
