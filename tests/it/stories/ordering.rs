//! Late, doubled, reordered: the end is the same.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use twin_shopify::{Delivery, Faults};

use super::living::{ada, buys, person};
use crate::world::World;

/// A day of the shop: two people, some orders, a refund, changes of names and tags.
fn a_day(world: &World) -> Vec<u64> {
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "Biller", "bob@example.com"));
    let order = buys(&world.shop, ada, "120.00");
    buys(&world.shop, bob, "15.50");
    world.shop.fulfil(order).unwrap();
    world.shop.change_customer(ada, |c| c.tags = vec!["vip".into(), "b2b".into()]).unwrap();
    world.shop.refund(order, "20.00".parse().unwrap(), None).unwrap();
    buys(&world.shop, bob, "4.50");
    world.shop.change_customer(bob, |c| c.first_name = Some("Robert".into())).unwrap();
    vec![ada, bob]
}

/// Any permutation with duplicates, worked on in batches that end anywhere.
async fn lives_through(order: &[usize], every: usize) {
    let world = World::new().await;
    let people = a_day(&world);
    let deliveries = world.pending();
    for (count, index) in order.iter().enumerate() {
        world.arrives(&deliveries[index % deliveries.len()]).await;
        if count % every == 0 {
            world.work_once().await;
        }
    }
    for delivery in &deliveries {
        world.arrives(delivery).await;
    }
    world.settle().await;
    world.assert_both_halves_match(&people);
    assert_eq!(world.contact(people[1]).properties["firstname"], "Robert");
    assert_eq!(world.contact(people[0]).properties["shopify_customer_tags"].matches("vip").count(), 1);
    assert_eq!(world.portal.contacts().len(), people.len(), "one contact for each person (S-004)");
}

#[test]
fn any_order_and_any_duplicates_end_in_the_same_records() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let histories = (prop::collection::vec(0usize..64, 0..60), 1usize..20);
    runner
        .run(&histories, |(order, every)| {
            runtime.block_on(lives_through(&order, every));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_read_that_is_older_than_the_event_is_read_again() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world.clock.advance(Duration::from_secs(5));
    buys(&world.shop, ada, "50.00");
    world.shop.set_faults(Faults { stale_reads: 2, ..Faults::default() }).unwrap();
    let worked = world.live().await;
    assert!(worked.iter().any(flows::Worked::comes_back), "somebody had to come back");
    world.assert_both_halves_match(&[ada]);
}

/// The refund's own delivery, and those of everything else that it raised.
fn refunded(world: &World, order: u64) -> (Vec<Delivery>, Vec<Delivery>) {
    world.shop.refund(order, "20.00".parse().unwrap(), None).unwrap();
    world.pending().into_iter().partition(|delivery| delivery.topic == "refunds/create")
}

#[tokio::test]
async fn bug_a_refund_that_comes_alone_is_not_content_with_an_older_order() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "100.00");
    world.live().await;
    world.clock.advance(Duration::from_secs(5));
    let (refund, _) = refunded(&world, order);
    world.shop.set_faults(Faults { stale_reads: 4, ..Faults::default() }).unwrap();
    world.arrives(&refund[0]).await;
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}

#[tokio::test]
async fn bug_a_stale_read_of_the_same_second_does_not_have_the_last_word() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "100.00");
    world.live().await;
    let (refund, others) = refunded(&world, order);
    for delivery in &others {
        world.arrives(delivery).await;
    }
    world.settle().await;
    world.shop.set_faults(Faults { stale_reads: 2, ..Faults::default() }).unwrap();
    world.arrives(&refund[0]).await;
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}

#[tokio::test]
async fn two_workers_with_one_customer_write_one_after_the_other() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "50.00");
    for delivery in world.pending() {
        world.arrives(&delivery).await;
        // Each batch is another worker; all of them are under way at once.
    }
    let (first, second) = tokio::join!(world.work_once(), world.work_once());
    assert!(!first.is_empty() || !second.is_empty());
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}
