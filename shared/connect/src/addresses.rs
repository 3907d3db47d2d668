//! Where each half is reached, and in which version.

use shopify::AdminConfig;

use crate::CrmAddresses;

/// The addresses of both halves.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// `SHOPIFY_ENDPOINT` (`https://{shop}`) and `SHOPIFY_API_VERSION` (`2026-10`).
    pub shops: AdminConfig,
    /// `HUBSPOT_ENDPOINT` (`https://api.hubapi.com`) and `HUBSPOT_API_VERSION` (`2026-03`),
    /// `SALESFORCE_ENDPOINT` (none: the secret names it) and `SALESFORCE_API_VERSION` (`v68.0`).
    pub crm: CrmAddresses,
}

impl Addresses {
    /// Reads them; `setting` gives a setting by its name, and the defaults are the real vendors.
    pub fn read(setting: impl Fn(&str) -> Option<String>) -> Self {
        let or = |name: &str, default: &str| setting(name).unwrap_or_else(|| default.to_owned());
        Self {
            shops: AdminConfig {
                endpoint: or("SHOPIFY_ENDPOINT", "https://{shop}"),
                version: or("SHOPIFY_API_VERSION", "2026-10"),
            },
            crm: CrmAddresses {
                hubspot_endpoint: or("HUBSPOT_ENDPOINT", "https://api.hubapi.com"),
                hubspot_version: or("HUBSPOT_API_VERSION", "2026-03"),
                salesforce_endpoint: setting("SALESFORCE_ENDPOINT").filter(|endpoint| !endpoint.is_empty()),
                salesforce_version: or("SALESFORCE_API_VERSION", crm_salesforce::API_VERSION),
            },
        }
    }
}
