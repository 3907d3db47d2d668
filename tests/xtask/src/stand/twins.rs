//! The vendors' twins, in this process.

use anyhow::Result;
use serde_json::json;

use crate::command::{CLIENT_SECRET, SHOP};
use crate::stand::chat;
use crate::stand::control::Control;
use crate::stand::vendor::Vendor;

/// What the shop's Admin API asks for on the stand.
pub(crate) const ACCESS_TOKEN: &str = "shpat_stand";
/// What the twins make up (ids, the order of results) follows from it, so that every demo is the same one.
const SEED: u64 = 1;

/// A shop, a CRM and a chat, each on a free port of 127.0.0.1. They end with this value.
#[derive(Debug)]
pub(crate) struct Twins {
    shopify: twin_shopify::Running,
    crm: Running,
    slack: twin_slack::Listening,
}

#[derive(Debug)]
enum Running {
    HubSpot(twin_hubspot::Listening),
    Salesforce(twin_salesforce::Listening),
}

impl Twins {
    /// Starts all three.
    pub(crate) async fn start(vendor: Vendor) -> Result<Self> {
        let shopify = twin_shopify::Twin::new(SEED).spawn().await?;
        let crm = match vendor {
            Vendor::Hubspot => Running::HubSpot(twin_hubspot::Portal::new(SEED).listen(0).await?),
            Vendor::Salesforce => Running::Salesforce(twin_salesforce::Org::new(SEED).listen(0).await?),
        };
        let workspace = twin_slack::Workspace::new();
        workspace.add_hook(chat::CHANNEL, chat::HOOK)?;
        Ok(Self { shopify, crm, slack: workspace.listen(0).await? })
    }

    /// Where the Shopify twin is controlled.
    pub(crate) fn shopify(&self) -> String {
        self.shopify.url()
    }

    /// Where the functions find a shop; they put its domain in the place of `{shop}`.
    pub(crate) fn shopify_endpoint(&self) -> String {
        format!("{}/shops/{{shop}}", self.shopify())
    }

    /// Where the CRM's twin is, for control and for the functions.
    pub(crate) fn crm(&self) -> String {
        match &self.crm {
            Running::HubSpot(listening) => listening.url(),
            Running::Salesforce(listening) => listening.url(),
        }
    }

    /// Where Slack's twin is, for control and for the functions.
    pub(crate) fn slack(&self) -> String {
        self.slack.url()
    }
}

/// Creates the shop.
pub(crate) async fn furnish(shopify: &Control) -> Result<()> {
    let shop = json!({"client_secret": CLIENT_SECRET, "access_token": ACCESS_TOKEN, "currency": "USD"});
    shopify.put(&format!("/_twin/shops/{SHOP}"), &shop).await.map(drop)
}
