//! Grants: client credentials, JWT bearer, and what a session that is over is answered.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
use serde_json::{Value, json};
use twin_salesforce::Org;

use crate::desk::{API, Desk, Reply, START_MS, encoded};

fn grant(desk: &Desk, form: &[(&str, &str)]) -> Reply {
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    desk.raw("POST", "/services/oauth2/token", &kind, &body.join("&"))
}

fn credentials(desk: &Desk, id: &str, secret: &str) -> Reply {
    grant(desk, &[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)])
}

fn token(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

fn try_session(desk: &Desk, token: &str) -> u16 {
    desk.raw("GET", &format!("{API}/sobjects"), &[("authorization", &format!("Bearer {token}"))], "").status
}

#[test]
fn s_101_client_credentials_open_a_session_that_ends() {
    let desk = Desk::new();
    let reply = credentials(&desk, Org::CLIENT_ID, Org::CLIENT_SECRET);
    let first = token(&reply);
    assert_eq!(reply.json()["instance_url"], "http://org.test");
    assert_eq!((reply.json().get("expires_in"), reply.json().get("refresh_token")), (None, None));
    let path = reply.json()["id"].as_str().unwrap().replace("http://org.test", "");
    assert_eq!(desk.get(&path).json()["user_id"], json!(desk.org.user_id()));
    assert_eq!(try_session(&desk, &first), 200);
    desk.org.expire_sessions();
    let refused = desk.get("sobjects");
    let words = json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]);
    assert_eq!((refused.status, refused.json()), (401, words));
    let second = token(&credentials(&desk, Org::CLIENT_ID, Org::CLIENT_SECRET));
    assert_eq!((try_session(&desk, &first), try_session(&desk, &second)), (401, 200));
    desk.clock.advance_ms(desk.org.settings().session_ms);
    assert_eq!(try_session(&desk, &second), 401, "its time is over");
}

#[test]
fn s_101_a_user_who_lost_access_is_refused_with_every_session() {
    let desk = Desk::new();
    desk.org.refuse_everybody(true);
    let fresh = token(&credentials(&desk, Org::CLIENT_ID, Org::CLIENT_SECRET));
    assert_eq!(try_session(&desk, &fresh), 401);
    desk.org.refuse_everybody(false);
    assert_eq!(try_session(&desk, &fresh), 200);
}

#[test]
fn a_grant_that_is_not_given_is_one_object_with_its_reason() {
    let desk = Desk::new();
    let refused = |reply: &Reply, error: &str, words: &str| {
        assert_eq!((reply.status, reply.json()), (400, json!({"error": error, "error_description": words})));
    };
    refused(
        &credentials(&desk, "other", Org::CLIENT_SECRET),
        "invalid_client_id",
        "client identifier invalid",
    );
    refused(&credentials(&desk, Org::CLIENT_ID, "other"), "invalid_client", "invalid client credentials");
    refused(
        &grant(&desk, &[("grant_type", "password")]),
        "unsupported_grant_type",
        "grant type not supported",
    );
    desk.set(|settings| settings.run_as_user = false);
    refused(
        &credentials(&desk, Org::CLIENT_ID, Org::CLIENT_SECRET),
        "invalid_grant",
        "no client credentials user enabled",
    );
}

fn claims(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = json!({
        "iss": Org::CLIENT_ID,
        "sub": Org::USERNAME,
        "aud": "https://login.salesforce.com",
        "exp": START_MS / 1_000 + 180,
    });
    change(&mut claims);
    claims
}

fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(&json!({"alg": "RS256"})), part(claims))
}

fn signed(claims: &Value) -> String {
    let key = KeyPair::from_pkcs8(&der(include_str!("key.pem"))).unwrap();
    let (text, mut signature) = (unsigned(claims), vec![0; key.public().modulus_len()]);
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD.decode(lines).unwrap()
}

fn bearer(desk: &Desk, assertion: &str) -> Reply {
    grant(desk, &[("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion)])
}

#[test]
fn s_101_an_assertion_with_the_right_claims_opens_a_session() {
    let desk = Desk::new();
    let opened = token(&bearer(&desk, &signed(&claims(|_| {}))));
    assert_eq!(try_session(&desk, &opened), 200);
    for change in [
        (|claims| claims["iss"] = json!("other")) as fn(&mut Value),
        |claims| claims["sub"] = json!("nobody@x.com"),
        |claims| claims["aud"] = json!("https://example.com"),
        |claims| claims["exp"] = json!(START_MS / 1_000),
        |claims| claims["exp"] = json!(START_MS / 1_000 + 3_600),
        |claims| claims["exp"] = json!(null),
    ] {
        let reply = bearer(&desk, &signed(&claims(change)));
        assert_eq!((reply.status, reply.json()["error"].is_string()), (400, true), "{}", reply.text);
    }
    for broken in ["", "a.b", "a.b.c", &unsigned(&claims(|_| {}))] {
        assert_eq!(bearer(&desk, broken).status, 400, "{broken}");
    }
    desk.org.approve_app(false);
    let words = bearer(&desk, &signed(&claims(|_| {}))).json()["error_description"].clone();
    assert_eq!(words, "user hasn't approved this consumer");
}

#[test]
fn with_a_key_the_signature_counts() {
    let desk = Desk::new();
    assert!(!desk.org.set_public_key("nonsense"));
    assert!(desk.org.set_public_key(include_str!("public.pem")));
    assert_eq!(bearer(&desk, &signed(&claims(|_| {}))).status, 200);
    let mut forged = signed(&claims(|_| {}));
    forged.replace_range(forged.len() - 4.., "AAAA");
    assert_eq!(bearer(&desk, &forged).json()["error"], "invalid_grant");
}
