//! What a call is answered with.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::stream;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// A hook's word: plain text.
    Text { status: u16, body: String },
    /// Too many; when to come again, in seconds.
    Limited { retry_after: Option<u32> },
    /// A page of somebody between us.
    Html,
    /// The control API's.
    Json { status: u16, body: Value },
    /// The work is done and the connection closes without a byte.
    Lost,
}

impl Answer {
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::Text { status, body: body.to_owned() }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let retry_after = match self {
            Self::Limited { retry_after } => retry_after,
            _ => None,
        };
        let (status, kind, body) = match self {
            Self::Text { status, body } => (status, "text/plain; charset=utf-8", Body::from(body)),
            Self::Limited { .. } => (429, "text/plain; charset=utf-8", Body::from("rate_limited")),
            Self::Html => (200, "text/html", Body::from("<html><body>Sign in to the network</body></html>")),
            Self::Json { status, body } => (status, "application/json", Body::from(body.to_string())),
            Self::Lost => (200, "text/plain; charset=utf-8", cut()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A body that fails before its first byte: hyper then closes the connection and has not yet sent the head.
fn cut() -> Body {
    Body::from_stream(stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))]))
}
