//! refunds/create: no customer, no `updated_at`, no totals of the order; only its id.

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Value, json};

use super::{line, price};
use crate::{
    gid::gid,
    money,
    order::{Line, Order, Refund},
    shop::Shop,
};

pub(crate) fn full(shop: &Shop, order: &Order, refund: &Refund) -> Value {
    let at = shop.local(refund.created_at);
    json!({
        "id": refund.id, "admin_graphql_api_id": gid("Refund", refund.id), "order_id": order.id,
        "created_at": at, "processed_at": at, "note": refund.note, "user_id": null, "restock": false, "return": null,
        "duties": [], "total_duties_set": price::set(Decimal::ZERO, &order.currency), "refund_shipping_lines": [],
        "order_adjustments": adjustments(order, refund),
        "refund_line_items": returned(order, refund).map(|held| refunded_line(order, refund, held)).collect::<Vec<_>>(),
        "transactions": [transaction(shop, order, refund)],
    })
}

/// Lines go back with the money only where it is all of the money; anything else is an adjustment.
pub(crate) fn returned<'a>(order: &'a Order, refund: &Refund) -> impl Iterator<Item = &'a Line> {
    let all = order.subtotal() == refund.amount;
    order.lines.iter().filter(move |_| all)
}

fn refunded_line(order: &Order, refund: &Refund, held: &Line) -> Value {
    let subtotal = line::total(held);
    json!({
        "id": refund.id ^ held.id, "line_item_id": held.id, "line_item": line::item(order, held),
        "quantity": held.quantity, "location_id": null, "restock_type": "no_restock",
        "subtotal": subtotal.to_f64(), "total_tax": 0.0,
        "subtotal_set": price::set(subtotal, &order.currency), "total_tax_set": price::set(Decimal::ZERO, &order.currency),
    })
}

fn adjustments(order: &Order, refund: &Refund) -> Vec<Value> {
    if order.subtotal() == refund.amount {
        return Vec::new();
    }
    let mut fields = json!({
        "id": refund.id.wrapping_add(1), "order_id": order.id, "refund_id": refund.id, "kind": "refund_discrepancy",
        "reason": "Refund discrepancy",
    });
    price::pair(&mut fields, "amount", -refund.amount, &order.currency);
    price::pair(&mut fields, "tax_amount", Decimal::ZERO, &order.currency);
    vec![fields]
}

fn transaction(shop: &Shop, order: &Order, refund: &Refund) -> Value {
    let at = shop.local(refund.created_at);
    // Shopify writes this one amount in its own way, and so do the published samples.
    let unsettled = json!({ "amount": "0.0", "currency": "XXX" });
    json!({
        "id": refund.transaction_id, "admin_graphql_api_id": gid("OrderTransaction", refund.transaction_id),
        "order_id": order.id, "kind": "refund", "status": "success", "gateway": refund.gateway,
        "amount": money::rest(refund.amount, &order.currency), "currency": order.currency,
        "amount_rounding": null, "manual_payment_gateway": refund.gateway == "manual", "authorization": null,
        "total_unsettled_set": { "presentment_money": unsettled, "shop_money": unsettled }, "created_at": at, "processed_at": at, "device_id": null, "error_code": null,
        "location_id": null, "message": "Transaction approved", "parent_id": null,
        "payment_details": { "credit_card_bin": "424242", "credit_card_number": "•••• •••• •••• 4242", "credit_card_company": "Visa" },
        "payment_id": format!("{}.1", order.name), "receipt": {}, "source_name": order.source_name, "test": order.test, "user_id": null,
    })
}
