//! Line items in REST bodies.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::price;
use crate::{
    gid::gid,
    order::{Line, Order},
};

pub(crate) fn item(order: &Order, line: &Line) -> Value {
    let currency = &order.currency;
    let open = if order.fulfilment.is_some() || order.cancelled_at.is_some() { 0 } else { line.quantity };
    let mut fields = json!({
        "id": line.id, "admin_graphql_api_id": gid("LineItem", line.id),
        "attributed_staffs": [], "current_quantity": line.quantity, "fulfillable_quantity": open,
        "fulfillment_service": "manual", "fulfillment_status": order.fulfilment, "gift_card": false, "grams": 250,
        "name": name(line), "title": line.title, "variant_title": line.variant_title, "sku": line.sku,
        "product_exists": line.product_id.is_some(), "product_id": line.product_id, "variant_id": line.variant_id,
        "variant_inventory_management": "shopify", "vendor": line.vendor, "properties": [],
        "quantity": line.quantity, "requires_shipping": true, "sales_line_item_group_id": null,
        "selling_plan_id": null, "taxable": true, "tax_lines": [], "duties": [], "discount_allocations": [],
    });
    price::pair(&mut fields, "price", line.price, currency);
    price::pair(&mut fields, "total_discount", line.discount, currency);
    fields
}

fn name(line: &Line) -> String {
    match &line.variant_title {
        Some(variant) => format!("{} - {variant}", line.title),
        None => line.title.clone(),
    }
}

/// What a line comes to.
pub(crate) fn total(line: &Line) -> Decimal {
    line.price * Decimal::from(line.quantity) - line.discount
}
