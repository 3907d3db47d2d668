//! What the org says about itself: versions, limits, objects and their fields.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    field::{Field, FieldKind},
    refusal::Refusal,
    single,
    state::State,
    table::Table,
};

/// `GET /services/data`; no session is asked for.
pub(crate) fn versions(state: &State) -> Answer {
    let newest = state.settings.newest_version;
    let version = |number: u32| json!({"label": format!("Version {number}"), "url": format!("/services/data/v{number}.0"), "version": format!("{number}.0")});
    Answer::ok(json!((31..=newest).map(version).collect::<Vec<_>>()))
}

/// `GET limits`.
pub(crate) fn limits(state: &mut State, now_ms: i64) -> Answer {
    let most = state.settings.daily_max;
    let left = (most as usize).saturating_sub(state.limits.used(now_ms));
    Answer::ok(json!({
        "DailyApiRequests": {"Max": most, "Remaining": left},
        "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
        "DailyBulkApiBatches": {"Max": 15_000, "Remaining": 15_000},
    }))
}

/// `GET sobjects`.
pub(crate) fn objects(state: &State) -> Answer {
    let all = state.tables.keys().filter_map(|name| state.table(name)).map(head).collect::<Vec<_>>();
    Answer::ok(json!({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": all}))
}

fn head(table: &Table) -> Value {
    let writable = single::is_createable(table.name);
    json!({
        "name": table.name,
        "label": table.name,
        "keyPrefix": table.prefix,
        "custom": false,
        "createable": writable,
        "updateable": writable,
        "deletable": writable,
        "queryable": true,
    })
}

/// `GET sobjects/{Object}/describe`: the fields the API user may see.
pub(crate) fn object(state: &State, object: &str) -> Result<Answer, Refusal> {
    let table = state.known(object)?;
    let seen = table.fields().iter().filter(|field| state.grant(table.name, field).read);
    let fields: Vec<Value> = seen.map(|field| told(state, table, field)).collect();
    let mut body = head(table);
    body["fields"] = json!(fields);
    Ok(Answer::ok(body))
}

fn told(state: &State, table: &Table, field: &Field) -> Value {
    let edit = state.grant(table.name, field).edit;
    let number = field.kind.is_number();
    let texts = !number && !matches!(field.kind, FieldKind::Boolean | FieldKind::Date | FieldKind::DateTime);
    let pick =
        |value: &String| json!({"active": true, "defaultValue": false, "label": value, "value": value});
    json!({
        "name": field.name,
        "label": field.label,
        "type": field.kind.name(),
        "length": if texts { field.length } else { 0 },
        "precision": if number { field.digits.0 } else { 0 },
        "scale": if number { field.digits.1 } else { 0 },
        "custom": field.is_custom(),
        "externalId": field.external_id,
        "unique": field.unique,
        "caseSensitive": field.case_sensitive,
        "idLookup": field.is_id_lookup(),
        "createable": field.createable && edit,
        "updateable": field.updateable && edit,
        "nillable": !field.required && field.kind != FieldKind::Boolean,
        "defaultedOnCreate": field.default.is_some(),
        "filterable": field.is_filterable(),
        "sortable": field.is_filterable(),
        "restrictedPicklist": field.restricted,
        "picklistValues": field.values.iter().map(pick).collect::<Vec<_>>(),
        "referenceTo": field.refers_to,
        "relationshipName": field.relationship(),
    })
}
