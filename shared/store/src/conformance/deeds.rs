//! What every memory of actions promises.

use domain::{ActionKey, ActionName, CustomerId, CustomerKey, OrderId, Period};
use futures_util::future::join_all;

use super::{RIVALS, answered, at, awkward, claimant, shop};
use crate::{Begun, Deeds};

const DAY: i64 = 24 * 3600;

/// Every promise of [`Deeds`].
pub async fn deeds(deeds: &impl Deeds) {
    a_new_action_is_whose_who_begins_it(deeds).await;
    of_many_who_begin_at_once_one_gets_it(deeds).await;
    an_action_whose_time_ran_out_is_begun_again(deeds).await;
    who_repeats_itself_is_told_that_it_may_have_been_done(deeds).await;
    what_is_given_back_is_as_if_nobody_had_begun_it(deeds).await;
    what_may_have_been_done_stays_so_when_it_is_given_back(deeds).await;
    nobody_gives_back_what_is_anothers(deeds).await;
    what_is_done_is_done_for_good(deeds).await;
    who_was_late_says_what_became_of_it_all_the_same(deeds).await;
    what_is_done_is_remembered_for_two_years(deeds).await;
    any_outcome_comes_back_as_it_was_said(deeds).await;
    no_action_is_taken_for_another(deeds).await;
}

fn action(name: &str) -> ActionKey {
    key(name, "deeds", 1, Period::Ever)
}

fn key(name: &str, shop: &str, customer: u64, period: Period) -> ActionKey {
    let name = ActionName::parse(name).expect("the suite's actions have names");
    let customer = CustomerKey { shop: self::shop(shop), customer: CustomerId::new(customer) };
    ActionKey::new(&name, &customer, period)
}

async fn begin(deeds: &impl Deeds, action: &ActionKey, owner: &str, now: i64) -> Begun {
    answered(deeds.begin(action, &claimant(owner, now, now + 60)).await)
}

async fn undone(deeds: &impl Deeds, action: &ActionKey, owner: &str, now: i64) {
    answered(deeds.undone(action, &claimant(owner, now, now + 60)).await);
}

async fn done(deeds: &impl Deeds, action: &ActionKey, outcome: &str, now: i64) {
    answered(deeds.done(action, outcome, at(now)).await);
}

async fn outcome(deeds: &impl Deeds, action: &ActionKey, now: i64) -> Option<String> {
    answered(deeds.outcome(action, at(now)).await)
}

async fn a_new_action_is_whose_who_begins_it(deeds: &impl Deeds) {
    let action = action("new");
    assert_eq!(outcome(deeds, &action, 0).await, None, "nothing became of what nobody began");
    assert_eq!(begin(deeds, &action, "a", 0).await, Begun::Fresh, "nobody ever began it");
    let other = begin(deeds, &action, "b", 59).await;
    assert_eq!(other, Begun::Held { until: at(60) }, "somebody carries it out");
    assert_eq!(outcome(deeds, &action, 59).await, None, "begun is not done");
}

async fn of_many_who_begin_at_once_one_gets_it(deeds: &impl Deeds) {
    let action = action("rivals");
    let rivals: Vec<_> = (0..RIVALS).map(|n| claimant(&format!("rival-{n}"), 0, 60)).collect();
    let begun = join_all(rivals.iter().map(|rival| deeds.begin(&action, rival))).await;
    let begun: Vec<_> = begun.into_iter().map(answered).collect();
    let fresh = begun.iter().filter(|begun| **begun == Begun::Fresh).count();
    assert_eq!(fresh, 1, "of {RIVALS} who begin at once exactly one gets it");
    let held = begun.iter().filter(|begun| **begun == Begun::Held { until: at(60) }).count();
    assert_eq!(held, RIVALS - 1, "all others are told until when");
}

async fn an_action_whose_time_ran_out_is_begun_again(deeds: &impl Deeds) {
    let action = action("ran_out");
    assert_eq!(begin(deeds, &action, "dies", 0).await, Begun::Fresh);
    assert_eq!(begin(deeds, &action, "b", 60).await, Begun::Again, "it may have been done, nobody said so");
    let former = begin(deeds, &action, "dies", 61).await;
    assert_eq!(former, Begun::Held { until: at(120) }, "the former one has to wait like anybody");
}

async fn who_repeats_itself_is_told_that_it_may_have_been_done(deeds: &impl Deeds) {
    let action = action("repeats");
    assert_eq!(begin(deeds, &action, "a", 0).await, Begun::Fresh);
    assert_eq!(begin(deeds, &action, "a", 1).await, Begun::Again, "it does not wait for itself");
    assert_eq!(begin(deeds, &action, "b", 60).await, Begun::Held { until: at(61) }, "its time begins anew");
}

async fn what_is_given_back_is_as_if_nobody_had_begun_it(deeds: &impl Deeds) {
    let action = action("given_back");
    assert_eq!(begin(deeds, &action, "a", 0).await, Begun::Fresh);
    undone(deeds, &action, "a", 1).await;
    undone(deeds, &action, "a", 1).await;
    assert_eq!(begin(deeds, &action, "b", 1).await, Begun::Fresh, "nothing was done, so it is new");
    undone(deeds, &self::action("never_begun"), "a", 1).await;
    assert_eq!(begin(deeds, &self::action("never_begun"), "b", 1).await, Begun::Fresh);
}

async fn what_may_have_been_done_stays_so_when_it_is_given_back(deeds: &impl Deeds) {
    let action = action("in_doubt");
    assert_eq!(begin(deeds, &action, "dies", 0).await, Begun::Fresh);
    assert_eq!(begin(deeds, &action, "b", 60).await, Begun::Again);
    undone(deeds, &action, "b", 61).await;
    assert_eq!(begin(deeds, &action, "c", 61).await, Begun::Again, "the dead one may have done it");
}

async fn nobody_gives_back_what_is_anothers(deeds: &impl Deeds) {
    let action = action("anothers");
    assert_eq!(begin(deeds, &action, "a", 0).await, Begun::Fresh);
    undone(deeds, &action, "b", 1).await;
    assert_eq!(begin(deeds, &action, "c", 2).await, Begun::Held { until: at(60) }, "it is still the first's");
    assert_eq!(begin(deeds, &action, "d", 60).await, Begun::Again);
    undone(deeds, &action, "a", 61).await;
    assert_eq!(
        begin(deeds, &action, "c", 62).await,
        Begun::Held { until: at(120) },
        "a late one gave it back"
    );
}

async fn what_is_done_is_done_for_good(deeds: &impl Deeds) {
    let action = action("done");
    assert_eq!(begin(deeds, &action, "a", 0).await, Begun::Fresh);
    done(deeds, &action, "a task was made", 1).await;
    done(deeds, &action, "another word", 2).await;
    undone(deeds, &action, "a", 3).await;
    for (owner, now) in [("a", 4), ("b", 5), ("c", 1000)] {
        assert_eq!(begin(deeds, &action, owner, now).await, Begun::Done, "{owner} would do it again");
    }
    let said = outcome(deeds, &action, 1000).await;
    assert_eq!(said.as_deref(), Some("a task was made"), "what was said first stays");
}

async fn who_was_late_says_what_became_of_it_all_the_same(deeds: &impl Deeds) {
    let (late, never_begun) = (action("late"), action("decided_against"));
    assert_eq!(begin(deeds, &late, "a", 0).await, Begun::Fresh);
    assert_eq!(begin(deeds, &late, "b", 60).await, Begun::Again);
    done(deeds, &late, "the first did it", 61).await;
    done(deeds, &never_begun, "nothing to do", 61).await;
    for action in [&late, &never_begun] {
        assert_eq!(begin(deeds, action, "c", 62).await, Begun::Done, "what is done is done");
    }
}

async fn what_is_done_is_remembered_for_two_years(deeds: &impl Deeds) {
    let action = action("for_years");
    done(deeds, &action, "done", 0).await;
    let (within, beyond) = (731 * DAY, 3 * 366 * DAY);
    assert_eq!(begin(deeds, &action, "a", within).await, Begun::Done, "it is two years only now");
    assert_eq!(outcome(deeds, &action, within).await.as_deref(), Some("done"));
    assert_eq!(outcome(deeds, &action, beyond).await, None, "an expired memory counts as none");
    assert_eq!(begin(deeds, &action, "b", beyond).await, Begun::Fresh, "an expired memory counts as none");
    assert_eq!(outcome(deeds, &action, beyond).await, None, "a former outcome is that of the new one");
    done(deeds, &action, "done again", beyond).await;
    assert_eq!(outcome(deeds, &action, beyond).await.as_deref(), Some("done again"));
}

async fn any_outcome_comes_back_as_it_was_said(deeds: &impl Deeds) {
    for (n, text) in (0..).zip(awkward::TEXTS) {
        let action = key("texts", "deeds", n, Period::Ever);
        done(deeds, &action, text, 0).await;
        assert_eq!(outcome(deeds, &action, 1).await.as_deref(), Some(text), "an outcome was changed");
    }
}

async fn no_action_is_taken_for_another(deeds: &impl Deeds) {
    let order = Period::Order(OrderId::new(1));
    let all = [
        key("one", "deeds", 1, Period::Ever),
        key("two", "deeds", 1, Period::Ever),
        key("one", "deeds-2", 1, Period::Ever),
        key("one", "deeds", 11, Period::Ever),
        key("one", "deeds", 1, Period::Time(1)),
        key("one", "deeds", 1, Period::Time(11)),
        key("one", "deeds", 1, order),
    ];
    for action in &all {
        assert_eq!(begin(deeds, action, "a", 0).await, Begun::Fresh, "{action} was taken for another");
        done(deeds, action, action.as_str(), 1).await;
    }
    for action in &all {
        assert_eq!(outcome(deeds, action, 2).await.as_deref(), Some(action.as_str()));
    }
}
