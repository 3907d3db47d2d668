//! The vendors' twins, in this process.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::checkout;
use crate::command::{CLIENT_SECRET, SHOP};
use crate::stand::control::Control;

/// What the shop's Admin API asks for on the stand.
pub(crate) const ACCESS_TOKEN: &str = "shpat_stand";
/// What the portal asks for on the stand.
pub(crate) const HUBSPOT_TOKEN: &str = "pat-stand";
/// The properties that a portal needs; a person creates them in a real one from the same files.
const PROPERTIES: &str = "infra/hubspot-properties.json";
const OF_DEALS: &str = "infra/hubspot-deals.json";
const OF_NOTES: &str = "infra/hubspot-notes.json";
const OF_TASKS: &str = "infra/hubspot-tasks.json";
const OF_COMPANIES: &str = "infra/hubspot-companies.json";

/// What the twins make up (ids, the order of results) follows from it, so that every demo is the same one.
const SEED: u64 = 1;

/// Both twins, each on a free port of 127.0.0.1. They end with this value.
#[derive(Debug)]
pub(crate) struct Twins {
    shopify: twin_shopify::Running,
    hubspot: twin_hubspot::Listening,
}

impl Twins {
    /// Starts both.
    pub(crate) async fn start() -> Result<Self> {
        let shopify = twin_shopify::Twin::new(SEED).spawn().await?;
        let hubspot = twin_hubspot::Portal::new(SEED).listen(0).await?;
        Ok(Self { shopify, hubspot })
    }

    /// Where the Shopify twin is controlled.
    pub(crate) fn shopify(&self) -> String {
        self.shopify.url()
    }

    /// Where the functions find a shop; they put its domain in the place of `{shop}`.
    pub(crate) fn shopify_endpoint(&self) -> String {
        format!("{}/shops/{{shop}}", self.shopify())
    }

    /// Where the HubSpot twin is, for control and for the functions.
    pub(crate) fn hubspot(&self) -> String {
        self.hubspot.url()
    }
}

/// Creates the shop, the portal and the portal's properties.
pub(crate) async fn furnish(shopify: &Control, hubspot: &Control) -> Result<()> {
    let shop = json!({"client_secret": CLIENT_SECRET, "access_token": ACCESS_TOKEN, "currency": "USD"});
    shopify.put(&format!("/_twin/shops/{SHOP}"), &shop).await?;
    let root = checkout::root();
    let portal = json!({
        "token": HUBSPOT_TOKEN,
        "properties": properties(&root.join(PROPERTIES))?,
        "deal_properties": properties(&root.join(OF_DEALS))?,
        "note_properties": properties(&root.join(OF_NOTES))?,
        "task_properties": properties(&root.join(OF_TASKS))?,
        "company_properties": properties(&root.join(OF_COMPANIES))?,
        "deal_stages": {"open": "0.5", "won": "1.0", "lost": "0.0"},
    });
    hubspot.put("/_twin/portal", &portal).await.map(drop)
}

fn properties(file: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let request: Value = serde_json::from_str(&text)?;
    Ok(request["inputs"].clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portal_gets_a_unique_key_and_exact_numbers() {
        let properties = properties(&checkout::root().join(PROPERTIES)).unwrap();
        let named =
            |name: &str| properties.as_array().unwrap().iter().find(|p| p["name"] == name).unwrap().clone();
        assert_eq!(named("shopify_customer_id")["hasUniqueValue"], true);
        assert_eq!(named("total_spent")["type"], "number");
        assert_eq!(properties.as_array().unwrap().len(), 13);
        let keys = [
            (OF_DEALS, "shopify_order_id"),
            (OF_NOTES, "shopify_refund_id"),
            (OF_TASKS, "shopify_action_key"),
            (OF_COMPANIES, "shopify_company_id"),
        ];
        for (file, key) in keys {
            let keys = super::properties(&checkout::root().join(file)).unwrap();
            assert_eq!((&keys[0]["name"], &keys[0]["hasUniqueValue"]), (&json!(key), &json!(true)));
        }
    }
}
