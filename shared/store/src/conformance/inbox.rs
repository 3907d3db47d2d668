//! What every memory of deliveries promises.

use domain::DeliveryKey;
use futures_util::future::join_all;

use super::{RIVALS, answered, at, awkward, claimant, shop};
use crate::{Claim, Claimant, Concluded, Inbox, Trail};

const WEEK_S: i64 = 7 * 24 * 3600;

/// Every promise of an [`Inbox`].
pub async fn inbox(inbox: &impl Inbox) {
    a_new_delivery_is_fresh_for_one_and_in_progress_for_all_others(inbox).await;
    who_asks_again_still_has_it(inbox).await;
    what_was_concluded_is_done(inbox).await;
    a_claim_that_ran_out_is_taken_over(inbox).await;
    a_former_owner_changes_nothing(inbox).await;
    a_late_owner_whom_nobody_replaced_may_conclude(inbox).await;
    what_was_given_back_is_fresh_at_once_and_its_reason_stays(inbox).await;
    only_a_higher_replay_opens_a_conclusion(inbox).await;
    a_replay_does_not_break_into_a_claim(inbox).await;
    of_many_who_ask_at_once_one_wins(inbox).await;
    an_expired_memory_counts_as_none(inbox).await;
    an_expired_reason_does_not_come_back(inbox).await;
    a_conclusion_is_remembered_a_week_from_when_it_was_made(inbox).await;
    no_delivery_is_taken_for_another(inbox).await;
}

fn key(name: &str) -> DeliveryKey {
    DeliveryKey::new(&shop("inbox"), name)
}

async fn claim(inbox: &impl Inbox, key: &DeliveryKey, who: &Claimant) -> Claim {
    answered(inbox.claim(key, 0, who).await)
}

async fn done(inbox: &impl Inbox, key: &DeliveryKey, who: &Claimant, replays: u32, outcome: &str) {
    let claim = answered(inbox.claim(key, replays, who).await);
    assert!(matches!(claim, Claim::Fresh | Claim::Again), "{key} should have been free");
    let concluded = answered(inbox.conclude(key, who, outcome).await);
    assert_eq!(concluded, Concluded::Noted, "the owner of {key} could not conclude");
}

async fn a_new_delivery_is_fresh_for_one_and_in_progress_for_all_others(inbox: &impl Inbox) {
    let key = key("new");
    assert_eq!(answered(inbox.trail(&key, at(0)).await), None, "something is known of a new delivery");
    assert_eq!(claim(inbox, &key, &claimant("a", 0, 60)).await, Claim::Fresh, "a new delivery is free");
    let other = claim(inbox, &key, &claimant("b", 1, 61)).await;
    assert_eq!(other, Claim::InProgress { until: at(60) }, "in progress is neither free nor done");
    let trail = answered(inbox.trail(&key, at(1)).await);
    assert_eq!(trail, Some(Trail { done: false, outcome: None }), "in progress is not done");
}

async fn who_asks_again_still_has_it(inbox: &impl Inbox) {
    let (key, who) = (key("again"), claimant("a", 0, 60));
    assert_eq!(claim(inbox, &key, &who).await, Claim::Fresh);
    let again = claim(inbox, &key, &who).await;
    assert_eq!(
        again,
        Claim::Again,
        "an owner whose answer got lost has it, and cannot tell whether it began it"
    );
    done(inbox, &key, &who, 0, "created").await;
    let again = answered(inbox.conclude(&key, &who, "created").await);
    assert_eq!(again, Concluded::Noted, "an owner who concludes again is told that it lost its claim");
    assert_eq!(claim(inbox, &key, &who).await, Claim::Done, "the owner too sees that it is done");
}

async fn what_was_concluded_is_done(inbox: &impl Inbox) {
    let key = key("done");
    done(inbox, &key, &claimant("a", 0, 60), 0, "created").await;
    for second in [1, 60, 100_000] {
        let later = claim(inbox, &key, &claimant("b", second, second + 60)).await;
        assert_eq!(later, Claim::Done, "what is done is done, {second} s later too");
    }
    let trail = answered(inbox.trail(&key, at(2)).await);
    assert_eq!(trail, Some(Trail { done: true, outcome: Some("created".into()) }), "the outcome is kept");
}

async fn a_claim_that_ran_out_is_taken_over(inbox: &impl Inbox) {
    let key = key("expiry");
    assert_eq!(claim(inbox, &key, &claimant("a", 0, 60)).await, Claim::Fresh);
    let before = claim(inbox, &key, &claimant("b", 59, 119)).await;
    assert_eq!(before, Claim::InProgress { until: at(60) }, "one second before it runs out it still holds");
    let after = claim(inbox, &key, &claimant("c", 60, 120)).await;
    assert_eq!(after, Claim::Again, "a dead owner blocks nobody once its time ran out");
    let first = claim(inbox, &key, &claimant("a", 61, 121)).await;
    assert_eq!(first, Claim::InProgress { until: at(120) }, "the former owner has to wait like anybody");
}

async fn a_former_owner_changes_nothing(inbox: &impl Inbox) {
    let (key, former, owner) = (key("fence"), claimant("a", 0, 60), claimant("b", 60, 120));
    for (who, granted) in [(&former, Claim::Fresh), (&owner, Claim::Again)] {
        assert_eq!(claim(inbox, &key, who).await, granted);
    }
    let late = answered(inbox.conclude(&key, &former, "late").await);
    assert_eq!(late, Concluded::LostClaim, "a former owner concluded what another works on");
    let late = answered(inbox.give_back(&key, &former, "late").await);
    assert_eq!(late, Concluded::LostClaim, "a former owner gave back what another works on");
    let held = claim(inbox, &key, &claimant("c", 61, 121)).await;
    assert_eq!(held, Claim::InProgress { until: at(120) }, "a former owner broke the new owner's claim");
    assert_eq!(answered(inbox.conclude(&key, &owner, "right").await), Concluded::Noted);
    assert_eq!(answered(inbox.conclude(&key, &former, "late").await), Concluded::LostClaim);
    assert_eq!(answered(inbox.give_back(&key, &former, "late").await), Concluded::LostClaim);
    assert_eq!(answered(inbox.give_back(&key, &owner, "undone").await), Concluded::LostClaim);
    let trail = answered(inbox.trail(&key, at(62)).await);
    let right = Trail { done: true, outcome: Some("right".into()) };
    assert_eq!(trail, Some(right), "a conclusion was overwritten by somebody who had no claim");
}

async fn a_late_owner_whom_nobody_replaced_may_conclude(inbox: &impl Inbox) {
    let (key, owner) = (key("late"), claimant("a", 0, 60));
    assert_eq!(claim(inbox, &key, &owner).await, Claim::Fresh);
    let late = Claimant { now: at(90), ..owner };
    let concluded = answered(inbox.conclude(&key, &late, "late").await);
    assert_eq!(concluded, Concluded::Noted, "nobody else has it, so its work counts");
    assert_eq!(claim(inbox, &key, &claimant("b", 91, 151)).await, Claim::Done);
}

async fn what_was_given_back_is_fresh_at_once_and_its_reason_stays(inbox: &impl Inbox) {
    let (key, first) = (key("given-back"), claimant("a", 0, 60));
    assert_eq!(claim(inbox, &key, &first).await, Claim::Fresh);
    for _ in 0..2 {
        let given = answered(inbox.give_back(&key, &first, "rate limited").await);
        assert_eq!(given, Concluded::Noted, "the owner gives back, and may say so twice");
    }
    let kept = Some(Trail { done: false, outcome: Some("rate limited".into()) });
    assert_eq!(answered(inbox.trail(&key, at(1)).await), kept, "the reason is kept");
    let second = claimant("b", 1, 61);
    assert_eq!(claim(inbox, &key, &second).await, Claim::Again, "what was given back is free at once");
    assert_eq!(answered(inbox.trail(&key, at(2)).await), kept, "the reason stays while another tries");
    let former = answered(inbox.conclude(&key, &first, "late").await);
    assert_eq!(former, Concluded::LostClaim, "who gave it back has no claim any more");
    assert_eq!(answered(inbox.conclude(&key, &second, "updated").await), Concluded::Noted);
    let trail = answered(inbox.trail(&key, at(2)).await);
    assert_eq!(trail, Some(Trail { done: true, outcome: Some("updated".into()) }));
}

async fn only_a_higher_replay_opens_a_conclusion(inbox: &impl Inbox) {
    let key = key("replays");
    done(inbox, &key, &claimant("a", 0, 60), 1, "parked").await;
    for replays in [0, 1] {
        let claim = answered(inbox.claim(&key, replays, &claimant("b", 1, 61)).await);
        assert_eq!(claim, Claim::Done, "replay {replays} was worked on although replay 1 is concluded");
    }
    done(inbox, &key, &claimant("c", 2, 62), 2, "created").await;
    let claim = answered(inbox.claim(&key, 2, &claimant("d", 3, 63)).await);
    assert_eq!(claim, Claim::Done, "the conclusion of a replay counts as much as any");
}

async fn a_replay_does_not_break_into_a_claim(inbox: &impl Inbox) {
    let key = key("replay-in-progress");
    assert_eq!(claim(inbox, &key, &claimant("a", 0, 60)).await, Claim::Fresh);
    let replay = answered(inbox.claim(&key, 9, &claimant("b", 1, 61)).await);
    assert_eq!(replay, Claim::InProgress { until: at(60) }, "a replay waits for who is at it");
}

async fn of_many_who_ask_at_once_one_wins(inbox: &impl Inbox) {
    let key = key("race");
    let rivals: Vec<_> = (0..RIVALS).map(|n| claimant(&format!("rival-{n}"), 0, 60)).collect();
    let claims = join_all(rivals.iter().map(|rival| inbox.claim(&key, 0, rival))).await;
    let claims: Vec<_> = claims.into_iter().map(answered).collect();
    let winners = claims.iter().filter(|claim| **claim == Claim::Fresh).count();
    assert_eq!(winners, 1, "of {RIVALS} who ask at once exactly one wins");
    let told = claims.iter().filter(|claim| **claim == Claim::InProgress { until: at(60) }).count();
    assert_eq!(told, RIVALS - 1, "all others are told until when");
}

async fn an_expired_memory_counts_as_none(inbox: &impl Inbox) {
    let key = key("forgotten");
    done(inbox, &key, &claimant("a", 0, 60), 3, "created").await;
    let last = WEEK_S - 1;
    let claim_then = claim(inbox, &key, &claimant("b", last, last + 60)).await;
    assert_eq!(claim_then, Claim::Done, "a conclusion is remembered for seven days");
    let past = WEEK_S + 2;
    assert_eq!(answered(inbox.trail(&key, at(past)).await), None, "an expired memory counts as none");
    let owner = claimant("c", past, past + 60);
    assert_eq!(claim(inbox, &key, &owner).await, Claim::Fresh, "an expired memory stops nobody");
    let trail = answered(inbox.trail(&key, at(past)).await);
    assert_eq!(trail, Some(Trail { done: false, outcome: None }), "an expired outcome came back");
    assert_eq!(answered(inbox.conclude(&key, &owner, "again").await), Concluded::Noted);
}

async fn an_expired_reason_does_not_come_back(inbox: &impl Inbox) {
    let (key, first) = (key("forgotten-reason"), claimant("a", 0, 60));
    assert_eq!(claim(inbox, &key, &first).await, Claim::Fresh);
    assert_eq!(answered(inbox.give_back(&key, &first, "rate limited").await), Concluded::Noted);
    let past = WEEK_S + 2;
    assert_eq!(claim(inbox, &key, &claimant("b", past, past + 60)).await, Claim::Fresh);
    let trail = answered(inbox.trail(&key, at(past)).await);
    assert_eq!(trail, Some(Trail { done: false, outcome: None }), "an expired reason came back");
}

async fn a_conclusion_is_remembered_a_week_from_when_it_was_made(inbox: &impl Inbox) {
    let (key, owner) = (key("prolonged"), claimant("a", 0, 4000));
    assert_eq!(claim(inbox, &key, &owner).await, Claim::Fresh);
    let later = Claimant { now: at(3600), ..owner };
    assert_eq!(answered(inbox.conclude(&key, &later, "created").await), Concluded::Noted);
    let second = WEEK_S + 3599;
    let claim = claim(inbox, &key, &claimant("b", second, second + 60)).await;
    assert_eq!(claim, Claim::Done, "the seven days count from the conclusion, not from the claim");
}

async fn no_delivery_is_taken_for_another(inbox: &impl Inbox) {
    let shops = [shop("one"), shop("two")];
    let keys: Vec<_> = shops
        .iter()
        .flat_map(|shop| awkward::TEXTS.map(|id| DeliveryKey::new(shop, id)))
        .chain([DeliveryKey::new(&shops[0], &"x".repeat(1000))])
        .collect();
    for (n, key) in keys.iter().enumerate() {
        let outcome = format!("{n} {}", awkward::TEXTS[n % awkward::TEXTS.len()]);
        done(inbox, key, &claimant(&format!("owner-{n}"), 0, 60), 0, &outcome).await;
        let trail = answered(inbox.trail(key, at(1)).await);
        assert_eq!(trail, Some(Trail { done: true, outcome: Some(outcome) }), "{key:?} lost its outcome");
    }
}
