//! One call over the router.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use twin_slack::{Clock, Workspace};

pub(crate) const SALES: &str = "/services/T1/B1/X1";

/// Two channels, and a clock that stands still.
pub(crate) fn workspace() -> Workspace {
    let workspace = Workspace::with_clock(Clock::standing_at(1_795_482_000_000));
    workspace.add_hook("sales", SALES).unwrap();
    workspace.add_hook("ops", "/services/T1/B2/X2").unwrap();
    workspace
}

/// Status, `Retry-After` and body.
pub(crate) async fn call(
    workspace: &Workspace,
    method: &str,
    path: &str,
    body: &str,
) -> (u16, Option<String>, String) {
    let request = Request::builder().method(method).uri(path).body(Body::from(body.to_owned())).unwrap();
    let response = workspace.router().oneshot(request).await.unwrap();
    let header = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, header, String::from_utf8(body.to_vec()).unwrap())
}

/// Status and body of a post into `sales`.
pub(crate) async fn post(workspace: &Workspace, payload: &Value) -> (u16, String) {
    let (status, _, body) = call(workspace, "POST", SALES, &payload.to_string()).await;
    (status, body)
}
