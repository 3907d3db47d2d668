//! One record a call: create, get, update, archive, forget.

use serde::Deserialize;

use crate::{
    answer::Answer,
    call::Call,
    kind::Kind,
    record::Record,
    refusal::Refusal,
    row::{self, SingleBody},
    state::State,
    write::Hand,
};

pub(crate) fn create(state: &mut State, kind: Kind, body: &[u8], now_ms: i64) -> Result<Answer, Refusal> {
    let body: SingleBody = row::parsed(body)?;
    state.check_associations(kind, &body.associations)?;
    let values = body.values();
    let id = state.create(kind, &values, Hand::Api, now_ms)?;
    state.associate_inline(kind, id, &body.associations);
    live(state, kind, id).map(|record| Answer::created(record.written(kind, &values)))
}

/// Follows merges, finds secondary addresses, and shows an archived record only when asked for archived ones.
pub(crate) fn get(
    state: &State,
    kind: Kind,
    id: &str,
    by: Option<&str>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let id = state.resolved(kind, id, by)?;
    let archived = call.parameter("archived") == Some("true");
    let found = state.shelf(kind).any(id).filter(|record| record.archived_ms.is_some() == archived);
    let record = found.ok_or_else(Refusal::not_found)?;
    let mut shown = record.shown(kind, &call.listed("properties"));
    state.show_associations(kind, id, &call.listed("associations"), &mut shown)?;
    Ok(Answer::ok(shown))
}

/// Follows merges, unlike the batch.
pub(crate) fn update(
    state: &mut State,
    kind: Kind,
    id: &str,
    by: Option<&str>,
    body: &[u8],
    now_ms: i64,
) -> Result<Answer, Refusal> {
    let body: SingleBody = row::parsed(body)?;
    if !body.associations.is_empty() {
        return Err(Refusal::validation("associations are only supported in a create"));
    }
    let (id, values) = (state.resolved(kind, id, by)?, body.values());
    state.update(kind, id, &values, Hand::Api, now_ms)?;
    live(state, kind, id).map(|record| Answer::ok(record.written(kind, &values)))
}

pub(crate) fn archive(state: &mut State, kind: Kind, id: &str, now_ms: i64) -> Result<Answer, Refusal> {
    state.archive(kind, row::id(id)?, now_ms)?;
    Ok(Answer::NoContent)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Forget {
    object_id: String,
    id_property: Option<String>,
}

/// `POST .../contacts/gdpr-delete`: gone for good.
pub(crate) fn gdpr_delete(state: &mut State, body: &[u8], now_ms: i64) -> Result<Answer, Refusal> {
    let Forget { object_id, id_property } = row::parsed(body)?;
    let id = state.resolved(Kind::Contact, &object_id, id_property.as_deref())?;
    state.shelf(Kind::Contact).any(id).ok_or_else(Refusal::not_found)?;
    state.shelf_mut(Kind::Contact).take(id, now_ms);
    state.associations.forget(Kind::Contact, id);
    Ok(Answer::NoContent)
}

fn live(state: &State, kind: Kind, id: u64) -> Result<&Record, Refusal> {
    state.shelf(kind).live(id).ok_or_else(Refusal::not_found)
}

impl State {
    /// The id a single call means: merges followed, or looked up by a unique property.
    fn resolved(&self, kind: Kind, id: &str, by: Option<&str>) -> Result<u64, Refusal> {
        let records = self.shelf(kind);
        let Some(property) = by.filter(|property| *property != "hs_object_id") else {
            return Ok(records.followed(row::id(id)?));
        };
        self.check_id_property(kind, property)?;
        let key = if property == "email" { id.to_lowercase() } else { id.to_owned() };
        records.holder(property, &key).ok_or_else(Refusal::not_found)
    }
}
