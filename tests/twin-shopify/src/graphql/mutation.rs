//! Mutations: carried out before the answer is read from the state.

use std::collections::HashMap;

use apollo_compiler::ast::Field;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Prepared, arguments, bulk, discount, node::Node, subscription};
use crate::{gid, shop::Shop, versions::Version};

/// What was answered while it was carried out, by the name it has in the answer.
pub(super) type Done = HashMap<String, Node>;

/// Each mutation in its turn. What tags came to is read from the state afterwards.
pub(super) fn apply(shop: &mut Shop, prepared: &Prepared<'_>, version: &Version, now: Timestamp) -> Done {
    let mut done = Done::new();
    for field in prepared.operation.selection_set.iter().filter_map(|selection| selection.as_field()) {
        let Ok(definition) = prepared.schema.type_field("Mutation", &field.name) else { continue };
        let given = arguments::given(field, definition, &prepared.variables);
        match field.name.as_str() {
            "discountCodeBasicCreate" => {
                done.insert(field.response_name().to_string(), discount::create(shop, &given, now));
            }
            "webhookSubscriptionCreate" => {
                done.insert(field.response_name().to_string(), subscription::create(shop, &given, now));
            }
            "bulkOperationRunQuery" | "bulkOperationCancel" => {
                bulk::apply(shop, &field.name, &given, version, now);
            }
            _ => tag(shop, field, &given, now),
        }
    }
    done
}

/// `tagsAdd` and `tagsRemove`. Ids that are not customers here are left to the payload's `userErrors`.
fn tag(shop: &mut Shop, field: &Field, given: &Map<String, Value>, now: Timestamp) {
    let id = given.get("id").and_then(Value::as_str).and_then(gid::parse);
    let Some(("Customer", id)) = id.filter(|(_, id)| shop.customers.contains_key(id)) else { return };
    let tags: Vec<String> = match given.get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
        Some(Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    };
    let adds = field.name == "tagsAdd";
    let change = |held: &mut crate::customer::Customer| {
        drop(if adds { held.add_tags(&tags) } else { held.remove_tags(&tags) });
    };
    // The customer is here and tags take nobody's e-mail, so this is not refused.
    shop.change_customer(id, change, now).unwrap_or_default();
}
