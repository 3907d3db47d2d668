//! One HTTP call, taken apart.

use std::collections::BTreeMap;

use axum::{
    body::{self, Body},
    extract::Query,
    http::{Request, Uri, header::AUTHORIZATION},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A collections call is small; the CSV of a bulk job may have 100 MB.
const LARGEST_BODY: usize = 150 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) uri: String,
    /// The path, cut at its slashes and decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: body::Bytes,
}

impl Call {
    /// Reads a request to its end; nothing when the client goes away in the middle of it.
    pub(crate) async fn read(request: Request<Body>) -> Option<Self> {
        let (head, body) = request.into_parts();
        let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Some(Self {
            method: head.method.to_string(),
            segments: segments(&head.uri),
            query: Query::try_from_uri(&head.uri).map(|Query(pairs)| pairs).unwrap_or_default(),
            uri: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: body::to_bytes(body, LARGEST_BODY).await.ok()?,
        })
    }

    /// A call inside another one, which lends it its session.
    pub(crate) fn inner(
        outer: &Self,
        method: &str,
        url: &str,
        body: &Value,
        headers: &BTreeMap<String, String>,
    ) -> Self {
        let uri: Uri = url.replace(' ', "%20").parse().unwrap_or_default();
        let more = headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
        Self {
            method: method.to_owned(),
            segments: segments(&uri),
            query: Query::try_from_uri(&uri).map(|Query(pairs)| pairs).unwrap_or_default(),
            uri: url.to_owned(),
            headers: more.chain(outer.headers.iter().cloned()).collect(),
            body: if body.is_null() { body::Bytes::new() } else { body.to_string().into() },
        }
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The session id of the call.
    pub(crate) fn token(&self) -> Option<&str> {
        let value = self.header(AUTHORIZATION.as_str())?;
        value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("OAuth "))
    }

    /// Whether a header of options (`a=1; b=2`) says `true` for this one.
    pub(crate) fn option(&self, header: &str, name: &str) -> Option<&str> {
        let parts = self.header(header)?.split([';', ',']);
        let mut pairs = parts.filter_map(|part| part.split_once('='));
        pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

fn segments(uri: &Uri) -> Vec<String> {
    let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    uri.path().trim_matches('/').split('/').map(decoded).collect()
}
