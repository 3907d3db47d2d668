//! Our properties in an account: made where they are missing, and looked at where they are there.

use std::error::Error;
use std::fmt;

use crm::CrmError;
use domain::Field;
use outbound::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::HubSpot;
use crate::error::Refusal;
use crate::property::{self, Shape};

pub(crate) const GROUP: &str = "counterfoil";

/// What a set-up did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The properties that were made.
    pub created: Vec<&'static str>,
    /// The properties that were there.
    pub existing: Vec<&'static str>,
}

/// Why an account cannot be used.
#[derive(Debug)]
pub enum SetupError {
    /// A call failed. The token needs `crm.schemas.contacts.write`.
    Refused(CrmError),
    /// A property could not be made.
    Missing {
        /// Its name.
        property: &'static str,
    },
    /// `shopify_customer_id` is there and may hold one value twice, which cannot be changed any more.
    NotUnique,
    /// The key of another object is there and may hold one value twice, which cannot be changed any more.
    KeyNotUnique {
        /// The object, such as `deals`.
        object: &'static str,
        /// Its key.
        property: &'static str,
    },
    /// A property is there and holds something else.
    WrongType {
        /// Its name.
        property: &'static str,
        /// What we write.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => f.write_str("HubSpot refused the set-up of our contact properties"),
            Self::Missing { property } => {
                write!(
                    f,
                    "the contact property `{property}` could not be made: create it by hand, or give the token the scope crm.schemas.contacts.write"
                )
            }
            Self::NotUnique => write!(
                f,
                "the contact property `{}` does not have unique values, and that cannot be changed later: rename or delete it in HubSpot (Settings > Properties), then run the set-up again",
                property::KEY
            ),
            Self::KeyNotUnique { object, property } => write!(
                f,
                "the property `{property}` of {object} does not have unique values, and that cannot be changed later: rename or delete it in HubSpot (Settings > Properties), then run the set-up again"
            ),
            Self::WrongType { property, expected, found } => {
                write!(
                    f,
                    "the contact property `{property}` is of the type {found} and must be {expected}: rename or delete it in HubSpot (Settings > Properties), then run the set-up again"
                )
            }
        }
    }
}

impl Error for SetupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Refusal> for SetupError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.error())
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Definitions {
    pub(crate) results: Vec<Definition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Definition {
    pub(crate) name: String,
    #[serde(rename = "type")]
    value_type: String,
    pub(crate) has_unique_value: bool,
}

/// Makes our property group and the properties that are missing, and checks those that are there. Can be done again.
pub async fn setup(hubspot: &HubSpot) -> Result<Prepared, SetupError> {
    let before = definitions(hubspot).await?;
    check_present(&before)?;
    let is_there = |name: &&str| before.iter().any(|definition| definition.name == *name);
    let (existing, created): (Vec<_>, Vec<_>) =
        Field::ALL.into_iter().map(property::name).partition(is_there);
    if !created.is_empty() {
        create_group(hubspot).await?;
        create(hubspot, &created).await?;
        check(&definitions(hubspot).await?)?;
    }
    Ok(Prepared { created, existing })
}

async fn definitions(hubspot: &HubSpot) -> Result<Vec<Definition>, Refusal> {
    let answer = hubspot.call::<Value>(Method::GET, &hubspot.properties(""), None).await;
    let answer = answer.map_err(Refusal::about_no_record)?;
    let said: Definitions = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
    Ok(said.results)
}

/// That it exists is what we want.
async fn create_group(hubspot: &HubSpot) -> Result<(), Refusal> {
    let body = json!({"name": GROUP, "label": "Counterfoil", "displayOrder": -1});
    unless_it_exists(hubspot.post(&hubspot.properties("/groups"), &body).await)
}

/// Whether each could be made is seen when they are read again.
async fn create(hubspot: &HubSpot, names: &[&'static str]) -> Result<(), Refusal> {
    let fields = Field::ALL.into_iter().filter(|field| names.contains(&property::name(*field)));
    let body = json!({"inputs": fields.map(definition).collect::<Vec<_>>()});
    unless_it_exists(hubspot.post(&hubspot.properties("/batch/create"), &body).await)
}

pub(crate) fn unless_it_exists(answer: Result<outbound::Answer, Refusal>) -> Result<(), Refusal> {
    match answer {
        Err(refusal) if !matches!(refusal.kind, crm::CrmErrorKind::Conflict { .. }) => Err(refusal),
        _ => Ok(()),
    }
}

fn definition(field: Field) -> Value {
    let (value_type, field_type) = types(field);
    json!({
        "groupName": GROUP,
        "name": property::name(field),
        "label": label(field),
        "description": "Kept true to Shopify by Counterfoil.",
        "type": value_type,
        "fieldType": field_type,
        "hasUniqueValue": field == Field::CustomerKey,
    })
}

fn types(field: Field) -> (&'static str, &'static str) {
    match property::shape(field) {
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

fn check(there: &[Definition]) -> Result<(), SetupError> {
    let has = |name: &str| there.iter().any(|definition| definition.name == name);
    match Field::ALL.into_iter().map(property::name).find(|name| !has(name)) {
        Some(property) => Err(SetupError::Missing { property }),
        None => check_present(there),
    }
}

fn check_present(there: &[Definition]) -> Result<(), SetupError> {
    for field in Field::ALL {
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

/// A list of choices takes a lead source or a stage as long as ours is among them, which is the account's own business.
fn takes(field: Field, value_type: &str) -> bool {
    match field {
        Field::LeadSource => matches!(value_type, "string" | "enumeration"),
        Field::Phone => matches!(value_type, "string" | "phone_number"),
        // HubSpot's own, with the account's stages.
        Field::LifecycleStage => value_type == "enumeration",
        _ => value_type == types(field).0,
    }
}
