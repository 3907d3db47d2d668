//! What is asked for, as ops type it into the console.

use std::fmt;

use domain::{Event, Firing, ShopDomain};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Held, Source};

use super::letter::Said;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Show what is there. Changes nothing; the filter does not count.
    List,
    /// Show what a replay with this filter would send. Changes nothing.
    Preview,
    /// Send what the filter lets through to its queue, and delete it here.
    Replay,
}

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The dead-letter queue.
    #[default]
    Dead,
    /// The parked queue.
    Parked,
}

impl From {
    pub(super) fn source(self) -> Source {
        match self {
            Self::Dead => Source::Dead,
            Self::Parked => Source::Parked,
        }
    }
}

/// A request, such as `{"action": "replay", "shop": "example.myshopify.com", "limit": 10}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// What to do; required, so that an empty test event does nothing.
    pub action: Action,
    /// Which queue; `dead` where it is left out.
    #[serde(default)]
    pub from: From,
    /// Only this shop's.
    #[serde(default)]
    pub shop: Option<ShopDomain>,
    /// Only this topic's, such as `orders/create`.
    #[serde(default)]
    pub topic: Option<String>,
    /// Only this delivery (Shopify's webhook id).
    #[serde(default)]
    pub delivery_id: Option<String>,
    /// Only this action, by its key.
    #[serde(default)]
    pub key: Option<String>,
    /// Only actions of this kind, such as `message`.
    #[serde(default)]
    pub kind: Option<String>,
    /// Only what was first sent before this time (RFC 3339).
    #[serde(default)]
    pub sent_before: Option<Timestamp>,
    /// At most this many, 1 to 1000; 100 where it is left out.
    #[serde(default = "default_limit")]
    pub limit: usize,
}

fn default_limit() -> usize {
    100
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidReplay(String);

impl fmt::Display for InvalidReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; expected for example {{\"action\": \"preview\", \"from\": \"dead\", \"shop\": \
             \"example.myshopify.com\", \"topic\": \"orders/create\", \"limit\": 10}}",
            self.0
        )
    }
}

impl std::error::Error for InvalidReplay {}

impl ReplayRequest {
    /// Reads what was typed; an unknown key is refused, since a misspelt filter would let everything through.
    pub fn parse(json: serde_json::Value) -> Result<Self, InvalidReplay> {
        let request: Self = serde_json::from_value(json).map_err(|error| InvalidReplay(error.to_string()))?;
        if !(1..=1000).contains(&request.limit) {
            return Err(InvalidReplay(format!("limit is {}, and must be 1 to 1000", request.limit)));
        }
        Ok(request)
    }

    pub(super) fn wants(&self, said: &Said, held: &Held) -> bool {
        let of_event = |wanted: &Option<String>, is: fn(&Event) -> &str| {
            wanted.as_deref().is_none_or(|wanted| said.event().is_some_and(|event| is(event) == wanted))
        };
        let of_action = |wanted: &Option<String>, is: fn(&Firing) -> &str| {
            wanted.as_deref().is_none_or(|wanted| said.action().is_some_and(|firing| is(firing) == wanted))
        };
        self.action == Action::List
            || (self.shop.as_ref().is_none_or(|shop| shop == said.shop())
                && of_event(&self.topic, |event| event.topic.as_str())
                && of_event(&self.delivery_id, |event| &event.delivery_id)
                && of_action(&self.key, |firing| firing.key.as_str())
                && of_action(&self.kind, |firing| firing.deed.name())
                && self.sent_before.is_none_or(|before| held.sent_at < before))
    }

    pub(super) fn hint(&self) -> String {
        match self.action {
            Action::List => "Use \"preview\" with the filter you mean, then \"replay\".".to_owned(),
            Action::Preview => {
                "Nothing was changed. Use \"replay\" with the same filter to send these again.".to_owned()
            }
            Action::Replay => "Use \"list\" in a while: what fails again comes back here.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_test_event_does_nothing() {
        let refused = ReplayRequest::parse(json!({})).unwrap_err().to_string();
        assert!(
            refused.contains("missing field `action`") && refused.contains("expected for example"),
            "{refused}"
        );
    }

    #[test]
    fn a_misspelt_filter_is_refused() {
        for json in [
            json!({"action": "replay", "topics": "orders/create"}),
            json!({"action": "replay", "shop": "example.com"}),
            json!({"action": "replay", "limit": 0}),
            json!({"action": "replay", "limit": 1001}),
            json!({"action": "purge"}),
            json!([]),
            json!("replay"),
        ] {
            assert!(ReplayRequest::parse(json.clone()).is_err(), "{json}");
        }
    }
}
