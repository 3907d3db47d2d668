//! Where HubSpot is and how we may speak to it.

use std::fmt;

use domain::{MetafieldName, SignalName};
use secrecy::{ExposeSecret, SecretString};

/// Where it answers, but in tests and on the stand.
pub const ENDPOINT: &str = "https://api.hubapi.com";

/// The dated API version we were written for: the best documented one, supported until September 2027
/// (developers.hubspot.com/docs/developer-tooling/platform/versioning).
pub const API_VERSION: &str = "2026-03";

/// One HubSpot account.
#[derive(Debug, Clone)]
pub struct HubSpotConfig {
    endpoint: String,
    version: String,
    /// The whole header, so that it is put together once.
    authorization: SecretString,
    metafields: Vec<MetafieldName>,
    signals: Vec<SignalName>,
}

/// Why a setting cannot be used: names the setting, its shape and the mend, never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfig(&'static str);

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidConfig {}

impl HubSpotConfig {
    /// The real HubSpot, with the token of a service key or a private app (`pat-...`).
    pub fn new(token: &SecretString) -> Result<Self, InvalidConfig> {
        let text = token.expose_secret().trim();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidConfig(
                "the HubSpot token is empty or has spaces in it: use that of a service key, such as pat-na1-...",
            ));
        }
        let authorization = SecretString::from(format!("Bearer {text}"));
        Ok(Self {
            endpoint: ENDPOINT.to_owned(),
            version: API_VERSION.to_owned(),
            authorization,
            metafields: Vec::new(),
            signals: Vec::new(),
        })
    }

    /// The same, at another address, such as `http://127.0.0.1:8102`.
    pub fn at(mut self, endpoint: &str) -> Result<Self, InvalidConfig> {
        let endpoint = endpoint.trim().trim_end_matches('/');
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            return Err(InvalidConfig(
                "the HubSpot endpoint is no address: use one such as https://api.hubapi.com",
            ));
        }
        endpoint.clone_into(&mut self.endpoint);
        Ok(self)
    }

    /// The same, in another version of the API, such as `2026-09`.
    pub fn version(mut self, version: &str) -> Result<Self, InvalidConfig> {
        let version = version.trim();
        if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(InvalidConfig("the HubSpot API version is none: use one such as 2026-03"));
        }
        version.clone_into(&mut self.version);
        Ok(self)
    }

    /// The same, kept true to the merchant's own fields too (S-214): each has a property of its very name, which the
    /// merchant defines.
    #[must_use]
    pub fn with_metafields(mut self, names: impl IntoIterator<Item = MetafieldName>) -> Self {
        self.metafields.extend(names);
        self
    }

    /// The same, where these signals have a text of their own: each has a property `signal_<name>`, which the set-up
    /// makes.
    #[must_use]
    pub fn with_signals(mut self, names: impl IntoIterator<Item = SignalName>) -> Self {
        self.signals.extend(names);
        self
    }

    pub(crate) fn signals(&self) -> &[SignalName] {
        &self.signals
    }

    pub(crate) fn metafields(&self) -> &[MetafieldName] {
        &self.metafields
    }

    /// The address of something under `/crm/{area}/{version}/`.
    pub(crate) fn url(&self, area: &str, rest: &str) -> String {
        format!("{}/crm/{area}/{}/{rest}", self.endpoint, self.version)
    }

    pub(crate) fn authorization(&self) -> &SecretString {
        &self.authorization
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(token: &str) -> Result<HubSpotConfig, InvalidConfig> {
        HubSpotConfig::new(&SecretString::from(token))
    }

    #[test]
    fn the_version_is_part_of_every_address_and_can_be_another() {
        let config = config("pat-1").unwrap();
        assert_eq!(config.url("objects", "contacts"), "https://api.hubapi.com/crm/objects/2026-03/contacts");
        let other = config.at("http://127.0.0.1:1/").unwrap().version("2026-09").unwrap();
        assert_eq!(other.url("properties", "contacts"), "http://127.0.0.1:1/crm/properties/2026-09/contacts");
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named_and_the_token_never_shown() {
        for bad in ["", " ", "pat 1", "pat\n1", "pät"] {
            assert!(config(bad).unwrap_err().to_string().contains("token"), "{bad:?}");
        }
        let config = config(" pat-na1-secret\n").unwrap();
        assert!(!format!("{config:?}").contains("secret"), "{config:?}");
        assert!(config.clone().at("api.hubapi.com").unwrap_err().to_string().contains("endpoint"));
        assert!(config.version("2026/03").unwrap_err().to_string().contains("version"));
    }
}
