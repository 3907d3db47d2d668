//! Mutations: carried out before the answer is read from the state.

use apollo_compiler::ast::Field;
use jiff::Timestamp;
use serde_json::Value;

use super::{Prepared, arguments, bulk};
use crate::{gid, shop::Shop, versions::Version};

/// Tags and bulk operations, each in its turn. Ids that are not customers here are left to the payload's `userErrors`.
pub(super) fn apply(shop: &mut Shop, prepared: &Prepared<'_>, version: &Version, now: Timestamp) {
    for field in prepared.operation.selection_set.iter().filter_map(|selection| selection.as_field()) {
        match field.name.as_str() {
            "bulkOperationRunQuery" | "bulkOperationCancel" => {
                let Ok(definition) = prepared.schema.type_field("Mutation", &field.name) else { continue };
                let given = arguments::given(field, definition, &prepared.variables);
                bulk::apply(shop, &field.name, &given, version, now);
            }
            _ => tag(shop, prepared, field, now),
        }
    }
}

fn tag(shop: &mut Shop, prepared: &Prepared<'_>, field: &Field, now: Timestamp) {
    let Ok(definition) = prepared.schema.type_field("Mutation", &field.name) else { return };
    let given = arguments::given(field, definition, &prepared.variables);
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
