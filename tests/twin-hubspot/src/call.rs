//! One HTTP call, taken apart.

use axum::{
    body::{self, Body},
    extract::Query,
    http::{Method, Request, header::AUTHORIZATION},
};
use percent_encoding::percent_decode_str;

const LARGEST_BODY: usize = 16 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path, cut at its slashes and decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) token: Option<String>,
    pub(crate) body: body::Bytes,
}

impl Call {
    /// Reads a request to its end; nothing when the client goes away in the middle of it.
    pub(crate) async fn read(request: Request<Body>) -> Option<Self> {
        let (head, body) = request.into_parts();
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let authorization = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        Some(Self {
            segments: head.uri.path().trim_matches('/').split('/').map(decoded).collect(),
            query: Query::try_from_uri(&head.uri).map(|Query(pairs)| pairs).unwrap_or_default(),
            token: authorization.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned),
            method: head.method,
            body: body::to_bytes(body, LARGEST_BODY).await.ok()?,
        })
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that may be repeated and may hold a comma-separated list.
    pub(crate) fn listed(&self, name: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(key, _)| key == name);
        let parts = values.flat_map(|(_, value)| value.split(','));
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }
}
