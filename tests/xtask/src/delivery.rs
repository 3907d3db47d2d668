//! A webhook as Shopify sends it: raw bytes, signed, with all of its headers.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// The version that Shopify would say it serialised the payload with.
const API_VERSION: &str = "2026-10";
/// Topics that a file's name can stand for (shopify.dev/docs/api/webhooks).
const TOPICS: &[&str] = &[
    "app/scopes_update",
    "app/uninstalled",
    "bulk_operations/finish",
    "checkouts/create",
    "checkouts/delete",
    "checkouts/update",
    "companies/create",
    "companies/delete",
    "companies/update",
    "customer.joined_segment",
    "customer.left_segment",
    "customer.tags_added",
    "customer.tags_removed",
    "customers/create",
    "customers/data_request",
    "customers/delete",
    "customers/disable",
    "customers/enable",
    "customers/merge",
    "customers/purchasing_summary",
    "customers/redact",
    "customers/update",
    "customers_email_marketing_consent/update",
    "customers_marketing_consent/update",
    "customers_whats_app_marketing_consent/update",
    "orders/cancelled",
    "orders/create",
    "orders/delete",
    "orders/edited",
    "orders/fulfilled",
    "orders/paid",
    "orders/partially_fulfilled",
    "orders/updated",
    "refunds/create",
    "shop/redact",
];

/// One delivery. Sending it again is a retry: the webhook id stays.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// What it is about, such as `orders/create`.
    pub(crate) topic: String,
    /// The shop it comes from.
    pub(crate) shop: String,
    /// What its retries have in common.
    pub(crate) webhook_id: String,
    body: Vec<u8>,
    signature: String,
}

impl Delivery {
    /// Signs these bytes and no others.
    pub(crate) fn signed(topic: &str, shop: &str, secret: &str, body: Vec<u8>) -> Result<Self> {
        let signature = signature(secret, &body)?;
        Ok(Self { topic: topic.to_owned(), shop: shop.to_owned(), webhook_id: new_id(), body, signature })
    }

    /// The same delivery with one byte changed on the way. An empty body gains one.
    pub(crate) fn tampered(mut self) -> Self {
        match self.body.last_mut() {
            Some(last) => *last ^= 1,
            None => self.body.push(b' '),
        }
        self
    }

    /// Posts it; `host` is the Host header where it differs from the address. Answers the status.
    pub(crate) async fn post(&self, http: &reqwest::Client, url: &str, host: Option<&str>) -> Result<u16> {
        let mut request = http.post(url).header("content-type", self.content_type()).body(self.body.clone());
        if let Some(host) = host {
            request = request.header("host", host);
        }
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        let response = request.send().await.with_context(|| format!("nobody answered at {url}"))?;
        Ok(response.status().as_u16())
    }

    /// JSON, as Shopify says of everything it sends. What is no text would be bent into some by an API gateway on its
    /// way to a function, and so is sent as what it is.
    fn content_type(&self) -> &'static str {
        if std::str::from_utf8(&self.body).is_ok() { "application/json" } else { "application/octet-stream" }
    }

    fn headers(&self) -> [(&'static str, String); 8] {
        [
            ("user-agent", "Shopify-Captain-Hook".into()),
            ("x-shopify-topic", self.topic.clone()),
            ("x-shopify-hmac-sha256", self.signature.clone()),
            ("x-shopify-shop-domain", self.shop.clone()),
            ("x-shopify-api-version", API_VERSION.into()),
            ("x-shopify-webhook-id", self.webhook_id.clone()),
            ("x-shopify-event-id", new_id()),
            ("x-shopify-triggered-at", jiff::Timestamp::now().to_string()),
        ]
    }
}

/// The topic that a file's name stands for: `orders_create__anything.json` is `orders/create`.
pub(crate) fn topic_of(file_name: &str) -> Option<&'static str> {
    let stem = file_name.split_once('.').map_or(file_name, |(stem, _)| stem);
    let stem = stem.split_once("__").map_or(stem, |(topic, _)| topic);
    TOPICS.iter().copied().find(|topic| topic.replace(['/', '.'], "_") == stem)
}

fn signature(secret: &str, body: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).context("this secret cannot sign")?;
    mac.update(body);
    Ok(STANDARD.encode(mac.finalize().into_bytes()))
}

/// An id that no other delivery of this machine has, in the shape of Shopify's.
fn new_id() -> String {
    static ISSUED: AtomicU64 = AtomicU64::new(0);
    let count = ISSUED.fetch_add(1, Ordering::Relaxed);
    let seed = format!("{} {} {count}", jiff::Timestamp::now(), std::process::id());
    let mut bits = [0; 16];
    bits.copy_from_slice(&Sha256::digest(seed.as_bytes())[..16]);
    let hex = format!("{:032x}", u128::from_be_bytes(bits));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_raw_bytes() {
        // RFC 4231, test case 2, in base64.
        let signed = signature("Jefe", b"what do ya want for nothing?").unwrap();
        assert_eq!(signed, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    }

    #[test]
    fn a_tampered_delivery_keeps_its_signature_and_changes_its_body() {
        for body in ["{}", ""] {
            let sent = Delivery::signed("orders/create", "a.myshopify.com", "hush", body.into()).unwrap();
            let tampered = sent.clone().tampered();
            assert_eq!(tampered.signature, sent.signature);
            assert_ne!(tampered.body, sent.body);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_not_called_json() {
        let sent =
            |body: &[u8]| Delivery::signed("orders/create", "a.myshopify.com", "hush", body.into()).unwrap();
        assert_eq!(sent("{\"a\":\"é\"}".as_bytes()).content_type(), "application/json");
        assert_eq!(sent(b"\xff\xfe").content_type(), "application/octet-stream");
    }

    #[test]
    fn the_topic_is_read_from_the_name_of_a_file() {
        assert_eq!(topic_of("orders_create__docs.json"), Some("orders/create"));
        assert_eq!(topic_of("customer_tags_added.json"), Some("customer.tags_added"));
        assert_eq!(topic_of("customers_purchasing_summary__x.y.json"), Some("customers/purchasing_summary"));
        assert_eq!(topic_of("bulk_operations_finish"), Some("bulk_operations/finish"));
    }

    #[test]
    fn a_name_that_says_nothing_gives_no_topic() {
        assert_eq!(topic_of("_graphql_throttled.json"), None);
        assert_eq!(topic_of("order.json"), None);
        assert_eq!(topic_of(""), None);
    }

    #[test]
    fn no_two_deliveries_share_an_id() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| new_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 36));
    }
}
