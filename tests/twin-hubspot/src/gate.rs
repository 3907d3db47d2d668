//! The way of a call through the portal: path, token, limits, faults, work.

use crate::{
    account,
    answer::Answer,
    association, batch, batch_read,
    call::Call,
    endpoint::{BatchOp, Endpoint},
    fault::{Fate, FaultKind},
    listing, merge, pipeline_routes, property_routes,
    refusal::Refusal,
    search, single,
    state::State,
    value::shown_time,
};

pub(crate) type Headers = Vec<(&'static str, String)>;

/// Answers one call of the CRM API, with the headers that go with it.
pub(crate) fn answer(state: &mut State, call: &Call, now_ms: i64) -> (Answer, Headers) {
    let endpoint = Endpoint::of(call);
    let limited = endpoint.as_ref().is_ok_and(|endpoint| !endpoint.is_search());
    let answered = endpoint.and_then(|endpoint| pass(state, call, &endpoint, now_ms));
    let headers = if limited { state.limits.headers(&state.settings) } else { Headers::new() };
    let answer = answered.unwrap_or_else(|refusal| Answer::refused(refusal, state.chance.uuid()));
    (answer, headers)
}

fn pass(state: &mut State, call: &Call, endpoint: &Endpoint, now_ms: i64) -> Result<Answer, Refusal> {
    *state.calls.entry(endpoint.name()).or_default() += 1;
    authenticate(state, call, now_ms)?;
    let settings = state.settings.clone();
    state.limits.admit(&settings, endpoint.is_search(), now_ms).map_err(Refusal::limited)?;
    let fate = state.fate(endpoint, &call.body);
    match fate.whole {
        None => work(state, call, endpoint, &fate, now_ms),
        Some((FaultKind::AnswerLost, _)) => {
            // The work is done, whatever comes of it: the client never learns.
            let done = work(state, call, endpoint, &fate, now_ms);
            done.map_or(Ok(Answer::Lost), |_| Ok(Answer::Lost))
        }
        Some((kind, status)) => instead_of_work(kind, status, endpoint.is_search()),
    }
}

fn instead_of_work(kind: FaultKind, status: u16, is_search: bool) -> Result<Answer, Refusal> {
    match kind {
        FaultKind::HtmlGateway => Ok(Answer::Html { status: 502 }),
        FaultKind::DailyLimited => Err(Refusal::limited("DAILY")),
        FaultKind::Unauthorized => Err(Refusal::unauthenticated()),
        FaultKind::RateLimited if is_search => Err(Refusal::limited("SECONDLY")),
        FaultKind::RateLimited => Err(Refusal::limited("TEN_SECONDLY_ROLLING")),
        _ => Err(Refusal::unavailable(status)),
    }
}

fn authenticate(state: &State, call: &Call, now_ms: i64) -> Result<(), Refusal> {
    if call.token.as_deref() != Some(state.token.as_str()) {
        return Err(Refusal::unauthenticated());
    }
    match state.token_expired_ms {
        Some(at) => Err(Refusal::expired((now_ms - at) / 1_000, &shown_time(at))),
        None => Ok(()),
    }
}

fn work(
    state: &mut State,
    call: &Call,
    endpoint: &Endpoint,
    fate: &Fate,
    now_ms: i64,
) -> Result<Answer, Refusal> {
    if !endpoint.is_batch() && fate.rejects(0) {
        return Err(batch::rejected());
    }
    let body: &[u8] = &call.body;
    match endpoint {
        Endpoint::Batch { kind, op: BatchOp::Read } => batch_read::answer(state, *kind, body, fate, now_ms),
        Endpoint::Batch { kind, op } => batch::answer(state, *kind, *op, body, fate, now_ms),
        Endpoint::Create { kind } => single::create(state, *kind, body, now_ms),
        Endpoint::List { kind } => listing::answer(state, *kind, call),
        Endpoint::Get { kind, id, by } => single::get(state, *kind, id, by.as_deref(), call),
        Endpoint::Update { kind, id, by } => single::update(state, *kind, id, by.as_deref(), body, now_ms),
        Endpoint::Archive { kind, id } => single::archive(state, *kind, id, now_ms),
        Endpoint::Search { kind } => search::answer(state, *kind, body, now_ms),
        Endpoint::Merge => merge::answer(state, body, now_ms),
        Endpoint::GdprDelete => single::gdpr_delete(state, body, now_ms),
        Endpoint::Associate { from, to } => association::one(state, from, to, now_ms),
        Endpoint::AssociateMany { from, to } => association::many(state, *from, *to, body, now_ms),
        Endpoint::Account => Ok(account::details(state)),
        Endpoint::Usage => Ok(account::usage(state, now_ms)),
        Endpoint::Pipelines
        | Endpoint::Pipeline { .. }
        | Endpoint::CreatePipeline
        | Endpoint::CreateStage { .. } => pipeline_routes::answer(state, endpoint, body),
        _ => property_routes::answer(state, endpoint, body, now_ms),
    }
}
