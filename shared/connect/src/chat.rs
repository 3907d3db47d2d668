//! The chat.

use std::error::Error;

use notify_slack::{Slack, SlackConfig};
use outbound::Outbound;
use secrecy::SecretString;

/// Opens the hooks that the secret names; `endpoint` is another address for them, in tests. Fails with what is wrong with
/// the secret, never with an address of it.
pub fn chat(
    outbound: &Outbound,
    endpoint: Option<&str>,
    secret: &str,
) -> Result<Slack, Box<dyn Error + Send + Sync>> {
    let config = SlackConfig::new(&SecretString::from(secret))?;
    let config = match endpoint {
        Some(endpoint) => config.at(endpoint)?,
        None => config,
    };
    Ok(Slack::new(outbound.clone(), config))
}

#[cfg(test)]
mod tests {
    use outbound::Timeouts;

    use super::*;

    #[test]
    fn the_secret_opens_the_chat_or_says_what_is_wrong_without_repeating_it() {
        let outbound = Outbound::new(Timeouts::default()).unwrap();
        let right = r#"{"channels":{"sales":"https://hooks.slack.com/services/T1/B1/hush"}}"#;
        assert!(chat(&outbound, None, right).is_ok());
        assert!(chat(&outbound, Some("http://127.0.0.1:1"), right).is_ok());
        let wrong = chat(&outbound, None, r#"{"channels":{"sales":"https://example.com/hush"}}"#).err();
        assert!(!wrong.unwrap().to_string().contains("hush"));
    }
}
