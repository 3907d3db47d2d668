//! `query`, `queryAll` and the pages that follow.

use serde_json::{Value, json};

use crate::{
    answer::Answer, call::Call, endpoint::Endpoint, refusal::Refusal, soql, state::State, write::How,
};

/// Queries with pages to come that one user may have open; the oldest ends.
const MOST_CURSORS: usize = 10;

/// Objects that only the tooling API knows, and only it is asked for.
const TOOLING: [&str; 1] = ["CustomField"];

pub(crate) fn answer(
    state: &mut State,
    call: &Call,
    endpoint: &Endpoint,
    how: &How,
) -> Result<Answer, Refusal> {
    match endpoint {
        Endpoint::More { cursor } => more(state, cursor, call, how),
        Endpoint::Query { all, tooling } => first(state, call, *all, *tooling, how),
        _ => Err(Refusal::not_found()),
    }
}

fn first(state: &mut State, call: &Call, all: bool, tooling: bool, how: &How) -> Result<Answer, Refusal> {
    let Some(text) = call.parameter("q").filter(|text| !text.trim().is_empty()) else {
        return Err(Refusal::malformed_query("A query string has to be specified"));
    };
    let object = soql::parse(text)?.object;
    if TOOLING.iter().any(|name| name.eq_ignore_ascii_case(&object.text)) != tooling {
        let words = format!("sObject type '{}' is not supported.", object.text);
        return Err(Refusal::new(400, "INVALID_TYPE", soql::pointed(text, object.at, &words)));
    }
    let found = soql::run(state, text, all, how)?;
    let size = page_size(state, call);
    if found.records.len() <= size {
        return Ok(Answer::ok(json!({"totalSize": found.total, "done": true, "records": found.records})));
    }
    let cursor = state.next_of("01g");
    state.cursors.insert(cursor.clone(), found.records);
    if state.cursors.len() > MOST_CURSORS {
        state.cursors.pop_first();
    }
    Ok(page(state, &cursor, 0, size, how))
}

/// What the call asks for, between 200 and 2,000, and never more than the org's pages have.
fn page_size(state: &State, call: &Call) -> usize {
    let asked = call.option("sforce-query-options", "batchSize").and_then(|size| size.parse::<usize>().ok());
    asked.map_or(state.settings.page_size, |size| size.clamp(200, 2_000).min(state.settings.page_size))
}

fn more(state: &State, cursor: &str, call: &Call, how: &How) -> Result<Answer, Refusal> {
    let unknown = || Refusal::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    let (id, from) = cursor.rsplit_once('-').ok_or_else(unknown)?;
    let from: usize = from.parse().map_err(|_| unknown())?;
    if state.cursors.get(id).is_none_or(|rows| from >= rows.len()) {
        return Err(unknown());
    }
    Ok(page(state, id, from, page_size(state, call), how))
}

fn page(state: &State, cursor: &str, from: usize, size: usize, how: &How) -> Answer {
    let rows = state.cursors.get(cursor).map(Vec::as_slice).unwrap_or_default();
    let until = (from + size).min(rows.len());
    let done = until == rows.len();
    let mut body = json!({"totalSize": rows.len(), "done": done, "records": rows[from..until]});
    if !done {
        let next = format!("/services/data/v{}.0/query/{cursor}-{until}", how.version);
        body["nextRecordsUrl"] = Value::String(next);
    }
    Answer::ok(body)
}
