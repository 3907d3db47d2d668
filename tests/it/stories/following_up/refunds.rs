//! Money goes back.

use twin_hubspot::Linked;

use super::super::living::{ada, buys};
use super::{FIRST, REVIEW, is_refunded, tasks_about};
use crate::world::Office;

#[tokio::test]
async fn s_054_s_108_s_118_and_s_124_the_second_refund_asks_for_a_review_and_the_third_for_nothing() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let order = buys(&office.world.shop, ada, "100.00");
    office.live().await;
    for (refunds, reviews) in [(1, 0), (2, 1), (3, 1)] {
        is_refunded(&office, order, "10.00").await;
        assert_eq!(tasks_about(&office, ada, REVIEW), reviews, "{refunds} refunds");
        assert_eq!(office.labels(ada).contains(&"Refund Risk".to_owned()), reviews == 1, "{refunds} refunds");
    }
    assert_eq!(office.says(ada, "shopify_score"), "-25");
    assert_eq!(office.subjects(ada), [FIRST, REVIEW]);
    let Linked { properties, .. } = &office.tasks(ada)[1];
    assert_eq!(properties["hs_task_priority"], "HIGH");
    assert!(properties["hs_task_body"].contains("Money went back 2 times: 20 USD."), "{properties:?}");
}

#[tokio::test]
async fn s_118_and_f_12_refunds_that_arrive_together_and_twice_are_one_review() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let order = buys(&office.world.shop, ada, "100.00");
    office.live().await;
    for _ in 0..2 {
        office.world.a_minute_later();
        office.world.shop.refund(order, "10.00".parse().unwrap(), None).unwrap();
    }
    let deliveries = office.world.pending();
    let twice_and_backwards: Vec<_> = deliveries.iter().rev().chain(&deliveries).cloned().collect();
    office.takes(&twice_and_backwards).await;
    assert_eq!(tasks_about(&office, ada, REVIEW), 1);
    assert_eq!(office.labels(ada), ["First Purchase", "Refund Risk"]);
}

#[tokio::test]
async fn s_108_who_loses_nothing_by_a_refund_that_was_not_read_keeps_the_flag_and_gets_no_second_review() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let order = buys(&office.world.shop, ada, "100.00");
    office.live().await;
    for _ in 0..2 {
        is_refunded(&office, order, "10.00").await;
    }
    for name in ["Byron", "King"] {
        office.world.a_minute_later();
        let named = |customer: &mut twin_shopify::Customer| customer.last_name = Some(name.to_owned());
        office.world.shop.change_customer(ada, named).unwrap();
        office.live().await;
    }
    assert!(office.labels(ada).contains(&"Refund Risk".to_owned()));
    assert_eq!(tasks_about(&office, ada, REVIEW), 1);
}
