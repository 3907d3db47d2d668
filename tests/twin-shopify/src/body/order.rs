//! orders/create, updated, fulfilled, cancelled: one shape, with everything in it that must never travel further.

use serde_json::{Value, json};

use super::{address, customer, line, price, refund};
use crate::{gid::gid, order::Order, shop::Shop};

pub(crate) fn full(shop: &Shop, order: &Order) -> Value {
    let mut fields = head(shop, order);
    for part in [payment(order), origin(shop, order), lists(shop, order)] {
        merge(&mut fields, part);
    }
    totals(&mut fields, order);
    fields
}

fn merge(fields: &mut Value, part: Value) {
    if let (Value::Object(fields), Value::Object(part)) = (fields, part) {
        fields.extend(part);
    }
}

fn head(shop: &Shop, order: &Order) -> Value {
    let buyer = order.customer.and_then(|id| shop.customers.get(&id));
    json!({
        "id": order.id, "admin_graphql_api_id": gid("Order", order.id),
        "name": order.name, "number": order.number.saturating_sub(1000), "order_number": order.number,
        "created_at": shop.local(order.created_at), "updated_at": shop.local(order.updated_at),
        "processed_at": shop.local(order.processed_at),
        "cancelled_at": order.cancelled_at.map(|at| shop.local(at)), "cancel_reason": order.cancel_reason,
        "closed_at": order.closed_at.map(|at| shop.local(at)),
        "email": order.email, "contact_email": order.email, "phone": order.phone, "test": order.test,
        "confirmed": true, "confirmation_number": order.token.chars().take(9).collect::<String>().to_uppercase(),
        "customer": buyer.map(|held| customer::embedded(shop, held)), "company": null,
        "tags": order.tags.join(", "), "note": order.note, "note_attributes": [],
        "financial_status": order.financial, "fulfillment_status": order.fulfilment,
    })
}

fn payment(order: &Order) -> Value {
    json!({
        "currency": order.currency, "presentment_currency": order.currency,
        "payment_gateway_names": order.gateways, "payment_terms": null,
        "browser_ip": order.browser_ip,
        "client_details": {
            "accept_language": "en-US", "browser_height": null, "browser_width": null, "browser_ip": order.browser_ip,
            "session_hash": null, "user_agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
        },
        "taxes_included": false, "tax_exempt": false, "estimated_taxes": false, "duties_included": false,
        "buyer_accepts_marketing": false, "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": null, "total_tip_received": "0.00", "total_weight": 250 * order.lines.len(),
        "original_total_additional_fees_set": null, "current_total_additional_fees_set": null,
        "original_total_duties_set": null, "current_total_duties_set": null,
    })
}

fn origin(shop: &Shop, order: &Order) -> Value {
    json!({
        "app_id": 580_111, "cart_token": order.cart_token, "checkout_token": order.checkout_token,
        "token": order.token, "customer_locale": "en-US", "device_id": null, "landing_site": "/", "landing_site_ref": null,
        "location_id": null, "po_number": null, "reference": order.checkout_token, "referring_site": "https://www.example.com/?a=1&b=2",
        "source_identifier": order.checkout_token, "source_name": order.source_name, "source_url": null, "user_id": null,
        "order_status_url": format!("https://{}/{}/orders/{}/authenticate?key=k{}", shop.domain, shop.settings.client_id, order.token, order.token),
    })
}

fn lists(shop: &Shop, order: &Order) -> Value {
    let codes: Vec<Value> = order
        .discount_codes
        .iter()
        .map(|code| json!({"code": code, "amount": "0.00", "type": "fixed_amount"}))
        .collect();
    json!({
        "line_items": order.lines.iter().map(|held| line::item(order, held)).collect::<Vec<_>>(),
        "refunds": order.refunds.iter().map(|held| refund::full(shop, order, held)).collect::<Vec<_>>(),
        "fulfillments": order.fulfilments.iter().enumerate().map(|(at, held)| fulfilment(shop, order, at, *held)).collect::<Vec<_>>(),
        "shipping_address": order.shipping_address.as_ref().map(address::of_order),
        "billing_address": order.billing_address.as_ref().map(address::of_order),
        "discount_codes": codes, "discount_applications": [], "line_item_groups": [], "returns": [],
        "tax_lines": [], "shipping_lines": [shipping(order)],
    })
}

fn fulfilment(shop: &Shop, order: &Order, at: usize, (id, made): (u64, jiff::Timestamp)) -> Value {
    json!({
        "id": id, "admin_graphql_api_id": gid("Fulfillment", id), "order_id": order.id,
        "created_at": shop.local(made), "updated_at": shop.local(made), "location_id": null,
        "name": format!("{}.{}", order.name, at + 1), "status": "success", "service": "manual", "shipment_status": null,
        "tracking_company": null, "tracking_number": null, "tracking_numbers": [], "tracking_url": null,
        "tracking_urls": [], "origin_address": {}, "receipt": {},
        "line_items": order.lines.iter().map(|held| line::item(order, held)).collect::<Vec<_>>(),
    })
}

/// How it is sent; free, where nothing was paid for it.
fn shipping(order: &Order) -> Value {
    let mut fields = json!({
        "id": order.id ^ 1, "title": "Standard", "code": "Standard", "source": "shopify", "carrier_identifier": null,
        "phone": null, "requested_fulfillment_service_id": null, "is_removed": false, "tax_lines": [],
        "discount_allocations": [], "current_discounted_price_set": price::set(order.shipping, &order.currency),
    });
    price::pair(&mut fields, "price", order.shipping, &order.currency);
    price::pair(&mut fields, "discounted_price", order.shipping, &order.currency);
    fields
}

fn totals(fields: &mut Value, order: &Order) {
    let currency = &order.currency;
    let current = order.current_total();
    for (name, amount) in [
        ("total_price", order.total),
        ("subtotal_price", order.subtotal()),
        ("total_tax", order.tax),
        ("total_discounts", order.discounts),
        ("total_line_items_price", order.subtotal() + order.discounts),
        ("current_total_price", current),
        ("current_subtotal_price", current.min(order.subtotal())),
        ("current_total_tax", order.tax),
        ("current_total_discounts", order.discounts),
    ] {
        price::pair(fields, name, amount, currency);
    }
    fields["total_outstanding"] = crate::money::rest(order.outstanding(), currency).into();
    fields["total_shipping_price_set"] = price::set(order.shipping, currency);
    fields["current_shipping_price_set"] = price::set(order.shipping, currency);
    for name in ["total_cash_rounding_payment_adjustment_set", "total_cash_rounding_refund_adjustment_set"] {
        fields[name] = price::set(rust_decimal::Decimal::ZERO, currency);
    }
}
