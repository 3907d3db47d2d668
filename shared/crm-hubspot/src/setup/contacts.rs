//! Our contact properties in an account: made where they are missing, and looked at where they are there.

use crm::spelling::Shape;
use domain::Field;
use serde_json::{Value, json};

use super::definition::{DESCRIPTION, Definition, GROUP, create_group, definitions, unless_it_exists};
use super::{Prepared, SetupError};
use crate::client::HubSpot;
use crate::error::Refusal;
use crate::property;

/// Makes our property group and the properties that are missing, and checks those that are there. Can be done again.
pub async fn setup(hubspot: &HubSpot) -> Result<Prepared, SetupError> {
    let wanted = wanted(hubspot);
    let before = definitions(hubspot, "contacts").await?;
    check_present(&wanted, &before)?;
    let is_there = |field: &Field| before.iter().any(|one| one.name == property::name(*field));
    let (existing, missing): (Vec<_>, Vec<_>) = wanted.iter().copied().partition(is_there);
    if !missing.is_empty() {
        create_group(hubspot, "contacts").await?;
        create(hubspot, &missing).await?;
        check(&wanted, &definitions(hubspot, "contacts").await?)?;
    }
    let names = |fields: Vec<Field>| fields.into_iter().map(property::name).collect();
    Ok(Prepared { created: names(missing), existing: names(existing) })
}

/// Ours, and those of signals with a text. Those of metafields are the merchant's to make.
fn wanted(hubspot: &HubSpot) -> Vec<Field> {
    let signals = hubspot.signals().iter().copied().map(Field::Signal);
    Field::ALL.into_iter().chain(signals).collect()
}

/// Whether each could be made is seen when they are read again.
async fn create(hubspot: &HubSpot, missing: &[Field]) -> Result<(), Refusal> {
    let body = json!({"inputs": missing.iter().copied().map(definition).collect::<Vec<_>>()});
    unless_it_exists(hubspot.post(&hubspot.properties("contacts/batch/create"), &body).await)
}

fn definition(field: Field) -> Value {
    let (value_type, field_type) = types(field);
    json!({
        "groupName": GROUP,
        "name": property::name(field),
        "label": label(field),
        "description": DESCRIPTION,
        "type": value_type,
        "fieldType": field_type,
        "hasUniqueValue": field == Field::CustomerKey,
    })
}

fn types(field: Field) -> (&'static str, &'static str) {
    match Shape::of(field) {
        Shape::Text => ("string", "text"),
        Shape::List => ("string", "textarea"),
        Shape::Number => ("number", "number"),
        Shape::Time => ("datetime", "date"),
    }
}

/// `last_order_at` is shown as `Last order at`.
fn label(field: Field) -> String {
    let words = property::name(field).replace('_', " ").replace("shopify", "Shopify");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn check(wanted: &[Field], there: &[Definition]) -> Result<(), SetupError> {
    let has = |name: &str| there.iter().any(|definition| definition.name == name);
    match wanted.iter().copied().map(property::name).find(|name| !has(name)) {
        Some(property) => Err(SetupError::Missing { property }),
        None => check_present(wanted, there),
    }
}

fn check_present(wanted: &[Field], there: &[Definition]) -> Result<(), SetupError> {
    for field in wanted.iter().copied() {
        let Some(found) = there.iter().find(|one| one.name == property::name(field)) else { continue };
        if field == Field::CustomerKey && !found.has_unique_value {
            return Err(SetupError::NotUnique);
        }
        if !takes(field, &found.value_type) {
            let (property, expected) = (property::name(field), types(field).0);
            return Err(SetupError::WrongType { property, expected, found: found.value_type.clone() });
        }
    }
    Ok(())
}

/// A list of choices takes a lead source, a stage or what a signal says as long as ours is among them, which is the
/// account's own business.
fn takes(field: Field, value_type: &str) -> bool {
    match field {
        Field::LeadSource | Field::Signal(_) => matches!(value_type, "string" | "enumeration"),
        Field::Phone => matches!(value_type, "string" | "phone_number"),
        // HubSpot's own, with the account's stages.
        Field::LifecycleStage => value_type == "enumeration",
        _ => value_type == types(field).0,
    }
}
