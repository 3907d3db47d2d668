//! From a delivery to a right contact.

use flows::Outcome;
use twin_shopify::{NewOrder, ShopHandle};

use crate::world::World;

pub(super) fn ada(shop: &ShopHandle) -> u64 {
    person(shop, "Ada", "Lovelace", "ada@example.com")
}

pub(super) fn person(shop: &ShopHandle, first: &str, last: &str, email: &str) -> u64 {
    let fill = |customer: &mut twin_shopify::Customer| {
        customer.first_name = Some(first.to_owned());
        customer.last_name = Some(last.to_owned());
        customer.email = Some(email.to_owned());
        customer.verified_email = true;
    };
    shop.create_customer(fill).unwrap()
}

pub(super) fn buys(shop: &ShopHandle, customer: u64, total: &str) -> u64 {
    let order = NewOrder { customer: Some(customer), total: total.parse().unwrap(), ..NewOrder::default() };
    shop.create_order(order).unwrap()
}

#[tokio::test]
async fn s_002_s_028_s_087_to_s_089_s_104_to_s_109_s_154_and_s_209_an_order_becomes_a_contact_with_the_right_spend()
 {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "120.50");
    buys(&world.shop, ada, "79.50");
    world.live().await;

    let contact = world.contact(ada).properties;
    assert_eq!(contact["total_spent"], "200");
    assert_eq!(contact["orders_count"], "2");
    assert_eq!(contact["average_order_value"], "100");
    assert_eq!(contact["firstname"], "Ada");
    assert_eq!(contact["email"], "ada@example.com");
    assert_eq!(contact["lead_source"], "Shopify");
    assert_eq!(contact["shopify_currency"], "USD");
    assert!(!contact["last_order_name"].is_empty());
    assert_eq!(contact["shopify_created_at"], "2026-11-20T12:00:00Z");
    assert_eq!(contact["last_order_at"], "2026-11-20T12:00:00Z");
}

#[tokio::test]
async fn s_067_to_s_077_and_s_219_the_six_topics_each_make_the_contact_right_alone() {
    for topic in [
        "customers/create",
        "customers/update",
        "orders/create",
        "orders/updated",
        "orders/fulfilled",
        "refunds/create",
    ] {
        let world = World::new().await;
        let ada = ada(&world.shop);
        let order = buys(&world.shop, ada, "100.00");
        world.shop.fulfil(order).unwrap();
        world.shop.refund(order, "40.00".parse().unwrap(), Some("broken".to_owned())).unwrap();
        let one = world.pending().into_iter().find(|delivery| delivery.topic == topic);
        world.arrives(&one.unwrap_or_else(|| panic!("the shop raised no {topic}"))).await;
        world.settle().await;
        assert_eq!(world.contact(ada).properties["total_spent"], "60", "{topic}");
    }
}

#[tokio::test]
async fn s_022_a_duplicate_changes_nothing_and_asks_nobody() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    let deliveries = world.pending();
    for delivery in &deliveries {
        world.arrives(delivery).await;
    }
    world.settle().await;
    let (before, calls) = (world.contact(ada), world.portal.calls());

    for delivery in deliveries.iter().chain(&deliveries) {
        world.arrives(delivery).await;
    }
    let worked = world.settle().await;
    assert_eq!(worked.len(), deliveries.len() * 2);
    assert!(worked.iter().all(|one| matches!(one.verdict, Ok(Outcome::Duplicate))));
    assert_eq!((world.contact(ada), world.portal.calls()), (before, calls));
}

#[tokio::test]
async fn s_157_a_customer_that_is_known_is_not_looked_up_again() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world.portal.forget_calls();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let calls = world.portal.calls();
    assert!(calls.keys().all(|call| !call.contains("read") && !call.contains("search")), "{calls:?}");
    assert!(calls.values().sum::<u64>() >= 1);
}

#[tokio::test]
async fn an_event_that_changes_nothing_costs_no_call_to_the_crm() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "10.00");
    world.live().await;
    world.portal.forget_calls();
    world.shop.fulfil(order).unwrap();
    let worked = world.live().await;
    assert!(worked.iter().all(|one| matches!(one.verdict, Ok(Outcome::AlreadyTrue { .. }))), "{worked:?}");
    assert_eq!(world.portal.calls().values().sum::<u64>(), 0);
}

#[tokio::test]
async fn names_of_any_script_and_ids_above_two_to_the_53_arrive_as_they_are() {
    let world = World::new().await;
    let people =
        [("Zoë 🦊", "O'Brien & Söhne"), ("ندى", "الخطيب"), ("王", "小明"), ("a\u{fffe}b", "\u{1}\t\"\\")];
    let ids: Vec<_> = people
        .iter()
        .enumerate()
        .map(|(i, (first, last))| person(&world.shop, first, last, &format!("p{i}@example.com")))
        .collect();
    assert!(ids.iter().all(|id| *id > 1 << 53), "the twin's ids are large");
    world.live().await;
    for (id, (first, _)) in ids.iter().zip(people) {
        assert_eq!(world.contact(*id).properties["firstname"], first.trim());
    }
}

#[tokio::test]
async fn s_048_a_guests_order_that_belongs_to_nobody_is_skipped_with_its_reason() {
    let world = World::new().await;
    let guest = NewOrder { email: Some("guest@example.com".into()), total: 5.into(), ..NewOrder::default() };
    world.shop.create_order(guest).unwrap();
    let worked = world.live().await;
    assert!(!worked.is_empty());
    for one in &worked {
        assert!(matches!(one.verdict, Ok(Outcome::NoCustomer)), "{one:?}");
    }
    assert!(world.portal.contacts().is_empty());
}

#[tokio::test]
async fn s_111_a_customer_that_is_deleted_in_the_shop_stays_in_the_crm() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world.shop.delete_customer(ada).unwrap();
    let worked = world.live().await;
    assert!(
        matches!(worked[..], [ref one] if matches!(one.verdict, Ok(Outcome::CustomerGone))),
        "{worked:?}"
    );
    assert_eq!(world.contact(ada).properties["email"], "ada@example.com");
}

#[tokio::test]
async fn s_206_nothing_about_a_person_or_a_payment_rests_in_the_queue() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    for message in world.queues.waiting() {
        for leak in ["Ada", "Lovelace", "ada@example.com", "visa", "gateway", "10.00", "address"] {
            assert!(!message.body.contains(leak), "{leak} in {}", message.body);
        }
    }
    world.settle().await;
}
