//! The text of the CRM secret: which CRM it opens, and with what.

use std::fmt;

use crm_hubspot::HubSpotConfig;
use crm_salesforce::SalesforceConfig;
use domain::Rulebook;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::CrmAddresses;

/// What is wrong with the text; never the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCrmSecret(String);

impl InvalidCrmSecret {
    fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for InvalidCrmSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the CRM secret is not usable: {}; expected {{\"hubspot\":{{\"token\":\"...\"}},\"fingerprint_key\":\"...\"}}, or in the place of hubspot {{\"salesforce\":{{\"my_domain\":\"...\",\"client_id\":\"...\",\"client_secret\":\"...\"}}}} (or username and private_key instead of client_secret)",
            self.0
        )
    }
}

impl std::error::Error for InvalidCrmSecret {}

/// The shape of the text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    hubspot: Option<StoredHubSpot>,
    salesforce: Option<StoredSalesforce>,
    fingerprint_key: SecretString,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHubSpot {
    token: SecretString,
    /// The number of the account, which the pages of its records are under; without it no page is told.
    portal_id: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSalesforce {
    my_domain: String,
    client_id: String,
    client_secret: Option<SecretString>,
    username: Option<String>,
    private_key: Option<SecretString>,
}

/// The CRM that was chosen.
pub(crate) enum Chosen {
    HubSpot(HubSpotConfig),
    Salesforce(SalesforceConfig),
}

impl Stored {
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidCrmSecret> {
        let stored: Self = serde_json::from_str(text).map_err(|e| {
            let (line, column) = (e.line(), e.column());
            InvalidCrmSecret(format!("it is not JSON of that shape (line {line}, column {column})"))
        })?;
        if stored.fingerprint_key.expose_secret().len() < 16 {
            return Err(InvalidCrmSecret::new("fingerprint_key is shorter than 16 characters"));
        }
        Ok(stored)
    }

    pub(crate) fn fingerprint_key(&self) -> &[u8] {
        self.fingerprint_key.expose_secret().as_bytes()
    }

    /// Where people see records: an address that ends where an id begins.
    pub(crate) fn pages(&self) -> Option<String> {
        let of_hubspot = |portal| format!("https://app.hubspot.com/contacts/{portal}/record/0-1/");
        let portal = self.hubspot.as_ref().and_then(|hubspot| hubspot.portal_id).map(of_hubspot);
        portal.or_else(|| self.salesforce.as_ref().and_then(StoredSalesforce::pages))
    }

    pub(crate) fn chosen(&self, at: &CrmAddresses, rules: &Rulebook) -> Result<Chosen, InvalidCrmSecret> {
        match (&self.hubspot, &self.salesforce) {
            (Some(hubspot), None) => hubspot.config(at, rules).map(Chosen::HubSpot),
            (None, Some(salesforce)) => salesforce.config(at, rules).map(Chosen::Salesforce),
            (Some(_), Some(_)) => {
                Err(InvalidCrmSecret::new("it has two CRMs: keep one of hubspot and salesforce"))
            }
            (None, None) => Err(InvalidCrmSecret::new("it has no CRM: put hubspot or salesforce into it")),
        }
    }
}

impl StoredHubSpot {
    fn config(&self, at: &CrmAddresses, rules: &Rulebook) -> Result<HubSpotConfig, InvalidCrmSecret> {
        if self.token.expose_secret().is_empty() {
            return Err(InvalidCrmSecret::new("hubspot.token is empty"));
        }
        let config = HubSpotConfig::new(&self.token)
            .and_then(|config| config.at(&at.hubspot_endpoint)?.version(&at.hubspot_version));
        let config = config.map_err(|error| InvalidCrmSecret(error.to_string()))?;
        Ok(config.with_metafields(rules.written_metafields()).with_signals(rules.valued_signals()))
    }
}

impl StoredSalesforce {
    /// The org leads on to the page of whatever has the id.
    fn pages(&self) -> Option<String> {
        self.grant().ok().map(|config| format!("{}/", config.org()))
    }

    fn config(&self, at: &CrmAddresses, rules: &Rulebook) -> Result<SalesforceConfig, InvalidCrmSecret> {
        let config = self.grant()?.version(&at.salesforce_version);
        let config = match &at.salesforce_endpoint {
            Some(endpoint) => config.and_then(|config| config.at(endpoint)),
            None => config,
        };
        let config = config.map_err(|error| InvalidCrmSecret(error.to_string()))?;
        let config = config.keeping(rules.layout).with_metafields(rules.written_metafields());
        Ok(config.with_signals(rules.valued_signals()))
    }

    fn grant(&self) -> Result<SalesforceConfig, InvalidCrmSecret> {
        let Self { my_domain, client_id, client_secret, username, private_key } = self;
        let config = match (client_secret, username, private_key) {
            (Some(secret), None, None) => SalesforceConfig::with_secret(my_domain, client_id, secret.clone()),
            (None, Some(user), Some(key)) => SalesforceConfig::with_key(my_domain, client_id, user, key),
            _ => {
                let mend = "salesforce needs client_secret, or else both username and private_key";
                return Err(InvalidCrmSecret::new(mend));
            }
        };
        config.map_err(|error| InvalidCrmSecret(error.to_string()))
    }
}
