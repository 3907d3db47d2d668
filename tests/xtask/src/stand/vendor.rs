//! Which CRM a stand has, and what differs by it before the first customer comes.

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::setup;
use crate::stand::control::Control;

/// What the HubSpot twin's portal asks for on the stand.
const HUBSPOT_TOKEN: &str = "pat-stand";
/// The number of that portal, to which links in messages lead.
const HUBSPOT_PORTAL: u64 = 4711;
/// The permission set that the set-up makes; a person assigns it.
const PERMISSION_SET: &str = "Counterfoil";

/// A CRM that the demo can be played with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Vendor {
    /// A portal.
    #[default]
    Hubspot,
    /// An org, where people are contacts.
    Salesforce,
}

impl Vendor {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hubspot => "HubSpot",
            Self::Salesforce => "Salesforce",
        }
    }

    /// The parameter of template.yaml that says where it is.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::Hubspot => "HubspotEndpoint",
            Self::Salesforce => "SalesforceEndpoint",
        }
    }

    /// The variable by which the functions are told the same.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Hubspot => "HUBSPOT_ENDPOINT",
            Self::Salesforce => "SALESFORCE_ENDPOINT",
        }
    }

    /// What the secret of the CRM says on the stand; the generated key in it is kept.
    pub(crate) fn put_into(self, secret: &mut Value) {
        match self {
            Self::Hubspot => secret["hubspot"] = json!({"token": HUBSPOT_TOKEN, "portal_id": HUBSPOT_PORTAL}),
            Self::Salesforce => {
                if let Some(parts) = secret.as_object_mut() {
                    parts.remove("hubspot");
                }
                secret["salesforce"] = json!({
                    "my_domain": "stand",
                    "client_id": twin_salesforce::Org::CLIENT_ID,
                    "client_secret": twin_salesforce::Org::CLIENT_SECRET,
                });
            }
        }
    }

    /// Makes it ready as `cargo xtask setup` and a person do for a real one.
    pub(crate) async fn furnish(self, twin: &Control, url: &str) -> Result<()> {
        match self {
            Self::Hubspot => {
                twin.put("/_twin/portal", &json!({"token": HUBSPOT_TOKEN})).await?;
            }
            Self::Salesforce => {
                let strict = json!({"settings": {"duplicate_rule": "block"}});
                twin.put("/_twin/org", &strict).await?;
                // Nobody sees the new fields before the permission set is assigned, which the set-up says.
                let unseen =
                    self.set_up(url).await.err().context("the set-up asked for no permission set")?;
                assign(twin).await.with_context(|| format!("{unseen:#}"))?;
            }
        }
        self.set_up(url).await.map(drop)
    }

    async fn set_up(self, url: &str) -> Result<connect::SetUp> {
        let mut secret = json!({"fingerprint_key": "of no account: 16"});
        self.put_into(&mut secret);
        let at = |name: &str| (name == self.variable()).then(|| url.to_owned());
        setup::set_up(at, &secret.to_string()).await
    }
}

async fn assign(org: &Control) -> Result<()> {
    let sets = org.get("/_twin/records/PermissionSet").await?;
    let all = sets.as_array().map(Vec::as_slice).unwrap_or_default();
    let set = all.iter().find(|set| set["fields"]["Name"] == PERMISSION_SET);
    let set = set.context("the set-up made no permission set")?;
    let user = org.get("/_twin/org").await?["user_id"].clone();
    let assigned = json!({"PermissionSetId": set["id"], "AssigneeId": user});
    org.post("/_twin/records/PermissionSetAssignment", &assigned).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand::twins::Twins;

    #[tokio::test]
    async fn a_crm_is_made_ready_by_the_manifest_and_once() {
        // As `main` does; a second installation is refused, and would be the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let made = [
            (Vendor::Hubspot, ["shopify_customer_id", "total_spent", "shopify_refund_id"]),
            (
                Vendor::Salesforce,
                ["Shopify_Customer_ID__c", "Shopify_Total_Spent__c", "Shopify_Refund_ID__c"],
            ),
        ];
        for (vendor, names) in made {
            let twins = Twins::start(vendor).await.unwrap();
            let twin = Control::at(&twins.crm()).unwrap();
            vendor.furnish(&twin, &twins.crm()).await.unwrap();
            let again = vendor.set_up(&twins.crm()).await.unwrap();
            assert!(again.created.is_empty(), "{vendor:?}: {:?}", again.created);
            for name in names {
                let is_there = again.existing.iter().any(|there| there.ends_with(name));
                assert!(is_there, "{vendor:?} {name}: {:?}", again.existing);
            }
        }
    }

    #[test]
    fn the_generated_key_stays_in_the_secret() {
        for vendor in [Vendor::Hubspot, Vendor::Salesforce] {
            let mut secret = json!({"hubspot": {"token": ""}, "fingerprint_key": "generated"});
            vendor.put_into(&mut secret);
            assert_eq!(secret["fingerprint_key"], "generated");
            assert_eq!(secret.as_object().unwrap().len(), 2, "{secret}");
        }
    }
}
