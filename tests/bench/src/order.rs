//! An order as a webhook carries it, made to measure. Hand-written shape, made-up people, the same bytes every time.

use serde_json::{Map, Value, json};

const CENTS: u64 = 1_995;
const PRODUCTS: [&str; 6] = [
    "Filterkaffee, ganze Bohne – 1 kg",
    "Merino crew socks",
    "Enamel mug, 350 ml",
    "Oak serving board",
    "Linen apron \"Atelier\"",
    "Gift card",
];

/// The JSON of one order of exactly `bytes` bytes, filled with line items and the rest with its note.
/// Slashes are escaped, as Shopify sends them. Below the size of an order without line items, it is that order.
pub(crate) fn of_size(bytes: usize) -> String {
    // No line item is shorter than 600 bytes, so the last of these counts is always too many.
    let counts: Vec<usize> = (0..=bytes / 600).collect();
    let fitting = counts.partition_point(|items| text(*items, 0).len() <= bytes);
    let items = fitting.saturating_sub(1);
    let missing = bytes.saturating_sub(text(items, 0).len());
    text(items, missing)
}

fn text(items: usize, note: usize) -> String {
    text_of(&order(items, note))
}

fn text_of(value: &Value) -> String {
    value.to_string().replace('/', "\\/")
}

fn order(items: usize, note: usize) -> Value {
    let lines: Vec<Value> = (0..items as u64).map(line_item).collect();
    let mut order = head(note);
    order.extend(totals(items as u64 * CENTS));
    order.insert("customer".into(), customer());
    order.insert("billing_address".into(), address());
    order.insert("shipping_address".into(), address());
    order.insert("line_items".into(), lines.into());
    Value::Object(order)
}

fn head(note: usize) -> Map<String, Value> {
    let filler = "please leave it with the neighbour, ";
    object(json!({
        "id": 6_120_045_518_001_u64,
        "admin_graphql_api_id": "gid://shopify/Order/6120045518001",
        "name": "#10482",
        "order_number": 10_482,
        "email": "ada.winter@example.com",
        "phone": null,
        "created_at": "2026-11-24T00:58:03+01:00",
        "updated_at": "2026-11-24T00:58:04+01:00",
        "processed_at": "2026-11-24T00:58:02+01:00",
        "cancelled_at": null,
        "closed_at": null,
        "currency": "EUR",
        "presentment_currency": "EUR",
        "financial_status": "paid",
        "fulfillment_status": null,
        "source_name": "web",
        "tags": "newsletter, repeat",
        "test": false,
        "order_status_url": "https://demo.example/orders/5e1f2c/authenticate?key=9b1d",
        "landing_site": "/collections/winter?utm_source=newsletter",
        "referring_site": "https://search.example/",
        "note": filler.chars().cycle().take(note).collect::<String>(),
        "note_attributes": [{"name": "gift_wrap", "value": "yes"}],
        "discount_codes": [{"code": "WINTER10", "amount": "4.99", "type": "percentage"}],
        "refunds": [],
        "fulfillments": [],
    }))
}

fn totals(cents: u64) -> Map<String, Value> {
    let names = [
        "subtotal_price",
        "total_line_items_price",
        "total_price",
        "current_total_price",
        "total_outstanding",
    ];
    let mut totals = Map::new();
    for name in names {
        totals.insert(name.into(), money(cents).into());
        totals.insert(format!("{name}_set"), money_set(cents));
    }
    totals.insert("total_tax".into(), money(cents * 19 / 119).into());
    totals.insert("total_tax_set".into(), money_set(cents * 19 / 119));
    totals
}

fn customer() -> Value {
    json!({
        "id": 7_301_188_220_417_u64,
        "admin_graphql_api_id": "gid://shopify/Customer/7301188220417",
        "email": "ada.winter@example.com",
        "first_name": "Ada",
        "last_name": "Winter",
        "phone": "+4930901820",
        "state": "enabled",
        "verified_email": true,
        "tax_exempt": false,
        "currency": "EUR",
        "created_at": "2024-02-11T09:12:44+01:00",
        "updated_at": "2026-11-24T00:58:04+01:00",
        "default_address": address(),
    })
}

fn address() -> Value {
    json!({
        "first_name": "Ada",
        "last_name": "Winter",
        "address1": "Lindenstraße 9/II",
        "address2": null,
        "city": "Berlin",
        "zip": "10969",
        "province": null,
        "country": "Germany",
        "country_code": "DE",
        "company": "",
        "phone": "+4930901820",
        "latitude": 52.503_1,
        "longitude": 13.396_8,
    })
}

fn line_item(number: u64) -> Value {
    let title = PRODUCTS[usize::try_from(number).unwrap_or(0) % PRODUCTS.len()];
    json!({
        "id": 15_200_310_000_000_u64 + number,
        "admin_graphql_api_id": format!("gid://shopify/LineItem/{}", 15_200_310_000_000_u64 + number),
        "product_id": 8_800_100_000_000_u64 + number % 97,
        "variant_id": 46_100_200_000_000_u64 + number % 389,
        "title": title,
        "variant_title": "Default",
        "name": title,
        "sku": format!("CF-{:05}", number % 389),
        "vendor": "Atelier Nord",
        "quantity": 1,
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "fulfillment_status": null,
        "gift_card": false,
        "grams": 350,
        "price": money(CENTS),
        "price_set": money_set(CENTS),
        "total_discount": "0.00",
        "requires_shipping": true,
        "taxable": true,
        "properties": [{"name": "engraving", "value": "A. W."}],
        "tax_lines": [{"title": "MwSt.", "rate": 0.19, "price": money(CENTS * 19 / 119), "channel_liable": false}],
        "duties": [],
        "discount_allocations": [],
    })
}

fn money_set(cents: u64) -> Value {
    let amount = json!({"amount": money(cents), "currency_code": "EUR"});
    json!({"shop_money": amount, "presentment_money": amount})
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_as_big_as_asked_to_the_byte_and_is_json() {
        for bytes in [10_240, 204_800] {
            let order = of_size(bytes);
            assert_eq!(order.len(), bytes);
            let order: Value = serde_json::from_str(&order).expect("JSON");
            assert_eq!(order["admin_graphql_api_id"], "gid://shopify/Order/6120045518001");
        }
    }

    #[test]
    fn a_bigger_order_has_more_line_items_not_just_a_longer_note() {
        let items = |bytes| {
            let order: Value = serde_json::from_str(&of_size(bytes)).expect("JSON");
            (
                order["line_items"].as_array().expect("items").len(),
                order["note"].as_str().expect("a note").len(),
            )
        };
        let (few, _) = items(10_240);
        let (many, note) = items(204_800);
        assert!(few >= 3 && many > 10 * few, "{few} and {many} line items");
        assert!(note < 2_000, "the note is only what is left over, not {note} bytes");
    }

    #[test]
    fn the_same_size_gives_the_same_bytes() {
        assert_eq!(of_size(10_240), of_size(10_240));
    }
}
