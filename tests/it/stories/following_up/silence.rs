//! Nobody does anything, and time goes by.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use twin_shopify::{NewOrder, ShopSettings};

use super::super::living::ada;
use super::{SILENT, buys_and_is_seen, tasks_about};
use crate::world::{Office, SHOP, settings};

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[tokio::test]
async fn s_107_s_117_and_f_05_a_silence_of_ninety_one_days_is_one_task_on_that_day_without_any_event() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys_and_is_seen(&office, ada, "10.00").await;
    office.waits_until("2027-02-19T12:00:59Z").await;
    assert_eq!(tasks_about(&office, ada, SILENT), 0, "that is 90 days and almost a day");
    office.waits_until("2027-02-19T12:01:00Z").await;
    assert_eq!(tasks_about(&office, ada, SILENT), 1, "91 days");
    assert!(office.labels(ada).contains(&"Win Back".to_owned()));
    let body = office.tasks(ada).last().unwrap().properties["hs_task_body"].clone();
    assert!(body.contains("No order for 91 days; 1 before that."), "{body}");
    office.waits(days(100)).await;
    assert_eq!(tasks_about(&office, ada, SILENT), 1, "one silence is one task");
}

#[tokio::test]
async fn s_117_each_silence_counts_and_an_order_ends_it() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    for silence in 1..=3 {
        buys_and_is_seen(&office, ada, "10.00").await;
        assert!(!office.labels(ada).contains(&"Win Back".to_owned()), "silence {silence}");
        office.waits(days(92)).await;
        assert_eq!(tasks_about(&office, ada, SILENT), silence);
    }
    let tasks = office.tasks(ada).into_iter().filter(|task| task.properties["hs_task_subject"] == SILENT);
    let keys: BTreeSet<_> = tasks.map(|task| task.properties["shopify_action_key"].clone()).collect();
    assert_eq!(keys.len(), 3, "each is of the order before it: {keys:?}");
}

#[tokio::test]
async fn s_117_who_buys_on_the_ninetieth_day_is_left_in_peace() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys_and_is_seen(&office, ada, "10.00").await;
    office.waits(days(90)).await;
    buys_and_is_seen(&office, ada, "10.00").await;
    office.waits(days(90)).await;
    assert_eq!(tasks_about(&office, ada, SILENT), 0);
    office.waits(days(1)).await;
    assert_eq!(tasks_about(&office, ada, SILENT), 1);
}

#[tokio::test]
async fn s_117_a_day_is_the_same_in_every_time_zone_and_a_leap_day_is_one() {
    let years = [
        // December, January and a February of 29 days are 91 days.
        ("2027-12-01T00:30:00Z", "2028-03-01T00:29:59Z", "2028-03-01T00:30:00Z"),
        // One of 28 is a day less.
        ("2026-12-01T00:30:00Z", "2027-03-02T00:29:59Z", "2027-03-02T00:30:00Z"),
    ];
    for ((bought, before, on), utc_offset_minutes) in years.into_iter().zip([-660, 840]) {
        let office = Office::new().await;
        office.world.twin.open_shop(SHOP, ShopSettings { utc_offset_minutes, ..settings() });
        office.world.clock.advance_to(bought.parse().unwrap());
        let ada = ada(&office.world.shop);
        let processed_at = Some(bought.parse().unwrap());
        let total = "10.00".parse().unwrap();
        let order = NewOrder { customer: Some(ada), total, processed_at, ..NewOrder::default() };
        office.world.shop.create_order(order).unwrap();
        office.live().await;
        office.waits_until(before).await;
        assert_eq!(tasks_about(&office, ada, SILENT), 0, "{bought}");
        office.waits_until(on).await;
        assert_eq!(tasks_about(&office, ada, SILENT), 1, "{bought}");
    }
}

#[tokio::test]
async fn s_117_a_schedule_that_stood_still_for_too_long_sets_the_label_and_asks_for_nothing() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    buys_and_is_seen(&office, ada, "10.00").await;
    office.world.clock.advance_to(office.world.clock.now() + days(94));
    office.is_reminded().await;
    assert!(office.labels(ada).contains(&"Win Back".to_owned()));
    assert_eq!(tasks_about(&office, ada, SILENT), 0, "it came due three days ago");
}
