//! `composite/sobjects`: up to 200 records a call, each with its own result, in their order.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    endpoint::CollectionOp,
    fault::Fate,
    id,
    refusal::Refusal,
    single, standard,
    state::State,
    write::{How, Upserted, several_words},
};

/// Records of a call at most.
const MOST: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    all_or_none: bool,
    records: Vec<Map<String, Value>>,
}

/// What one row came to: its id, and whether it is new where that is told.
type Outcome = Result<(String, Option<bool>), Refusal>;

/// Creates, updates or deletes.
pub(crate) fn answer(
    state: &mut State,
    op: CollectionOp,
    call: &Call,
    fate: &Fate,
    how: &How,
) -> Result<Answer, Refusal> {
    if op == CollectionOp::Delete {
        return Ok(delete(state, call, fate, how));
    }
    let body = body(state, None, call, how)?;
    Ok(each(state, &body, fate, |state, record, _| {
        let object = type_of(record)?;
        match op {
            CollectionOp::Create if single::is_createable(object) => {
                state.create(object, record, how).map(|id| (id, None))
            }
            CollectionOp::Update => update(state, object, record, how).map(|id| (id, None)),
            _ => Err(Refusal::of_fields(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                "entity type cannot be inserted",
                &[],
            )),
        }
    }))
}

/// Upserts by a key.
pub(crate) fn upsert(
    state: &mut State,
    (object, field): (&str, &str),
    call: &Call,
    fate: &Fate,
    how: &How,
) -> Result<Answer, Refusal> {
    let table = state.known(object)?;
    let (object, key) = (table.name, state.key(table, field, how)?.name.clone());
    let body = body(state, Some(object), call, how)?;
    let keys: Vec<Option<String>> = body.records.iter().map(|record| key_of(record, &key)).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for value in keys.iter().flatten() {
        *counts.entry(value.to_lowercase()).or_default() += 1;
    }
    Ok(each(state, &body, fate, |state, record, row| {
        let Some(value) = &keys[row] else {
            return Err(Refusal::of_fields("MISSING_ARGUMENT", format!("{key} not specified"), &[]));
        };
        if counts.get(&value.to_lowercase()).is_some_and(|count| *count > 1) {
            let words = format!("Duplicate external id specified: {value}");
            return Err(Refusal::of_fields("DUPLICATE_VALUE", words, &[&key]));
        }
        let mut sent = record.clone();
        sent.retain(|name, _| !name.eq_ignore_ascii_case(&key));
        if fate.races(row) {
            return Err(raced(state, object, (&key, value), &sent, how));
        }
        match state.upsert(object, (&key, value), &sent, how, true)? {
            Upserted::Done { id, created } => Ok((id, Some(created))),
            Upserted::Several(ids) => {
                Err(Refusal::of_fields("DUPLICATE_EXTERNAL_ID", several_words(&key, &ids), &[&key]))
            }
        }
    }))
}

/// Somebody else makes the record of this key first: this writer is told of theirs.
pub(crate) fn raced(
    state: &mut State,
    object: &str,
    (key, value): (&str, &str),
    sent: &Map<String, Value>,
    how: &How,
) -> Refusal {
    match state.upsert(object, (key, value), sent, how, true) {
        Ok(Upserted::Done { id, .. }) => {
            Refusal::duplicate_value(key, (!state.settings.foreign_ids_hidden).then_some(&id))
        }
        Ok(Upserted::Several(ids)) => {
            Refusal::of_fields("DUPLICATE_EXTERNAL_ID", several_words(key, &ids), &[key])
        }
        Err(refusal) => refusal,
    }
}

fn key_of(record: &Map<String, Value>, key: &str) -> Option<String> {
    let value = record.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?.1;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Reads a body and refuses the call as a whole where Salesforce does.
fn body(state: &State, object: Option<&str>, call: &Call, how: &How) -> Result<Body, Refusal> {
    let text = String::from_utf8_lossy(&call.body);
    let body: Body = serde_json::from_str(&text).map_err(|error| Refusal::malformed(&error))?;
    if body.records.len() > MOST {
        let words = format!("record limit reached. cannot submit more than {MOST} records into this call");
        return Err(Refusal::new(400, "EXCEEDED_ID_LIMIT", words));
    }
    for record in &body.records {
        let own = type_of(record)?;
        if object.is_some_and(|object| !object.eq_ignore_ascii_case(own)) {
            let words = format!("{own} is not the type of this call: all records have one type");
            return Err(Refusal::new(400, "INVALID_TYPE", words));
        }
        state.check_shapes(own, record, &text, how)?;
    }
    Ok(body)
}

fn type_of(record: &Map<String, Value>) -> Result<&str, Refusal> {
    let named = record.get("attributes").and_then(|own| own["type"].as_str());
    named.ok_or_else(|| {
        Refusal::new(400, "INVALID_INPUT", "attributes with a type are needed in every record")
    })
}

fn update(
    state: &mut State,
    object: &str,
    record: &Map<String, Value>,
    how: &How,
) -> Result<String, Refusal> {
    let named = record.iter().find(|(name, _)| name.eq_ignore_ascii_case("Id"));
    let id = named.and_then(|(_, value)| value.as_str()).unwrap_or_default();
    let mut sent = record.clone();
    sent.retain(|name, _| !name.eq_ignore_ascii_case("Id"));
    state.update_row(object, id, &sent, how)
}

/// Does every row by itself; when all or none was asked for, one refusal takes all of them back.
fn each(
    state: &mut State,
    body: &Body,
    fate: &Fate,
    mut one: impl FnMut(&mut State, &Map<String, Value>, usize) -> Outcome,
) -> Answer {
    let before = body.all_or_none.then(|| state.tables.clone());
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (row, record) in body.records.iter().enumerate().filter(|(row, _)| !fate.drops(*row)) {
        outcomes.push(match fate.rejects(row) {
            Some(refusal) => Err(refusal.clone()),
            None => one(state, record, row),
        });
    }
    if let Some(tables) = before.filter(|_| outcomes.iter().any(Result::is_err)) {
        state.tables = tables;
        state.refresh_grants();
        outcomes.iter_mut().filter(|one| one.is_ok()).for_each(|one| *one = Err(rolled_back()));
    }
    Answer::ok(json!(outcomes.iter().map(told).collect::<Vec<_>>()))
}

fn rolled_back() -> Refusal {
    let words =
        "Record rolled back because not all records were valid and the request was using AllOrNone header";
    Refusal::of_fields("ALL_OR_NONE_OPERATION_ROLLED_BACK", words, &[])
}

fn told(outcome: &Outcome) -> Value {
    match outcome {
        Ok((id, None)) => json!({"id": id, "success": true, "errors": []}),
        Ok((id, Some(created))) => json!({"id": id, "success": true, "errors": [], "created": created}),
        Err(refusal) => refusal.row(),
    }
}

fn delete(state: &mut State, call: &Call, fate: &Fate, how: &How) -> Answer {
    let ids = call.parameter("ids").unwrap_or_default().split(',').map(str::trim).enumerate();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (row, id) in ids.filter(|(row, _)| !fate.drops(*row)) {
        let object = id::normal(id).and_then(|id| standard::object_of(&id)).unwrap_or_default();
        outcomes.push(match fate.rejects(row) {
            Some(refusal) => Err(refusal.clone()),
            None => state.delete_row(object, id, how.now_ms).map(|id| (id, None)),
        });
    }
    Answer::ok(json!(outcomes.iter().map(told).collect::<Vec<_>>()))
}
