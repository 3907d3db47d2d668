//! The chat of a running stand: one channel of a Slack workspace, as the play sees it.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::stand::control::Control;

/// The channel that `infra/sync.toml` has messages sent to.
pub(crate) const CHANNEL: &str = "sales";
/// The path of its hook; what follows the host is the secret part of it.
pub(crate) const HOOK: &str = "/services/T1/B1/X1";
/// The name of the secret that a person makes before the deploy.
pub(crate) const SECRET: &str = "counterfoil-slack";

/// What that secret says: the hooks as Slack gives them out.
pub(crate) fn secret() -> Value {
    json!({"channels": {CHANNEL: format!("https://hooks.slack.com{HOOK}")}})
}

/// A twin of Slack.
#[derive(Debug, Clone)]
pub(crate) struct Chat(Control);

impl Chat {
    /// A twin at an address.
    pub(crate) fn at(base: &str) -> Result<Self> {
        Ok(Self(Control::at(base)?))
    }

    /// What stands in the channel, as people read it.
    pub(crate) async fn messages(&self) -> Result<Vec<String>> {
        let answer = self.0.get("/_twin/messages").await?;
        let all = answer.as_array().context("the twin gave no list of messages")?;
        Ok(all.iter().filter_map(|message| message["reads"].as_str().map(str::to_owned)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand::twins::Twins;
    use crate::stand::vendor::Vendor;

    #[tokio::test]
    async fn what_comes_through_the_hook_of_the_secret_is_read_in_the_channel() {
        // As `main` does; a second installation is refused, and would be the same one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let twins = Twins::start(Vendor::Hubspot).await.unwrap();
        let chat = Chat::at(&twins.slack()).unwrap();
        assert_eq!(chat.messages().await.unwrap(), [""; 0]);
        let url = secret()["channels"][CHANNEL]
            .as_str()
            .unwrap()
            .replace("https://hooks.slack.com", &twins.slack());
        let sent = reqwest::Client::builder().no_proxy().build().unwrap().post(url);
        sent.body(json!({"text": "hello"}).to_string())
            .header("content-type", "application/json")
            .send()
            .await
            .unwrap();
        assert_eq!(chat.messages().await.unwrap(), ["hello"]);
    }
}
