//! What waits for a person.

use std::sync::atomic::Ordering::Relaxed;

use twin_hubspot::{Fault, FaultKind};

use super::living::{ada, buys, person};
use crate::world::{PanickingCrm, World};

#[tokio::test]
async fn s_200_a_record_that_the_crm_refuses_is_parked_and_its_neighbours_are_written() {
    let world = World::new().await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let refuse = Fault::new(FaultKind::Rejected).for_row("shopify_customer_id", &ada.to_string()).times(9);
    world.portal.set_faults(vec![refuse]).unwrap();
    world.live().await;
    assert_eq!(world.contact(bob).properties["firstname"], "Bob");
    let parked = world.parked();
    assert_eq!(parked.len(), 1);
    assert_eq!(
        (parked[0].code.as_str(), parked[0].attempts),
        ("crm_value_refused", 1),
        "no retry was burned"
    );
}

#[tokio::test]
async fn one_message_that_is_no_event_fails_alone() {
    let world = World::new().await;
    for body in ["", "{}", "not json", r#"{"v9":{}}"#, r#"{"v1":{"shop":"x"}}"#] {
        world.queues.find_lying(body);
    }
    let ada = ada(&world.shop);
    world.live().await;
    assert_eq!(world.contact(ada).properties["firstname"], "Ada");
    assert_eq!(world.parked().iter().filter(|p| p.code == "undecodable_message").count(), 5);
}

#[tokio::test]
async fn a_panic_over_one_customer_fails_nobody_else_and_ends_in_the_dead_letters() {
    let world = World::new().await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let over = domain::ExternalKey::from_crm(&ada.to_string());
    let panicking = PanickingCrm { inner: world.side.crm.as_ref(), over };
    world.all_arrive().await;
    while let Some(next) = world.queues.next_at() {
        world.clock.advance_to(next.max(world.clock.now()));
        world.work_with(&panicking).await;
    }
    assert_eq!(world.contact(bob).properties["firstname"], "Bob");
    assert_eq!(world.queues.dead().len(), 1);
    let trails = world.inbox.trails();
    assert!(trails.values().any(|t| t.outcome.as_deref().is_some_and(|o| o.contains("worker_panicked"))));
}

#[tokio::test]
async fn bug_a_panic_while_a_failure_is_concluded_fails_nobody_else() {
    let world = World::new().await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let silent = Fault::new(FaultKind::DropRow)
        .for_row("shopify_customer_id", &ada.to_string())
        .at("batch/upsert")
        .times(1);
    world.portal.set_faults(vec![silent]).unwrap();
    world.all_arrive().await;
    world.unlucky.store(true, Relaxed);
    let worked = world.work_once().await;
    world.unlucky.store(false, Relaxed);
    assert_eq!((worked.len(), worked.iter().filter(|one| one.comes_back()).count()), (2, 1));
    assert_eq!(world.contact(bob).properties["firstname"], "Bob");
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}

#[tokio::test]
async fn wrong_credentials_are_parked_after_a_few_tries_and_renewed_ones_are_waited_for() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.portal.set_token("another");
    world.live().await;
    let parked = world.parked();
    assert_eq!((parked[0].code.as_str(), parked[0].attempts), ("crm_unauthorized", 3));

    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    assert!(world.work_once().await.iter().all(flows::Worked::comes_back), "the token may have been renewed");
    world.portal.set_token("pat");
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    assert_eq!(world.parked().len(), 1, "nothing more was parked");
}
