//! A HubSpot that answers what a test says, however odd.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use crm_hubspot::HubSpot;
use serde_json::Value;

/// A status and a body.
pub type Said = (u16, String);

/// A HubSpot that answers each call with `answer(path, body)`, and the paths it was called at. Those of contacts are without
/// what they begin with.
pub async fn hubspot(
    answer: impl Fn(&str, &Value) -> Said + Clone + Send + Sync + 'static,
) -> (HubSpot, Arc<Mutex<Vec<String>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&calls);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let router = Router::new().fallback(move |uri: Uri, body: Bytes| {
        let path = uri.path().trim_start_matches("/crm/objects/2026-03/contacts/").to_owned();
        let (status, said) = answer(&path, &serde_json::from_slice(&body).unwrap_or_default());
        heard.lock().expect("nobody panicked").push(path);
        async move { (StatusCode::from_u16(status).expect("it is one"), said) }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (HubSpot::new(super::outbound(), super::config(&url)), calls)
}
