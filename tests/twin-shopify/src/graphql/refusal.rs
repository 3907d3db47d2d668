//! Errors in Shopify's words: message, locations, path, extensions.

use apollo_compiler::{
    Node,
    ast::Document,
    parser::{SourceMap, SourceSpan},
    validation::WithErrors,
};
use serde_json::{Value, json};

/// Where in the text, as `locations` has it.
pub(super) fn locations(at: Option<SourceSpan>, sources: &SourceMap) -> Value {
    match at.and_then(|span| span.line_column(sources)) {
        Some(place) => json!([{ "line": place.line, "column": place.column }]),
        None => json!([]),
    }
}

pub(super) fn at_node<T>(node: &Node<T>, sources: &SourceMap) -> Value {
    locations(node.location(), sources)
}

/// The text is no GraphQL.
pub(super) fn syntax(text: &str, broken: &WithErrors<Document>) -> Value {
    if text.trim().is_empty() {
        return json!({ "message": "syntax error, unexpected end of file" });
    }
    let first = broken.errors.iter().next();
    let words = first.as_ref().map_or_else(String::new, |found| found.error.to_string());
    let place = first.and_then(|found| found.line_column_range()).map_or_else(
        || json!([]),
        |range| json!([{ "line": range.start.line, "column": range.start.column }]),
    );
    json!({ "message": format!("syntax error, {}", words.trim_start_matches("syntax error: ")), "locations": place })
}

/// The query alone is more than any bucket allows.
pub(super) fn too_costly(cost: u64, most: u64) -> Value {
    json!({
        "message": format!("Query cost is {cost}, which exceeds the single query max cost limit ({most})."),
        "extensions": {
            "code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": most,
            "documentation": "https://shopify.dev/api/usage/rate-limits",
        },
    })
}

/// A field an app without approval may not see.
pub(super) fn not_approved(object: &str, path: &[Value]) -> Value {
    json!({
        "message": format!("This app is not approved to access the {object} object. See https://partners.shopify.com/1/apps/1/customer_data for more details."),
        "path": path,
    })
}
