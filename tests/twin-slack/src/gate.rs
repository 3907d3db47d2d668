//! The way of a post: hook, limit, faults, what it says.

use serde::Deserialize;
use serde_json::Value;

use crate::answer::Answer;
use crate::blocks::{self, units};
use crate::fault::{self, Fault, FaultKind};
use crate::hook;
use crate::reading::Message;
use crate::state::State;

const MAX_TEXT: usize = 40_000;

/// The body of a post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    #[serde(default)]
    text: String,
    #[serde(default)]
    blocks: Value,
}

/// Answers one call of a hook.
pub(crate) fn answer(state: &mut State, path: &str, body: &[u8], now_ms: i64) -> Answer {
    *state.calls.entry(path.to_owned()).or_default() += 1;
    let channel = match hook::find(&state.hooks, path) {
        Ok(hook) => hook.channel.clone(),
        Err((status, code)) => return Answer::text(status, code),
    };
    if let Err(seconds) = state.limits.admits(state.settings, &channel, now_ms) {
        return Answer::Limited { retry_after: Some(seconds) };
    }
    let payload = read(body);
    let has_blocks = payload.as_ref().is_ok_and(|payload| payload.blocks.is_array());
    let fault = fault::take(&mut state.faults, &channel, has_blocks);
    let posted = match fault.as_ref().filter(|fault| fault.kind != FaultKind::AnswerLost) {
        Some(fault) => return instead(fault),
        None => payload.map(|payload| post(state, &channel, &payload, now_ms)),
    };
    match (posted, fault) {
        (Err(code), _) => Answer::text(400, code),
        (Ok(()), Some(_)) => Answer::Lost,
        (Ok(()), None) => Answer::text(200, "ok"),
    }
}

fn read(body: &[u8]) -> Result<Payload, &'static str> {
    let payload: Payload = serde_json::from_slice(body).map_err(|_| "invalid_payload")?;
    if !payload.blocks.is_null() {
        blocks::check(&payload.blocks)?;
    }
    let has_blocks = payload.blocks.as_array().is_some_and(|blocks| !blocks.is_empty());
    match units(&payload.text) {
        _ if payload.text.trim().is_empty() && !has_blocks => Err("no_text"),
        too_many if too_many > MAX_TEXT => Err("msg_too_long"),
        _ => Ok(payload),
    }
}

fn post(state: &mut State, channel: &str, payload: &Payload, now_ms: i64) {
    state.limits.count(state.settings, channel, now_ms);
    state.messages.push(Message::new(channel, now_ms, &payload.text, &payload.blocks));
}

fn instead(fault: &Fault) -> Answer {
    match fault.kind {
        FaultKind::RateLimited => Answer::Limited { retry_after: fault.retry_after },
        FaultKind::Proxy => Answer::Html,
        FaultKind::BlocksRefused => Answer::text(400, "invalid_blocks"),
        FaultKind::Refused => Answer::text(fault.status.unwrap_or(400), &fault.body),
        FaultKind::Unavailable | FaultKind::AnswerLost => {
            Answer::text(fault.status.unwrap_or(500), &fault.body)
        }
    }
}
