//! The vendors' twins, in this process.

use anyhow::Result;
use serde_json::json;

use crate::command::{CLIENT_SECRET, SHOP};
use crate::setup;
use crate::stand::control::Control;

/// What the shop's Admin API asks for on the stand.
pub(crate) const ACCESS_TOKEN: &str = "shpat_stand";
/// What the portal asks for on the stand.
pub(crate) const HUBSPOT_TOKEN: &str = "pat-stand";
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

/// Creates the shop and the portal, and makes the portal ready as `cargo xtask setup` does for a real one.
pub(crate) async fn furnish(shopify: &Control, hubspot: &Control, portal_url: &str) -> Result<()> {
    let shop = json!({"client_secret": CLIENT_SECRET, "access_token": ACCESS_TOKEN, "currency": "USD"});
    shopify.put(&format!("/_twin/shops/{SHOP}"), &shop).await?;
    hubspot.put("/_twin/portal", &json!({"token": HUBSPOT_TOKEN})).await?;
    let secret = json!({"hubspot": {"token": HUBSPOT_TOKEN}, "fingerprint_key": "of no account: 16"});
    setup::set_up(|name| (name == "HUBSPOT_ENDPOINT").then(|| portal_url.to_owned()), &secret.to_string())
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_portal_is_made_ready_by_the_manifest_and_once() {
        let twins = Twins::start().await.unwrap();
        let url = twins.hubspot();
        let secret = json!({"hubspot": {"token": twin_hubspot::Portal::TOKEN}, "fingerprint_key": "of no account: 16"});
        let secret = secret.to_string();
        let ready = || setup::set_up(|name| (name == "HUBSPOT_ENDPOINT").then(|| url.clone()), &secret);
        let made = ready().await.unwrap().created;
        for name in ["shopify_customer_id", "total_spent", "shopify_refund_id"] {
            assert!(made.iter().any(|created| created == name), "{name}: {made:?}");
        }
        assert!(ready().await.unwrap().created.is_empty());
    }
}
