//! Orders become deals where the manifest says so, and refunds become notes.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{Lane, Mention, OrderId, Rate};
use flows::{Alarm, Pace, PacedCrm, Worked};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use store::memory::MemoryBudgets;
use store::{Claimant, Links};
use twin_hubspot::{Fault, FaultKind, Linked};
use twin_shopify::{NewLine, NewOrder};

use super::living::{ada, buys, person};
use crate::world::{World, key};

const DEALS: (&str, &str) = ("mode = \"aggregate\"", "mode = \"deals\"");
const HIGH_VALUE: (&str, &str) = ("mode = \"aggregate\"", "mode = \"high-value\"");

fn deal(world: &World, order: u64) -> Linked {
    let key = order.to_string();
    let mut found: Vec<_> = world.portal.deals();
    found.retain(|deal| deal.properties["shopify_order_id"] == key);
    assert_eq!(found.len(), 1, "deals of order {order}: {found:?}");
    found.remove(0)
}

fn said<'a>(linked: &'a Linked, property: &str) -> &'a str {
    linked.properties.get(property).map_or("", String::as_str)
}

fn amount(deal: &Linked) -> Decimal {
    said(deal, "amount").parse().unwrap()
}

#[tokio::test]
async fn s_031_and_s_032_by_default_an_order_makes_no_deal_and_costs_no_call_of_its_own() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "900.00");
    world.shop.fulfil(order).unwrap();
    world.live().await;
    let contact = world.contact(ada).properties;
    assert_eq!((contact["total_spent"].as_str(), contact["orders_count"].as_str()), ("900", "1"));
    assert!(!contact["last_order_at"].is_empty());
    assert!(world.portal.deals().is_empty());
    let calls = world.portal.calls();
    assert!(calls.keys().all(|call| call.starts_with("contacts/")), "{calls:?}");
}

#[tokio::test]
async fn s_033_and_s_038_an_order_becomes_one_deal_with_amount_and_stage() {
    let world = World::ruled_by(&[DEALS]).await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "120.50");
    let pending = NewOrder {
        customer: Some(ada),
        total: "30.00".parse().unwrap(),
        financial_status: Some("pending".into()),
        ..NewOrder::default()
    };
    let pending = world.shop.create_order(pending).unwrap();
    let deliveries = world.pending();
    for delivery in &deliveries {
        world.arrives(delivery).await;
    }
    world.settle().await;
    let first = deal(&world, order);
    let name = world.shop.order(order).unwrap().name;
    assert_eq!((said(&first, "dealname"), said(&first, "dealstage")), (name.as_str(), "won"));
    assert_eq!((amount(&first), said(&first, "deal_currency_code")), ("120.50".parse().unwrap(), "USD"));
    assert_eq!(said(&first, "closedate"), "2026-11-20T12:00:00Z");
    assert_eq!(first.contacts, [world.contact(ada).id]);
    assert_eq!(said(&deal(&world, pending), "dealstage"), "open");

    for delivery in &deliveries {
        world.arrives(delivery).await;
    }
    world.settle().await;
    world.a_minute_later();
    world.shop.fulfil(order).unwrap();
    world.live().await;
    assert_eq!(world.portal.deals().len(), 2, "one order is one deal");
    assert_eq!(deal(&world, order).contacts.len(), 1);
}

#[tokio::test]
async fn the_deals_of_a_batch_are_written_and_tied_in_one_call_each() {
    let world = World::ruled_by(&[DEALS]).await;
    for n in 0..20 {
        let somebody = person(&world.shop, "P", "Q", &format!("p{n}@example.com"));
        buys(&world.shop, somebody, "10.00");
    }
    world.live().await;
    assert_eq!(world.portal.deals().len(), 20);
    let calls = world.portal.calls();
    let count = |name: &str| calls.get(name).copied().unwrap_or_default();
    assert_eq!((count("deals/batch/upsert"), count("deals/batch/associate")), (1, 1), "{calls:?}");
}

#[tokio::test]
async fn s_119_only_an_order_above_the_threshold_becomes_a_deal_and_keeps_it() {
    let world = World::ruled_by(&[HIGH_VALUE]).await;
    let ada = ada(&world.shop);
    let [below, exactly, above] = ["499.99", "500.00", "500.01"].map(|total| buys(&world.shop, ada, total));
    world.live().await;
    let keys: Vec<_> =
        world.portal.deals().iter().map(|deal| said(deal, "shopify_order_id").to_owned()).collect();
    assert_eq!(keys, [above.to_string()]);

    world.a_minute_later();
    for order in [below, exactly, above] {
        world.shop.refund(order, "0.01".parse().unwrap(), None).unwrap();
    }
    world.live().await;
    assert_eq!(world.portal.deals().len(), 1, "what was never above is not made");
    assert_eq!(amount(&deal(&world, above)), Decimal::from(500), "what fell is kept, and right");
}

#[tokio::test]
async fn s_202_a_status_without_a_stage_is_parked_by_its_name_and_all_else_is_written() {
    let mut world = World::ruled_by(&[DEALS, ("\npaid = \"won\"", "")]).await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let order = buys(&world.shop, ada, "10.00");
    let pending = NewOrder {
        customer: Some(bob),
        total: "30.00".parse().unwrap(),
        financial_status: Some("pending".into()),
        ..NewOrder::default()
    };
    let pending = world.shop.create_order(pending).unwrap();
    world.live().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "10", "the contact is right");
    assert_eq!(said(&deal(&world, pending), "dealstage"), "open", "the neighbour is written");
    let parked = world.parked();
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert_eq!((parked[0].code.as_str(), parked[0].attempts), ("order_status_unmapped", 1));
    assert!(parked[0].reason.contains("`paid/unfulfilled`"), "{}", parked[0].reason);

    world.rules_with(&[DEALS]);
    world.a_minute_later();
    world.shop.fulfil(order).unwrap();
    world.live().await;
    assert_eq!(said(&deal(&world, order), "dealstage"), "won");
}

#[tokio::test]
async fn a_cancelled_order_moves_its_deal_to_the_lost_stage() {
    let world = World::ruled_by(&[DEALS]).await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "120.50");
    world.live().await;
    world.a_minute_later();
    world.shop.cancel(order, Some("customer".into())).unwrap();
    world.live().await;
    assert_eq!(said(&deal(&world, order), "dealstage"), "lost");
    assert_eq!(world.portal.deals().len(), 1, "it is not deleted");
}

#[tokio::test]
async fn s_039_the_sum_of_the_deals_is_the_shops() {
    let world = World::ruled_by(&[DEALS]).await;
    let people = [ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com")];
    let mut orders = vec![];
    for (n, total) in ["0.10", "0.20", "19.99", "1000.00", "33.33"].into_iter().enumerate() {
        orders.push(buys(&world.shop, people[n % 2], total));
    }
    let test = NewOrder {
        customer: Some(people[0]),
        total: "77.00".parse().unwrap(),
        test: true,
        ..NewOrder::default()
    };
    world.shop.create_order(test).unwrap();
    world.live().await;
    world.a_minute_later();
    world.shop.refund(orders[2], "9.99".parse().unwrap(), None).unwrap();
    world.shop.refund(orders[3], "1000.00".parse().unwrap(), None).unwrap();
    world.shop.cancel(orders[4], None).unwrap();
    world.live().await;
    let shops: Decimal = people.iter().map(|id| world.shop.figures(*id).unwrap().spent).sum();
    let deals = world.portal.deals();
    let won: Decimal = deals.iter().filter(|deal| said(deal, "dealstage") == "won").map(amount).sum();
    assert_eq!((won, deals.len()), (shops, 5));
}

#[tokio::test]
async fn s_040_and_s_213_a_refund_becomes_one_note_with_its_reason_and_items() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let line = |title: &str, quantity, price: &str| NewLine {
        title: title.into(),
        quantity,
        price: price.parse().unwrap(),
        sku: None,
    };
    let order = NewOrder {
        customer: Some(ada),
        total: "40.00".parse().unwrap(),
        lines: vec![line("Red <Socks>", 2, "10.00"), line("Hat", 1, "20.00")],
        ..NewOrder::default()
    };
    let order = world.shop.create_order(order).unwrap();
    world.live().await;
    world.a_minute_later();
    world.shop.refund(order, "40.00".parse().unwrap(), Some("too small & late".into())).unwrap();
    let deliveries = world.pending();
    for _ in 0..2 {
        for delivery in &deliveries {
            world.arrives(delivery).await;
        }
        world.settle().await;
    }
    let notes = world.portal.notes();
    assert_eq!(notes.len(), 1, "{notes:?}");
    let body = said(&notes[0], "hs_note_body");
    let parts = [
        "Refund status: refunded",
        "Amount: 40.00 USD",
        "Reason: too small &amp; late",
        "Item: 2 × Red &lt;Socks&gt;",
        "Item: 1 × Hat",
    ];
    for part in parts {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert_eq!(notes[0].contacts, [world.contact(ada).id]);
    assert!(world.portal.deals().is_empty(), "a note is no deal");
}

#[tokio::test]
async fn two_refunds_are_two_notes_and_a_reps_word_in_the_first_stays() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    world.live().await;
    for _ in 0..2 {
        world.a_minute_later();
        world.shop.refund(order, "10.00".parse().unwrap(), Some("late".into())).unwrap();
        world.live().await;
    }
    let notes = world.portal.notes();
    assert_eq!(notes.len(), 2);
    assert!(notes.iter().all(|note| said(note, "hs_note_body").contains("partially refunded")));
}

#[tokio::test]
async fn refunds_make_no_notes_where_they_are_switched_off() {
    let world = World::ruled_by(&[("refund_notes = true", "refund_notes = false")]).await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    world.shop.refund(order, "10.00".parse().unwrap(), None).unwrap();
    world.live().await;
    assert!(world.portal.notes().is_empty());
    assert!(world.portal.calls().keys().all(|call| call.starts_with("contacts/")));
}

#[tokio::test]
async fn a_refund_that_was_left_for_another_worker_becomes_a_note_too() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    world.live().await;
    world.a_minute_later();
    world.shop.refund(order, "10.00".parse().unwrap(), None).unwrap();
    let updated = world.pending().into_iter().find(|delivery| delivery.topic == "customers/update").unwrap();
    let key = key(ada);
    let now = world.clock.now();
    let dead = Claimant { owner: "dead".into(), now, until: now + SignedDuration::from_secs(1) };
    world.links.lease(&key, &dead).await.unwrap();
    let left = Mention {
        order: Some(OrderId::new(order)),
        updated_at: None,
        raised_at: now,
        deleted: false,
        refunded: true,
        quiet: false,
        looks: false,
        abandoned_at: None,
    };
    world.links.hand_over(&key, "dead", &[left], now).await.unwrap();
    world.a_minute_later();
    world.arrives(&updated).await;
    world.settle().await;
    assert_eq!(world.portal.notes().len(), 1);
}

#[tokio::test]
async fn a_deal_that_failed_comes_later_and_its_contact_at_once() {
    let world = World::ruled_by(&[DEALS]).await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    let away = Fault::new(FaultKind::Unavailable).at("deals/batch/upsert");
    let lost = Fault::new(FaultKind::AnswerLost).at("deals/batch/upsert");
    world.portal.set_faults(vec![away, lost]).unwrap();
    world.all_arrive().await;
    world.work_once().await;
    assert_eq!(world.contact(ada).properties["total_spent"], "40");
    assert!(world.portal.deals().is_empty());
    world.settle().await;
    assert_eq!(deal(&world, order).contacts, [world.contact(ada).id]);
    assert!(world.parked().is_empty());
}

#[tokio::test]
async fn a_contact_that_somebody_deleted_is_made_again_for_its_deal() {
    let world = World::ruled_by(&[DEALS]).await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    world.live().await;
    world.portal.archive(&world.contact(ada).id).unwrap();
    world.a_minute_later();
    world.shop.fulfil(order).unwrap();
    world.live().await;
    assert!(deal(&world, order).contacts.contains(&world.contact(ada).id));
}

#[tokio::test]
async fn a_deleted_order_moves_its_deal_to_the_lost_stage_and_makes_none() {
    let world = World::ruled_by(&[DEALS]).await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    world.live().await;
    world.a_minute_later();
    let unknown = buys(&world.shop, ada, "50.00");
    drop(world.pending());
    for order in [order, unknown] {
        world.shop.delete_order(order).unwrap();
    }
    world.live().await;
    let lost = deal(&world, order);
    assert_eq!((said(&lost, "dealstage"), amount(&lost)), ("lost", Decimal::from(40)));
    assert_eq!(lost.contacts, [world.contact(ada).id]);
    assert_eq!(world.portal.deals().len(), 1, "what was never a deal is none now");
}

#[tokio::test]
async fn deals_and_notes_keep_to_the_budgets_too() {
    let world = World::ruled_by(&[DEALS]).await;
    let (budgets, alarm) =
        (MemoryBudgets::default(), |_: Timestamp| -> Alarm { Box::pin(std::future::ready(())) });
    let pace = Pace {
        budgets: &budgets,
        lane: Lane::Live,
        clock: world.now.as_ref(),
        alarm: &alarm,
        patience: Duration::from_secs(5),
    };
    // Two look for the contact, one writes it: then there is nothing left for the deal.
    let rate = Rate::new(3, Duration::from_hours(3), 3).unwrap();
    let crm = PacedCrm::new(world.side.crm.as_ref(), "hubspot", rate, &pace);
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "40.00");
    world.all_arrive().await;
    let worked = world.work_with(&crm).await;
    let codes: BTreeSet<_> = worked.iter().filter_map(Worked::failure).map(flows::Failure::code).collect();
    assert_eq!(codes, BTreeSet::from(["crm_rate_limited"]));
    assert_eq!(world.contact(ada).properties["total_spent"], "40");
    assert!(world.portal.deals().is_empty(), "nobody was asked");
    world.settle().await;
    assert_eq!(said(&deal(&world, order), "dealstage"), "won");
}
