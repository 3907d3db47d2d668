//! `POST /shops/{shop}/admin/api/{version}/graphql.json`: tokens, versions, faults, and then the query.

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{Html, IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{faults, graphql, shop::Shop, twin::Twin, versions::Version};

const SORRY: &str = "<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1><p>Something went wrong on our side.</p></body></html>";

/// What one request comes to, decided while the shop is held.
struct Outcome {
    response: Response,
    latency: Duration,
    lost: bool,
}

pub(super) async fn graphql(
    State(twin): State<Twin>,
    Path((domain, asked)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let version = Version::serving(&asked);
    let outcome = twin.within(&domain, |shop, now| match &version {
        Some(version) => answer(shop, version, &headers, &body, now),
        None => plain(refused(StatusCode::NOT_FOUND, "Not Found")),
    });
    let Outcome { mut response, latency, lost } =
        outcome.unwrap_or_else(|_| plain(refused(StatusCode::NOT_FOUND, "Not Found")));
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if lost {
        // Unwinding ends the connection's task, which closes the socket: the only way to say nothing at all from here.
        std::panic::resume_unwind(Box::new("answer lost"));
    }
    let named = version.and_then(|version| HeaderValue::from_str(version.as_str()).ok());
    response
        .headers_mut()
        .extend(named.map(|version| (axum::http::HeaderName::from_static("x-shopify-api-version"), version)));
    response
}

fn answer(shop: &mut Shop, version: &Version, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Outcome {
    let latency = Duration::from_millis(shop.faults.latency_ms);
    if faults::strikes(&mut shop.faults.unavailable_next) {
        let response = (StatusCode::SERVICE_UNAVAILABLE, Html(SORRY)).into_response();
        return Outcome { response, latency, lost: false };
    }
    if !admitted(shop, headers, now) {
        return plain(refused(
            StatusCode::UNAUTHORIZED,
            "[API] Invalid API key or access token (unrecognized login or wrong password)",
        ));
    }
    if let Some(host) = headers.get("host").and_then(|host| host.to_str().ok()) {
        host.clone_into(&mut shop.bulks.host);
    }
    let response = match serde_json::from_slice::<Value>(body) {
        Ok(request) if request["query"].is_string() => {
            Json(graphql::answer(shop, &request, version, now)).into_response()
        }
        Ok(_) => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "errors": { "query": "Required parameter missing or invalid" } })),
        )
            .into_response(),
        Err(_) => refused(StatusCode::BAD_REQUEST, "Bad Request"),
    };
    Outcome { response, latency, lost: faults::strikes(&mut shop.faults.answer_lost_next) }
}

/// The shop's own token, or one of the client credentials grant that has not ended.
fn admitted(shop: &Shop, headers: &HeaderMap, now: Timestamp) -> bool {
    let Some(token) = headers.get("x-shopify-access-token").and_then(|token| token.to_str().ok()) else {
        return false;
    };
    let granted = shop.grants.get(token).is_some_and(|until| now < *until);
    granted || (!shop.settings.access_token.is_empty() && token == shop.settings.access_token)
}

fn plain(response: Response) -> Outcome {
    Outcome { response, latency: Duration::ZERO, lost: false }
}

/// Outside GraphQL, `errors` is a bare string.
fn refused(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "errors": words }))).into_response()
}
