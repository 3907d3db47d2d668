//! The control API: what a person, a demo or a test tells the twin to do.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::fields::Fields;
use crate::{
    delivery::Delivery,
    error::{TwinError, TwinErrorKind},
    handle::ShopHandle,
    shop::ShopSettings,
    twin::Twin,
};

pub(super) type Answer = Result<Json<Value>, TwinError>;
pub(super) type Of<T> = Path<T>;

impl IntoResponse for TwinError {
    fn into_response(self) -> Response {
        let status = match self.kind {
            TwinErrorKind::NotFound => StatusCode::NOT_FOUND,
            TwinErrorKind::Invalid => StatusCode::BAD_REQUEST,
            TwinErrorKind::Conflict => StatusCode::CONFLICT,
        };
        (status, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

const SETTINGS: [&str; 9] = [
    "client_secret",
    "access_token",
    "client_id",
    "currency",
    "utc_offset_minutes",
    "bucket_size",
    "restore_rate",
    "webhook_version",
    "scopes",
];

pub(super) async fn open(State(twin): State<Twin>, Path(shop): Of<String>, body: Bytes) -> Answer {
    let fields = Fields::read(&body, &SETTINGS)?;
    let usual = ShopSettings::default();
    let settings = ShopSettings {
        client_secret: fields.words("client_secret")?.unwrap_or(usual.client_secret),
        access_token: fields.words("access_token")?.unwrap_or(usual.access_token),
        client_id: fields.words("client_id")?.unwrap_or(usual.client_id),
        currency: fields.words("currency")?.unwrap_or(usual.currency),
        utc_offset_minutes: offset(&fields)?.unwrap_or(usual.utc_offset_minutes),
        bucket_size: fields.number("bucket_size")?.unwrap_or(usual.bucket_size),
        restore_rate: fields.number("restore_rate")?.unwrap_or(usual.restore_rate),
        webhook_version: fields.words("webhook_version")?.unwrap_or(usual.webhook_version),
        scopes: fields.list("scopes")?.unwrap_or(usual.scopes),
    };
    let handle = twin.open_shop(&shop, settings);
    Ok(Json(json!({ "shop": shop, "counts": handle.counts()? })))
}

fn offset(fields: &Fields) -> Result<Option<i32>, TwinError> {
    let Some(minutes) = fields.whole("utc_offset_minutes")? else { return Ok(None) };
    let refused = || TwinError::invalid(format!("`utc_offset_minutes` is {minutes}; send -840 to 840"));
    i32::try_from(minutes).ok().filter(|minutes| minutes.abs() <= 840).map(Some).ok_or_else(refused)
}

pub(super) async fn counts(State(twin): State<Twin>, Path(shop): Of<String>) -> Answer {
    Ok(Json(json!(twin.shop(&shop)?.counts()?)))
}

pub(super) async fn discounts(State(twin): State<Twin>, Path(shop): Of<String>) -> Answer {
    Ok(Json(json!(twin.shop(&shop)?.discounts()?)))
}

#[derive(Deserialize)]
pub(super) struct Topic {
    #[serde(default)]
    topic: String,
}

pub(super) async fn take(
    State(twin): State<Twin>,
    Path(shop): Of<String>,
    Query(topic): Query<Topic>,
    body: Bytes,
) -> Answer {
    let payload = json_of::<Value>(&body)?;
    Ok(Json(json!(twin.shop(&shop)?.take(&topic.topic, &payload)?)))
}

pub(super) async fn subscribe(State(twin): State<Twin>, Path(shop): Of<String>, body: Bytes) -> Answer {
    twin.shop(&shop)?.subscribe(json_of(&body)?)?;
    Ok(Json(json!({})))
}

pub(super) async fn deliver(State(twin): State<Twin>, Path(shop): Of<String>, body: Bytes) -> Answer {
    let manner = if body.is_empty() { crate::sending::Manner::default() } else { json_of(&body)? };
    let handle: ShopHandle = twin.shop(&shop)?;
    Ok(Json(json!(handle.deliver(&manner).await?)))
}

pub(super) async fn pending(State(twin): State<Twin>, Path(shop): Of<String>) -> Answer {
    let waiting = twin.shop(&shop)?.pending()?;
    Ok(Json(waiting.iter().map(shown).collect()))
}

fn shown(delivery: &Delivery) -> Value {
    json!({
        "topic": delivery.topic, "webhook_id": delivery.webhook_id, "event_id": delivery.event_id,
        "triggered_at": delivery.triggered_at.to_string(), "api_version": delivery.api_version,
        "body": serde_json::from_slice::<Value>(&delivery.body).unwrap_or(Value::Null),
    })
}

pub(super) async fn faults(State(twin): State<Twin>, Path(shop): Of<String>, body: Bytes) -> Answer {
    twin.shop(&shop)?.set_faults(json_of(&body)?)?;
    Ok(Json(json!({})))
}

fn json_of<T: DeserializeOwned>(body: &[u8]) -> Result<T, TwinError> {
    serde_json::from_slice(body)
        .map_err(|cause| TwinError::invalid(format!("the body does not fit: {cause}")).because(cause))
}

/// An id in the path: digits, or a GID with its slashes encoded.
pub(super) fn named(text: &str, kind: &str) -> Result<u64, TwinError> {
    let refused = || {
        TwinError::invalid(format!(
            "the id in the path is {text:?}; send the number of the {}",
            kind.to_lowercase()
        ))
    };
    crate::gid::from_value(kind, &Value::from(text)).ok_or_else(refused)
}

/// What was made or meant: the number, and the GID for tools that read numbers as floats (jq, JavaScript).
pub(super) fn id_answer(id: u64, kind: &str) -> Json<Value> {
    Json(json!({ "id": id, "gid": crate::gid::gid(kind, id) }))
}
