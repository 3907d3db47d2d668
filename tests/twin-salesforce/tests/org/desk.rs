//! Where a test sits: an org, its clock, and a client that speaks to its router.

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use serde_json::{Value, json};
use tower::ServiceExt;
use twin_salesforce::{Clock, Field, FieldKind, Org, Settings};

/// 2026-11-24T00:00:00Z.
pub(crate) const START_MS: i64 = 1_795_478_400_000;
pub(crate) const API: &str = "/services/data/v66.0";
pub(crate) const KEY: &str = "Shopify_Customer_ID__c";
pub(crate) const SESSION: &str = "session";

pub(crate) struct Desk {
    pub(crate) org: Org,
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
    /// An org whose contacts have the key and a total.
    pub(crate) fn new() -> Self {
        let clock = Clock::standing_at(START_MS);
        let org = Org::with_clock(7, clock.clone());
        org.open_session(SESSION);
        org.define_field("Contact", Field::new(KEY, FieldKind::String).long(64).key()).unwrap();
        org.define_field("Contact", Field::new("Total__c", FieldKind::Double)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { org, clock, runtime }
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let desk = Self::new();
        desk.set(change);
        desk
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.org.settings();
        change(&mut settings);
        self.org.set_settings(settings);
    }

    pub(crate) fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", "org.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let response = self.org.router().oneshot(request).await.unwrap();
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

    /// A call with a session, below the version's path.
    pub(crate) fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let authorization = format!("Bearer {SESSION}");
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend_from_slice(headers);
        let path = if path.starts_with('/') { path.to_owned() } else { format!("{API}/{path}") };
        self.raw(method, &path, &all, body)
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        self.call(method, path, &[], &body.to_string())
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], "")
    }

    /// Contacts upserted by the key.
    pub(crate) fn upsert(&self, records: Value) -> Reply {
        self.send("PATCH", &format!("composite/sobjects/Contact/{KEY}"), json!({"records": records}))
    }

    pub(crate) fn query(&self, soql: &str) -> Reply {
        self.get(&format!("query?q={}", encoded(soql)))
    }

    /// A contact made by a rep; gives its id.
    pub(crate) fn contact(&self, fields: Value) -> String {
        self.org.rep_creates("Contact", fields).unwrap()
    }
}

/// One contact of an upsert.
pub(crate) fn row(key: &str, fields: Value) -> Value {
    let mut row = json!({"attributes": {"type": "Contact"}, KEY: key});
    for (name, value) in fields.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    /// The rows of a collections answer.
    pub(crate) fn rows(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json().as_array().cloned().unwrap_or_else(|| panic!("no list: {}", self.text))
    }

    /// The records of a query.
    pub(crate) fn records(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["records"].as_array().cloned().unwrap_or_else(|| panic!("no records: {}", self.text))
    }

    /// Status and code of a refused call.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (
            self.status,
            self.json()[0]["errorCode"].as_str().unwrap_or_else(|| panic!("{}", self.text)).to_owned(),
        )
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The code of a row that was refused; empty when it was not.
pub(crate) fn code(row: &Value) -> &str {
    row["errors"][0]["statusCode"].as_str().unwrap_or_default()
}
