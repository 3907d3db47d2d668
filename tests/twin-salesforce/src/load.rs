//! The rows of a load, saved one by one in chunks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::{
    fault::Fate,
    job::{Job, JobState, RowEnd},
    refusal::Refusal,
    state::State,
    write::{How, Upserted, several_words},
};

/// Rows that Salesforce saves together; keys are held against each other within them.
const CHUNK: usize = 200;

/// Does the rows of a job, but for those that are to stay unprocessed.
pub(crate) fn run(state: &mut State, job: &mut Job, how: &How) {
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
        "update" => state.update_row(&job.object, id, &sent, how).map(|id| (id, false)),
        "delete" => state.delete_row(&job.object, id, how.now_ms).map(|id| (id, false)),
        _ => upserted(state, job, sent, counts, how),
    }
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
