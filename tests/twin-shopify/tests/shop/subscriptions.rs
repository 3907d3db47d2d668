//! Webhook subscriptions through the API: made, listed page by page, refused, removed.

use serde_json::{Value, json};

use crate::world::World;

const CREATE: &str = "mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) { \
    webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) { webhookSubscription { topic uri format } \
    userErrors { field message } } }";
const LIST: &str = "query List($after: String) { webhookSubscriptions(first: 2, after: $after) { nodes { topic uri } \
    pageInfo { hasNextPage endCursor } } }";
const URI: &str = "https://a.example/webhooks";

fn create(world: &World, topic: &str, uri: &str) -> Value {
    let made = world.ask(CREATE, json!({ "topic": topic, "subscription": { "uri": uri, "format": "JSON" } }));
    made["data"]["webhookSubscriptionCreate"].clone()
}

fn page(world: &World, after: &Value) -> Value {
    world.ask(LIST, json!({ "after": after }))["data"]["webhookSubscriptions"].clone()
}

#[test]
fn what_was_subscribed_is_listed_until_it_is_removed() {
    let world = World::new();
    for topic in ["ORDERS_CREATE", "ORDERS_UPDATED", "REFUNDS_CREATE"] {
        let made = create(&world, topic, URI);
        assert_eq!(
            made["webhookSubscription"],
            json!({"topic": topic, "uri": URI, "format": "JSON"}),
            "{made}"
        );
    }
    let first = page(&world, &Value::Null);
    assert_eq!(
        (first["nodes"].as_array().unwrap().len(), &first["pageInfo"]["hasNextPage"]),
        (2, &json!(true))
    );
    let second = page(&world, &first["pageInfo"]["endCursor"]);
    assert_eq!(second["nodes"], json!([{"topic": "REFUNDS_CREATE", "uri": URI}]));
    assert_eq!(world.shop.unlist("ORDERS_CREATE").unwrap(), 1);
    assert_eq!(page(&world, &Value::Null)["nodes"][0]["topic"], "ORDERS_UPDATED");
}

#[test]
fn an_address_that_has_the_topic_or_is_none_is_refused() {
    let world = World::new();
    create(&world, "ORDERS_CREATE", URI);
    for (uri, words) in [(URI, "already been taken"), ("http://a.example", "not allowed")] {
        let refused = create(&world, "ORDERS_CREATE", uri);
        assert_eq!(refused["webhookSubscription"], Value::Null);
        assert!(refused["userErrors"][0]["message"].as_str().unwrap().contains(words), "{refused}");
    }
    assert_eq!(world.shop.listed().unwrap().len(), 1);
}
