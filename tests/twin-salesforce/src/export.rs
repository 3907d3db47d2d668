//! `jobs/query`: a query whose rows are read in parts, as CSV.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    answer::Answer,
    call::Call,
    csv,
    endpoint::JobStep,
    ingest::Change,
    job::{Job, JobState, RowEnd, invalid, wrong_state},
    moment,
    refusal::Refusal,
    soql,
    state::State,
    write::How,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewJob {
    operation: String,
    query: String,
    content_type: Option<String>,
    line_ending: Option<String>,
    column_delimiter: Option<String>,
}

pub(crate) fn answer(state: &mut State, step: &JobStep, call: &Call, how: &How) -> Result<Answer, Refusal> {
    match step {
        JobStep::Make => make(state, &call.body, how),
        JobStep::Change(id) => abort(state, id, &call.body),
        JobStep::Get(id) => {
            if state.poll(id, true)? {
                work(state, id, how);
            }
            state.job_told(id, true)
        }
        JobStep::Delete(id) => state.drop_job(id, true),
        JobStep::Results(id, _) => results(state.job(id, true)?, call),
        JobStep::Upload(_) => Err(Refusal::not_found()),
    }
}

fn make(state: &mut State, body: &[u8], how: &How) -> Result<Answer, Refusal> {
    let new: NewJob = serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error))?;
    let plain = |value: Option<String>, wanted: &str| value.is_none_or(|value| value == wanted);
    let fits = plain(new.content_type, "CSV")
        && plain(new.line_ending, "LF")
        && plain(new.column_delimiter, "COMMA");
    if !fits || !matches!(new.operation.as_str(), "query" | "queryAll") {
        return Err(invalid("the operation is query or queryAll, and the org gives CSV with commas and LF"));
    }
    let object = soql::check(state, &new.query, how)?;
    let mut job = state.new_job(true, &new.operation, &object, how);
    job.text = Some(new.query);
    Ok(state.open_job(job))
}

fn abort(state: &mut State, id: &str, body: &[u8]) -> Result<Answer, Refusal> {
    let change: Change = serde_json::from_slice(body).map_err(|error| Refusal::malformed(&error))?;
    let job = state.job(id, true)?;
    if change.state != "Aborted" || job.state.is_over() {
        return Err(wrong_state(job, &format!("it cannot become {}", change.state)));
    }
    let id = job.id.clone();
    if let Some(job) = state.jobs.get_mut(&id) {
        job.state = JobState::Aborted;
    }
    state.job_told(&id, true)
}

/// The records as they are when the job is done.
fn work(state: &mut State, id: &str, how: &How) {
    let Ok(mut job) = state.job(id, true).cloned() else { return };
    let text = job.text.clone().unwrap_or_default();
    match soql::run(state, &text, job.operation == "queryAll", how) {
        Ok(found) => {
            let row = |record: &Value| found.columns.iter().map(|name| cell(record, name)).collect();
            let done = |record: &Value| {
                let id = record["Id"].as_str().unwrap_or_default().to_owned();
                (row(record), RowEnd::Done { id, created: false })
            };
            job.rows = found.records.iter().map(done).collect();
            job.header = found.columns;
            job.state = JobState::JobComplete;
        }
        Err(refusal) => {
            job.error = Some(format!("{}: {}", refusal.code, refusal.message));
            job.state = JobState::Failed;
        }
    }
    state.jobs.insert(job.id.clone(), job);
}

fn cell(record: &Value, name: &str) -> String {
    let named = |of: &Value, name: &str| {
        let pairs = of.as_object().into_iter().flatten();
        pairs.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    let value = match name.split_once('.') {
        Some((relationship, field)) => named(record, relationship).and_then(|behind| named(&behind, field)),
        None => named(record, name),
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) if moment::is_shown(&text) => moment::in_csv(&text),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

/// So many rows from a locator on; the header says where the next part begins, `null` after the last.
fn results(job: &Job, call: &Call) -> Result<Answer, Refusal> {
    if job.state != JobState::JobComplete {
        return Err(wrong_state(job, "results are there when the job is complete"));
    }
    let from = call.parameter("locator").map_or(Some(0), position);
    let from = from.filter(|from| *from <= job.rows.len());
    let from = from.ok_or_else(|| Refusal::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator"))?;
    let most = call
        .parameter("maxRecords")
        .map_or(Some(usize::MAX), |most| most.parse().ok().filter(|most| *most > 0));
    let most = most.ok_or_else(|| invalid("maxRecords is a number above 0"))?;
    let until = from.saturating_add(most).min(job.rows.len());
    let mut text = csv::line(job.header.iter().map(String::as_str));
    job.rows[from..until]
        .iter()
        .for_each(|(row, _)| text.push_str(&csv::line(row.iter().map(String::as_str))));
    let next = if until == job.rows.len() { "null".to_owned() } else { STANDARD.encode(until.to_string()) };
    let headers = vec![("sforce-locator", next), ("sforce-numberofrecords", (until - from).to_string())];
    Ok(Answer::Csv { text, headers })
}

fn position(locator: &str) -> Option<usize> {
    String::from_utf8(STANDARD.decode(locator).ok()?).ok()?.parse().ok()
}
