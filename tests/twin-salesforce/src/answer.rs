//! What a call is answered with.

use std::io;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
};
use futures_util::stream;
use serde_json::Value;

use crate::refusal::Refusal;

/// Headers beside the content type.
pub(crate) type Headers = Vec<(&'static str, String)>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Json {
        status: u16,
        body: Value,
    },
    /// A status alone: 204, or the 201 of an upload.
    Bare {
        status: u16,
    },
    Csv {
        text: String,
        headers: Headers,
    },
    Html {
        status: u16,
    },
    /// The connection closes without a byte.
    Cut,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::Json { status: 200, body }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self::Json { status: 201, body }
    }

    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self::Json { status: refusal.status, body: refusal.body() }
    }

    pub(crate) fn into_response(self, mut headers: Headers) -> Response<Body> {
        let (status, kind, body) = match self {
            Self::Json { status, body } => {
                (status, "application/json;charset=UTF-8", Body::from(body.to_string()))
            }
            Self::Bare { status } => (status, "", Body::empty()),
            Self::Csv { text, headers: more } => {
                headers.extend(more);
                (200, "text/csv", Body::from(text))
            }
            Self::Html { status } => (status, "text/html;charset=UTF-8", Body::from(page(status))),
            Self::Cut => (200, "", cut()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if !kind.is_empty() {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn page(status: u16) -> String {
    format!(
        "<html>\n<head><title>Error {status}</title></head>\n<body><h1>Error {status}</h1></body>\n</html>\n"
    )
}

/// A body that fails before its first byte: hyper then closes the connection and has not yet sent the head.
fn cut() -> Body {
    Body::from_stream(stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))]))
}
