//! `composite`: up to 25 calls in one, each with its own answer; one may speak of what another gave.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer, call::Call, endpoint::Endpoint, gate, refusal::Refusal, state::State, write::How,
};

const MOST: usize = 25;
const MOST_QUERIES: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    all_or_none: bool,
    composite_request: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    method: String,
    url: String,
    reference_id: String,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    http_headers: BTreeMap<String, String>,
}

/// What a part came to.
struct Told {
    reference: String,
    status: u16,
    body: Value,
}

pub(crate) fn answer(state: &mut State, call: &Call, how: &How) -> Result<Answer, Refusal> {
    let body: Body = serde_json::from_slice(&call.body).map_err(|error| Refusal::malformed(&error))?;
    check(&body.composite_request)?;
    let before = body.all_or_none.then(|| state.tables.clone());
    let mut told: Vec<Told> = Vec::new();
    for part in body.composite_request {
        let halted = body.all_or_none && told.iter().any(|one| one.status >= 400);
        let (status, body) = if halted { halt() } else { work(state, call, &part, &told, how) };
        told.push(Told { reference: part.reference_id, status, body });
    }
    if let Some(tables) = before.filter(|_| told.iter().any(|one| one.status >= 400)) {
        state.tables = tables;
        state.refresh_grants();
        told.iter_mut().filter(|one| one.status < 400).for_each(|one| (one.status, one.body) = halt());
    }
    let shown = |one: &Told| json!({"body": one.body, "httpHeaders": {}, "httpStatusCode": one.status, "referenceId": one.reference});
    Ok(Answer::ok(json!({"compositeResponse": told.iter().map(shown).collect::<Vec<_>>()})))
}

fn check(parts: &[Part]) -> Result<(), Refusal> {
    let queries = parts.iter().filter(|part| part.url.contains("/query")).count();
    if parts.len() > MOST || queries > MOST_QUERIES {
        let words = format!("at most {MOST} subrequests, of which {MOST_QUERIES} are queries");
        return Err(Refusal::new(400, "PROCESSING_HALTED", words));
    }
    let twice =
        |part: &Part| parts.iter().filter(|other| other.reference_id == part.reference_id).count() > 1;
    match parts.iter().find(|part| twice(part)) {
        Some(part) => {
            Err(Refusal::new(400, "DUPLICATE_VALUE", format!("Duplicate referenceId: {}", part.reference_id)))
        }
        None => Ok(()),
    }
}

fn halt() -> (u16, Value) {
    let words = "The transaction was rolled back since another operation in the same transaction failed.";
    (400, json!([{"errorCode": "PROCESSING_HALTED", "message": words}]))
}

fn work(state: &mut State, outer: &Call, part: &Part, told: &[Told], how: &How) -> (u16, Value) {
    let answered = resolved(part, told).and_then(|(url, body)| {
        let call = Call::inner(outer, &part.method, &url, &body, &part.http_headers);
        let (endpoint, version) = Endpoint::of(&call, state.settings.newest_version)?;
        match endpoint {
            Endpoint::Composite | Endpoint::Token | Endpoint::Ingest(_) | Endpoint::QueryJob(_) => {
                Err(Refusal::not_found())
            }
            endpoint => gate::inner(state, &call, &endpoint, &How { version, ..*how }),
        }
    });
    match answered.unwrap_or_else(|refusal| Answer::refused(&refusal)) {
        Answer::Json { status, body } => (status, body),
        Answer::Bare { status } | Answer::Html { status } => (status, Value::Null),
        Answer::Csv { .. } | Answer::Cut => (500, Value::Null),
    }
}

/// Puts what earlier parts gave in place of `@{reference.path}`.
fn resolved(part: &Part, told: &[Told]) -> Result<(String, Value), Refusal> {
    let url = filled(&part.url, told)?;
    Ok((url, fill(&part.body, told)?))
}

fn fill(body: &Value, told: &[Told]) -> Result<Value, Refusal> {
    match body {
        Value::String(text) => Ok(json!(filled(text, told)?)),
        Value::Array(all) => all.iter().map(|one| fill(one, told)).collect(),
        Value::Object(all) => {
            let pairs = all.iter().map(|(name, value)| Ok((name.clone(), fill(value, told)?)));
            Ok(Value::Object(pairs.collect::<Result<Map<_, _>, Refusal>>()?))
        }
        other => Ok(other.clone()),
    }
}

fn filled(text: &str, told: &[Told]) -> Result<String, Refusal> {
    let (mut all, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("@{") {
        let unknown = || Refusal::new(400, "PROCESSING_HALTED", "Invalid reference specified.");
        let (path, after) = after.split_once('}').ok_or_else(unknown)?;
        all.push_str(before);
        all.push_str(&pointed(path, told).ok_or_else(unknown)?);
        rest = after;
    }
    Ok(all + rest)
}

/// `made.id`, or `found.records[0].Id`.
fn pointed(path: &str, told: &[Told]) -> Option<String> {
    let (reference, path) = path.split_once('.')?;
    let body = &told.iter().find(|one| one.reference == reference)?.body;
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    let value = body.pointer(&pointer)?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
