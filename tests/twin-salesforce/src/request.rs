//! What was sent, kept so that a test can look at it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{call::Call, state::State};

/// So many are kept; the oldest go first.
const KEPT: usize = 2_000;
/// And so many bytes of their bodies.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// One request as it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The endpoint it was counted under.
    pub endpoint: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query as they were sent.
    pub uri: String,
    /// By their names in lower case; the authorization is left out.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

impl State {
    /// Counts a call and keeps it.
    pub(crate) fn note(&mut self, endpoint: &str, call: &Call) {
        *self.calls.entry(endpoint.to_owned()).or_default() += 1;
        let told = call.headers.iter().filter(|(name, _)| name != "authorization").cloned();
        self.requests.push_back(Request {
            endpoint: endpoint.to_owned(),
            method: call.method.clone(),
            uri: call.uri.clone(),
            headers: told.collect(),
            // A token request carries a secret or an assertion.
            body: if endpoint == "token" {
                String::new()
            } else {
                String::from_utf8_lossy(&call.body).into_owned()
            },
        });
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        let mut bytes: usize = self.requests.iter().map(|request| request.body.len()).sum();
        while self.requests.len() > KEPT || bytes > KEPT_BYTES {
            bytes -= self.requests.pop_front().map_or(bytes, |oldest| oldest.body.len());
        }
    }
}
