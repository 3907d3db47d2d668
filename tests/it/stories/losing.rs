//! The answer gets lost, the store is away, the process dies here: nothing lost, nothing doubled.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use store::memory::{Moment, Operation};
use twin_hubspot::{Fault, FaultKind};
use twin_shopify::Faults;

use super::living::{ada, buys};
use crate::world::World;

#[tokio::test]
async fn each_operation_of_each_store_may_fail_before_or_after_it_was_done() {
    use Operation::{Abandon, ComeBackAfter, Concluded, HandOver, Keep, Lease, Note, Park, Release};
    for operation in [Concluded, Note, Lease, HandOver, Keep, Release, Abandon, Park, ComeBackAfter] {
        for moment in [Moment::Before, Moment::After] {
            let world = World::new().await;
            let ada = ada(&world.shop);
            buys(&world.shop, ada, "10.00");
            world.faults.next(operation, 2, moment);
            world.live().await;
            world.faults.clear();
            world.assert_both_halves_match(&[ada]);
            assert_eq!(world.portal.contacts().len(), 1, "{operation:?} {moment:?}");
            assert!(world.queues.dead().is_empty(), "{operation:?} {moment:?}");
        }
    }
}

#[tokio::test]
async fn the_crm_may_fail_in_every_way_that_passes() {
    let kinds = [
        FaultKind::Unavailable,
        FaultKind::RateLimited,
        FaultKind::DailyLimited,
        FaultKind::AnswerLost,
        FaultKind::DropRow,
        FaultKind::HtmlGateway,
    ];
    for kind in kinds {
        let world = World::new().await;
        let ada = ada(&world.shop);
        buys(&world.shop, ada, "10.00");
        world.portal.set_faults(vec![Fault::new(kind).times(2)]).unwrap();
        world.live().await;
        world.assert_both_halves_match(&[ada]);
        assert_eq!(world.portal.contacts().len(), 1, "{kind:?}");
        assert!(world.queues.dead().is_empty() && world.parked().is_empty(), "{kind:?}");
    }
}

#[tokio::test]
async fn s_165_the_shop_may_be_slow_throttled_away_or_silent() {
    let all = [
        Faults { throttle_next: 2, ..Faults::default() },
        Faults { unavailable_next: 2, ..Faults::default() },
        Faults { answer_lost_next: 2, ..Faults::default() },
    ];
    for faults in all {
        let world = World::new().await;
        let ada = ada(&world.shop);
        buys(&world.shop, ada, "10.00");
        world.shop.set_faults(faults.clone()).unwrap();
        world.live().await;
        world.assert_both_halves_match(&[ada]);
        assert!(world.queues.dead().is_empty(), "{faults:?}");
    }
}

#[tokio::test]
async fn bug_a_change_whose_answer_was_lost_and_its_undoing_do_not_leave_the_change() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    let renamed =
        |name: &str| world.shop.change_customer(ada, |c| c.first_name = Some(name.to_owned())).unwrap();
    for kind in [Some(FaultKind::AnswerLost), None] {
        renamed("Typo");
        match kind {
            Some(kind) => world.portal.set_faults(vec![Fault::new(kind).times(1)]).unwrap(),
            None => world.faults.next(Operation::Keep, 1, Moment::Before),
        }
        world.all_arrive().await;
        world.work_once().await;
        assert_eq!(world.contact(ada).properties["firstname"], "Typo", "it was written");
        renamed("Ada");
        world.clock.advance(Duration::from_secs(61));
        world.live().await;
        assert_eq!(world.contact(ada).properties["firstname"], "Ada");
    }
}

#[tokio::test]
async fn a_worker_that_dies_with_its_leases_blocks_nobody_for_long() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    {
        // The platform ends this worker at its first await that does not answer at once.
        let dying = world.work_once();
        let ended = tokio::time::timeout(Duration::ZERO, dying).await;
        assert!(ended.is_err(), "it was killed on its way");
    }
    assert!(world.queues.next_at().is_some(), "its messages are not lost");
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    assert_eq!(world.portal.contacts().len(), 1);
}

#[tokio::test]
async fn bug_a_customer_that_hangs_is_given_up_in_time_and_written_later() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    world.rings.store(true, Relaxed);
    let worked = world.work_once().await;
    world.rings.store(false, Relaxed);
    assert!(worked.iter().all(|one| one.failure().is_some_and(|failure| failure.code() == "out_of_time")));
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
    assert!(world.queues.dead().is_empty());
}

#[tokio::test]
async fn after_its_deadline_a_worker_begins_nothing() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.all_arrive().await;
    let worked = world.work_late().await;
    assert!(worked.iter().all(flows::Worked::comes_back));
    assert!(world.portal.contacts().is_empty());
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}

#[tokio::test]
async fn s_081_while_the_crm_is_away_every_delivery_is_taken_at_once_and_none_waits_for_it() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.portal.set_faults(vec![Fault::new(FaultKind::Unavailable).times(10_000)]).unwrap();
    for _ in 0..20 {
        buys(&world.shop, ada, "1.00");
        world.all_arrive().await;
        assert!(world.work_once().await.iter().all(flows::Worked::comes_back));
    }
    world.portal.forget_faults();
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}
