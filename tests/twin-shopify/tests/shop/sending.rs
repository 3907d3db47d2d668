//! Deliveries on the wire, to a receiver that checks them as a real one would.

use std::sync::{Arc, Mutex};

use crate::world::{DOMAIN, World};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use twin_shopify::{Manner, Subscription, signature};

/// A receiver: refuses wrong signatures, fails as often as told, and remembers what it accepted.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Received>>);

#[derive(Default)]
struct Received {
    failing: u32,
    accepted: Vec<(HeaderMap, Bytes)>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut held = receiver.0.lock().unwrap();
    let signed = ["x-shopify-hmac-sha256", "shopify-hmac-sha256"].iter().find_map(|name| headers.get(*name));
    if signed.is_none_or(|signed| signed != signature("shpss_twin", &body).as_str()) {
        return StatusCode::UNAUTHORIZED;
    }
    if held.failing > 0 {
        held.failing -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    held.accepted.push((headers, body));
    StatusCode::OK
}

impl Receiver {
    async fn listen(&self, world: &World, host: Option<&str>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let router = Router::new().route("/webhooks", post(receive)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        world.shop.subscribe(Subscription { url, host: host.map(str::to_owned) }).unwrap();
    }

    fn header(&self, name: &str) -> Vec<String> {
        let held = self.0.lock().unwrap();
        held.accepted
            .iter()
            .map(|(headers, _)| headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned())
            .collect()
    }
}

async fn one_order() -> (World, Receiver) {
    let (world, receiver) = (World::new(), Receiver::default());
    receiver.listen(&world, None).await;
    let ada = world.ada();
    world.order(ada, "49.90");
    (world, receiver)
}

#[tokio::test]
async fn everything_pending_arrives_in_order_signed_and_named() {
    let (world, receiver) = one_order().await;
    let results = world.shop.deliver(&Manner::default()).await.unwrap();
    assert!(results.iter().all(|result| result.attempts == [200]), "{results:?}");
    assert_eq!(
        receiver.header("x-shopify-topic"),
        ["customers/create", "orders/create", "customers/update", "customers/purchasing_summary"]
    );
    assert_eq!(receiver.header("x-shopify-shop-domain"), [DOMAIN; 4]);
    assert_eq!(receiver.header("x-shopify-api-version"), ["2026-10"; 4]);
    assert_eq!(receiver.header("x-shopify-triggered-at")[0], "2026-11-24T02:00:00.123456789Z");
    assert_eq!(receiver.header("user-agent")[0], "Shopify-Captain-Hook");
    assert_eq!(world.shop.counts().unwrap().pending, 0);
    let held = receiver.0.lock().unwrap();
    assert!(held.accepted.iter().all(|(_, body)| serde_json::from_slice::<Value>(body).is_ok()));
}

#[tokio::test]
async fn a_duplicate_is_the_same_delivery_again() {
    let (world, receiver) = one_order().await;
    world.shop.deliver(&Manner { duplicate: 1, ..Manner::default() }).await.unwrap();
    let ids = receiver.header("x-shopify-webhook-id");
    assert_eq!(ids.len(), 8);
    assert!(ids.chunks(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_disorder() {
    let mut orders = Vec::new();
    for _ in 0..2 {
        let (world, receiver) = one_order().await;
        world.shop.deliver(&Manner { reorder: Some(3), ..Manner::default() }).await.unwrap();
        orders.push(receiver.header("x-shopify-topic"));
    }
    assert_eq!(orders[0], orders[1]);
    assert_ne!(
        orders[0],
        ["customers/create", "orders/create", "customers/update", "customers/purchasing_summary"]
    );
}

#[tokio::test]
async fn what_fails_is_sent_again_with_the_same_ids_and_dropped_after_eight_retries() {
    let (world, receiver) = one_order().await;
    receiver.0.lock().unwrap().failing = 2;
    let results = world.shop.deliver(&Manner { retry: true, ..Manner::default() }).await.unwrap();
    assert_eq!(results[0].attempts, [503, 503, 200]);
    world.ada_again();
    receiver.0.lock().unwrap().failing = 9;
    let results = world.shop.deliver(&Manner { retry: true, ..Manner::default() }).await.unwrap();
    assert_eq!(results[0].attempts, [503; 9]);
    assert_eq!(world.shop.counts().unwrap().pending, 0);
}

#[tokio::test]
async fn without_retries_what_failed_waits_on() {
    let (world, receiver) = one_order().await;
    receiver.0.lock().unwrap().failing = 1;
    world.shop.deliver(&Manner::default()).await.unwrap();
    assert_eq!(world.shop.pending().unwrap()[0].topic, "customers/create");
    assert_eq!(world.shop.deliver(&Manner::default()).await.unwrap()[0].attempts, [200]);
}

#[tokio::test]
async fn a_tampered_delivery_is_refused_by_whoever_checks() {
    let (world, receiver) = one_order().await;
    let results = world.shop.deliver(&Manner { tamper: true, ..Manner::default() }).await.unwrap();
    assert!(results.iter().all(|result| result.attempts == [401]));
    assert!(receiver.0.lock().unwrap().accepted.is_empty());
}

#[tokio::test]
async fn the_headers_of_events_and_another_host_can_be_had() {
    let (world, receiver) = (World::new(), Receiver::default());
    receiver.listen(&world, Some("hooks.example.com")).await;
    world.ada();
    world.shop.deliver(&Manner { events_headers: true, ..Manner::default() }).await.unwrap();
    assert_eq!(receiver.header("shopify-topic"), ["customers/create"]);
    assert_eq!(receiver.header("x-shopify-topic"), ["-"]);
    assert_eq!(receiver.header("host"), ["hooks.example.com"]);
}

#[tokio::test]
async fn nobody_listening_is_no_answer_at_all() {
    let world = World::new();
    world.shop.subscribe(Subscription { url: "http://127.0.0.1:1/webhooks".into(), host: None }).unwrap();
    world.ada();
    assert_eq!(world.shop.deliver(&Manner::default()).await.unwrap()[0].attempts, [0]);
    let refused = world.shop.subscribe(Subscription { url: "https://example.com".into(), host: None });
    assert!(refused.unwrap_err().to_string().contains("`url`"));
}

impl World {
    fn ada_again(&self) {
        self.shop.create_customer(|held| held.first_name = Some("Again".into())).unwrap();
    }
}
