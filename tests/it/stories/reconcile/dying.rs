//! Killed at every checkpoint: the run goes on, nothing is lost, and nothing is done twice.

use std::sync::atomic::Ordering::Relaxed;

use drift::Cause;
use store::memory::{Moment, Operation};

use super::night::{Night, PROOF, causes};
use crate::stories::living::buys;

/// A night after which one customer is stale and one is missing.
async fn drifted() -> (Night, Vec<u64>) {
    let (night, customers) = Night::after(9).await;
    buys(&night.world.shop, customers[3], "99.00");
    night.loses_all();
    night.later();
    night.world.portal.archive(&night.world.contact(customers[4]).id).unwrap();
    (night, customers)
}

/// More than a run has; a checkpoint that never comes kills nobody.
const CHECKPOINTS: i64 = 11;

#[tokio::test]
async fn s_164_whatever_checkpoint_it_dies_at_the_run_comes_to_the_same() {
    let mut deaths = 0;
    for moment in [Moment::Before, Moment::After] {
        for checkpoint in 0..CHECKPOINTS {
            let (mut night, customers) = drifted().await;
            (night.dies, night.dies_after) = (moment, checkpoint.into());
            let report = night.runs(PROOF).await;
            deaths += i64::from(night.dies_after.load(Relaxed) < 0);
            let expected = [(Cause::MissingInCrm, 1), (Cause::Stale, 1)];
            assert_eq!(causes(&report), expected, "{moment:?} at {checkpoint}");
            night.world.settle().await;
            night.world.assert_both_halves_match(&customers);
            let there = night.world.portal.contacts().into_iter().filter(|contact| !contact.archived);
            assert_eq!(there.count(), 9, "nobody is made twice");
            night.later();
            assert_eq!(causes(&night.passes().await), [], "{moment:?} at {checkpoint}");
        }
    }
    assert!(deaths >= 16, "only {deaths} died");
}

#[tokio::test]
async fn s_164_when_its_last_word_is_lost_the_run_is_concluded_once() {
    for moment in [Moment::Before, Moment::After] {
        let (night, _) = drifted().await;
        night.faults.next(Operation::ConcludeRun, 1, moment);
        let report = night.runs(PROOF).await;
        let kept = store::Runs::reports(&night.runs, &crate::world::shop()).await.unwrap();
        assert!(report.is_whole() && !kept.is_empty());
        night.world.settle().await;
        night.later();
        assert_eq!(causes(&night.passes().await), [], "{moment:?}");
    }
}

#[tokio::test]
async fn s_164_two_that_are_called_at_once_do_not_work_on_one_run() {
    let (night, _) = Night::after(3).await;
    let (one, other) = tokio::join!(night.call(PROOF), night.call(PROOF));
    let held = [&one, &other].into_iter().filter(|one| matches!(one, Ok(flows::Pursued::Held(_)))).count();
    assert_eq!(held, 1, "{one:?} {other:?}");
}
