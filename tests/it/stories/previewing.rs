//! What would be done is told in words, and nothing is done.

mod events;

use domain::{CustomerId, OrderId};
use flows::PreviewRequest;
use jiff::SignedDuration;

use super::living::{ada, buys};
use crate::world::{World, shop};

/// What is told of a customer, and of an order of theirs; meanwhile nothing is written anywhere.
async fn told(world: &World, customer: Option<u64>, order: Option<u64>) -> Vec<String> {
    let (customer, order) = (customer.map(CustomerId::new), order.map(OrderId::new));
    let state = |world: &World| {
        let (contacts, links) = (world.portal.contacts(), world.links.links());
        (format!("{contacts:?} {links:?}"), world.stores.actions.fired().len())
    };
    let before = state(world);
    let lines = world.previews(&PreviewRequest { shop: Some(shop()), customer, order, event: None }).await;
    assert_eq!(state(world), before, "something was written");
    lines
}

fn has(lines: &[String], words: &[&str]) {
    let is_it = |line: &&String| words.iter().all(|word| line.contains(word));
    assert!(lines.iter().any(|line| is_it(&line)), "{words:?} in {lines:#?}");
}

fn lacks(lines: &[String], words: &[&str]) {
    let is_it = |line: &&String| words.iter().any(|word| line.contains(word));
    assert!(!lines.iter().any(|line| is_it(&line)), "{words:?} in {lines:#?}");
}

#[tokio::test]
async fn f_07_of_a_new_customer_it_is_told_what_a_contact_would_say_and_which_actions_would_be_done() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "1000.00");
    let lines = told(&world, Some(ada), None).await;
    has(&lines, &["no record: one is made"]);
    has(&lines, &["field signals", "VIP Buyer"]);
    has(
        &lines,
        &["signal vip_buyer: nothing -> \"VIP Buyer\"", ">= 1000.00", "customer.total_spent is 1000"],
    );
    has(&lines, &["signal refund_risk: nothing -> nothing"]);
    has(&lines, &["action greet_vip: task", "time-1"]);
    has(&lines, &["action invite_to_loyalty: not done", "was never on"]);
    has(&lines, &["by time alone this changes at"]);
    buys(&world.shop, ada, "1.00");
    has(&told(&world, Some(ada), None).await, &["action invite_to_loyalty: not done", "agree"]);
    world.live().await;
}

#[tokio::test]
async fn f_07_of_one_who_is_known_it_is_told_what_would_change_from_what_to_what() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let order = buys(&world.shop, ada, "600.00");
    world.live().await;
    has(&told(&world, Some(ada), None).await, &["no field would be written"]);
    has(&told(&world, Some(ada), None).await, &["action welcome: not done", "does not go on now"]);
    has(&told(&world, None, Some(order)).await, &["action tell_of_high_value: message", "order-"]);

    world.clock.advance_to(world.clock.now() + SignedDuration::from_secs(60));
    buys(&world.shop, ada, "400.00");
    let lines = told(&world, Some(ada), None).await;
    has(&lines, &["which was written before"]);
    has(&lines, &["field total_spent: 600 -> 1000"]);
    has(&lines, &["action greet_vip: task"]);
    world.live().await;
}

#[tokio::test]
async fn f_07_of_one_who_is_not_there_it_is_told_that_nothing_is_written() {
    let world = World::new().await;
    has(&told(&world, Some(404), None).await, &["are not in the shop"]);
    has(&told(&world, None, Some(404)).await, &["Nothing is written", "the order is not there"]);
}
