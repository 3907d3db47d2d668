//! What actions do to the shop, and what they raise.

use crate::world::{World, customer};
use rust_decimal::Decimal;
use serde_json::{Value, json};

#[test]
fn a_new_customer_is_delivered_without_spend_counts_and_tags() {
    let world = World::new();
    let id = world.ada();
    let raised = world.raised();
    let [(topic, body)] = &raised[..] else { panic!("{raised:?}") };
    assert_eq!(topic, "customers/create");
    assert_eq!(body["id"], id);
    assert_eq!(body["created_at"], "2026-11-23T21:00:00-05:00");
    for gone in [
        "tags",
        "orders_count",
        "total_spent",
        "last_order_id",
        "email_marketing_consent",
        "sms_marketing_consent",
    ] {
        assert!(body.get(gone).is_none(), "{gone}");
    }
}

#[test]
fn ids_are_above_what_a_float_can_hold_and_stay_exact() {
    let world = World::new();
    let id = world.ada();
    assert!(id > 1 << 53 && id % 2 == 1);
    let answer = world
        .ask("query Q($id: ID!) { customer(id: $id) { id legacyResourceId } }", json!({"id": customer(id)}));
    assert_eq!(answer["data"]["customer"], json!({"id": customer(id), "legacyResourceId": id.to_string()}));
}

#[test]
fn an_order_moves_the_customers_figures_and_raises_what_shopify_raises() {
    let world = World::new();
    let ada = world.ada();
    world.raised();
    world.wait(5);
    let order = world.order(ada, "49.90");
    assert_eq!(world.shop.customer(ada).unwrap().updated_at.to_string(), "2026-11-24T02:00:05Z");
    let raised = world.raised();
    let topics: Vec<&str> = raised.iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!(topics, ["orders/create", "customers/update", "customers/purchasing_summary"]);
    assert_eq!(raised[0].1["customer"]["id"], ada);
    assert_eq!(raised[0].1["total_price"], "49.90");
    assert_eq!(raised[2].1["numberOfOrders"], 1);
    assert_eq!(raised[2].1["lastOrderId"], format!("gid://shopify/Order/{order}"));
    assert!(raised[2].1.get("id").is_none() && raised[2].1.get("updated_at").is_none());
}

#[test]
fn one_action_shares_an_event_id_and_every_delivery_has_its_own_webhook_id() {
    let world = World::new();
    let ada = world.ada();
    world.raised();
    world.order(ada, "1");
    let pending = world.shop.pending().unwrap();
    assert!(pending.iter().all(|one| one.event_id == pending[0].event_id));
    let mut ids: Vec<&String> = pending.iter().map(|one| &one.webhook_id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_refund_lowers_the_spend_and_its_delivery_names_the_order_only() {
    let world = World::new();
    let ada = world.ada();
    let order = world.order(ada, "100");
    world.raised();
    world.shop.refund(order, Decimal::new(3050, 2), Some("scratched".into())).unwrap();
    let raised = world.raised();
    assert_eq!(raised[0].0, "refunds/create");
    assert_eq!(raised[0].1["order_id"], order);
    assert_eq!(raised[0].1["transactions"][0]["amount"], "30.50");
    assert!(raised[0].1.get("customer").is_none());
    assert_eq!(raised[1].0, "orders/updated");
    assert_eq!(raised[1].1["financial_status"], "partially_refunded");
    let figures = world.shop.figures(ada).unwrap();
    assert_eq!((figures.orders, figures.spent), (1, Decimal::new(6950, 2)));
    assert!(world.shop.refund(order, Decimal::from(70), None).unwrap_err().to_string().contains("`amount`"));
}

#[test]
fn a_cancelled_order_gives_everything_back() {
    let world = World::new();
    let ada = world.ada();
    let order = world.order(ada, "100");
    world.raised();
    world.shop.cancel(order, Some("customer".into())).unwrap();
    assert_eq!(
        world.topics(),
        [
            "orders/cancelled",
            "refunds/create",
            "orders/updated",
            "customers/update",
            "customers/purchasing_summary"
        ]
    );
    assert_eq!(world.shop.figures(ada).unwrap().spent, Decimal::ZERO);
    assert!(world.shop.fulfil(order).unwrap_err().to_string().contains("cancelled"));
}

#[test]
fn fulfilling_is_told_once() {
    let world = World::new();
    let ada = world.ada();
    let order = world.order(ada, "10");
    world.raised();
    world.shop.fulfil(order).unwrap();
    assert_eq!(world.topics(), ["orders/fulfilled", "orders/updated"]);
    assert!(world.shop.fulfil(order).is_err());
    let answer = world.ask(
        "query Q($id: ID!) { order(id: $id) { displayFulfillmentStatus displayFinancialStatus } }",
        json!({"id": format!("gid://shopify/Order/{order}")}),
    );
    assert_eq!(
        answer["data"]["order"],
        json!({"displayFulfillmentStatus": "FULFILLED", "displayFinancialStatus": "PAID"})
    );
}

#[test]
fn tags_are_told_as_differences() {
    let world = World::new();
    let ada = world.ada();
    world.raised();
    world.shop.change_customer(ada, |held| held.tags = vec!["VIP".into(), "gold".into()]).unwrap();
    let raised = world.raised();
    assert_eq!(raised[0].0, "customer.tags_added");
    assert_eq!(raised[0].1["tags"], json!(["gold"]));
    assert_eq!(raised[0].1["occurredAt"], "2026-11-24T02:00:00.123Z");
    assert_eq!(raised[1].0, "customer.tags_removed");
    assert_eq!(raised[1].1["tags"], json!(["b2b"]));
    assert_eq!(raised[2].0, "customers/update");
}

#[test]
fn after_a_merge_the_lost_id_is_nobody_and_the_kept_one_has_everything() {
    let world = World::new();
    let (ada, twice) =
        (world.ada(), world.shop.create_customer(|held| held.email = Some("a@old.example".into())).unwrap());
    world.order(ada, "10");
    world.order(twice, "5");
    world.raised();
    world.shop.merge_customers(ada, twice).unwrap();
    assert_eq!(world.topics(), ["customers/merge", "customers/update", "customers/purchasing_summary"]);
    assert_eq!(world.shop.figures(ada).unwrap().orders, 2);
    let answer = world.ask("query Q($id: ID!) { customer(id: $id) { id } }", json!({"id": customer(twice)}));
    assert_eq!(answer["data"]["customer"], Value::Null);
}

#[test]
fn only_customers_without_orders_can_go() {
    let world = World::new();
    let ada = world.ada();
    let order_less = world.shop.create_customer(|_| {}).unwrap();
    world.order(ada, "1");
    world.raised();
    assert!(world.shop.delete_customer(ada).is_err());
    world.shop.delete_customer(order_less).unwrap();
    assert_eq!(
        world.raised(),
        [(
            "customers/delete".to_owned(),
            json!({"id": order_less, "tax_exemptions": [], "admin_graphql_api_id": customer(order_less)})
        )]
    );
}

#[test]
fn an_email_belongs_to_one_customer() {
    let world = World::new();
    world.ada();
    let second = world.shop.create_customer(|held| held.email = Some("ADA@example.com".into()));
    assert!(second.unwrap_err().to_string().contains("`email` has already been taken"));
}

#[test]
fn an_address_or_number_is_free_again_when_its_customer_changed_it_or_went() {
    let world = World::new();
    let ada = world.ada();
    let named = |phone: &str| world.shop.create_customer(|held| held.phone = Some(phone.into()));
    let refused = named("+15550100").unwrap_err().to_string();
    assert!(refused.contains(&format!("`phone` has already been taken by customer {ada}")), "{refused}");
    world.shop.change_customer(ada, |held| held.phone = Some("+15550199".into())).unwrap();
    named("+15550100").unwrap();
    assert!(named("+15550199").is_err());
    world.shop.delete_customer(ada).unwrap();
    named("+15550199").unwrap();
    world.shop.create_customer(|held| held.email = Some("Ada@example.com".into())).unwrap();
}

#[test]
fn what_happened_before_the_app_came_is_told_to_nobody_and_is_there() {
    let world = World::new();
    let ada = world.shop.without_app(|| {
        let ada = world.ada();
        world.order(ada, "49.90");
        ada
    });
    assert_eq!(world.topics(), [""; 0]);
    let ada = ada.unwrap();
    assert_eq!(world.shop.figures(ada).unwrap().orders, 1);
    world.order(ada, "10");
    assert_eq!(world.topics(), ["orders/create", "customers/update", "customers/purchasing_summary"]);
}

#[test]
fn an_order_carries_what_must_never_travel_further() {
    let world = World::new();
    let ada = world.ada();
    world.order(ada, "10");
    let (_, body) = world.raised().remove(1);
    for name in [
        "shipping_address",
        "billing_address",
        "payment_gateway_names",
        "browser_ip",
        "client_details",
        "line_items",
        "order_status_url",
    ] {
        assert!(!body[name].is_null(), "{name}");
    }
}

#[test]
fn bodies_are_escaped_as_real_ones_are() {
    let world = World::new();
    world.shop.create_customer(|held| held.note = Some("salt & pepper 🧂".into())).unwrap();
    let body = String::from_utf8(world.shop.pending().unwrap()[0].body.clone()).unwrap();
    assert!(
        body.contains(r"gid:\/\/shopify\/Customer\/") && body.contains(r"salt \u0026 pepper 🧂"),
        "{body}"
    );
}

#[test]
fn the_same_seed_gives_the_same_shop() {
    let bodies = || {
        let world = World::new();
        let ada = world.ada();
        world.order(ada, "10");
        world.shop.pending().unwrap()
    };
    assert_eq!(bodies(), bodies());
}
