//! Our bodies against the published samples, where those are at hand: no key of theirs is missing in ours.

use serde_json::Value;

use crate::world::{World, beside};

fn sample(name: &str) -> Option<Value> {
    let path = beside(&format!("samples/{name}__shopify-docs-2026-07.json"));
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: {} is not here", path.display());
    }
    bytes.map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

/// Paths that are in `theirs` and not in `ours`; a list is compared by its first entry, and an empty one says nothing.
fn missing(theirs: &Value, ours: &Value, path: &str, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (name, value) in theirs {
                match ours.get(name) {
                    Some(own) => missing(value, own, &format!("{path}.{name}"), found),
                    None => found.push(format!("{path}.{name}")),
                }
            }
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            if let (Some(first), Some(own)) = (theirs.first(), ours.first()) {
                missing(first, own, path, found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_key_of_a_published_sample_is_missing() {
    let world = World::new();
    let ada = world.ada();
    let order = world.order(ada, "100");
    world.shop.refund(order, 100.into(), None).unwrap();
    world.shop.fulfil(order).unwrap();
    world.shop.change_customer(ada, |held| held.tags = vec!["new".into()]).unwrap();
    let raised = world.raised();
    let mut found = Vec::new();
    for topic in [
        "customers/create",
        "customers/update",
        "customers/purchasing_summary",
        "customer.tags_added",
        "customer.tags_removed",
        "orders/create",
        "orders/updated",
        "orders/fulfilled",
        "refunds/create",
    ] {
        let (_, ours) = raised.iter().rfind(|(one, _)| one == topic).unwrap();
        if let Some(theirs) = sample(&topic.replace(['/', '.'], "_")) {
            missing(&theirs, ours, topic, &mut found);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
