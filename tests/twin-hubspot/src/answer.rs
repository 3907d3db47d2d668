//! What a call is answered with.

use std::io;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
};
use futures_util::stream;
use serde_json::Value;

use crate::refusal::Refusal;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Json {
        status: u16,
        body: Value,
    },
    NoContent,
    Html {
        status: u16,
    },
    /// The work is done and the connection closes without a byte.
    Lost,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::Json { status: 200, body }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self::Json { status: 201, body }
    }

    /// A refusal, with the correlation id it is sent under.
    pub(crate) fn refused(refusal: Refusal, correlation_id: String) -> Self {
        let mut body = refusal.body;
        body.insert("correlationId".into(), Value::String(correlation_id));
        Self::Json { status: refusal.status, body: Value::Object(body) }
    }

    pub(crate) fn into_response(self, headers: &[(&'static str, String)]) -> Response<Body> {
        let (status, kind, body) = match self {
            Self::Json { status, body } => {
                (status, "application/json;charset=utf-8", Body::from(body.to_string()))
            }
            Self::NoContent => (204, "", Body::empty()),
            Self::Html { status } => (status, "text/html", Body::from(gateway_page(status))),
            Self::Lost => (200, "", cut()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if !kind.is_empty() {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(*name, value);
            }
        }
        response
    }
}

fn gateway_page(status: u16) -> String {
    format!(
        "<html>\n<head><title>{status} Bad Gateway</title></head>\n<body><h1>{status} Bad Gateway</h1></body>\n</html>\n"
    )
}

/// A body that fails before its first byte: hyper then closes the connection and has not yet sent the head.
fn cut() -> Body {
    Body::from_stream(stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))]))
}
