//! What the queue gives up on, and how it comes back.

use std::time::Duration;

use flows::{Action, Desk, ReplayReport, ReplayRequest, replay};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::memory::{MemoryActions, Moment, Operation, Redrive};
use twin_hubspot::{Fault, FaultKind};

use super::living::{ada, buys, person};
use crate::world::World;

async fn ask(world: &World, request: Value) -> ReplayReport {
    let clock = world.clock.clone();
    let redrive = Redrive { visibility: Duration::from_mins(6), max_receives: 8 };
    let desk = Desk {
        letters: &world.queues,
        outbox: &world.queues,
        actions: &MemoryActions::new(world.clock.clone(), redrive, world.faults.clone()),
        inbox: &world.inbox,
        clock: &move || clock.now(),
        deadline: world.clock.now() + SignedDuration::from_secs(300),
    };
    replay(&ReplayRequest::parse(request).unwrap(), &desk).await.unwrap()
}

/// Ada's deliveries die, because HubSpot is away for her; Bob's do not.
async fn ada_dies(world: &World) -> (u64, u64) {
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    buys(&world.shop, ada, "10.00");
    let away =
        Fault::new(FaultKind::Unavailable).for_row("shopify_customer_id", &ada.to_string()).times(10_000);
    world.portal.set_faults(vec![away]).unwrap();
    world.live().await;
    assert!(!world.queues.dead().is_empty());
    (ada, bob)
}

#[tokio::test]
async fn s_185_to_s_187_what_died_is_reviewed_and_replayed_safely() {
    let world = World::new().await;
    let (ada, bob) = ada_dies(&world).await;
    let dead = world.queues.dead().len();
    assert_eq!(world.contact(bob).properties["firstname"], "Bob", "neighbours were written");

    let listed = ask(&world, json!({"action": "list"})).await;
    assert_eq!((listed.looked_at, listed.replayed), (dead, 0));
    assert!(listed.messages.iter().all(|m| m.reason.contains("crm_unavailable")), "{:?}", listed.messages);

    let preview = ask(&world, json!({"action": "preview"})).await;
    assert_eq!((preview.matched, preview.replayed, world.queues.dead().len()), (dead, 0, dead));

    world.portal.forget_faults();
    let replayed = ask(&world, json!({"action": "replay"})).await;
    assert_eq!((replayed.replayed, world.queues.dead().len()), (dead, 0));
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    let again = ask(&world, json!({"action": "replay"})).await;
    assert_eq!(again.looked_at, 0);
}

#[tokio::test]
async fn a_filter_and_a_cap_leave_the_others_where_they_are() {
    let world = World::new().await;
    ada_dies(&world).await;
    let dead = world.queues.dead().len();
    let none = ask(&world, json!({"action": "replay", "topic": "refunds/create"})).await;
    assert_eq!((none.matched, none.replayed, world.queues.dead().len()), (0, 0, dead));
    let none = ask(&world, json!({"action": "replay", "shop": "other.myshopify.com"})).await;
    assert_eq!(none.replayed, 0);
    let one = ask(&world, json!({"action": "replay", "limit": 1})).await;
    assert_eq!((one.replayed, world.queues.dead().len()), (1, dead - 1));
    assert!(one.stopped.is_some());
    world.portal.forget_faults();
    world.settle().await;
}

#[tokio::test]
async fn a_message_is_deleted_only_after_it_was_sent() {
    let world = World::new().await;
    let (ada, _) = ada_dies(&world).await;
    let dead = world.queues.dead().len();
    world.portal.forget_faults();
    world.faults.next(Operation::Send, 1, Moment::Before);
    let report = ask(&world, json!({"action": "replay"})).await;
    assert_eq!((report.replayed, world.queues.dead().len()), (0, dead));
    assert!(report.stopped.unwrap().contains("first failure"));

    world.faults.next(Operation::Delete, 1, Moment::Before);
    let report = ask(&world, json!({"action": "replay"})).await;
    assert_eq!(world.queues.dead().len(), dead, "sent, but not deleted");
    assert!(report.messages.iter().any(|m| m.fate.starts_with("sent again, but not deleted")));

    ask(&world, json!({"action": "replay"})).await;
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    assert_eq!(world.portal.contacts().len(), 2, "nobody was made twice");
}

#[tokio::test]
async fn what_was_parked_is_worked_on_again_after_its_cause_is_mended() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let refuse = Fault::new(FaultKind::Rejected)
        .for_row("shopify_customer_id", &ada.to_string())
        .at("batch/upsert")
        .times(1);
    world.portal.set_faults(vec![refuse]).unwrap();
    world.live().await;
    assert_eq!(world.parked().len(), 1);

    let report = ask(&world, json!({"action": "replay", "from": "parked"})).await;
    assert_eq!((report.action, report.replayed), (Action::Replay, 1));
    world.settle().await;
    assert_eq!(world.parked().len(), 0);
    world.assert_both_halves_match(&[ada]);
}
