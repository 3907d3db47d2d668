//! A server that answers as a test says.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test uses what it needs")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use crm_salesforce::Salesforce;
use serde_json::{Value as Json, json};

use super::org::{CONTACTS, config, outbound};

pub type Said = (u16, String);

/// The paths that were called.
pub type Calls = Arc<Mutex<Vec<String>>>;

/// An answer to a call: by what comes behind the version in its path, its header and its body.
pub trait Answers: Fn(&str, &HeaderMap, &Json) -> Said + Clone + Send + Sync + 'static {}

impl<F: Fn(&str, &HeaderMap, &Json) -> Said + Clone + Send + Sync + 'static> Answers for F {}

/// A Salesforce that answers so, and the paths it was called at. Each session that it opens is another.
pub async fn salesforce(answer: impl Answers) -> (Salesforce, Calls) {
    serve(None, answer).await
}

/// The same, which answers so whoever asks for a session.
pub async fn serve(token: Option<Said>, answer: impl Answers) -> (Salesforce, Calls) {
    let (calls, opened) = (Calls::default(), Arc::new(AtomicUsize::new(0)));
    let heard = Arc::clone(&calls);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let instance = url.clone();
    let router =
        Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let path = uri.path().trim_start_matches("/services/data/v68.0/").to_owned();
            let granted = || {
                let token = format!("session-{}", opened.fetch_add(1, Ordering::Relaxed));
                (200, json!({"access_token": token, "instance_url": instance}).to_string())
            };
            let is_token = path == "/services/oauth2/token";
            let (status, said) = match &token {
                Some(said) if is_token => said.clone(),
                None if is_token => granted(),
                _ => answer(&path, &headers, &serde_json::from_slice(&body).unwrap_or_default()),
            };
            heard.lock().unwrap().push(path);
            async move {
                (StatusCode::from_u16(status).unwrap(), [("sforce-limit-info", "api-usage=18/5000")], said)
            }
        });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Salesforce::new(outbound(), config(&url, CONTACTS)), calls)
}

/// An answer to a question that nobody fits.
pub fn nobody() -> Said {
    (200, json!({"totalSize": 0, "done": true, "records": []}).to_string())
}
