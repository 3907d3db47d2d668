//! The keys of deals and notes in an account: made where they are missing, and looked at where they are there.

use outbound::Method;
use serde_json::{Value, json};

use crate::client::HubSpot;
use crate::error::Refusal;
use crate::setup::{Definition, GROUP, Prepared, SetupError, unless_it_exists};
use crate::{deals, notes};

/// An object with a key of ours: its name in addresses, the key, and what people read.
const KEYS: [(&str, &str, &str); 2] =
    [("deals", deals::KEY, "Shopify order ID"), ("notes", notes::KEY, "Shopify refund ID")];

/// Makes the unique properties by which a deal is an order and a note is a refund, and checks those that are there. Can be
/// done again. An account that has no orders written does not need it.
pub async fn setup_orders(hubspot: &HubSpot) -> Result<Prepared, SetupError> {
    let mut prepared = Prepared { created: vec![], existing: vec![] };
    for (object, key, label) in KEYS {
        let there = definition(hubspot, object, key).await?;
        let is_there = there.is_some();
        if !is_there {
            create(hubspot, object, key, label).await?;
        }
        let now = if is_there { there } else { definition(hubspot, object, key).await? };
        let unique = now.ok_or(SetupError::Missing { property: key })?.has_unique_value;
        if !unique {
            return Err(SetupError::KeyNotUnique { object, property: key });
        }
        if is_there { prepared.existing.push(key) } else { prepared.created.push(key) }
    }
    Ok(prepared)
}

/// The list is asked for: a property that is not there is not an error of the call then.
async fn definition(hubspot: &HubSpot, object: &str, key: &str) -> Result<Option<Definition>, Refusal> {
    let answer = hubspot.call::<Value>(Method::GET, &hubspot.properties_of(object), None).await;
    let answer = answer.map_err(Refusal::about_no_record)?;
    let said: crate::setup::Definitions = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
    Ok(said.results.into_iter().find(|definition| definition.name == key))
}

async fn create(hubspot: &HubSpot, object: &str, key: &str, label: &str) -> Result<(), Refusal> {
    let group = json!({"name": GROUP, "label": "Counterfoil", "displayOrder": -1});
    unless_it_exists(hubspot.post(&hubspot.properties_of(&format!("{object}/groups")), &group).await)?;
    let property = json!({
        "groupName": GROUP,
        "name": key,
        "label": label,
        "description": "Kept true to Shopify by Counterfoil.",
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": true,
    });
    unless_it_exists(hubspot.post(&hubspot.properties_of(object), &property).await)
}
