//! What goes over the wire beside the words: packing and connections.

#![allow(clippy::unwrap_used, reason = "a server that cannot be set up ends its test")]

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use axum::{Json, Router};
use flate2::{Compression, write::GzEncoder};
use outbound::{Answer, Method, Outbound, OutboundError, OutboundErrorKind, Timeouts};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A server, and how many connections it took.
async fn serve(router: Router) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let listener = listener.tap_io(move |_| {
        count.fetch_add(1, Relaxed);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, taken)
}

fn packed(bytes: &[u8]) -> Response {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(bytes).unwrap();
    ([("content-encoding", "gzip")], packing.finish().unwrap()).into_response()
}

async fn ask(outbound: &Outbound, url: &str) -> Result<Answer, OutboundError> {
    outbound.json::<()>(Method::GET, url, None, None).await
}

fn outbound() -> Outbound {
    Outbound::new(Timeouts::default()).unwrap()
}

/// Packs its answer only for those who ask for it.
async fn packs_for_those_who_ask(headers: HeaderMap) -> Response {
    let asked = headers.get("accept-encoding").is_some_and(|text| text.to_str().unwrap().contains("gzip"));
    if asked { packed(br#"{"is":"packed"}"#) } else { Json(json!({"is": "plain"})).into_response() }
}

#[tokio::test]
async fn a_packed_answer_is_asked_for_and_read() {
    let (url, _) = serve(Router::new().route("/", get(packs_for_those_who_ask))).await;
    let said: Value = ask(&outbound(), &url).await.unwrap().json().unwrap();
    assert_eq!(said, json!({"is": "packed"}));
}

#[tokio::test]
async fn no_more_is_taken_however_small_it_was_packed() {
    let fits = || async { packed(&vec![b' '; Outbound::MAX_ANSWER_BYTES]) };
    let does_not = || async { packed(&vec![b' '; Outbound::MAX_ANSWER_BYTES + 1]) };
    let (url, _) = serve(Router::new().route("/fits", get(fits)).route("/does-not", get(does_not))).await;
    let taken = ask(&outbound(), &format!("{url}/fits")).await.unwrap();
    assert_eq!(taken.body().len(), Outbound::MAX_ANSWER_BYTES);
    let refused = ask(&outbound(), &format!("{url}/does-not")).await.unwrap_err();
    assert_eq!(refused.kind(), OutboundErrorKind::TooLarge);
}

#[tokio::test]
async fn what_only_says_that_it_is_packed_is_no_answer() {
    let broken = || async { ([("content-encoding", "gzip")], "<html>") };
    let (url, _) = serve(Router::new().route("/", get(broken))).await;
    assert_eq!(ask(&outbound(), &url).await.unwrap_err().kind(), OutboundErrorKind::Unanswered);
}

#[tokio::test]
async fn calls_go_over_one_connection_whatever_their_answers_were() {
    let fine = || async { packed(b"{}") };
    let busy = || async { (StatusCode::TOO_MANY_REQUESTS, "slower") };
    let (url, taken) = serve(Router::new().route("/", get(fine)).route("/busy", get(busy))).await;
    let outbound = outbound();
    for path in ["/", "/busy", "/", "/nowhere", "/"] {
        ask(&outbound.clone(), &format!("{url}{path}")).await.unwrap();
    }
    assert_eq!(taken.load(Relaxed), 1);
}
