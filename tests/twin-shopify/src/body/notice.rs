//! The small bodies: what changed, in few words, some of them in GraphQL's style.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{customer::Customer, gid::gid, money, shop::Shop, view::View};

/// `customers/purchasing_summary`: camelCase, GIDs, no `id`, no `updated_at`.
pub(crate) fn purchasing_summary(shop: &Shop, customer: &Customer, at: Timestamp) -> Value {
    let figures = View::now(shop).figures(customer);
    json!({
        "customerId": gid("Customer", customer.id),
        "numberOfOrders": figures.orders,
        "amountSpent": { "amount": money::rest(figures.spent, &shop.settings.currency), "currencyCode": shop.settings.currency },
        "lastOrderId": figures.last_order.map(|id| gid("Order", id)),
        "occurredAt": occurred_at(at),
    })
}

/// `customer.tags_added` and `customer.tags_removed`: the difference only.
pub(crate) fn tags(customer: u64, tags: &[String], at: Timestamp) -> Value {
    json!({ "customerId": gid("Customer", customer), "tags": tags, "occurredAt": occurred_at(at) })
}

/// customers/delete.
pub(crate) fn customer_deleted(id: u64) -> Value {
    json!({ "id": id, "tax_exemptions": [], "admin_graphql_api_id": gid("Customer", id) })
}

/// orders/delete: nothing but the id.
pub(crate) fn order_deleted(id: u64) -> Value {
    json!({ "id": id })
}

/// customers/merge that succeeded. The word for success is not documented; the field's other words are a job's.
pub(crate) fn merged(kept: u64, lost: u64, job: &str) -> Value {
    json!({
        "admin_graphql_api_customer_kept_id": gid("Customer", kept),
        "admin_graphql_api_customer_deleted_id": gid("Customer", lost),
        "admin_graphql_api_job_id": format!("gid://shopify/Job/{job}"),
        "status": "completed", "errors": [],
    })
}

fn occurred_at(at: Timestamp) -> String {
    format!("{at:.3}")
}
