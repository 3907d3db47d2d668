//! Where a Salesforce org is, who we are there, and in which of its objects we write.

use std::fmt;

use domain::{Layout, MetafieldName, SignalName};
use secrecy::{ExposeSecret, SecretString};

use crate::jwt::PrivateKey;
use crate::property::Words;

/// The API version we were written for: Winter '27. The shapes are the same since v46.
pub const API_VERSION: &str = "v68.0";

/// How we prove who we are.
#[derive(Debug, Clone)]
pub(crate) enum Grant {
    /// OAuth 2.0 client credentials. The app needs a user that it runs as.
    Secret(SecretString),
    /// OAuth 2.0 JWT bearer, for that user. The app must be allowed for them beforehand.
    Key(String, PrivateKey),
}

/// One Salesforce org.
#[derive(Debug, Clone)]
pub struct SalesforceConfig {
    pub(crate) login: String,
    /// Who a JWT is for.
    pub(crate) audience: &'static str,
    pub(crate) version: String,
    pub(crate) client_id: String,
    pub(crate) grant: Grant,
    pub(crate) layout: Layout,
    pub(crate) words: Words,
    pub(crate) kept_percent: u8,
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

/// How much of a day's calls is left to people and to other apps, in percent.
const KEPT_PERCENT: u8 = 10;

impl SalesforceConfig {
    /// An org by its My Domain (`acme` or `acme.my.salesforce.com`), as the app with this consumer key and secret.
    pub fn with_secret(
        my_domain: &str,
        client_id: &str,
        secret: SecretString,
    ) -> Result<Self, InvalidConfig> {
        if secret.expose_secret().trim().is_empty() {
            return Err(InvalidConfig("client_secret is empty: use that of the External Client App"));
        }
        Self::new(my_domain, client_id, Grant::Secret(secret))
    }

    /// The same as this user of the org, by the app's private key: RSA, in PEM, PKCS#8.
    pub fn with_key(
        my_domain: &str,
        client_id: &str,
        username: &str,
        private_key: &SecretString,
    ) -> Result<Self, InvalidConfig> {
        if username.trim().is_empty() {
            return Err(InvalidConfig("username is empty: use that of the integration user"));
        }
        let key = PrivateKey::parse(private_key).ok_or(InvalidConfig(
            "private_key is none: use an RSA key in PEM with the head BEGIN PRIVATE KEY (PKCS#8; openssl genpkey makes one)",
        ))?;
        Self::new(my_domain, client_id, Grant::Key(username.trim().to_owned(), key))
    }

    fn new(my_domain: &str, client_id: &str, grant: Grant) -> Result<Self, InvalidConfig> {
        let host = host(my_domain).ok_or(InvalidConfig(
            "my_domain is none: use that of Setup > My Domain, such as acme.my.salesforce.com",
        ))?;
        let client_id = client_id.trim();
        if client_id.is_empty() || !client_id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidConfig(
                "client_id is empty or has spaces in it: use the consumer key of the app",
            ));
        }
        Ok(Self {
            audience: audience(&host),
            login: format!("https://{host}"),
            version: API_VERSION.to_owned(),
            client_id: client_id.to_owned(),
            grant,
            layout: Layout::default(),
            words: Words::new(Layout::default().people, []),
            kept_percent: KEPT_PERCENT,
        })
    }

    /// The address of the org, without a slash at its end.
    pub fn org(&self) -> &str {
        &self.login
    }

    /// The same, at another address, such as `http://127.0.0.1:8103`.
    pub fn at(mut self, endpoint: &str) -> Result<Self, InvalidConfig> {
        let endpoint = endpoint.trim().trim_end_matches('/');
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            return Err(InvalidConfig(
                "the Salesforce endpoint is no address: use one such as https://acme.my.salesforce.com",
            ));
        }
        endpoint.clone_into(&mut self.login);
        Ok(self)
    }

    /// The same, in another version of the API, such as `v69.0`.
    pub fn version(mut self, version: &str) -> Result<Self, InvalidConfig> {
        let version = version.trim();
        let number = version.strip_prefix('v').and_then(|number| number.split_once('.'));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !number.is_some_and(|(major, minor)| is_number(major) && is_number(minor)) {
            return Err(InvalidConfig("the Salesforce API version is none: use one such as v68.0"));
        }
        version.clone_into(&mut self.version);
        Ok(self)
    }

    /// The same, with people and orders in these objects.
    #[must_use]
    pub fn keeping(mut self, layout: Layout) -> Self {
        self.words = self.words.of_people(layout.people);
        self.layout = layout;
        self
    }

    /// The same, kept true to the merchant's own fields too (S-214): each has a custom field of its very name with `__c`
    /// behind it, which the merchant defines.
    #[must_use]
    pub fn with_metafields(mut self, names: impl IntoIterator<Item = MetafieldName>) -> Self {
        self.words = self.words.with_metafields(names);
        self
    }

    /// The same, with these signals that have a value of their own (S-024): each has a custom field of its name, with
    /// `signal_` before and `__c` behind it, which the set-up makes.
    #[must_use]
    pub fn with_signals(mut self, names: impl IntoIterator<Item = SignalName>) -> Self {
        self.words = self.words.with_signals(names);
        self
    }

    /// The same, with so much of a day's calls left to people and other apps: 0 to 100 percent, 10 if nothing is said.
    #[must_use]
    pub fn leaving_percent(mut self, percent: u8) -> Self {
        self.kept_percent = percent.min(100);
        self
    }
}

/// `acme` and `https://acme.my.salesforce.com/` are `acme.my.salesforce.com`.
fn host(my_domain: &str) -> Option<String> {
    let text = my_domain.trim().trim_start_matches("https://").trim_end_matches('/').to_ascii_lowercase();
    let host = if text.contains('.') { text } else { format!("{text}.my.salesforce.com") };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let is_theirs = host.ends_with(".salesforce.com") || host.ends_with(".salesforce.mil");
    (is_theirs && !host.starts_with('.') && host.bytes().all(is_host)).then_some(host)
}

/// A sandbox is told by its My Domain: `acme--dev.sandbox.my.salesforce.com`.
fn audience(host: &str) -> &'static str {
    if host.contains(".sandbox.") { "https://test.salesforce.com" } else { "https://login.salesforce.com" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(my_domain: &str) -> Result<SalesforceConfig, InvalidConfig> {
        SalesforceConfig::with_secret(my_domain, "3MVG9", SecretString::from("hush-hush"))
    }

    #[test]
    fn a_domain_is_read_in_each_of_its_spellings_and_tells_a_sandbox() {
        for text in ["acme", "acme.my.salesforce.com", " https://Acme.my.salesforce.com/ "] {
            let config = config(text).unwrap();
            let said = (config.login.as_str(), config.audience);
            assert_eq!(said, ("https://acme.my.salesforce.com", "https://login.salesforce.com"));
        }
        let sandbox = config("acme--dev.sandbox.my.salesforce.com").unwrap();
        assert_eq!(sandbox.audience, "https://test.salesforce.com");
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_named_and_no_secret_is_shown() {
        for bad in ["", "acme.example.com", "acme my", "evil.com/.salesforce.com", ".salesforce.com"] {
            assert!(config(bad).unwrap_err().to_string().contains("my_domain"), "{bad:?}");
        }
        let secret = || SecretString::from("hush-hush");
        let refused = SalesforceConfig::with_secret("acme", " ", secret()).unwrap_err();
        assert!(refused.to_string().contains("client_id"), "{refused}");
        let refused = SalesforceConfig::with_secret("acme", "3MVG9", SecretString::from(" ")).unwrap_err();
        assert!(refused.to_string().contains("client_secret"), "{refused}");
        let refused = SalesforceConfig::with_key("acme", "3MVG9", "ada@example.com", &secret()).unwrap_err();
        assert!(refused.to_string().contains("private_key") && !refused.to_string().contains("hush"));
        assert!(!format!("{:?}", config("acme").unwrap()).contains("hush"));
        assert!(config("acme").unwrap().at("acme").is_err());
        for bad in ["68.0", "v68", "v68.x", "v68.0/sobjects"] {
            assert!(config("acme").unwrap().version(bad).is_err(), "{bad}");
        }
    }
}
