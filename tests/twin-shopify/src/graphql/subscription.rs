//! Webhook subscriptions: `webhookSubscriptionCreate` and `webhookSubscriptions`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    connection::{self, Names},
    node::Node,
};
use crate::{gid::gid, listed::ListedSubscription, shop::Shop, view::View};

const SUBSCRIPTIONS: Names =
    Names { connection: "WebhookSubscriptionConnection", edge: "WebhookSubscriptionEdge" };

/// What an address may begin with.
const ADDRESSES: [&str; 3] = ["https://", "pubsub://", "arn:aws:events:"];

/// Makes the subscription, or says what is wrong with it.
pub(super) fn create(shop: &mut Shop, given: &Map<String, Value>, now: Timestamp) -> Node {
    let topic = given["topic"].as_str().unwrap_or_default();
    let input = &given["webhookSubscription"];
    let uri = input["uri"].as_str().unwrap_or_default();
    let format = input["format"].as_str().unwrap_or("JSON");
    let (made, errors) = if let Some(words) = wrong(shop, topic, uri) {
        (Node::NULL, vec![user_error(words)])
    } else {
        let id = shop.list(topic, uri, format, now);
        (shop.listed.get(&id).map_or(Node::NULL, |held| node(shop, held)), Vec::new())
    };
    Node::Object(
        "WebhookSubscriptionCreatePayload",
        vec![("userErrors", Node::List(errors)), ("webhookSubscription", made)],
    )
}

fn wrong(shop: &Shop, topic: &str, uri: &str) -> Option<&'static str> {
    if !ADDRESSES.iter().any(|start| uri.starts_with(start)) {
        return Some("Address is not allowed");
    }
    let is_taken = shop.listed.values().any(|held| held.topic == topic && held.uri == uri);
    is_taken.then_some("Address for this topic has already been taken")
}

/// The field still has the name that was used before `uri`.
fn user_error(words: &str) -> Node {
    let field = Node::of(json!(["webhookSubscription", "callbackUrl"]));
    Node::Object("UserError", vec![("field", field), ("message", Node::of(words))])
}

/// A page of them, by id.
pub(super) fn page(view: &View<'_>, arguments: &Map<String, Value>) -> Node {
    let nodes = view.shop.listed.values().map(|held| node(view.shop, held)).collect();
    connection::in_place(&SUBSCRIPTIONS, nodes, arguments)
}

fn node(shop: &Shop, held: &ListedSubscription) -> Node {
    let version = shop.settings.webhook_version.as_str();
    let version = Node::Object(
        "ApiVersion",
        vec![
            ("displayName", Node::of(version)),
            ("handle", Node::of(version)),
            ("supported", Node::of(true)),
        ],
    );
    Node::Object(
        "WebhookSubscription",
        vec![
            ("apiVersion", version),
            ("createdAt", Node::time(held.created_at)),
            ("format", Node::of(held.format.as_str())),
            ("id", Node::of(gid("WebhookSubscription", held.id))),
            ("legacyResourceId", Node::unsigned(held.id)),
            ("topic", Node::of(held.topic.as_str())),
            ("updatedAt", Node::time(held.created_at)),
            ("uri", Node::of(held.uri.as_str())),
        ],
    )
}
