//! The keys of what is beside contacts: made where they are missing, and looked at where they are there.

use serde_json::json;

use super::definition::{DESCRIPTION, GROUP, create_group, definitions, unless_it_exists};
use super::{Prepared, SetupError};
use crate::client::HubSpot;
use crate::error::Refusal;
use crate::objects::{companies, deals, notes, tasks};

/// An object that is found by a key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyed {
    /// An order each.
    Deals,
    /// A refund each.
    Notes,
    /// What the shop asks of a rep.
    Tasks,
    /// Who buys together.
    Companies,
}

impl Keyed {
    /// Every object.
    pub const ALL: [Self; 4] = [Self::Deals, Self::Notes, Self::Tasks, Self::Companies];

    /// Its name in addresses, its key, and what people read.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Deals => ("deals", deals::KEY, "Shopify order ID"),
            Self::Notes => ("notes", notes::KEY, "Shopify refund ID"),
            Self::Tasks => ("tasks", tasks::KEY, "Shopify action key"),
            Self::Companies => ("companies", companies::KEY, "Shopify company ID"),
        }
    }
}

/// Makes the unique properties by which a deal is an order, a note a refund, a task an action and a company one of the
/// shop's, and checks those that are there. Can be done again.
pub async fn setup_orders(hubspot: &HubSpot) -> Result<Prepared, SetupError> {
    setup_keys(hubspot, &Keyed::ALL).await
}

/// The same for these objects alone, where the token is not for all of them.
pub async fn setup_keys(hubspot: &HubSpot, objects: &[Keyed]) -> Result<Prepared, SetupError> {
    let mut prepared = Prepared { created: vec![], existing: vec![] };
    for object in objects {
        let (_, key, _) = object.words();
        let was_there = is_right(hubspot, *object).await?;
        if !was_there {
            create(hubspot, *object).await?;
            if !is_right(hubspot, *object).await? {
                return Err(SetupError::Missing { property: key });
            }
        }
        if was_there { prepared.existing.push(key) } else { prepared.created.push(key) }
    }
    Ok(prepared)
}

/// Whether the key is there; it is an error where it is not as it must be. The list is asked for: a property that is not
/// there is not an error of the call then.
async fn is_right(hubspot: &HubSpot, object: Keyed) -> Result<bool, SetupError> {
    let (name, key, _) = object.words();
    let all = definitions(hubspot, name).await?;
    let Some(found) = all.into_iter().find(|definition| definition.name == key) else { return Ok(false) };
    if found.value_type != "string" {
        return Err(SetupError::WrongType { property: key, expected: "string", found: found.value_type });
    }
    if !found.has_unique_value {
        return Err(SetupError::KeyNotUnique { object: name, property: key });
    }
    Ok(true)
}

async fn create(hubspot: &HubSpot, object: Keyed) -> Result<(), Refusal> {
    let (name, key, label) = object.words();
    create_group(hubspot, name).await?;
    let property = json!({
        "groupName": GROUP,
        "name": key,
        "label": label,
        "description": DESCRIPTION,
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": true,
    });
    unless_it_exists(hubspot.post(&hubspot.properties(name), &property).await)
}
