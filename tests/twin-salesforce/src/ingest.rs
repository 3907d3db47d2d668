//! `jobs/ingest`: a load of rows, done when it was asked after often enough.

use serde::Deserialize;

use crate::{
    answer::{Answer, Headers},
    call::Call,
    csv,
    endpoint::JobStep,
    job::{Job, JobState, RowEnd, invalid, wrong_state},
    load,
    refusal::Refusal,
    state::State,
    write::How,
};

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
        load::run(state, &mut job, how);
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
