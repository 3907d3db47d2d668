//! Where a test sits: a portal, its clock, and a client that speaks to its router.

#![expect(clippy::needless_pass_by_value, reason = "a json!() at every call reads better without &")]

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::{Value, json};
use tower::ServiceExt;
use twin_hubspot::{Clock, Portal};

/// 2026-11-24T00:00:00Z.
pub(crate) const START_MS: i64 = 1_795_478_400_000;
pub(crate) const CONTACTS: &str = "/crm/objects/2026-03/contacts";

pub(crate) struct Desk {
    pub(crate) portal: Portal,
    pub(crate) clock: Clock,
    runtime: tokio::runtime::Runtime,
}

#[derive(Debug)]
pub(crate) struct Reply {
    /// 0 when the connection closed without an answer.
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let clock = Clock::standing_at(START_MS);
        let portal = Portal::with_clock(7, clock.clone());
        portal.define_counterfoil_properties();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { portal, clock, runtime }
    }

    pub(crate) fn raw(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let response = self.portal.router().oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
            let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
            match to_bytes(body, usize::MAX).await {
                Ok(bytes) => Reply {
                    status: head.status.as_u16(),
                    headers,
                    text: String::from_utf8(bytes.to_vec()).unwrap(),
                },
                Err(_) => Reply { status: 0, headers: Vec::new(), text: String::new() },
            }
        })
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.raw(method, path, Some(Portal::TOKEN), &body.to_string())
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.raw("GET", path, Some(Portal::TOKEN), "")
    }

    pub(crate) fn batch(&self, op: &str, inputs: Value) -> Reply {
        self.send("POST", &format!("{CONTACTS}/batch/{op}"), json!({"inputs": inputs}))
    }

    /// One row by `shopify_customer_id`, with a trace id.
    pub(crate) fn row(shopify_id: &str, properties: Value) -> Value {
        json!({
            "id": shopify_id,
            "idProperty": "shopify_customer_id",
            "objectWriteTraceId": format!("row-{shopify_id}"),
            "properties": properties,
        })
    }

    /// A contact made by a rep; gives its id.
    pub(crate) fn contact(&self, properties: &[(&str, &str)]) -> String {
        self.portal.rep_creates(properties).unwrap()
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    pub(crate) fn results(&self) -> Vec<Value> {
        self.json()["results"].as_array().cloned().unwrap_or_else(|| panic!("no results: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
