//! Every topic has its answer.

use serde_json::{Value, json};
use store::memory::{Moment, Operation};
use twin_shopify::Delivery;

use super::living::{ada, buys, person};
use crate::world::{SHOP, World, shop};

/// A delivery of the shop's, about something that the twin does not do by itself.
fn told(world: &World, id: &str, topic: &str, body: &Value) -> Delivery {
    Delivery {
        topic: topic.to_owned(),
        shop: SHOP.to_owned(),
        webhook_id: id.to_owned(),
        event_id: format!("e-{id}"),
        triggered_at: world.clock.now(),
        api_version: "2026-10".to_owned(),
        body: body.to_string().into_bytes(),
    }
}

async fn codes_after(world: &World, deliveries: &[(&str, Value)]) -> Vec<String> {
    for (n, (topic, body)) in deliveries.iter().enumerate() {
        world.arrives(&told(world, &format!("told-{n}"), topic, body)).await;
    }
    world.settle().await;
    world.parked().into_iter().map(|parked| parked.code).collect()
}

#[tokio::test]
async fn one_who_goes_on_without_a_record_takes_over_that_of_the_one_who_went_up_in_them() {
    let world = World::new().await;
    let lost = ada(&world.shop);
    world.live().await;
    let record = world.contact(lost).id;
    let kept = person(&world.shop, "Ada", "L", "ada.l@example.com");
    buys(&world.shop, kept, "10.00");
    drop(world.pending());

    world.shop.merge_customers(kept, lost).unwrap();
    world.live().await;
    world.assert_both_halves_match(&[kept]);
    assert_eq!(world.contact(kept).id, record, "the record goes on under the other's key");
    assert_eq!(world.portal.contacts().len(), 1);
    assert!(world.parked().is_empty());
}

#[tokio::test]
async fn two_who_became_one_and_each_have_a_record_are_a_question_for_a_person() {
    let world = World::new().await;
    let (kept, lost) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    buys(&world.shop, lost, "10.00");
    world.live().await;
    let (goes_on, other) = (world.contact(kept).id, world.contact(lost).id);
    world.shop.merge_customers(kept, lost).unwrap();
    world.live().await;
    world.assert_both_halves_match(&[kept]);
    let parked = world.parked();
    assert_eq!(parked.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["merged_in_shop"]);
    let reason = &parked[0].reason;
    assert!(reason.contains(&format!("{goes_on} (goes on) and {other}")), "{reason}");
    assert!(parked[0].advice.contains("Merge the second record into the first"));
}

#[tokio::test]
async fn a_merge_that_did_not_come_about_changes_nothing() {
    let world = World::new().await;
    let (one, two) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    world.live().await;
    let body = json!({
        "admin_graphql_api_customer_kept_id": format!("gid://shopify/Customer/{one}"),
        "admin_graphql_api_customer_deleted_id": format!("gid://shopify/Customer/{two}"),
        "status": "failed",
    });
    assert!(codes_after(&world, &[("customers/merge", body)]).await.is_empty());
    world.assert_both_halves_match(&[one, two]);
}

#[tokio::test]
async fn what_a_person_asks_for_waits_for_a_person_and_names_the_record() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    let known =
        json!({"shop_id": 1, "customer": {"id": ada, "email": "ada@example.com"}, "orders_to_redact": []});
    let unknown =
        json!({"shop_id": 1, "customer": {"id": 999, "email": "x@example.com"}, "data_request": {"id": 9}});
    let codes =
        codes_after(&world, &[("customers/redact", known), ("customers/data_request", unknown)]).await;
    assert_eq!(codes, ["erasure_requested", "data_requested"]);
    let parked = world.parked();
    assert!(parked[0].reason.contains(&format!("their record is {}", world.contact(ada).id)));
    assert!(parked[1].reason.contains("no record of theirs is known here"));
    assert!(parked.iter().all(|p| !p.message.contains("example.com")), "an id says enough");
}

#[tokio::test]
async fn what_concerns_the_app_says_what_is_to_be_done() {
    let world = World::new().await;
    let codes = codes_after(
        &world,
        &[
            ("app/uninstalled", json!({"id": 548_380_009})),
            ("shop/redact", json!({"shop_id": 4})),
            ("app/scopes_update", json!({"id": 1, "current": []})),
            ("checkouts/delete", json!({"id": 5})),
            ("nobody/knows", json!({"id": 6})),
        ],
    )
    .await;
    let expected = [
        "app_uninstalled",
        "shop_erasure_requested",
        "scopes_changed",
        "topic_not_acted_on",
        "unknown_topic",
    ];
    assert_eq!(codes, expected);
    assert!(world.parked().iter().all(|parked| parked.attempts == 1 && !parked.advice.is_empty()));
}

#[tokio::test]
async fn what_changes_nothing_of_a_contact_is_over_with_its_reason() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    let before = world.portal.calls();
    let bulk = json!({"admin_graphql_api_id": "gid://shopify/BulkOperation/1", "status": "completed"});
    let deliveries = [
        ("checkouts/create", json!({"token": "t", "customer": {"id": ada}})),
        ("checkouts/update", json!({"token": "t", "completed_at": "2026-11-20T12:00:00Z"})),
        ("bulk_operations/finish", bulk),
    ];
    assert!(codes_after(&world, &deliveries).await.is_empty());
    let told = world.inbox.trails().into_values().filter_map(|trail| trail.outcome);
    let reasons: Vec<_> =
        told.filter(|told| told.starts_with("skipped: the checkout ") || told.contains("run")).collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert_eq!(world.portal.calls(), before, "nobody was asked");
}

#[tokio::test]
async fn s_160_a_file_that_is_ready_wakes_the_run_that_waits_for_it_and_comes_back_where_it_cannot() {
    let world = World::new().await;
    let bulk = json!({"admin_graphql_api_id": "gid://shopify/BulkOperation/1", "status": "completed"});
    world.faults.next(Operation::Wake, 1, Moment::Before);
    assert!(codes_after(&world, &[("bulk_operations/finish", bulk)]).await.is_empty());
    assert_eq!(world.stores.wakes.woken(), [shop()], "once, after it failed first");
}

fn partner_event(world: &World, id: &str, topic: &str, payload: &Value) -> String {
    json!({
        "version": "0", "id": id, "detail-type": "shopifyWebhook", "account": "000000000000",
        "source": "aws.partner/shopify.com/580111/counterfoil", "time": world.clock.now().to_string(),
        "region": "eu-central-1", "resources": [],
        "detail": { "payload": payload, "metadata": {
            "X-Shopify-Topic": topic, "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Webhook-Id": id, "X-Shopify-Triggered-At": world.clock.now().to_string(),
        }},
    })
    .to_string()
}

#[tokio::test]
async fn what_comes_by_way_of_eventbridge_makes_the_contact_as_right() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "10.00");
    drop(world.pending());
    // Above the size limit an order comes as its id alone.
    world.queues.find_lying(&partner_event(&world, "w-1", "orders/create", &json!({ "id": order })));
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    world.queues.find_lying(&partner_event(&world, "w-1", "orders/create", &json!({ "id": order })));
    let again = world.settle().await;
    assert_eq!(again[0].verdict.as_ref().unwrap().code(), "duplicate");
}

#[tokio::test]
async fn s_206_what_is_parked_of_eventbridge_holds_ids_and_no_payload() {
    let world = World::new().await;
    let payload = json!({ "id": 1, "email": "ada@example.com", "note": "secret" });
    world.queues.find_lying(&partner_event(&world, "w-1", "nobody/knows", &payload));
    let foreign = partner_event(&world, "w-2", "orders/create", &payload).replace("aws.partner", "custom");
    world.queues.find_lying(&foreign);
    world.settle().await;
    let parked = world.parked();
    let codes: Vec<_> = parked.iter().map(|parked| parked.code.as_str()).collect();
    assert_eq!(codes, ["undecodable_message", "unknown_topic"]);
    assert!(!parked[1].message.contains("ada") && !parked[1].message.contains("secret"));
}
