//! One customer, one writer: what others bring meanwhile is left for it, and dealt with.

use std::time::Duration;

use domain::DeliveryKey;
use flows::{Outcome, Worked};
use jiff::SignedDuration;
use store::memory::{Moment, Operation};
use store::{Claimant, Delivery, Inbox, Kept, Lease, Links, Note};
use twin_hubspot::{Fault, FaultKind};
use twin_shopify::Faults;

use super::living::{ada, buys};
use crate::world::{World, key, shop};

/// A worker that this story plays itself, with a lease for a minute.
fn another(world: &World, owner: &str) -> Claimant {
    let now = world.clock.now();
    Claimant { owner: owner.to_owned(), now, until: now + SignedDuration::from_mins(1) }
}

fn outcomes(worked: &[Worked]) -> Vec<&str> {
    worked.iter().map(|one| one.verdict.as_ref().map_or_else(|(f, _)| f.code(), Outcome::code)).collect()
}

#[tokio::test]
async fn a_customer_that_another_writes_is_left_to_it_and_the_delivery_is_over() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    let other = another(&world, "another message-99");
    assert!(matches!(world.links.lease(&key(ada), &other).await, Ok(Lease::Granted(_))));
    world.shop.change_customer(ada, |customer| customer.first_name = Some("Augusta".into())).unwrap();
    world.all_arrive().await;
    let calls = world.portal.calls();
    assert_eq!(outcomes(&world.work_once().await), ["handed_over"]);
    assert_eq!(world.portal.calls(), calls, "nobody was asked, and nobody waits");

    let kept = world.links.keep(&key(ada), &other, None, 0).await.unwrap();
    assert!(matches!(kept, Kept::Mentioned(left) if left.len() == 1), "the other one cannot overlook it");
    world.links.release(&key(ada), &other).await.unwrap();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    world.assert_both_halves_match(&[ada]);
    assert!(world.links.mentioned().is_empty(), "dealt with");
}

#[tokio::test]
async fn bug_a_message_is_never_left_with_the_lease_that_was_taken_for_it() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.all_arrive().await;
    world.faults.next(Operation::Lease, 1, Moment::After);
    assert_eq!(outcomes(&world.work_once().await), ["store_failed"], "granted, and nobody heard of it");

    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    let meanwhile = world.work_once().await;
    assert!(outcomes(&meanwhile).iter().all(|outcome| *outcome == "handed_over"), "left for the first one");
    let first = world.settle().await;
    assert_eq!(outcomes(&first).last(), Some(&"created"), "which comes back for it");
    assert!(!outcomes(&first).contains(&"handed_over"));
    world.assert_both_halves_match(&[ada]);
    assert!(world.links.mentioned().is_empty());
}

#[tokio::test]
async fn bug_a_message_looks_after_its_lease_although_a_copy_of_it_was_concluded() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let deliveries = world.pending();
    world.arrives(&deliveries[0]).await;
    let received = world.queues.receive_events(1);
    // The worker that took this message died with a lease, while a copy of it was concluded.
    let dead = another(&world, &format!("dead {}", received[0].held.id));
    world.links.lease(&key(ada), &dead).await.unwrap();
    let delivery = Delivery { key: DeliveryKey::new(&shop(), &deliveries[0].webhook_id), replays: 0 };
    let note = Note { delivery, done: true, outcome: "created contact 1".into() };
    world.inbox.note(&[note], world.clock.now()).await.remove(0).unwrap();

    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    let meanwhile = world.work_once().await;
    assert!(outcomes(&meanwhile).iter().all(|outcome| *outcome == "handed_over"));
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    assert!(world.links.mentioned().is_empty(), "nobody else would have come for it");
}

#[tokio::test]
async fn bug_doubt_outlives_a_worker_that_learned_nothing() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    let renamed =
        |name: &str| world.shop.change_customer(ada, |c| c.first_name = Some(name.to_owned())).unwrap();
    renamed("Typo");
    world.portal.set_faults(vec![Fault::new(FaultKind::AnswerLost).times(1)]).unwrap();
    world.all_arrive().await;
    world.work_once().await;
    assert_eq!(world.contact(ada).properties["firstname"], "Typo", "it was written, and nobody knows");

    renamed("Ada");
    world.shop.set_faults(Faults { unavailable_next: 1, ..Faults::default() }).unwrap();
    world.clock.advance(Duration::from_secs(61));
    world.all_arrive().await;
    world.work_once().await;
    world.settle().await;
    assert_eq!(world.contact(ada).properties["firstname"], "Ada");
}

#[tokio::test]
async fn bug_an_older_word_of_ours_is_not_taken_for_a_reps() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    let renamed =
        |name: &str| world.shop.change_customer(ada, |c| c.first_name = Some(name.to_owned())).unwrap();
    renamed("Typo");
    let lost = Fault::new(FaultKind::AnswerLost).at("batch/upsert").times(1);
    world.portal.set_faults(vec![lost]).unwrap();
    world.all_arrive().await;
    world.work_once().await;
    assert_eq!(world.contact(ada).properties["firstname"], "Typo", "created, and nobody knows");
    renamed("Ada");
    world.live().await;
    assert_eq!(world.contact(ada).properties["firstname"], "Ada");
}
