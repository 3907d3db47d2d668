//! `POST /shops/{shop}/admin/oauth/access_token`: the client credentials grant (shopify.dev, client-credentials-grant).

use axum::{
    Form, Json,
    body::Bytes,
    extract::{FromRequest, Path, Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use crate::{shop::Shop, twin::Twin};

/// A day, less a second.
const EXPIRES_IN_SECONDS: i64 = 86_399;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Grant {
    #[serde(rename = "grant_type")]
    kind: String,
    client_id: String,
    client_secret: String,
}

pub(super) async fn token(
    State(twin): State<Twin>,
    Path(domain): Path<String>,
    request: Request,
) -> Response {
    let Some(grant) = read(request).await else {
        return refused(
            "invalid_request",
            "Send grant_type, client_id and client_secret as a form or as JSON.",
        );
    };
    let answer = twin.within(&domain, |shop, now| granted(shop, &grant, now));
    answer.unwrap_or_else(|_| (StatusCode::NOT_FOUND, Json(json!({ "errors": "Not Found" }))).into_response())
}

async fn read(request: Request) -> Option<Grant> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        let body = Bytes::from_request(request, &()).await.ok()?;
        return serde_json::from_slice(&body).ok();
    }
    Form::<Grant>::from_request(request, &()).await.ok().map(|Form(grant)| grant)
}

fn granted(shop: &mut Shop, grant: &Grant, now: Timestamp) -> Response {
    if grant.kind != "client_credentials" {
        return refused("unsupported_grant_type", "The twin grants client_credentials only.");
    }
    if grant.client_id != shop.settings.client_id {
        return refused("shop_not_permitted", "Client credentials cannot be performed on this shop.");
    }
    if grant.client_secret != shop.settings.client_secret {
        return refused("invalid_client", "The client secret is not this app's.");
    }
    let token = format!("shpat_{}", shop.chance.hex());
    let until = now.checked_add(SignedDuration::from_secs(EXPIRES_IN_SECONDS)).unwrap_or(Timestamp::MAX);
    shop.grants.insert(token.clone(), until);
    let scope = shop.settings.scopes.join(",");
    Json(json!({ "access_token": token, "scope": scope, "expires_in": EXPIRES_IN_SECONDS })).into_response()
}

fn refused(error: &str, description: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error, "error_description": description })))
        .into_response()
}
