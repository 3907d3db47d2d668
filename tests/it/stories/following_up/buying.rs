//! Orders, and what people are asked to do about them.

use std::collections::BTreeSet;

use domain::Currency;
use twin_shopify::{NewOrder, ShopSettings};

use super::super::living::{ada, buys, person};
use super::{FIRST, VIP, buys_and_is_seen, is_refunded, tasks_about};
use crate::world::{Office, SHOP, settings};

#[tokio::test]
async fn s_123_s_136_and_f_05_a_first_order_is_one_task_and_a_second_one_is_none() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    assert_eq!(office.subjects(ada), [""; 0]);
    buys_and_is_seen(&office, ada, "49.90").await;
    buys_and_is_seen(&office, ada, "10.00").await;

    let tasks = office.tasks(ada);
    assert_eq!(office.subjects(ada), [FIRST]);
    assert_eq!(tasks[0].properties["hs_task_priority"], "MEDIUM");
    let body = &tasks[0].properties["hs_task_body"];
    assert!(body.contains("Spent 49.90 USD."), "{body}");
    assert!(tasks[0].properties["hs_timestamp"].starts_with("2026-11-23T12:01"), "three days from then");
}

#[tokio::test]
async fn s_123_and_f_13_whose_first_event_is_their_first_order_is_no_less_new() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys(&office.world.shop, ada, "49.90");
    let deliveries = office.world.pending();
    let order = deliveries.iter().find(|delivery| delivery.topic == "orders/create").unwrap();
    for _ in 0..2 {
        office.takes(std::slice::from_ref(order)).await;
    }
    office.takes(&deliveries).await;
    assert_eq!(office.subjects(ada), [FIRST]);
}

#[tokio::test]
async fn s_024_s_052_and_f_11_the_tenth_order_makes_a_vip_once_and_once_more_only_after_it_was_lost() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let mut orders = Vec::new();
    for order in 1..=10 {
        orders.push(buys_and_is_seen(&office, ada, "100.00").await);
        assert_eq!(tasks_about(&office, ada, VIP), usize::from(order == 10), "order {order}");
    }
    is_refunded(&office, orders[9], "50.00").await;
    buys_and_is_seen(&office, ada, "50.00").await;
    is_refunded(&office, orders[8], "100.00").await;
    assert_eq!(office.says(ada, "total_spent"), "900");
    assert!(office.labels(ada).contains(&"VIP Buyer".to_owned()), "between the two it stays");
    assert_eq!(tasks_about(&office, ada, VIP), 1);

    is_refunded(&office, orders[7], "1.00").await;
    assert!(!office.labels(ada).contains(&"VIP Buyer".to_owned()), "899 is below both");
    buys_and_is_seen(&office, ada, "100.00").await;
    assert_eq!(tasks_about(&office, ada, VIP), 1, "999 is not enough");
    buys_and_is_seen(&office, ada, "1.00").await;
    assert_eq!(tasks_about(&office, ada, VIP), 2, "1000 is");
    let vip = office.tasks(ada).into_iter().filter(|task| task.properties["hs_task_subject"] == VIP);
    let keys: BTreeSet<_> = vip.map(|task| task.properties["shopify_action_key"].clone()).collect();
    assert_eq!(keys.len(), 2, "{keys:?}");
}

#[tokio::test]
async fn s_119_and_s_125_only_above_five_hundred_is_the_sales_team_told_with_links_and_once() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys_and_is_seen(&office, ada, "499.99").await;
    buys_and_is_seen(&office, ada, "500.00").await;
    assert!(office.told().is_empty(), "exactly 500.00 is not above it");
    let order = buys_and_is_seen(&office, ada, "500.01").await;
    office.world.a_minute_later();
    office.world.shop.fulfil(order).unwrap();
    office.live().await;

    let told = office.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].reads.contains("500.01 USD, paid."), "{}", told[0].reads);
    let links: Vec<_> = told[0].links.iter().map(|link| link.url.as_str()).collect();
    let contact = office.world.contact(ada).id;
    assert_eq!(
        links,
        [
            format!("https://app.hubspot.com/contacts/1/record/0-1/{contact}"),
            format!("https://admin.shopify.com/store/demo/customers/{ada}"),
            format!("https://admin.shopify.com/store/demo/orders/{order}"),
        ]
    );
}

#[tokio::test]
async fn s_119_what_an_order_is_called_calls_nobody_and_leads_nowhere() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let name = "<!channel> <https://evil.example|click> @here & more {customer.total_spent}";
    let (customer, total) = (Some(ada), "700.00".parse().unwrap());
    let order = NewOrder { customer, total, name: Some(name.to_owned()), ..NewOrder::default() };
    office.world.shop.create_order(order).unwrap();
    office.live().await;
    let told = office.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].mentions, [""; 0]);
    assert!(told[0].links.iter().all(|link| !link.url.contains("evil")), "{:?}", told[0].links);
    assert!(told[0].reads.contains("& more {customer.total_spent}"), "{}", told[0].reads);
}

#[tokio::test]
async fn s_119_orders_of_two_customers_are_two_messages_and_tests_are_none() {
    let office = Office::new().await;
    let all = [ada(&office.world.shop), person(&office.world.shop, "Bob", "B", "bob@example.com")];
    for customer in all {
        buys(&office.world.shop, customer, "501.00");
    }
    let total = "900.00".parse().unwrap();
    let test = NewOrder { customer: Some(all[0]), total, test: true, ..NewOrder::default() };
    office.world.shop.create_order(test).unwrap();
    office.live().await;
    assert_eq!(office.told().len(), 2);
}

#[tokio::test]
async fn s_104_amounts_are_told_in_their_own_currency() {
    let office = Office::new().await;
    let currency = Currency::parse("JPY").unwrap().as_str().to_owned();
    office.world.twin.open_shop(SHOP, ShopSettings { currency, ..settings() });
    let ada = ada(&office.world.shop);
    buys(&office.world.shop, ada, "1200");
    office.live().await;
    let bodies: Vec<_> =
        office.tasks(ada).iter().map(|task| task.properties["hs_task_body"].clone()).collect();
    assert_eq!(bodies.len(), 2, "a first purchase, and a VIP: {bodies:?}");
    assert!(bodies.iter().all(|body| body.contains("1200 JPY") && !body.contains("USD")), "{bodies:?}");
    assert!(office.told()[0].reads.contains("1200 JPY"), "{}", office.told()[0].reads);
}
