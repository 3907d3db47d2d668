//! The way of a call through the org: path, session, limits, faults, work.

use crate::{
    answer::{Answer, Headers},
    call::Call,
    collections, composite, describe,
    endpoint::Endpoint,
    export,
    fault::{Fate, FaultKind},
    ingest, oauth, query,
    refusal::Refusal,
    retrieve, single,
    state::State,
    tooling,
    write::{Hand, How},
};

/// Bytes of path and query at most.
const LONGEST_URI: usize = 16_000;

/// Answers one call of the API, with the headers that go with it.
pub(crate) fn answer(state: &mut State, call: &Call, now_ms: i64) -> (Answer, Headers) {
    if call.uri.len() > LONGEST_URI {
        return (Answer::Html { status: 414 }, Headers::new());
    }
    match Endpoint::of(call, state.settings.newest_version) {
        Ok((endpoint, version)) => {
            let how = How { hand: Hand::Api, allow_save: allows_save(call, version), version, now_ms };
            state.note(&endpoint.name(), call);
            let answered = pass(state, call, &endpoint, &how);
            let answer = answered.unwrap_or_else(|refusal| Answer::refused(&refusal));
            (answer, headers(state, &endpoint, now_ms))
        }
        Err(refusal) => (Answer::refused(&refusal), Headers::new()),
    }
}

/// The header came with version 52.
fn allows_save(call: &Call, version: u32) -> bool {
    let said = call.option("sforce-duplicate-rule-header", "allowSave");
    version >= 52 && said.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn headers(state: &mut State, endpoint: &Endpoint, now_ms: i64) -> Headers {
    if matches!(endpoint, Endpoint::Token | Endpoint::Identity | Endpoint::Versions) {
        return Headers::new();
    }
    let used = state.limits.used(now_ms);
    vec![("sforce-limit-info", format!("api-usage={used}/{}", state.settings.daily_max))]
}

fn pass(state: &mut State, call: &Call, endpoint: &Endpoint, how: &How) -> Result<Answer, Refusal> {
    if !matches!(endpoint, Endpoint::Token | Endpoint::Versions) {
        authenticate(state, call, how.now_ms)?;
        // What is left can be asked for even when nothing is.
        let free = matches!(endpoint, Endpoint::Limits | Endpoint::Identity);
        if !free && !state.limits.admit(state.settings.daily_max, how.now_ms) {
            return Err(Refusal::limited("TotalRequests"));
        }
    }
    let rows = state.rows_of(endpoint, call);
    let fate = state.fate(&endpoint.name(), &rows);
    match &fate.whole {
        None => work(state, call, endpoint, &fate, how),
        Some((FaultKind::AnswerLost, _)) => {
            // The work is done, whatever comes of it: the client never learns.
            drop(work(state, call, endpoint, &fate, how));
            Ok(Answer::Cut)
        }
        Some((kind, refusal)) => instead_of_work(*kind, refusal),
    }
}

fn instead_of_work(kind: FaultKind, refusal: &Refusal) -> Result<Answer, Refusal> {
    match kind {
        FaultKind::HtmlGateway => Ok(Answer::Html { status: 502 }),
        FaultKind::ConnectionCut => Ok(Answer::Cut),
        _ => Err(refusal.clone()),
    }
}

fn authenticate(state: &State, call: &Call, now_ms: i64) -> Result<(), Refusal> {
    let ends = call.token().and_then(|token| state.sessions.get(token));
    let open = ends.is_some_and(|ends| *ends > now_ms) && !state.refuses_everybody;
    if open { Ok(()) } else { Err(Refusal::no_session()) }
}

fn work(
    state: &mut State,
    call: &Call,
    endpoint: &Endpoint,
    fate: &Fate,
    how: &How,
) -> Result<Answer, Refusal> {
    match endpoint {
        Endpoint::Token => Ok(oauth::answer(state, call, how.now_ms)),
        Endpoint::Identity => Ok(oauth::identity(state)),
        Endpoint::Versions => Ok(describe::versions(state)),
        Endpoint::Limits => Ok(describe::limits(state, how.now_ms)),
        Endpoint::Objects => Ok(describe::objects(state)),
        Endpoint::Describe { object } => describe::object(state, object),
        Endpoint::Query { .. } | Endpoint::More { .. } => query::answer(state, call, endpoint, how),
        Endpoint::Collection(op) => collections::answer(state, *op, call, fate, how),
        Endpoint::CollectionUpsert { object, field } => {
            collections::upsert(state, (object, field), call, fate, how)
        }
        Endpoint::Retrieve { object } => retrieve::answer(state, object, call, fate, how),
        Endpoint::CreateField => tooling::create_field(state, &call.body, how),
        Endpoint::Ingest(step) => ingest::answer(state, step, call, how),
        Endpoint::QueryJob(step) => export::answer(state, step, call, how),
        Endpoint::Composite => composite::answer(state, call, how),
        _ => single::answer(state, endpoint, call, fate, how),
    }
}

/// A call inside another one: its session and its limits were looked at, and it counts as nothing.
pub(crate) fn inner(
    state: &mut State,
    call: &Call,
    endpoint: &Endpoint,
    how: &How,
) -> Result<Answer, Refusal> {
    let rows = state.rows_of(endpoint, call);
    let fate = state.fate(&endpoint.name(), &rows);
    match &fate.whole {
        None => work(state, call, endpoint, &fate, how),
        Some((kind, refusal)) => instead_of_work(*kind, refusal),
    }
}
