//! Where Slack is, and the hooks by which we may speak to it.

use std::collections::BTreeMap;
use std::fmt;

use notify::Channel;
use secrecy::{ExposeSecret, SecretString};

use crate::secret::{self, InvalidSlackSecret};

/// The hooks of one Slack workspace.
#[derive(Debug, Clone)]
pub struct SlackConfig {
    /// Whole addresses, each of which is a secret.
    hooks: BTreeMap<Channel, SecretString>,
}

/// An endpoint that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidEndpoint;

impl fmt::Display for InvalidEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the Slack endpoint is no address: use one such as https://hooks.slack.com")
    }
}

impl std::error::Error for InvalidEndpoint {}

impl SlackConfig {
    /// From the text of the secret: `{"channels":{"sales":"https://hooks.slack.com/services/T.../B.../X..."}}`. Fails with all
    /// that is wrong with it, none of which holds an address.
    pub fn new(secret: &SecretString) -> Result<Self, InvalidSlackSecret> {
        Ok(Self { hooks: secret::hooks(secret.expose_secret())? })
    }

    /// The same hooks at another address, such as `http://127.0.0.1:8104`: their paths stay.
    pub fn at(self, endpoint: &str) -> Result<Self, InvalidEndpoint> {
        let endpoint = endpoint.trim().trim_end_matches('/');
        if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
            return Err(InvalidEndpoint);
        }
        let moved = |url: &SecretString| {
            SecretString::from(format!("{endpoint}{}", secret::path(url.expose_secret())))
        };
        Ok(Self { hooks: self.hooks.iter().map(|(channel, url)| (channel.clone(), moved(url))).collect() })
    }

    /// The channels that are set up, in the order of their names.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.hooks.keys()
    }

    /// The hook of a channel.
    pub(crate) fn hook(&self, channel: &Channel) -> Option<&SecretString> {
        self.hooks.get(channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = r#"{"channels":{"sales":"https://hooks.slack.com/services/T1/B1/hush"}}"#;

    fn config() -> SlackConfig {
        SlackConfig::new(&SecretString::from(SECRET)).unwrap()
    }

    fn url(config: &SlackConfig) -> &str {
        config.hook(&Channel::new("sales").unwrap()).unwrap().expose_secret()
    }

    #[test]
    fn hooks_can_be_at_another_address() {
        assert_eq!(url(&config()), "https://hooks.slack.com/services/T1/B1/hush");
        let twin = config().at(" http://127.0.0.1:1/ ").unwrap();
        assert_eq!(url(&twin), "http://127.0.0.1:1/services/T1/B1/hush");
        assert_eq!(twin.channels().map(Channel::as_str).collect::<Vec<_>>(), ["sales"]);
        assert_eq!(config().at("hooks.slack.com").unwrap_err(), InvalidEndpoint);
        assert!(InvalidEndpoint.to_string().contains("endpoint"));
    }

    #[test]
    fn hooks_are_never_shown() {
        assert!(!format!("{:?}", config()).contains("hush"));
    }
}
