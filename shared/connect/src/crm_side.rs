//! The CRM's half.

use std::fmt;
use std::sync::Arc;

use crm::Crm;
use crm_hubspot::{HubSpot, HubSpotConfig};
use domain::{FingerprintKey, Rulebook};
use outbound::Outbound;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Where each CRM is reached.
#[derive(Debug, Clone)]
pub struct CrmAddresses {
    /// HubSpot's API; `https://api.hubapi.com` but in tests.
    pub hubspot_endpoint: String,
    /// The dated version of HubSpot's API, such as `2026-03`.
    pub hubspot_version: String,
}

/// The chosen CRM, and the key of what we remember of it.
pub struct CrmSide {
    /// The CRM.
    pub crm: Arc<dyn Crm>,
    /// The key of the remembered hashes.
    pub fingerprint_key: FingerprintKey,
}

impl fmt::Debug for CrmSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CrmSide(..)")
    }
}

/// What is wrong with the text; never the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCrmSecret(String);

impl fmt::Display for InvalidCrmSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the CRM secret is not usable: {}; expected {{\"hubspot\":{{\"token\":\"...\"}},\"fingerprint_key\":\"...\"}}",
            self.0
        )
    }
}

impl std::error::Error for InvalidCrmSecret {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    hubspot: StoredHubSpot,
    fingerprint_key: SecretString,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHubSpot {
    token: SecretString,
}

/// Opens the CRM that the secret names.
pub fn crm_side(
    outbound: &Outbound,
    at: &CrmAddresses,
    rules: &Rulebook,
    secret: &str,
) -> Result<CrmSide, InvalidCrmSecret> {
    let stored: Stored = serde_json::from_str(secret).map_err(|e| {
        InvalidCrmSecret(format!("it is not JSON of that shape (line {}, column {})", e.line(), e.column()))
    })?;
    if stored.hubspot.token.expose_secret().is_empty() {
        return Err(InvalidCrmSecret("hubspot.token is empty".to_owned()));
    }
    if stored.fingerprint_key.expose_secret().len() < 16 {
        return Err(InvalidCrmSecret("fingerprint_key is shorter than 16 characters".to_owned()));
    }
    let config = HubSpotConfig::new(&stored.hubspot.token)
        .and_then(|config| config.at(&at.hubspot_endpoint)?.version(&at.hubspot_version))
        .map_err(|error| InvalidCrmSecret(error.to_string()))?
        .with_metafields(rules.written_metafields())
        .with_signals(rules.valued_signals());
    let fingerprint_key = FingerprintKey::new(stored.fingerprint_key.expose_secret().as_bytes());
    Ok(CrmSide { crm: Arc::new(HubSpot::new(outbound.clone(), config)), fingerprint_key })
}

#[cfg(test)]
mod tests {
    use outbound::Timeouts;

    use super::*;

    fn open(secret: &str) -> Result<CrmSide, InvalidCrmSecret> {
        let at =
            CrmAddresses { hubspot_endpoint: "http://127.0.0.1:1".into(), hubspot_version: "2026-03".into() };
        crm_side(&Outbound::new(Timeouts::default()).unwrap(), &at, &Rulebook::default(), secret)
    }

    #[test]
    fn the_secret_opens_the_crm_or_says_what_is_wrong_without_repeating_it() {
        assert!(open(r#"{"hubspot":{"token":"pat"},"fingerprint_key":"0123456789abcdef"}"#).is_ok());
        for secret in [
            "hush-hush",
            r#"{"hubspot":{"token":""},"fingerprint_key":"0123456789abcdef"}"#,
            r#"{"hubspot":{"token":"hush-hush"},"fingerprint_key":"hush-hush"}"#,
            r#"{"hubspot":{"token":"hush-hush"}}"#,
            r#"{"hubspot":{"token":"x"},"fingerprint_key":"0123456789abcdef","sales":"hush-hush"}"#,
        ] {
            let refused = open(secret).unwrap_err().to_string();
            assert!(refused.contains("expected") && !refused.contains("hush-hush"), "{refused}");
        }
    }
}
