//! A signed webhook as API Gateway (HTTP API, payload 2.0) hands it to a function.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

/// The shop that all events come from.
pub(crate) const SHOP: &str = "demo.myshopify.com";
/// The client secret that signs them.
pub(crate) const SECRET: &str = "hush";

const HOST: &str = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";

/// How the body of an event is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As text, signed.
    Text,
    /// As base64, signed; API Gateway does so for content types that are not text.
    Base64,
    /// As text, with the signature of another secret.
    Forged,
}

/// What API Gateway sends, its fields in its order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'a str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    headers: BTreeMap<&'a str, String>,
    request_context: RequestContext<'a>,
    body: String,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'a str,
    api_id: &'a str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'a str,
    time: &'a str,
    time_epoch: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'a str,
    source_ip: &'a str,
    user_agent: &'a str,
}

/// The event's bytes for an `orders/create` webhook with this body.
pub(crate) fn of_order(body: &str, form: Form) -> Vec<u8> {
    let secret = if form == Form::Forged { "not the secret" } else { SECRET };
    let headers = headers(body, &signature(secret.as_bytes(), body.as_bytes()), form);
    let is_base64 = form == Form::Base64;
    of(headers, if is_base64 { STANDARD.encode(body) } else { body.to_owned() }, is_base64)
}

/// The event's bytes for a webhook with these headers (names in lower case), its body as text.
pub(crate) fn of_webhook(headers: &[(String, String)], body: &str) -> Vec<u8> {
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    of(headers, body.to_owned(), false)
}

fn of(headers: BTreeMap<&str, String>, body: String, is_base64_encoded: bool) -> Vec<u8> {
    let event = Event {
        version: "2.0",
        route_key: "POST /webhooks",
        raw_path: "/webhooks",
        raw_query_string: "",
        headers,
        request_context: request_context(),
        body,
        is_base64_encoded,
    };
    // A struct of strings and numbers always serialises.
    serde_json::to_vec(&event).unwrap_or_default()
}

/// `X-Shopify-Hmac-Sha256` of a body.
pub(crate) fn signature(secret: &[u8], body: &[u8]) -> String {
    STANDARD.encode(hmac(secret, body))
}

/// HMAC-SHA256.
pub(crate) fn hmac(secret: &[u8], body: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so the second arm is never reached.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 32] };
    mac.update(body);
    mac.finalize().into_bytes().into()
}

fn headers<'a>(body: &str, signature: &str, form: Form) -> BTreeMap<&'a str, String> {
    let kind = if form == Form::Base64 { "application/octet-stream" } else { "application/json" };
    let fixed = [
        ("accept", "*/*"),
        ("accept-encoding", "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"),
        ("content-type", kind),
        ("host", HOST),
        ("user-agent", "Shopify-Captain-Hook"),
        ("x-amzn-trace-id", "Root=1-67434d3b-3b1f7d5e0c2a4b6d8e0f1a2b"),
        ("x-forwarded-for", "203.0.113.21"),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
        ("x-shopify-api-version", "2026-10"),
        ("x-shopify-event-id", "2f0a6c1e-9d4b-4c53-8a55-0d2b7f6e9c11"),
        ("x-shopify-hmac-sha256", signature),
        ("x-shopify-shop-domain", SHOP),
        ("x-shopify-topic", "orders/create"),
        ("x-shopify-triggered-at", "2026-11-23T23:58:04.512338771Z"),
        ("x-shopify-webhook-id", "6b8f2f0e-51c7-4d0e-9a5f-77d1d6c0a3e9"),
    ];
    let mut headers: BTreeMap<_, _> = fixed.map(|(name, value)| (name, value.to_owned())).into();
    headers.insert("content-length", body.len().to_string());
    headers
}

fn request_context<'a>() -> RequestContext<'a> {
    RequestContext {
        account_id: "000000000000",
        api_id: "a1b2c3d4e5",
        domain_name: HOST,
        domain_prefix: "a1b2c3d4e5",
        http: Http {
            method: "POST",
            path: "/webhooks",
            protocol: "HTTP/1.1",
            source_ip: "203.0.113.21",
            user_agent: "Shopify-Captain-Hook",
        },
        request_id: "CiGQ2hyyIAMEJtA=",
        route_key: "POST /webhooks",
        stage: "$default",
        time: "23/Nov/2026:23:58:04 +0000",
        time_epoch: 1_795_478_284_512,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn event(form: Form) -> Value {
        serde_json::from_slice(&of_order(r#"{"note":"a\/b"}"#, form)).expect("JSON")
    }

    #[test]
    fn the_signature_is_the_published_hmac() {
        // RFC 4231, test case 2.
        let found = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(&found[..4], &[0x5b, 0xdc, 0xc1, 0x46]);
    }

    #[test]
    fn a_text_event_carries_the_body_as_it_was_signed() {
        let event = event(Form::Text);
        let body = event["body"].as_str().expect("a body");
        let signed = signature(b"hush", body.as_bytes());
        assert_eq!(event["headers"]["x-shopify-hmac-sha256"], signed.as_str());
        assert_eq!(event["isBase64Encoded"], false);
    }

    #[test]
    fn a_base64_event_is_signed_over_the_bytes_inside() {
        let event = event(Form::Base64);
        let body = STANDARD.decode(event["body"].as_str().expect("a body")).expect("base64");
        assert_eq!(event["headers"]["x-shopify-hmac-sha256"], signature(b"hush", &body).as_str());
        assert_eq!(event["isBase64Encoded"], true);
    }

    #[test]
    fn a_forged_event_has_a_well_formed_signature_that_does_not_hold() {
        let event = event(Form::Forged);
        let claimed = event["headers"]["x-shopify-hmac-sha256"].as_str().expect("a signature");
        assert_eq!(STANDARD.decode(claimed).expect("base64").len(), 32);
        assert_ne!(claimed, signature(b"hush", event["body"].as_str().expect("a body").as_bytes()));
    }

    #[test]
    fn the_fields_come_in_api_gateways_order() {
        let text = String::from_utf8(of_order("{}", Form::Text)).expect("UTF-8");
        let at = |name: &str| text.find(&format!("\"{name}\":")).expect("the field");
        assert!(at("version") < at("headers") && at("headers") < at("requestContext"));
        assert!(at("requestContext") < at("isBase64Encoded"));
    }
}
