//! Of an event as it lies in a queue.

use domain::{ActionKey, ActionName, CustomerId, Envelope, Event, OrderId, Period, Subject, Topic};
use flows::PreviewRequest;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::Deeds as _;
use store::memory::MemoryDeeds;
use twin_shopify::NewOrder;

use super::super::living::{ada, buys, person};
use super::{has, lacks};
use crate::world::{World, key, shop};

fn customer_event(world: &World, id: u64, topic: &str) -> Event {
    let id = CustomerId::new(id);
    event(world, topic, Subject::Customer { id, updated_at: None })
}

fn order_event(world: &World, id: u64) -> Event {
    let subject = Subject::Order { id: OrderId::new(id), customer: None, updated_at: None, checkout: None };
    event(world, "orders/create", subject)
}

fn event(world: &World, topic: &str, subject: Subject) -> Event {
    let now = world.clock.now();
    Event {
        shop: shop(),
        topic: Topic::new(topic),
        delivery_id: "d-1".into(),
        event_id: None,
        triggered_at: Some(now),
        received_at: now,
        api_version: None,
        replays: 0,
        quiet: false,
        subject,
    }
}

fn asked(event: Event) -> PreviewRequest {
    let event = serde_json::to_value(Envelope::V1(event)).unwrap();
    PreviewRequest { event: Some(event), ..PreviewRequest::default() }
}

fn days_ago(world: &World, days: i64) -> Timestamp {
    world.clock.now() - SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn f_05_of_a_late_event_and_of_a_quiet_one_it_is_told_why_no_action_is_done() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "1000.00");
    let live = customer_event(&world, ada, "customers/update");
    let late = Event { triggered_at: Some(days_ago(&world, 3)), ..live.clone() };
    let quiet = Event { quiet: true, ..live.clone() };
    has(&world.previews(&asked(live)).await, &["action greet_vip: task"]);
    let lines = world.previews(&asked(late)).await;
    has(&lines, &["action greet_vip: not done, it happened too long ago"]);
    has(&lines, &["field signals", "VIP Buyer"]);
    let lines = world.previews(&asked(quiet)).await;
    has(&lines, &["which only sets things right"]);
    has(&lines, &["action greet_vip: not done, what happened is only set right"]);
}

#[tokio::test]
async fn f_11_an_action_that_was_done_before_is_told_as_such() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "1000.00");
    let deeds = MemoryDeeds::default();
    let greeting = ActionKey::new(&ActionName::parse("greet_vip").unwrap(), &key(ada), Period::Time(1));
    deeds.done(&greeting, "task made", world.clock.now()).await.unwrap();
    let asked = asked(customer_event(&world, ada, "customers/update"));
    has(&world.previews_with(&asked, &deeds).await, &["greet_vip: done before, not again", "task made"]);
}

#[tokio::test]
async fn s_210_a_guests_order_is_told_as_its_contacts_as_the_worker_would_find_it() {
    let world = World::new().await;
    person(&world.shop, "Ada", "A", "ada@example.com");
    let email = Some("ada@example.com".into());
    let order =
        world.shop.create_order(NewOrder { email, total: 700.into(), ..NewOrder::default() }).unwrap();
    let stranger = NewOrder { email: Some("nobody@example.com".into()), ..NewOrder::default() };
    let strange = world.shop.create_order(stranger).unwrap();
    has(&world.previews(&asked(order_event(&world, order))).await, &["no record: one is made"]);
    has(&world.previews(&asked(order_event(&world, strange))).await, &["tied to no customer"]);
}

#[tokio::test]
async fn f_07_a_delivery_that_was_concluded_and_a_read_that_is_too_old_are_told() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.all_arrive().await;
    let message: Value = serde_json::from_str(&world.queues.waiting()[0].body).unwrap();
    let asked_again = PreviewRequest { event: Some(message), ..PreviewRequest::default() };
    lacks(&world.previews(&asked_again).await, &["concluded before"]);
    world.live().await;
    has(&world.previews(&asked_again).await, &["concluded before"]);

    let id = CustomerId::new(ada);
    let newer = Some(world.clock.now() + SignedDuration::from_secs(1));
    let ahead = event(&world, "customers/update", Subject::Customer { id, updated_at: newer });
    has(&world.previews(&asked(ahead)).await, &["older state", "read again later"]);
}

#[tokio::test]
async fn f_07_what_eventbridge_brings_and_what_concerns_no_contact_is_told_too() {
    let world = World::new().await;
    let checkout = Subject::Checkout {
        token: "c1".into(),
        customer: None,
        completed: false,
        touched_at: Some(world.clock.now()),
    };
    let begun = event(&world, "checkouts/create", checkout);
    has(
        &world.previews(&asked(begun.clone())).await,
        &["remembered until it becomes an order", "60 minutes"],
    );
    let due = Event { topic: Topic::abandoned(), ..begun };
    has(&world.previews(&asked(due)).await, &["became an order, or was dealt with"]);
    let uninstalled =
        event(&world, "app/uninstalled", Subject::Other { keys: std::collections::BTreeMap::new() });
    has(&world.previews(&asked(uninstalled)).await, &["it is parked"]);
    let text = PreviewRequest { event: Some(json!("no message")), ..PreviewRequest::default() };
    has(&world.previews(&text).await, &["none that can be read", "ask {"]);
    let both = PreviewRequest { event: Some(json!({})), shop: Some(shop()), ..PreviewRequest::default() };
    has(&world.previews(&both).await, &["says itself whose it is"]);
    has(&world.previews(&PreviewRequest::default()).await, &["\"shop\" is missing"]);
}
