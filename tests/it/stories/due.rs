//! Time goes by, and what comes due is sent to those who look at it.

use std::time::Duration;

use domain::{Envelope, Event, Subject};
use flows::{DueReport, Outcome, ShopDue};
use jiff::SignedDuration;
use store::DueIndex;
use store::memory::{Moment, Operation};

use super::living::{ada, buys};
use crate::world::time::{Time, at, parsed};
use crate::world::{SHOP, World, key};

const TOKEN: &str = "hWN1h4y3pQ7rK2mX9bT5";

fn only(report: &DueReport) -> &ShopDue {
    assert_eq!(report.shops.len(), 1, "{report:?}");
    &report.shops[0]
}

#[tokio::test]
async fn s_117_who_is_due_is_sent_when_the_time_has_come_and_not_before() {
    let time = Time::at("2026-11-20T09:59:59Z");
    time.customer_is_due(SHOP, 7, Some(at("2026-11-20T10:00:00Z"))).await;
    time.customer_is_due(SHOP, 8, None).await;
    assert_eq!((only(&time.run().await).rows_read, time.sent().len()), (0, 0));

    time.clock.advance(Duration::from_secs(1));
    let report = time.run().await;
    assert_eq!((only(&report).sent, only(&report).rows_read, only(&report).failed), (1, 1, 0));
    let sent = time.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0], Event::due(&key(7), at("2026-11-20T10:00:00Z"), time.clock.now()));
}

#[tokio::test]
async fn s_122_a_checkout_that_is_left_lying_is_sent_and_one_that_is_over_is_not() {
    let time = Time::at("2026-11-20T12:00:00Z");
    time.checkout_is_due(TOKEN, at("2026-11-20T11:00:00Z")).await;
    time.checkout_is_due("bought", at("2026-11-20T11:00:00Z")).await;
    time.checkout_is_due("later", at("2026-11-20T12:00:01Z")).await;
    time.index.over(&parsed(&[SHOP])[0], "bought", time.clock.now()).await.unwrap();
    assert_eq!(only(&time.run().await).sent, 1);
    let sent = time.sent();
    assert_eq!(sent[0].topic.as_str(), "counterfoil/abandoned");
    assert!(matches!(&sent[0].subject, Subject::Checkout { token, completed: false, .. } if token == TOKEN));
    assert!(!sent[0].delivery_id.contains(TOKEN), "a log must not open a checkout");
}

#[tokio::test]
async fn what_nobody_has_looked_at_is_sent_again_as_the_same_delivery() {
    let time = Time::at("2026-11-20T10:00:00Z");
    time.customer_is_due(SHOP, 7, Some(at("2026-11-20T10:00:00Z"))).await;
    time.run().await;
    time.clock.advance(Duration::from_mins(15));
    time.run().await;
    let sent = time.sent();
    assert_eq!((sent.len(), sent[0].delivery()), (2, sent[1].delivery()));

    time.customer_is_due(SHOP, 7, None).await;
    assert_eq!((only(&time.run().await).sent, time.sent().len()), (0, 0));
}

#[tokio::test]
async fn s_117_a_day_begins_at_midnight_utc_and_a_leap_day_is_a_day() {
    let moments = [
        ("2026-11-20T23:59:59.999Z", "2026-11-21T00:00:00Z"),
        ("2026-11-21T00:00:00Z", "2026-11-21T00:00:00.001Z"),
        ("2028-02-28T23:59:59Z", "2028-02-29T00:00:00Z"),
        ("2028-02-29T12:00:00Z", "2028-02-29T12:00:01Z"),
        ("2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"),
        ("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
    ];
    for (now, soon) in moments {
        let time = Time::at(now);
        time.customer_is_due(SHOP, 1, Some(at(now))).await;
        time.customer_is_due(SHOP, 2, Some(at(soon))).await;
        time.run().await;
        assert_eq!(time.customers_sent(), [1], "{now}");
        time.clock.advance_to(at(soon));
        time.run().await;
        assert_eq!(time.customers_sent(), [1, 2], "{soon}");
    }
}

#[tokio::test]
async fn what_came_due_while_nobody_looked_is_caught_up_with_for_fourteen_days() {
    let time = Time::at("2026-11-20T10:00:00Z");
    for (customer, days, seconds) in [(1, 0, 1), (2, 13, 0), (3, 14, 0), (4, 14, 1)] {
        let ago = SignedDuration::from_hours(24 * days) + SignedDuration::from_secs(seconds);
        time.customer_is_due(SHOP, customer, Some(time.clock.now() - ago)).await;
    }
    time.run().await;
    assert_eq!(time.customers_sent(), [1, 2, 3]);
}

#[tokio::test]
async fn all_pages_are_sent_each_customer_once() {
    let time = Time::at("2026-11-20T10:00:00Z");
    for customer in 1..=1_050 {
        let ago = SignedDuration::from_mins(i64::try_from(customer / 3).unwrap());
        time.customer_is_due(SHOP, customer, Some(time.clock.now() - ago)).await;
    }
    let report = time.run().await;
    assert_eq!((only(&report).due, only(&report).sent, only(&report).rows_read), (1_050, 1_050, 1_050));
    assert_eq!(time.customers_sent(), (1..=1_050).collect::<Vec<_>>());
}

#[tokio::test]
async fn several_shops_take_turns_and_the_same_customer_id_is_two_customers() {
    let time = Time::at("2026-11-20T10:00:00Z");
    let (east, west) = ("east.myshopify.com", "west.myshopify.com");
    for customer in 1..=250 {
        time.customer_is_due(east, customer, Some(time.clock.now())).await;
    }
    time.customer_is_due(west, 1, Some(time.clock.now())).await;
    let report = time.run_for(&[east, west], SignedDuration::from_secs(300), false).await;
    let ends: Vec<_> = report.shops.iter().map(|one| (one.shop.as_str(), one.sent)).collect();
    assert_eq!(ends, [(west, 1), (east, 250)], "who has little is through first");
    let deliveries: std::collections::BTreeSet<_> = time.sent().iter().map(Event::delivery).collect();
    assert_eq!(deliveries.len(), 251);

    time.run_for(&[west], SignedDuration::from_secs(300), false).await;
    assert!(time.sent().iter().all(|event| event.shop.as_str() == west));
}

#[tokio::test]
async fn a_shop_whose_index_fails_does_not_keep_the_others() {
    let time = Time::at("2026-11-20T10:00:00Z");
    let shops = ["east.myshopify.com", "west.myshopify.com"];
    for shop in shops {
        time.customer_is_due(shop, 7, Some(time.clock.now())).await;
    }
    time.faults.next(Operation::Due, 1, Moment::Before);
    let report = time.run_for(&shops, SignedDuration::from_secs(300), false).await;
    let ends: Vec<_> = report.shops.iter().map(|one| (one.sent, one.error.is_some())).collect();
    assert_eq!(ends, [(0, true), (1, false)]);
    assert_eq!(time.sent()[0].shop.as_str(), shops[1]);
}

#[tokio::test]
async fn what_the_queue_does_not_take_is_counted_and_sent_by_the_next_run() {
    for moment in [Moment::Before, Moment::After] {
        let time = Time::at("2026-11-20T10:00:00Z");
        for customer in 1..=45 {
            time.customer_is_due(SHOP, customer, Some(time.clock.now())).await;
        }
        time.faults.next(Operation::Send, 3, moment);
        let report = time.run().await;
        let counts = only(&report);
        assert_eq!((counts.sent, counts.failed, counts.error.is_some()), (17, 3, true), "no more is tried");
        let before = time.customers_sent();

        let report = time.run().await;
        assert_eq!((only(&report).sent, only(&report).failed), (45, 0));
        assert_eq!(time.customers_sent(), (1..=45).collect::<Vec<_>>());
        assert_eq!(before.len(), if moment == Moment::Before { 17 } else { 20 }, "a lost answer is no loss");
    }
}

#[tokio::test]
async fn what_was_cut_off_by_the_deadline_goes_on_the_next_time() {
    let time = Time::at("2026-11-20T10:00:00Z");
    for customer in 1..=250 {
        time.customer_is_due(SHOP, customer, Some(time.clock.now())).await;
    }
    let report = time.run_slowly(SignedDuration::from_secs(16)).await;
    let counts = only(&report);
    assert!(counts.stopped && counts.error.is_none(), "{counts:?}");
    assert!((20..250).contains(&counts.sent), "{counts:?}");
    let first = time.customers_sent();
    for customer in &first {
        time.customer_is_due(SHOP, *customer, None).await;
    }
    let report = time.run().await;
    assert!(!only(&report).stopped);
    let mut both: Vec<_> = first.into_iter().chain(time.customers_sent()).collect();
    both.sort_unstable();
    assert_eq!(both, (1..=250).collect::<Vec<_>>(), "who was looked at is not sent again");
}

#[tokio::test]
async fn a_run_that_has_no_time_does_nothing() {
    let time = Time::at("2026-11-20T10:00:00Z");
    time.customer_is_due(SHOP, 7, Some(time.clock.now())).await;
    let report = time.run_for(&[SHOP], SignedDuration::from_secs(5), false).await;
    assert!(only(&report).stopped);
    assert_eq!((only(&report).rows_read, time.sent().len()), (0, 0));
}

#[tokio::test]
async fn a_dry_run_counts_and_sends_nothing() {
    let time = Time::at("2026-11-20T10:00:00Z");
    for customer in 1..=120 {
        time.customer_is_due(SHOP, customer, Some(time.clock.now())).await;
    }
    let report = time.run_for(&[SHOP], SignedDuration::from_secs(300), true).await;
    let counts = only(&report);
    assert!(report.dry_run);
    assert_eq!((counts.due, counts.sent, counts.rows_read, time.sent().len()), (120, 0, 120, 0));
}

#[tokio::test]
async fn s_117_the_worker_concludes_what_came_due_once_however_often_it_is_sent() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    world.clock.advance(Duration::from_hours(24));
    let event = || Event::due(&key(ada), world.clock.now() - SignedDuration::from_mins(1), world.clock.now());
    let first = event();
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        store::Outbox::send(&world.queues, &Envelope::V1(first.clone())).await.unwrap();
        outcomes.extend(world.settle().await.into_iter().map(|worked| worked.verdict));
    }
    assert!(matches!(outcomes[..], [Ok(_), Ok(Outcome::Duplicate)]), "{outcomes:?}");
    assert!(world.parked().is_empty());
}
