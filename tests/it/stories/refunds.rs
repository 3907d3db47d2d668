//! What went back is counted on the contact, and a guest's order finds its contact.

use flows::Outcome;
use twin_shopify::NewOrder;

use super::living::{ada, buys, person};
use crate::world::World;

fn refunds(world: &World, customer: u64) -> [Option<String>; 2] {
    let properties = world.contact(customer).properties;
    ["refund_count", "refunded_amount"].map(|name| properties.get(name).cloned())
}

fn said(count: &str, amount: &str) -> [Option<String>; 2] {
    [Some(count.to_owned()), Some(amount.to_owned())]
}

#[tokio::test]
async fn s_040_and_s_108_refunds_are_counted_and_added_up_over_all_orders() {
    let world = World::new().await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let orders = ["100.00", "50.00"].map(|total| buys(&world.shop, ada, total));
    buys(&world.shop, bob, "10.00");
    world.live().await;
    assert_eq!(refunds(&world, ada), [None, None], "nothing is known, so nothing is said");

    world.a_minute_later();
    world.shop.refund(orders[0], "9.90".parse().unwrap(), None).unwrap();
    world.live().await;
    assert_eq!(refunds(&world, ada), said("1", "9.9"));
    assert_eq!(refunds(&world, bob), [None, None]);

    world.a_minute_later();
    world.shop.refund(orders[0], "0.10".parse().unwrap(), None).unwrap();
    world.shop.refund(orders[1], "50.00".parse().unwrap(), None).unwrap();
    world.live().await;
    assert_eq!(refunds(&world, ada), said("3", "60"));
}

#[tokio::test]
async fn however_many_orders_and_refunds_there_are_each_is_counted_once() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    for n in 0..12 {
        let order = buys(&world.shop, ada, "100.00");
        for _ in 0..if n == 3 { 14 } else { 1 } {
            world.shop.refund(order, "1.00".parse().unwrap(), None).unwrap();
        }
    }
    world.live().await;
    assert_eq!(refunds(&world, ada), said("25", "25"));
}

#[tokio::test]
async fn a_test_order_counts_for_nothing_and_a_switched_off_field_costs_no_read() {
    let mut world = World::new().await;
    let ada = ada(&world.shop);
    let test = NewOrder { customer: Some(ada), total: 9.into(), test: true, ..NewOrder::default() };
    let test = world.shop.create_order(test).unwrap();
    world.shop.refund(test, 9.into(), None).unwrap();
    world.live().await;
    assert_eq!(refunds(&world, ada), said("0", "0"));

    let off = |field: &str| (format!("[fields.{field}]\n"), format!("[fields.{field}]\nsync = false\n"));
    let [count, amount] = [off("refund_count"), off("refunded_amount")];
    world.rules_with(&[(&count.0, &count.1), (&amount.0, &amount.1)]);
    world.a_minute_later();
    let order = buys(&world.shop, ada, "100.00");
    world.shop.refund(order, 1.into(), None).unwrap();
    world.live().await;
    assert_eq!(refunds(&world, ada), said("0", "0"), "what is switched off is left alone");
}

#[tokio::test]
async fn s_210_a_guests_order_joins_the_contact_whose_verified_address_was_given_with_it() {
    let world = World::ruled_by(&[("mode = \"aggregate\"", "mode = \"deals\"")]).await;
    let ada = ada(&world.shop);
    world.live().await;
    let guest = |email: &str, total: u32| NewOrder {
        email: Some(email.to_owned()),
        total: total.into(),
        ..NewOrder::default()
    };
    let order = world.shop.create_order(guest("Ada@Example.com", 30)).unwrap();
    let worked = world.live().await;
    assert!(worked.iter().all(|one| one.verdict.is_ok()), "{worked:?}");
    let deals = world.portal.deals();
    assert_eq!(deals.len(), 1, "{deals:?}");
    assert_eq!(deals[0].properties["shopify_order_id"], order.to_string());
    assert_eq!(deals[0].contacts, [world.contact(ada).id]);
}

#[tokio::test]
async fn s_210_an_address_that_nobody_verified_joins_nobody() {
    let world = World::ruled_by(&[("mode = \"aggregate\"", "mode = \"deals\"")]).await;
    let eve = ada(&world.shop);
    world.shop.change_customer(eve, |customer| customer.verified_email = false).unwrap();
    world.live().await;
    let guest = NewOrder { email: Some("ada@example.com".into()), total: 30.into(), ..NewOrder::default() };
    world.shop.create_order(guest).unwrap();
    for one in world.live().await {
        assert!(matches!(one.verdict, Ok(Outcome::NoCustomer)), "{one:?}");
    }
    assert!(world.portal.deals().is_empty());
}
