//! One webhook delivery inside an API Gateway event (payload 2.0).

use std::borrow::Cow;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use sha2::Sha256;

/// What the floor needs of an event, borrowed from it where it can be.
pub(crate) struct Delivery<'a> {
    pub(crate) headers: Headers<'a>,
    body: Vec<u8>,
}

/// The headers of a webhook.
#[derive(Deserialize)]
pub(crate) struct Headers<'a> {
    #[serde(rename = "x-shopify-hmac-sha256", borrow)]
    signature: Cow<'a, str>,
    #[serde(rename = "x-shopify-topic", borrow)]
    pub(crate) topic: Cow<'a, str>,
    #[serde(rename = "x-shopify-shop-domain", borrow)]
    pub(crate) shop: Cow<'a, str>,
    #[serde(rename = "x-shopify-webhook-id", borrow)]
    pub(crate) webhook_id: Cow<'a, str>,
}

/// The event, with its body as `B`: as text, or as the JSON string literal it came as.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a, B: Deserialize<'de>"))]
struct Event<'a, B> {
    headers: Headers<'a>,
    body: B,
    #[serde(default)]
    is_base64_encoded: bool,
}

impl<'a> Delivery<'a> {
    /// Reads the event's bytes in one pass; an event of another shape is an error.
    pub(crate) fn read(event: &'a [u8]) -> io::Result<Self> {
        let Event { headers, body, is_base64_encoded } = serde_json::from_slice::<Event<'a, String>>(event)?;
        Ok(Self { headers, body: decoded(body, is_base64_encoded)? })
    }

    /// Reads the event's bytes, and gives its body also as the literal it came as, quotes and escapes and all: it can go
    /// into another document as it is.
    pub(crate) fn read_with_literal(event: &'a [u8]) -> io::Result<(Self, &'a str)> {
        let event = serde_json::from_slice::<Event<'a, &'a RawValue>>(event)?;
        let body = decoded(serde_json::from_str(event.body.get())?, event.is_base64_encoded)?;
        Ok((Self { headers: event.headers, body }, event.body.get()))
    }

    /// Whether the signature is this secret's HMAC-SHA256 of the body; compared in constant time.
    pub(crate) fn is_signed_with(&self, secret: &[u8]) -> bool {
        let Ok(claimed) = STANDARD.decode(self.headers.signature.as_bytes()) else { return false };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
        mac.update(&self.body);
        mac.verify_slice(&claimed).is_ok()
    }

    /// One pass of a JSON reader over the body that keeps nothing.
    pub(crate) fn pass_over_body(&self) -> io::Result<()> {
        serde_json::from_slice::<IgnoredAny>(&self.body)?;
        Ok(())
    }
}

fn decoded(body: String, is_base64_encoded: bool) -> io::Result<Vec<u8>> {
    if is_base64_encoded { STANDARD.decode(body).map_err(io::Error::other) } else { Ok(body.into_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(signature: &str) -> String {
        let headers = format!(
            r#"{{"x-shopify-hmac-sha256":"{signature}","x-shopify-topic":"orders/create","x-shopify-shop-domain":"demo.myshopify.com","x-shopify-webhook-id":"w-1"}}"#
        );
        format!(r#"{{"version":"2.0","headers":{headers},"body":"{{\"id\":1}}","isBase64Encoded":false}}"#)
    }

    fn signature(secret: &[u8], body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any key length");
        mac.update(body);
        STANDARD.encode(mac.finalize().into_bytes())
    }

    #[test]
    fn a_signature_holds_for_its_own_secret_and_body_only() {
        let good = event(&signature(b"hush", br#"{"id":1}"#));
        let delivery = Delivery::read(good.as_bytes()).expect("an event");
        assert!(delivery.is_signed_with(b"hush"));
        assert!(!delivery.is_signed_with(b"loud"));
        let other = event(&signature(b"hush", br#"{"id":2}"#));
        assert!(!Delivery::read(other.as_bytes()).expect("an event").is_signed_with(b"hush"));
    }

    #[test]
    fn the_body_keeps_its_escapes_as_a_literal() {
        let event = event("");
        let (delivery, literal) = Delivery::read_with_literal(event.as_bytes()).expect("an event");
        assert_eq!(literal, r#""{\"id\":1}""#);
        delivery.pass_over_body().expect("the body is JSON");
    }

    #[test]
    fn an_event_without_headers_is_refused() {
        assert!(Delivery::read(br#"{"body":"x"}"#).is_err());
    }
}
