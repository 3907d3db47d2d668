//! `sobjects/{Object}/...`: one record a call.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    collections,
    endpoint::{Address, Endpoint},
    fault::Fate,
    refusal::Refusal,
    soql,
    state::State,
    write::{How, Upserted, found},
};

/// From this version on an upsert that changes a record says so with 200 and a body.
const FIRST_TOLD: u32 = 46;

pub(crate) fn answer(
    state: &mut State,
    endpoint: &Endpoint,
    call: &Call,
    fate: &Fate,
    how: &How,
) -> Result<Answer, Refusal> {
    if let Some(refusal) = fate.rejects(0) {
        return Err(refusal.clone());
    }
    match endpoint {
        Endpoint::Create { object } => create(state, object, call, how),
        Endpoint::Get { object, address } => get(state, object, address, call, how),
        Endpoint::Update { object, id } => update(state, object, id, call, how),
        Endpoint::Upsert { object, field, value } => upsert(state, object, (field, value), call, fate, how),
        Endpoint::Delete { object, address } => {
            let id = addressed(state, object, address, how)?;
            state.delete(object, &id, how.now_ms)?;
            Ok(Answer::Bare { status: 204 })
        }
        _ => Err(Refusal::not_found()),
    }
}

/// A body that is one record.
fn sent(state: &State, object: &str, call: &Call, how: &How) -> Result<Map<String, Value>, Refusal> {
    let text = String::from_utf8_lossy(&call.body);
    let sent: Map<String, Value> = serde_json::from_str(&text).map_err(|error| Refusal::malformed(&error))?;
    state.check_shapes(object, &sent, &text, how)?;
    Ok(sent)
}

fn created(id: &str, new: bool) -> Value {
    json!({"id": id, "success": true, "errors": [], "created": new})
}

fn create(state: &mut State, object: &str, call: &Call, how: &How) -> Result<Answer, Refusal> {
    state.known(object)?;
    if !is_createable(object) {
        let words = format!("entity type {object} does not support create");
        return Err(Refusal::of_fields("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", words, &[]));
    }
    let sent = sent(state, object, call, how)?;
    let id = state.create(object, &sent, how)?;
    Ok(Answer::created(json!({"id": id, "success": true, "errors": []})))
}

/// Objects that a set-up only reads, or that another API makes.
pub(crate) fn is_createable(object: &str) -> bool {
    !["CustomField", "Organization", "Profile", "RecordType", "User"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(object))
}

fn update(state: &mut State, object: &str, id: &str, call: &Call, how: &How) -> Result<Answer, Refusal> {
    state.known(object)?;
    let sent = sent(state, object, call, how)?;
    if sent.keys().any(|name| name.eq_ignore_ascii_case("Id")) {
        let words = "The Id field should not be specified in the sobject data.";
        return Err(Refusal::of_fields("INVALID_FIELD", words, &["Id"]));
    }
    state.update(object, id, &sent, how)?;
    Ok(Answer::Bare { status: 204 })
}

fn upsert(
    state: &mut State,
    object: &str,
    (field, value): (&str, &str),
    call: &Call,
    fate: &Fate,
    how: &How,
) -> Result<Answer, Refusal> {
    let table = state.known(object)?;
    state.key(table, field, how)?;
    let sent = sent(state, object, call, how)?;
    if let Some(name) =
        sent.keys().find(|name| name.eq_ignore_ascii_case("Id") || name.eq_ignore_ascii_case(field))
    {
        let words = format!("The {name} field should not be specified in the sobject data.");
        return Err(Refusal::of_fields("INVALID_FIELD", words, &[name]));
    }
    let may_create = call.parameter("updateOnly") != Some("true");
    if fate.races(0) {
        return Err(collections::raced(state, object, (field, value), &sent, how));
    }
    Ok(match state.upsert(object, (field, value), &sent, how, may_create)? {
        Upserted::Done { id, created: true } => Answer::created(created(&id, true)),
        Upserted::Done { id, .. } if how.version >= FIRST_TOLD => Answer::ok(created(&id, false)),
        Upserted::Done { .. } => Answer::Bare { status: 204 },
        Upserted::Several(ids) => several(object, &ids, how.version),
    })
}

/// 300 and where each of them is.
fn several(object: &str, ids: &[String], version: u32) -> Answer {
    let url = |id: &String| format!("/services/data/v{version}.0/sobjects/{object}/{id}");
    Answer::Json { status: 300, body: json!(ids.iter().map(url).collect::<Vec<_>>()) }
}

fn get(state: &State, object: &str, address: &Address, call: &Call, how: &How) -> Result<Answer, Refusal> {
    let table = state.known(object)?;
    if let Address::Key { field, value } = address {
        let ids = table.holders(state.key(table, field, how)?, value);
        if ids.len() > 1 {
            return Ok(several(table.name, &ids, how.version));
        }
    }
    let record = found(table, &addressed(state, object, address, how)?)?;
    let asked = call.parameter("fields").map(|names| names.split(',').map(str::trim).collect::<Vec<_>>());
    let mut shown =
        Map::from_iter([("attributes".to_owned(), soql::attributes(table.name, &record.id, how.version))]);
    for name in asked.unwrap_or_else(|| table.fields().iter().map(|field| field.name.as_str()).collect()) {
        match state.seen(table, name, how) {
            Some(field) => drop(shown.insert(field.name.clone(), record.value(&field.name))),
            None if call.parameter("fields").is_some() => return Err(Refusal::no_column(name, table.name)),
            None => {}
        }
    }
    Ok(Answer::ok(Value::Object(shown)))
}

/// The id that a path names.
fn addressed(state: &State, object: &str, address: &Address, how: &How) -> Result<String, Refusal> {
    let table = state.known(object)?;
    match address {
        Address::Id(id) => Ok(id.clone()),
        Address::Key { field, value } => {
            let ids = table.holders(state.key(table, field, how)?, value);
            ids.into_iter().next().ok_or_else(Refusal::not_found)
        }
    }
}
