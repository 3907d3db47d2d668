//! A delivery: what Shopify sends, with the headers and the signature it sends it with.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

use crate::{body, shop::Shop};

/// One webhook of one topic. Retries and duplicates are the same delivery again: same body, same ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// `orders/create`, `customer.tags_added`, ...
    pub topic: String,
    /// `*.myshopify.com`.
    pub shop: String,
    /// Unique per delivery, the same on its retries.
    pub webhook_id: String,
    /// Shared by all deliveries of one action of the merchant.
    pub event_id: String,
    /// When the action happened; nanoseconds.
    pub triggered_at: Timestamp,
    /// Version the body is written in.
    pub api_version: String,
    /// The bytes that are signed and sent.
    pub body: Vec<u8>,
}

/// Which names the headers have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderFamily {
    /// Classic webhooks: `x-shopify-topic` and so on.
    #[default]
    Classic,
    /// Next-Gen Events: `shopify-topic` and so on, without the `x-`.
    Events,
}

impl Delivery {
    /// All headers of this delivery (lower-case names), signed with the app's client secret over exactly `body`.
    /// Source: shopify.dev, webhooks, delivery structure.
    pub fn sign(&self, secret: &str, family: HeaderFamily) -> Vec<(String, String)> {
        let prefix = if family == HeaderFamily::Classic { "x-shopify" } else { "shopify" };
        let mut headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("user-agent".to_owned(), "Shopify-Captain-Hook".to_owned()),
            ("accept".to_owned(), "*/*".to_owned()),
        ];
        headers.extend(self.named().map(|(name, value)| (format!("{prefix}-{name}"), value)));
        headers.push((format!("{prefix}-hmac-sha256"), signature(secret, &self.body)));
        headers
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("topic", self.topic.clone()),
            ("shop-domain", self.shop.clone()),
            ("api-version", self.api_version.clone()),
            ("webhook-id", self.webhook_id.clone()),
            ("event-id", self.event_id.clone()),
            ("triggered-at", format!("{:.9}", self.triggered_at)),
        ]
        .into_iter()
    }
}

/// base64 of HMAC-SHA256 over the raw bytes, with the client secret as key.
pub fn signature(secret: &str, body: &[u8]) -> String {
    // A key of any length is fine for HMAC, so the error cannot happen; an empty signature would be refused anyway.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(body);
            STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}

/// One action of the merchant: what it raises shares its event id and its time.
pub(crate) struct Occasion {
    pub(crate) at: Timestamp,
    event_id: String,
}

impl Shop {
    /// An action begins: from here on, stale reads see what was before it.
    pub(crate) fn occasion(&mut self, at: Timestamp) -> Occasion {
        self.begin();
        Occasion { at, event_id: self.chance.uuid() }
    }

    /// Queues a delivery; protected data this app may not see is taken out of it. Before the app came nothing is queued,
    /// nor is its content written.
    pub(crate) fn raise(&mut self, occasion: &Occasion, topic: &str, content: impl FnOnce(&Self) -> Value) {
        if self.is_without_app {
            return;
        }
        let mut content = content(self);
        body::redact(&mut content, &self.faults.redact);
        let delivery = Delivery {
            topic: topic.to_owned(),
            shop: self.domain.clone(),
            webhook_id: self.chance.uuid(),
            event_id: occasion.event_id.clone(),
            triggered_at: occasion.at,
            api_version: self.settings.webhook_version.clone(),
            body: body::bytes(&content),
        };
        self.pending.push_back(delivery);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> Delivery {
        Delivery {
            topic: "orders/create".into(),
            shop: "demo.myshopify.com".into(),
            webhook_id: "w".into(),
            event_id: "e".into(),
            triggered_at: "2026-05-11T15:06:59.110521905Z".parse().unwrap(),
            api_version: "2026-10".into(),
            body: b"{}".to_vec(),
        }
    }

    #[test]
    fn a_signature_is_base64_over_the_raw_bytes() {
        assert_eq!(signature("hush", b"{}"), "UFwgrGBPZilFtmKh8TqcovA78LGYb1BdWu9I4Q2oyRg=");
    }

    #[test]
    fn both_families_carry_the_same_values() {
        let (classic, events) =
            (delivery().sign("s", HeaderFamily::Classic), delivery().sign("s", HeaderFamily::Events));
        assert!(
            classic.contains(&("x-shopify-triggered-at".into(), "2026-05-11T15:06:59.110521905Z".into()))
        );
        for (name, value) in &classic {
            let other = name.strip_prefix("x-").unwrap_or(name).to_owned();
            assert!(events.contains(&(other, value.clone())), "{name}");
        }
    }
}
