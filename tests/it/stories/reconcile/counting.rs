//! The weekly count: what is missing is found by its week and synced again, and what is too many is told.

use std::time::Duration;

use crm::DealWrite;
use domain::{Deal, DealFacts, Envelope, ExternalKey, Money, OrderId, RecordId, Subject, Topic};
use drift::{Balance, End, Purpose, Report, WEEKS, balance};
use flows::Ask;
use twin_hubspot::{Fault, FaultKind};
use twin_shopify::NewOrder;

use super::night::Night;
use super::office::NightOffice;
use crate::stories::living::{ada, buys};
use crate::stories::salesforce::Sales;
use crate::world::World;

const DEALS: (&str, &str) = ("mode = \"aggregate\"", "mode = \"deals\"");

const fn count(dry_run: bool) -> Ask {
    Ask::Begin { purpose: Purpose::Count, dry_run, window: None }
}

async fn hubspot() -> (Night, u64) {
    of(World::ruled_by(&[DEALS]).await).await
}

/// A shop with one customer, who has two orders of some weeks ago and two of last week, each with its deal.
async fn of(world: World) -> (Night, u64) {
    let night = Night::of(world);
    let ada = ada(&night.world.shop);
    for _ in 0..2 {
        buys(&night.world.shop, ada, "10.00");
        buys(&night.world.shop, ada, "20.00");
        night.world.live().await;
        days(&night, 20);
    }
    (night, ada)
}

fn days(night: &Night, days: u64) {
    night.world.clock.advance(Duration::from_hours(24 * days));
}

/// An order that we never hear of.
fn buys_unheard(night: &Night, customer: u64) -> u64 {
    let order = buys(&night.world.shop, customer, "30.00");
    night.loses_all();
    order
}

/// The count in earnest, and the workers after it.
async fn counts(night: &Night) -> Report {
    let report = night.runs(count(false)).await;
    night.world.settle().await;
    days(night, 1);
    report
}

/// Somebody makes a deal that is no order's.
async fn deal_too_many(night: &Night) {
    let facts = DealFacts {
        name: "#9999".into(),
        amount: Money::parse("1.00", "USD").unwrap(),
        closed_at: night.world.clock.now(),
    };
    let key = ExternalKey::of_order("", OrderId::new(9_999));
    let deal = Deal { key, stage: "won".into(), pipeline: None, facts: Some(facts), is_wanted: true };
    let made = night.world.side.crm.write_deals(&[DealWrite { deal, contact: None::<RecordId> }]).await;
    assert!(made[0].as_ref().unwrap().is_some());
}

/// The weeks that differ.
fn differing(report: &Report) -> Vec<(u64, u64)> {
    let differ = report.weeks.iter().filter(|week| week.balance() != Balance::Even);
    differ.map(|week| (week.orders, week.deals)).collect()
}

async fn what_is_missing_is_mended((night, ada): (Night, u64)) {
    let even = counts(&night).await;
    assert_eq!((even.end.clone(), even.weeks.len(), balance(&even.weeks)), (Some(End::Whole), WEEKS, (0, 0)));
    let (orders, queued) = (even.weeks.iter().map(|week| week.orders).sum::<u64>(), even.tally.queued);
    assert_eq!((orders, queued), (4, 0), "all were counted, and nothing was sent");

    buys(&night.world.shop, ada, "40.00");
    night.world.live().await;
    buys_unheard(&night, ada);
    days(&night, 2);
    let found = counts(&night).await;
    assert_eq!((differing(&found), balance(&found.weeks)), (vec![(2, 1)], (1, 0)));
    assert_eq!((found.tally.queued, found.tally.left), (2, 0), "that week's orders, and no others");
    let mended = counts(&night).await;
    assert_eq!((balance(&mended.weeks), mended.tally.queued), ((0, 0), 0));
}

#[tokio::test]
async fn s_194_s_195_an_order_that_was_lost_is_found_by_its_week_and_gets_its_deal() {
    what_is_missing_is_mended(hubspot().await).await;
}

#[tokio::test]
async fn s_194_s_195_the_same_is_true_in_salesforce() {
    let Sales { world, listening, .. } = Sales::ruled_by(&[DEALS]).await;
    what_is_missing_is_mended(of(world).await).await;
    drop(listening);
}

#[tokio::test]
async fn s_194_a_deal_too_many_is_told_and_left_to_a_person() {
    let (night, _) = hubspot().await;
    deal_too_many(&night).await;
    days(&night, 2);
    for _ in 0..2 {
        let report = counts(&night).await;
        assert_eq!((differing(&report), balance(&report.weeks)), (vec![(0, 1)], (0, 1)));
        assert_eq!((report.tally.queued, report.tally.left), (0, 1));
    }
    assert_eq!(night.world.portal.deals().len(), 5, "nobody deletes a deal");
}

#[tokio::test]
async fn s_194_where_orders_become_no_deals_there_is_nothing_to_count() {
    for mode in ["aggregate", "high-value"] {
        let mode = format!("mode = \"{mode}\"");
        let (night, _) = of(World::ruled_by(&[(DEALS.0, mode.as_str())]).await).await;
        let report = counts(&night).await;
        assert_eq!((report.end.clone(), report.weeks.len()), (Some(End::Whole), 0));
        assert_eq!((report.tally.shop_calls, report.tally.crm_calls), (0, 0), "nobody was asked");
        assert!(drift::page(&[report]).contains("there is nothing to count"));
    }
}

#[tokio::test]
async fn s_194_a_dry_run_tells_and_sends_nothing() {
    let (night, ada) = hubspot().await;
    buys_unheard(&night, ada);
    days(&night, 2);
    let report = night.runs(count(true)).await;
    assert_eq!((balance(&report.weeks), report.tally.queued, report.tally.left), ((1, 0), 0, 1));
    assert!(night.world.settle().await.is_empty());
}

#[tokio::test]
async fn s_194_what_was_a_test_cancelled_refunded_or_deleted_counts_on_neither_side() {
    let (night, ada) = hubspot().await;
    let shop = &night.world.shop;
    let [cancelled, refunded, deleted] = ["1.00", "2.00", "3.00"].map(|total| buys(shop, ada, total));
    let test = NewOrder { customer: Some(ada), test: true, ..NewOrder::default() };
    shop.create_order(test).unwrap();
    night.world.live().await;
    night.world.a_minute_later();
    shop.cancel(cancelled, None).unwrap();
    shop.refund(refunded, "2.00".parse().unwrap(), None).unwrap();
    shop.delete_order(deleted).unwrap();
    night.world.live().await;
    days(&night, 2);
    let report = counts(&night).await;
    assert_eq!((balance(&report.weeks), report.tally.queued), ((0, 0), 0), "{:?}", report.weeks);
    assert_eq!(report.weeks[0].orders, 0);
}

#[tokio::test]
async fn s_194_a_cancellation_that_was_lost_is_found_as_a_deal_too_many_and_mended() {
    let (night, ada) = hubspot().await;
    let order = buys(&night.world.shop, ada, "30.00");
    night.world.live().await;
    night.world.a_minute_later();
    night.world.shop.cancel(order, None).unwrap();
    night.loses_all();
    days(&night, 2);
    let found = counts(&night).await;
    assert_eq!((differing(&found), found.tally.queued), (vec![(0, 1)], 1));
    assert_eq!(balance(&counts(&night).await.weeks), (0, 0));
}

#[tokio::test]
async fn s_194_an_order_of_no_customer_is_no_difference() {
    let (night, _) = hubspot().await;
    night
        .world
        .shop
        .create_order(NewOrder { total: "5.00".parse().unwrap(), ..NewOrder::default() })
        .unwrap();
    night.world.live().await;
    days(&night, 2);
    let report = counts(&night).await;
    let week = &report.weeks[0];
    assert_eq!((week.orders, week.deals, week.nobodys), (1, 0, 1));
    assert_eq!((balance(&report.weeks), report.tally.queued), ((0, 0), 0));
}

#[tokio::test]
async fn s_194_and_s_195_an_order_whose_message_died_is_replayed_and_the_other_one_is_synced_again() {
    let (night, ada) = hubspot().await;
    let died = buys(&night.world.shop, ada, "40.00");
    let away = Fault::new(FaultKind::Unavailable).at("deals/batch/upsert").times(1_000);
    night.world.portal.set_faults(vec![away]).unwrap();
    night.world.live().await;
    night.world.portal.set_faults(vec![]).unwrap();
    assert!(!night.world.queues.dead().is_empty());
    let lost = buys_unheard(&night, ada);
    days(&night, 2);
    let report = night.runs(count(false)).await;
    assert_eq!((differing(&report), balance(&report.weeks)), (vec![(2, 0)], (2, 0)));
    assert!(report.tally.replayed >= 1 && night.world.queues.dead().is_empty(), "{:?}", report.tally);
    assert_eq!(report.tally.queued, 2, "however often it is sent");
    let repairs = night.world.queues.waiting().into_iter().filter_map(|one| one.envelope());
    let repairs = repairs.filter(|Envelope::V1(event)| event.topic == Topic::repair());
    let repaired: Vec<_> = repairs.map(|Envelope::V1(event)| event.subject).collect();
    assert!(
        matches!(&repaired[..], [Subject::Order { id, .. }] if id.get() == lost),
        "not {died}: {repaired:?}"
    );
    night.world.settle().await;
    days(&night, 1);
    assert_eq!(balance(&counts(&night).await.weeks), (0, 0));
}

#[tokio::test]
async fn s_169_deals_too_many_are_told_once_and_a_good_night_between_says_nothing_of_them() {
    let (night, ada) = hubspot().await;
    let office = NightOffice::of(night, vec![ada]).await;
    deal_too_many(&office.night).await;
    days(&office.night, 2);
    for _ in 0..2 {
        counts(&office.night).await;
        office.tells().await;
        assert_eq!(office.passes().await.1.told, [], "the records match");
    }
    assert_eq!(office.titles(), ["demo.myshopify.com: 1 deal too many"]);
    let said = office.heard().remove(0).reads;
    assert!(said.contains(": 0 orders, 1 deal") && said.contains("Orders synced again: 0"), "{said}");

    let deals = office.night.world.portal.deals();
    let made = deals.iter().find(|deal| deal.properties["dealname"] == "#9999").unwrap();
    office.night.world.portal.rep_archives_deal(&made.id).unwrap();
    days(&office.night, 1);
    counts(&office.night).await;
    office.tells().await;
    assert_eq!(office.titles()[1..], ["demo.myshopify.com: there are no deals too many any more"]);
}
