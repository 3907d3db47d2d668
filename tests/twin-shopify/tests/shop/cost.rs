//! Points: what a query costs, and what happens when there are not enough.

use crate::world::{DOMAIN, World, customer};
use serde_json::{Value, json};
use twin_shopify::{Faults, ShopSettings};

const NODES: &str =
    "query N($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { amountSpent { amount } } } }";

fn ids(count: u64) -> Value {
    json!({"ids": (1..=count).map(customer).collect::<Vec<_>>()})
}

#[test]
fn scalars_are_free_and_objects_and_pages_are_not() {
    let world = World::new();
    for (query, cost) in [
        ("{ shop { id name } }", 1),
        ("{ shop { plan { shopifyPlus } } }", 2),
        ("{ customers(first: 5) { nodes { id } pageInfo { hasNextPage } } }", 7),
        ("{ customers(first: 5) { edges { cursor node { amountSpent { amount } } } } }", 12),
        ("{ customers(first: 3) { nodes { orders(first: 2) { nodes { id } } } } }", 17),
    ] {
        let answer = world.ask(query, json!({}));
        assert_eq!(answer["extensions"]["cost"]["requestedQueryCost"], cost, "{query}: {answer}");
    }
}

#[test]
fn what_was_not_used_is_given_back() {
    let world = World::new();
    let cost = world.ask(NODES, ids(100))["extensions"]["cost"].clone();
    assert_eq!(
        cost,
        json!({
            "requestedQueryCost": 200, "actualQueryCost": 0,
            "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 2000, "restoreRate": 100.0},
        })
    );
    let next = world.ask("{ shop { id } }", json!({}));
    assert_eq!(next["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"], 1999);
}

#[test]
fn a_query_above_a_thousand_points_never_runs() {
    let world = World::new();
    let query = "query N($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { amountSpent { amount } lastOrder { id } defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } } } }";
    let answer = world.ask(query, ids(250));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "MAX_COST_EXCEEDED");
    assert_eq!(answer["errors"][0]["extensions"]["cost"], 1250);
    assert!(answer.get("data").is_none());
}

#[test]
fn an_empty_bucket_throttles_and_time_fills_it() {
    let world = World::new();
    world.twin.open_shop(
        DOMAIN,
        ShopSettings { bucket_size: 300.0, restore_rate: 50.0, ..ShopSettings::default() },
    );
    for _ in 0..3 {
        world.shop.create_customer(|_| {}).unwrap();
    }
    let answer = world.ask(NODES, ids(200));
    assert_eq!(
        answer,
        json!({
            "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
            "extensions": {"cost": {"requestedQueryCost": 400, "throttleStatus": {"maximumAvailable": 300.0, "currentlyAvailable": 300, "restoreRate": 50.0}}},
        })
    );
    let spend = "{ customers(first: 125) { nodes { id } } }";
    let left = |answer: Value| answer["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"].clone();
    assert_eq!(left(world.ask(spend, json!({}))), 295);
    world.wait(1);
    assert_eq!(left(world.ask("{ shop { id } }", json!({}))), 299);
}

#[test]
fn a_fault_throttles_as_often_as_it_says() {
    let world = World::new();
    world.shop.set_faults(Faults { throttle_next: 1, ..Faults::default() }).unwrap();
    assert_eq!(world.ask("{ shop { id } }", json!({}))["errors"][0]["extensions"]["code"], "THROTTLED");
    assert!(world.ask("{ shop { id } }", json!({})).get("errors").is_none());
}
