//! Who is missing while their message lies among the dead: it is sent again, and nobody has to be called for that.

use domain::{Envelope, Event, ExternalKey};
use drift::{Cause, Purpose};
use flows::Ask;
use store::memory::{Message, Moment, Operation};

use super::night::{Night, PROOF, causes};
use crate::stories::living::{buys, person};
use crate::world::PanickingCrm;

/// Everything pending arrives, and what is about this customer dies.
async fn dies(night: &Night, customer: u64) {
    night.world.all_arrive().await;
    dies_again(night, customer).await;
}

async fn dies_again(night: &Night, customer: u64) {
    let world = &night.world;
    let over = ExternalKey::from_crm(&customer.to_string());
    let panicking = PanickingCrm { inner: world.side.crm.as_ref(), over };
    while let Some(next) = world.queues.next_at() {
        world.clock.advance_to(next.max(world.clock.now()));
        world.work_with(&panicking).await;
    }
    night.later();
}

/// A night before which one customer's first message died, and another's got lost.
async fn one_died_and_one_got_lost() -> (Night, [u64; 2]) {
    let (night, _) = Night::after(6).await;
    let lost = person(&night.world.shop, "Lost", "L", "lost@example.com");
    night.loses_all();
    let died = person(&night.world.shop, "Died", "D", "died@example.com");
    dies(&night, died).await;
    assert_eq!(night.world.queues.dead().len(), 1);
    (night, [died, lost])
}

/// What is sent to the workers now.
fn sent(night: &Night) -> Vec<Event> {
    let waiting = night.world.queues.waiting();
    let mut sent: Vec<_> =
        waiting.iter().filter_map(Message::envelope).map(|Envelope::V1(event)| event).collect();
    sent.sort_by_key(|event| event.replays);
    sent
}

#[tokio::test]
async fn s_192_and_s_195_whose_message_died_has_it_replayed_and_who_has_none_there_is_synced_anew() {
    let (night, [died, lost]) = one_died_and_one_got_lost().await;
    let report = night.runs(PROOF).await;
    assert_eq!(causes(&report), [(Cause::MissingInCrm, 2)]);
    assert_eq!((report.tally.replayed, report.tally.queued, report.tally.left), (1, 2, 0));
    let sent = sent(&night);
    let told: Vec<_> = sent.iter().map(|event| (event.topic.as_str(), event.quiet, event.replays)).collect();
    assert_eq!(told, [("counterfoil/repair", true, 0), ("customers/create", false, 1)]);
    assert!(night.world.queues.dead().is_empty());
    night.world.settle().await;
    night.world.assert_both_halves_match(&[died, lost]);
    night.later();
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn what_dies_a_second_time_stays_for_a_person_and_the_customer_is_synced_anew() {
    let (night, [died, _]) = one_died_and_one_got_lost().await;
    night.runs(PROOF).await;
    dies_again(&night, died).await;
    assert_eq!(night.world.queues.dead().len(), 1, "and whatever died of it, it is one message");
    let report = night.passes().await;
    assert_eq!((causes(&report), report.tally.replayed), (vec![(Cause::MissingInCrm, 1)], 0));
    night.world.assert_both_halves_match(&[died]);
    assert_eq!(night.world.queues.dead().len(), 1);
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn what_died_of_somebody_who_is_not_missing_stays_and_can_be_seen_at_once() {
    let (night, [died, lost]) = one_died_and_one_got_lost().await;
    buys(&night.world.shop, died, "9.00");
    night.world.live().await;
    night.later();
    let report = night.runs(PROOF).await;
    assert_eq!(causes(&report), [(Cause::MissingInCrm, 1)]);
    assert_eq!((report.tally.replayed, night.world.queues.dead().len()), (0, 1));
    let now = night.world.clock.now();
    assert!(night.world.queues.dead().iter().all(|letter| letter.visible_at <= now));
    night.world.settle().await;
    night.world.assert_both_halves_match(&[died, lost]);
}

#[tokio::test]
async fn a_dry_run_leaves_the_dead_where_they_are() {
    let (night, _) = one_died_and_one_got_lost().await;
    let report = night.runs(Ask::Begin { purpose: Purpose::Proof, dry_run: true, window: None }).await;
    assert_eq!((causes(&report), report.tally.left), (vec![(Cause::MissingInCrm, 2)], 2));
    assert_eq!((night.world.queues.dead().len(), night.world.queues.next_at()), (1, None));
}

#[tokio::test]
async fn a_queue_of_the_dead_that_does_not_answer_fails_no_proof_and_is_told() {
    for (operation, moment) in [(Operation::Take, Moment::Before), (Operation::Send, Moment::Before)] {
        let (night, [died, lost]) = one_died_and_one_got_lost().await;
        night.world.faults.next(operation, 1, moment);
        let report = night.runs(PROOF).await;
        night.world.faults.clear();
        assert_eq!((report.is_whole(), causes(&report)), (true, vec![(Cause::MissingInCrm, 2)]));
        assert_eq!((report.tally.replayed, report.remarks.len()), (0, 1), "{:?}", report.remarks);
        assert!(report.remarks[0].starts_with("not all that died could be looked for: "));
        night.world.settle().await;
        night.world.assert_both_halves_match(&[died, lost]);
        assert_eq!(night.world.queues.dead().len(), 1, "it is still there");
    }
}

#[tokio::test]
async fn s_164_whichever_word_is_lost_on_the_way_the_record_is_made_once() {
    for operation in [Operation::Send, Operation::Delete, Operation::LetGo] {
        for moment in [Moment::Before, Moment::After] {
            let (mut night, [died, lost]) = one_died_and_one_got_lost().await;
            night.world.faults.next(operation, 1, moment);
            night.each_dies_after = Some(2);
            let report = night.passes().await;
            assert!(report.is_whole(), "{operation:?} {moment:?}");
            night.world.assert_both_halves_match(&[died, lost]);
            night.each_dies_after = None;
            assert_eq!(causes(&night.passes().await), [], "{operation:?} {moment:?}");
        }
    }
}
