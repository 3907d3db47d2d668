//! A secret that is kept, renewed, doubted and served stale, against a Secrets Manager of our own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use aws_sdk_secretsmanager::Client;
use axum::http::StatusCode;
use axum::{Router, routing::post};
use jiff::{SignedDuration, Timestamp};
use lambda_host::{Env, Patience, SecretCache, sdk_config};

#[derive(Default)]
struct Vault {
    text: Mutex<String>,
    away: AtomicBool,
    asked: AtomicU32,
}

impl Vault {
    fn answer(&self) -> (StatusCode, String) {
        self.asked.fetch_add(1, SeqCst);
        if self.away.load(SeqCst) {
            // The raw answer of a failure may hold anything; none of it may be told.
            return (StatusCode::BAD_REQUEST, r#"{"__type":"InternalServiceError","message":"hush"}"#.into());
        }
        let text = self.text.lock().unwrap().clone();
        (StatusCode::OK, format!(r#"{{"Name":"s","SecretString":"{text}"}}"#))
    }

    fn holds(&self, text: &str) {
        text.clone_into(&mut self.text.lock().unwrap());
    }
}

async fn world() -> (Arc<Vault>, Arc<SecretCache<String>>) {
    let vault = Arc::new(Vault::default());
    vault.holds("old");
    let serving = Arc::clone(&vault);
    let router = Router::new().route("/", post(async move || serving.answer()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let env = Env::new(|name| Some(if name == "AWS_ENDPOINT_URL" { url.clone() } else { "x".to_owned() }));
    let client = Client::new(&sdk_config(&env, Patience { attempts: 1, ..Patience::SOMEBODY_WAITS }));
    let cache = SecretCache::shared(client, "arn", |text| match text {
        "broken" => Err("it does not fit".into()),
        text => Ok(text.to_owned()),
    });
    (vault, cache)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

/// Lets what was begun in the background come to its end: it is done when the vault was asked so often.
async fn asked(vault: &Vault, times: u32) {
    while vault.asked.load(SeqCst) < times {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_warm_secret_costs_no_call_for_five_minutes() {
    let (vault, cache) = world().await;
    for second in [0, 1, 150, 299] {
        assert_eq!(*cache.current(at(second)).await.unwrap(), "old");
    }
    assert_eq!(vault.asked.load(SeqCst), 1);
}

#[tokio::test]
async fn an_old_secret_is_served_at_once_and_renewed_behind() {
    let (vault, cache) = world().await;
    cache.current(at(0)).await.unwrap();
    vault.holds("new");
    assert_eq!(*cache.current(at(300)).await.unwrap(), "old", "nobody waits for the renewal");
    asked(&vault, 2).await;
    while *cache.current(at(301)).await.unwrap() == "old" {
        tokio::task::yield_now().await;
    }
    assert_eq!(vault.asked.load(SeqCst), 2);
}

#[tokio::test]
async fn a_doubt_leads_to_one_call_a_minute_at_most() {
    let (vault, cache) = world().await;
    cache.current(at(0)).await.unwrap();
    vault.holds("new");
    for second in [1, 30, 59] {
        assert!(cache.doubted(at(second)).await.is_none(), "it was fetched a moment ago");
    }
    assert_eq!(*cache.doubted(at(60)).await.unwrap(), "new");
    for second in [61, 119] {
        assert!(cache.doubted(at(second)).await.is_none());
    }
    assert_eq!(vault.asked.load(SeqCst), 2, "forged requests cost nothing");
}

#[tokio::test]
async fn what_is_kept_is_served_stale_while_the_vault_is_away() {
    let (vault, cache) = world().await;
    cache.current(at(0)).await.unwrap();
    vault.away.store(true, SeqCst);
    assert_eq!(*cache.current(at(300)).await.unwrap(), "old");
    asked(&vault, 2).await;
    assert!(cache.doubted(at(400)).await.is_none());
    assert_eq!(*cache.current(at(401)).await.unwrap(), "old");
    vault.away.store(false, SeqCst);
    vault.holds("broken");
    assert!(cache.doubted(at(500)).await.is_none(), "a text that does not fit replaces nothing");
    assert_eq!(*cache.current(at(501)).await.unwrap(), "old");
}

#[tokio::test]
async fn without_a_secret_the_error_tells_the_code_and_never_the_answer() {
    let (vault, cache) = world().await;
    vault.away.store(true, SeqCst);
    let error = cache.current(at(0)).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("InternalServiceError") && !told.contains("hush"), "{told}");
    vault.away.store(false, SeqCst);
    assert_eq!(*cache.current(at(1)).await.unwrap(), "old", "the next asks again");
}
