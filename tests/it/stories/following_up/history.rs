//! What happened long ago sets fields, and nobody is asked to do anything about it.

use jiff::SignedDuration;

use super::super::living::{ada, buys};
use super::{FIRST, VIP, buys_and_is_seen, is_refunded, tasks_about};
use crate::world::Office;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn s_136_and_f_12_a_replayed_week_of_history_sets_fields_and_does_nothing_else() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    for _ in 0..7 {
        office.world.clock.advance_to(office.world.clock.now() + days(1));
        let order = buys(&office.world.shop, ada, "600.00");
        office.world.shop.refund(order, "1.00".parse().unwrap(), None).unwrap();
    }
    let week = office.world.pending();
    office.world.clock.advance_to(office.world.clock.now() + days(3));
    let backwards: Vec<_> = week.iter().rev().chain(&week).cloned().collect();
    office.takes(&backwards).await;
    assert_eq!((office.subjects(ada).len(), office.told().len()), (0, 0));
    assert_eq!(office.says(ada, "shopify_invitation"), "");
    assert_eq!(office.labels(ada), ["Refund Risk", "Repeat Purchaser", "VIP Buyer"]);
    assert_eq!(
        (office.says(ada, "total_spent"), office.says(ada, "shopify_score")),
        ("4193".into(), "0".into())
    );

    buys_and_is_seen(&office, ada, "600.00").await;
    assert_eq!(office.told().len(), 1, "what happens now is told");
    assert_eq!(office.subjects(ada), [""; 0], "they have been a VIP for a while");
}

#[tokio::test]
async fn f_12_what_comes_late_together_with_what_is_new_is_news() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    buys(&office.world.shop, ada, "900.00");
    let late = office.world.pending();
    office.world.clock.advance_to(office.world.clock.now() + days(3));
    buys(&office.world.shop, ada, "100.00");
    let deliveries: Vec<_> = late.into_iter().chain(office.world.pending()).collect();
    office.takes(&deliveries).await;
    assert_eq!(office.subjects(ada), [VIP], "the order of today made them one");
}

#[tokio::test]
async fn s_136_the_first_look_at_a_customer_of_old_is_quiet_and_the_next_is_not() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let order = buys(&office.world.shop, ada, "1000.00");
    drop(office.world.pending());
    office.world.clock.advance_to(office.world.clock.now() + days(30));
    buys_and_is_seen(&office, ada, "10.00").await;
    assert_eq!(office.labels(ada), ["Repeat Purchaser", "VIP Buyer"]);
    assert_eq!(office.subjects(ada), [""; 0]);

    is_refunded(&office, order, "200.00").await;
    buys_and_is_seen(&office, ada, "200.00").await;
    assert_eq!(office.subjects(ada), [VIP]);
}

#[tokio::test]
async fn s_136_what_is_set_right_is_told_to_nobody_now_or_later() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    buys(&office.world.shop, ada, "1000.00");
    let missed = office.world.pending();
    office.is_set_right(ada).await;
    assert_eq!(office.labels(ada), ["First Purchase", "VIP Buyer"]);
    assert_eq!(office.subjects(ada), [""; 0]);
    office.takes(&missed).await;
    assert_eq!(office.subjects(ada), [""; 0], "it was known by then");
    office.is_set_right(ada).await;
    assert_eq!(office.labels(ada), ["First Purchase", "VIP Buyer"]);
}

#[tokio::test]
async fn s_103_an_action_that_is_new_passes_over_who_has_the_signal_already() {
    let vip = "[actions.greet_vip]\non = \"vip_buyer\"\nlive_since = 2026-01-01";
    let since = |day: &str| vip.replace("2026-01-01", day);
    let mut office = Office::ruled_by(&[(vip, &since("2027-06-01"))]).await;
    let ada = ada(&office.world.shop);
    let order = buys_and_is_seen(&office, ada, "1000.00").await;
    assert_eq!(office.subjects(ada), [FIRST], "it is not live yet");

    office.world.clock.advance_to("2026-12-05T00:00:00Z".parse().unwrap());
    office.world.rules_with(&[(vip, &since("2026-12-01"))]);
    buys_and_is_seen(&office, ada, "10.00").await;
    assert_eq!(tasks_about(&office, ada, VIP), 0, "they were a VIP before");
    is_refunded(&office, order, "200.00").await;
    buys_and_is_seen(&office, ada, "200.00").await;
    assert_eq!(tasks_about(&office, ada, VIP), 1);
}

#[tokio::test]
async fn s_119_and_s_136_an_order_that_is_older_than_the_action_is_told_to_nobody() {
    let told = "[actions.tell_of_high_value]\non = \"high_value_order\"\nlive_since = 2026-01-01";
    let since = told.replace("2026-01-01", "2026-11-25");
    let office = Office::ruled_by(&[(told, &since)]).await;
    let ada = ada(&office.world.shop);
    let order = buys_and_is_seen(&office, ada, "700.00").await;
    office.world.clock.advance_to("2026-11-26T00:00:00Z".parse().unwrap());
    office.world.shop.fulfil(order).unwrap();
    office.live().await;
    assert!(office.told().is_empty(), "it was placed before");
    buys_and_is_seen(&office, ada, "700.00").await;
    assert_eq!(office.told().len(), 1);
}

#[tokio::test]
async fn bug_s_119_and_f_12_an_order_that_is_heard_of_late_is_told_to_nobody_whatever_else_is_heard_then() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    buys(&office.world.shop, ada, "600.00");
    let late = office.world.pending();
    office.world.clock.advance_to(office.world.clock.now() + days(3));
    buys(&office.world.shop, ada, "700.00");
    let deliveries: Vec<_> = late.into_iter().chain(office.world.pending()).collect();
    office.takes(&deliveries).await;
    let told: Vec<_> = office.told().into_iter().map(|message| message.reads).collect();
    assert!(told.len() == 1 && told[0].contains("700 USD"), "{told:?}");
}
