//! A checkout is begun, and nobody goes on with it.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::super::living::{ada, buys};
use super::{LEFT, tasks_about};
use crate::world::Office;

const TOKEN: &str = "hWN1h4y3pQ7rK2mX9bT5";

async fn touched(office: &Office, topic: &str, customer: u64) {
    let updated_at = office.world.clock.now().to_string();
    let body = json!({ "token": TOKEN, "updated_at": updated_at, "customer": { "id": customer } });
    office.checkout(topic, &body).await;
}

/// The order that completes the checkout arrives.
async fn completed(office: &Office, customer: u64) {
    buys(&office.world.shop, customer, "10.00");
    let mut deliveries = office.world.pending();
    for delivery in deliveries.iter_mut().filter(|delivery| delivery.topic == "orders/create") {
        let mut body: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
        body["checkout_token"] = json!(TOKEN);
        delivery.body = body.to_string().into_bytes();
    }
    office.takes(&deliveries).await;
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn is_lead(office: &Office, customer: u64) -> bool {
    office.labels(customer).contains(&"Recovery Lead".to_owned())
}

async fn with_ada() -> (Office, u64) {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    (office, ada)
}

#[tokio::test]
async fn s_122_a_checkout_that_is_left_is_an_urgent_task_and_a_label_for_fourteen_days() {
    let (office, ada) = with_ada().await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(minutes(59)).await;
    assert_eq!(office.subjects(ada), [""; 0], "an hour is not over");
    office.waits(minutes(1)).await;
    assert_eq!(office.subjects(ada), [LEFT]);
    assert_eq!(office.tasks(ada)[0].properties["hs_task_priority"], "HIGH");
    assert!(is_lead(&office, ada));

    office.waits(SignedDuration::from_hours(24 * 13 + 22)).await;
    assert!(is_lead(&office, ada));
    office.waits(minutes(60)).await;
    assert!(!is_lead(&office, ada), "time alone takes it away");
    assert_eq!(office.subjects(ada), [LEFT]);
}

#[tokio::test]
async fn s_122_a_checkout_that_becomes_an_order_is_nobodys_task() {
    let (office, ada) = with_ada().await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(minutes(30)).await;
    completed(&office, ada).await;
    office.waits(SignedDuration::from_hours(72)).await;
    assert_eq!(tasks_about(&office, ada, LEFT), 0);
    assert!(!is_lead(&office, ada));
}

#[tokio::test]
async fn s_122_a_checkout_that_says_itself_that_it_was_completed_is_nobodys_task() {
    let (office, ada) = with_ada().await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(minutes(30)).await;
    let now = office.world.clock.now().to_string();
    let body = json!({ "token": TOKEN, "updated_at": now, "completed_at": now, "customer": { "id": ada } });
    office.checkout("checkouts/update", &body).await;
    office.waits(SignedDuration::from_hours(72)).await;
    assert_eq!(tasks_about(&office, ada, LEFT), 0);
}

#[tokio::test]
async fn s_122_and_f_12_a_checkout_that_was_left_days_ago_is_a_label_and_no_task() {
    let (office, ada) = with_ada().await;
    let updated_at = office.world.clock.now().to_string();
    office.world.clock.advance(Duration::from_hours(24 * 5));
    let body = json!({ "token": TOKEN, "updated_at": updated_at, "customer": { "id": ada } });
    office.checkout("checkouts/create", &body).await;
    office.is_reminded().await;
    assert_eq!(office.subjects(ada), [""; 0]);
    assert!(is_lead(&office, ada));
    office.waits(SignedDuration::from_hours(24 * 9)).await;
    assert!(!is_lead(&office, ada), "fourteen days after it was left");
}

#[tokio::test]
async fn s_122_and_f_12_what_is_heard_of_a_checkout_after_its_order_comes_too_late() {
    let (office, ada) = with_ada().await;
    completed(&office, ada).await;
    office.world.a_minute_later();
    touched(&office, "checkouts/update", ada).await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(SignedDuration::from_hours(72)).await;
    assert_eq!(tasks_about(&office, ada, LEFT), 0);
    assert!(!is_lead(&office, ada));
}

#[tokio::test]
async fn s_122_who_goes_on_with_a_checkout_gets_another_hour() {
    let (office, ada) = with_ada().await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(minutes(50)).await;
    touched(&office, "checkouts/update", ada).await;
    office.waits(minutes(50)).await;
    assert_eq!(tasks_about(&office, ada, LEFT), 0, "100 minutes after it was begun");
    office.waits(minutes(10)).await;
    assert_eq!(tasks_about(&office, ada, LEFT), 1);
}

#[tokio::test]
async fn s_122_who_orders_after_all_is_no_lead_any_more_and_who_leaves_another_is_one_again() {
    let (office, ada) = with_ada().await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(minutes(60)).await;
    office.world.clock.advance(Duration::from_mins(5));
    buys(&office.world.shop, ada, "10.00");
    office.live().await;
    assert!(!is_lead(&office, ada), "something was ordered since");

    // Within the hour it would be taken for the checkout that became the order.
    office.world.clock.advance(Duration::from_hours(2));
    let body = json!({ "token": "another", "customer": { "id": ada } });
    office.checkout("checkouts/create", &body).await;
    office.waits(minutes(60)).await;
    assert!(is_lead(&office, ada));
    assert_eq!(tasks_about(&office, ada, LEFT), 2, "two checkouts that were left");
}

#[tokio::test]
async fn s_122_a_checkout_of_somebody_whom_the_shop_does_not_know_is_nobodys_task() {
    let (office, _) = with_ada().await;
    office.checkout("checkouts/create", &json!({ "token": TOKEN, "email": "who@example.com" })).await;
    office.waits(SignedDuration::from_hours(72)).await;
    assert!(office.world.portal.tasks().is_empty());
    assert!(office.world.parked().is_empty());
}

#[tokio::test]
async fn s_122_and_f_11_a_schedule_that_runs_often_asks_once() {
    let (office, ada) = with_ada().await;
    touched(&office, "checkouts/create", ada).await;
    office.waits(minutes(60)).await;
    for _ in 0..4 {
        office.waits(minutes(15)).await;
    }
    assert_eq!(office.subjects(ada), [LEFT]);
}
