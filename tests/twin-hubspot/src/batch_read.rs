//! `batch/read`: never behind, and a record that is not there is an error of a 207.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    batch, batch_shape,
    fault::Fate,
    kind::Kind,
    record::Record,
    refusal::Refusal,
    row::{self, ReadBody},
    state::State,
};

/// Answers a batch read; the fault `drop_row` leaves rows out, `rejected` makes them missing.
pub(crate) fn answer(
    state: &mut State,
    kind: Kind,
    body: &[u8],
    fate: &Fate,
    now_ms: i64,
) -> Result<Answer, Refusal> {
    let read: ReadBody = row::parsed(body)?;
    batch_shape::check_size(read.inputs.len())?;
    if !read.properties_with_history.is_empty() {
        return Err(Refusal::validation("propertiesWithHistory: this portal keeps no history"));
    }
    if let Some(property) = &read.id_property {
        state.check_id_property(kind, property)?;
    }
    let (mut results, missing) = found(state, kind, &read, fate);
    state.chance.shuffle(&mut results);
    let errors = if missing.is_empty() { Vec::new() } else { vec![not_found(kind, &missing)] };
    Ok(batch::complete(200, results, errors, now_ms))
}

fn found<'a>(state: &State, kind: Kind, read: &'a ReadBody, fate: &Fate) -> (Vec<Value>, Vec<&'a str>) {
    let (mut results, mut missing, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for (index, input) in read.inputs.iter().enumerate().filter(|(index, _)| !fate.drops(*index)) {
        let record = one(state, kind, read.id_property.as_deref(), &input.id);
        match record.filter(|_| !fate.rejects(index)) {
            // An id named twice is read once.
            Some(record) if seen.contains(&record.id) => {}
            Some(record) => {
                seen.push(record.id);
                results.push(record.shown(kind, &read.properties));
            }
            None => missing.push(input.id.as_str()),
        }
    }
    (results, missing)
}

/// Merged-away ids are not followed here: the old record has simply disappeared.
fn one<'a>(state: &'a State, kind: Kind, by: Option<&str>, id: &str) -> Option<&'a Record> {
    let shelf = state.shelf(kind);
    let Some(property) = by else {
        return id.parse().ok().and_then(|id| shelf.live(id));
    };
    let key = if property == "email" { id.to_lowercase() } else { id.to_owned() };
    let record = shelf.holder(property, &key).and_then(|id| shelf.live(id))?;
    let primary = record.value(property) == Some(key.as_str());
    (primary || state.settings.batch_read_finds_secondary_emails).then_some(record)
}

fn not_found(kind: Kind, ids: &[&str]) -> Value {
    let words = format!(
        "Could not get some {} objects, they may be deleted or not exist. Check that ids are valid.",
        kind.shout()
    );
    json!({"status": "error", "category": "OBJECT_NOT_FOUND", "message": words, "context": {"ids": ids}})
}
