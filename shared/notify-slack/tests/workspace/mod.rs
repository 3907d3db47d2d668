//! A Slack workspace on a port of this machine, and our way to it.

#![allow(dead_code, unreachable_pub, clippy::expect_used, reason = "each test uses what it needs")]

use notify::conformance::{OPS, SALES, Seen};
use notify::{Channel, Link};
use notify_slack::{Slack, SlackConfig};
use outbound::{Outbound, Timeouts};
use secrecy::SecretString;
use twin_slack::{Clock, Listening, Message, Settings, Workspace};

/// The 24th of November 2026.
const START_MS: i64 = 1_795_482_000_000;

/// The path of the hook of [`SALES`].
pub const SALES_PATH: &str = "/services/T1/B1/X1";

const OPS_PATH: &str = "/services/T1/B2/X2";

/// Slack, and its hooks as we know them.
pub struct Room {
    pub workspace: Workspace,
    pub slack: Slack,
    _listening: Listening,
}

impl Room {
    /// With the channels of the conformance suite, and a clock that stands still.
    pub async fn fresh() -> Self {
        let workspace = Workspace::with_clock(Clock::standing_at(START_MS));
        for (channel, path) in [(SALES, SALES_PATH), (OPS, OPS_PATH)] {
            workspace.add_hook(channel, path).expect("it is a hook");
        }
        let listening = workspace.listen(0).await.expect("a port is free");
        let slack = slack(&listening.url());
        Self { workspace, slack, _listening: listening }
    }

    /// The same, where as many messages may come at once as a test posts.
    pub async fn without_limit() -> Self {
        let room = Self::fresh().await;
        room.workspace.set_settings(Settings { burst: 1_000_000, ..Settings::default() });
        room
    }

    /// A channel, as somebody reads it.
    pub fn seen(&self, channel: &Channel) -> Vec<Seen> {
        self.workspace.messages(channel.as_str()).iter().map(seen).collect()
    }
}

pub fn seen(message: &Message) -> Seen {
    let link = |link: &twin_slack::Link| Link { label: link.label.clone(), url: link.url.clone() };
    Seen {
        text: message.reads.clone(),
        links: message.links.iter().map(link).collect(),
        mentions: message.mentions.len(),
        repeat: message.reads.contains("sent again"),
    }
}

/// Slack at this address, by the hooks of [`Room`].
pub fn slack(url: &str) -> Slack {
    let host = "https://hooks.slack.com";
    let secret = format!(r#"{{"channels":{{"{SALES}":"{host}{SALES_PATH}","{OPS}":"{host}{OPS_PATH}"}}}}"#);
    let config = SlackConfig::new(&SecretString::from(secret)).expect("it is a secret");
    let outbound = Outbound::new(Timeouts::default()).expect("TLS makes sense");
    Slack::new(outbound, config.at(url).expect("it is an address"))
}

pub fn channel(name: &str) -> Channel {
    Channel::new(name).expect("it is a name")
}
