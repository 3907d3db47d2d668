//! `/crm/properties/{ver}/{object}`: definitions and groups.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answer::Answer, batch, batch_shape, endpoint::Endpoint, kind::Kind, property::Property, refusal::Refusal,
    row, state::State,
};

/// A definition as the API takes it. What the portal has no use for is accepted by name, not by chance.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewProperty {
    name: String,
    label: String,
    #[serde(rename = "type")]
    value_type: String,
    field_type: String,
    group_name: String,
    #[serde(default)]
    has_unique_value: bool,
    #[serde(default)]
    options: Vec<NewOption>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "displayOrder")]
    _display_order: Option<i64>,
    #[serde(rename = "formField")]
    _form_field: Option<bool>,
    #[serde(rename = "hidden")]
    _hidden: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewOption {
    value: String,
    #[serde(rename = "label")]
    _label: String,
    #[serde(rename = "displayOrder")]
    _display_order: Option<i64>,
    #[serde(rename = "hidden")]
    _hidden: Option<bool>,
    #[serde(rename = "description")]
    _description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewProperties {
    inputs: Vec<NewProperty>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    label: Option<String>,
    has_unique_value: Option<bool>,
    #[serde(rename = "description")]
    _description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGroup {
    name: String,
    label: String,
    #[serde(rename = "displayOrder")]
    _display_order: Option<i64>,
}

impl NewProperty {
    fn defined(self) -> Property {
        Property {
            name: self.name,
            label: self.label,
            value_type: self.value_type,
            field_type: self.field_type,
            group_name: self.group_name,
            has_unique_value: self.has_unique_value,
            options: self.options.into_iter().map(|option| option.value).collect(),
            read_only: false,
            hubspot_defined: false,
        }
    }
}

/// Answers the endpoints of properties and groups.
pub(crate) fn answer(
    state: &mut State,
    endpoint: &Endpoint,
    body: &[u8],
    now_ms: i64,
) -> Result<Answer, Refusal> {
    match endpoint {
        Endpoint::Properties { kind } => {
            Ok(list(state.table(*kind).schema.all().map(Property::shown).collect()))
        }
        Endpoint::Property { kind, name } => shown(state, *kind, name).map(Answer::ok),
        Endpoint::CreateProperty { kind } => {
            create(state, *kind, row::parsed::<NewProperty>(body)?).map(Answer::created)
        }
        Endpoint::CreateProperties { kind } => create_many(state, *kind, body, now_ms),
        Endpoint::ChangeProperty { kind, name } => change(state, *kind, name, body),
        Endpoint::Groups { kind } => {
            let group =
                |(name, label): (&String, &String)| json!({"name": name, "label": label, "archived": false});
            Ok(list(state.table(*kind).schema.groups.iter().map(group).collect()))
        }
        Endpoint::CreateGroup { kind } => create_group(state, *kind, body),
        _ => Err(Refusal::not_found()),
    }
}

/// A list that comes in one page.
fn list(results: Vec<Value>) -> Answer {
    Answer::ok(json!({"results": Value::Array(results)}))
}

fn shown(state: &State, kind: Kind, name: &str) -> Result<Value, Refusal> {
    state.table(kind).schema.get(name).map(Property::shown).ok_or_else(Refusal::not_found)
}

fn create(state: &mut State, kind: Kind, new: NewProperty) -> Result<Value, Refusal> {
    let name = new.name.clone();
    state.define(kind, new.defined())?;
    shown(state, kind, &name)
}

/// 201 when all are new, 207 with an error for each that is not.
fn create_many(state: &mut State, kind: Kind, body: &[u8], now_ms: i64) -> Result<Answer, Refusal> {
    let NewProperties { inputs } = row::parsed(body)?;
    batch_shape::check_size(inputs.len())?;
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in inputs {
        match create(state, kind, input) {
            Ok(property) => results.push(property),
            Err(refusal) => errors.push(Value::Object(refusal.body)),
        }
    }
    Ok(batch::complete(201, results, errors, now_ms))
}

fn change(state: &mut State, kind: Kind, name: &str, body: &[u8]) -> Result<Answer, Refusal> {
    let change: Change = row::parsed(body)?;
    let schema = &mut state.table_mut(kind).schema;
    let property = schema.get(name).ok_or_else(Refusal::not_found)?;
    if change.has_unique_value.is_some_and(|unique| unique != property.has_unique_value) {
        return Err(Refusal::validation(format!(
            "hasUniqueValue of {name} cannot be changed after its creation"
        )));
    }
    if property.hubspot_defined {
        return Err(Refusal::validation(format!("The definition of {name} is read-only")));
    }
    if let Some(label) = change.label {
        schema.relabel(name, label);
    }
    shown(state, kind, name).map(Answer::ok)
}

fn create_group(state: &mut State, kind: Kind, body: &[u8]) -> Result<Answer, Refusal> {
    let NewGroup { name, label, .. } = row::parsed(body)?;
    state.table_mut(kind).schema.add_group(&name, &label)?;
    Ok(Answer::created(json!({"name": name, "label": label, "archived": false})))
}
