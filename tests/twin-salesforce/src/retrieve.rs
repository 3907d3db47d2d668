//! `POST composite/sobjects/{Object}`: records by their ids.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{answer::Answer, call::Call, fault::Fate, id, refusal::Refusal, soql, state::State, write::How};

/// Records of a call at most.
const MOST_READ: usize = 2_000;

#[derive(Deserialize)]
struct Wanted {
    ids: Vec<String>,
    fields: Vec<String>,
}

/// Reads records by their ids; one that is not there, or deleted, is `null`.
pub(crate) fn answer(
    state: &State,
    object: &str,
    call: &Call,
    fate: &Fate,
    how: &How,
) -> Result<Answer, Refusal> {
    let table = state.known(object)?;
    let wanted: Wanted = serde_json::from_slice(&call.body).map_err(|error| Refusal::malformed(&error))?;
    if wanted.ids.len() > MOST_READ {
        let words = format!("record limit reached. cannot retrieve more than {MOST_READ} records");
        return Err(Refusal::new(400, "EXCEEDED_ID_LIMIT", words));
    }
    let seen =
        |name: &String| state.seen(table, name, how).ok_or_else(|| Refusal::no_column(name, table.name));
    let fields = wanted.fields.iter().map(seen).collect::<Result<Vec<_>, _>>()?;
    let shown = |id: &String| {
        let malformed = || Refusal::new(400, "MALFORMED_ID", format!("malformed id {id}"));
        let id = id::normal(id).filter(|id| id.starts_with(table.prefix)).ok_or_else(malformed)?;
        let Some(record) = table.live(&id) else { return Ok(Value::Null) };
        let mut all =
            Map::from_iter([("attributes".to_owned(), soql::attributes(table.name, &id, how.version))]);
        all.insert("Id".into(), json!(id));
        all.extend(fields.iter().map(|field| (field.name.clone(), record.value(&field.name))));
        Ok(Value::Object(all))
    };
    let kept = wanted.ids.iter().enumerate().filter(|(row, _)| !fate.drops(*row));
    let rows = kept.map(|(_, id)| shown(id)).collect::<Result<Vec<Value>, Refusal>>()?;
    Ok(Answer::ok(json!(rows)))
}
