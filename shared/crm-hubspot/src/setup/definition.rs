//! Definitions of properties, and the group that ours are in.

use crm::CrmErrorKind;
use outbound::{Answer, Method};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::HubSpot;
use crate::error::Refusal;

pub(super) const GROUP: &str = "counterfoil";

pub(super) const DESCRIPTION: &str = "Kept true to Shopify by Counterfoil.";

#[derive(Debug, Deserialize)]
struct Definitions {
    results: Vec<Definition>,
}

/// A property as an account has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Definition {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) value_type: String,
    pub(super) has_unique_value: bool,
}

/// The properties of an object, such as `contacts`.
pub(super) async fn definitions(hubspot: &HubSpot, object: &str) -> Result<Vec<Definition>, Refusal> {
    let answer = hubspot.call::<Value>(Method::GET, &hubspot.properties(object), None).await;
    let answer = answer.map_err(Refusal::about_no_record)?;
    let said: Definitions = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
    Ok(said.results)
}

/// Each object has groups of its own. That ours exists is what we want.
pub(super) async fn create_group(hubspot: &HubSpot, object: &str) -> Result<(), Refusal> {
    let body = json!({"name": GROUP, "label": "Counterfoil", "displayOrder": -1});
    unless_it_exists(hubspot.post(&hubspot.properties(&format!("{object}/groups")), &body).await)
}

pub(super) fn unless_it_exists(answer: Result<Answer, Refusal>) -> Result<(), Refusal> {
    match answer {
        Err(refusal) if !matches!(refusal.kind, CrmErrorKind::Conflict { .. }) => Err(refusal),
        _ => Ok(()),
    }
}
