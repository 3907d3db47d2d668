//! What every memory of budgets promises.

use std::time::Duration;

use domain::{Ask, Breaker, Grant, Lane, Rate, Reservation, Signal, Why};
use futures_util::future::join_all;
use jiff::Timestamp;

use super::{RIVALS, answered, at, awkward, shop};
use crate::{Account, Budgets};

const BURST: u32 = 20;

/// Every promise of [`Budgets`].
pub async fn budgets(budgets: &impl Budgets) {
    a_new_account_has_its_whole_burst_and_no_more(budgets).await;
    a_batch_is_granted_whole_or_not_at_all(budgets).await;
    what_was_used_comes_back_with_time(budgets).await;
    a_change_of_the_rate_holds_from_the_next_batch_on(budgets).await;
    a_lower_lane_leaves_its_part_to_the_higher_ones(budgets).await;
    of_many_who_ask_at_once_no_more_than_the_burst_is_granted(budgets).await;
    a_wish_to_stay_away_holds_for_all_lanes_and_is_never_shortened(budgets).await;
    after_enough_failures_in_a_row_nobody_is_let_through(budgets).await;
    a_success_in_between_begins_the_count_again(budgets).await;
    of_many_who_ask_at_once_one_is_the_probe(budgets).await;
    failures_that_are_heard_at_once_are_all_counted(budgets).await;
    a_probe_that_succeeds_closes_the_breaker(budgets).await;
    a_probe_that_fails_opens_it_for_longer(budgets).await;
    a_probe_that_never_reports_is_given_up(budgets).await;
    no_account_is_taken_for_another(budgets).await;
}

fn account(name: &str) -> Account {
    Account::crm(name)
}

fn ask(lane: Lane, cost: u32) -> Ask {
    let rate = Rate::per_second(10, BURST).expect("the suite's rate is one");
    rate.ask(lane, cost).expect("the suite asks for no more than the burst")
}

fn granted() -> Reservation {
    Reservation::Granted(Grant::Plain)
}

fn probe() -> Reservation {
    Reservation::Granted(Grant::Probe)
}

fn wait(until: Timestamp, why: Why) -> Reservation {
    Reservation::Wait { until, why }
}

async fn live(budgets: &impl Budgets, account: &Account, cost: u32, now: Timestamp) -> Reservation {
    answered(budgets.reserve(account, &ask(Lane::Live, cost), now).await)
}

async fn heard(budgets: &impl Budgets, account: &Account, signal: Signal, times: u32, second: i64) {
    for _ in 0..times {
        answered(budgets.heard(account, signal, at(second)).await);
    }
}

/// So many who ask at once.
async fn rivals(budgets: &impl Budgets, account: &Account, now: Timestamp) -> Vec<Reservation> {
    let ask = ask(Lane::Live, 1);
    let answers = join_all((0..RIVALS).map(|_| budgets.reserve(account, &ask, now))).await;
    answers.into_iter().map(answered).collect()
}

fn count(answers: &[Reservation], answer: Reservation) -> usize {
    answers.iter().filter(|each| **each == answer).count()
}

async fn a_new_account_has_its_whole_burst_and_no_more(budgets: &impl Budgets) {
    let account = account("new");
    assert_eq!(live(budgets, &account, BURST, at(0)).await, granted(), "a new account has its whole burst");
    let more = live(budgets, &account, 1, at(0)).await;
    assert_eq!(more, wait(at(0) + Duration::from_millis(100), Why::Rate), "the burst is used up");
}

async fn a_batch_is_granted_whole_or_not_at_all(budgets: &impl Budgets) {
    let account = account("whole");
    assert_eq!(live(budgets, &account, 15, at(0)).await, granted());
    for _ in 0..2 {
        let more = live(budgets, &account, 10, at(0)).await;
        assert_eq!(more, wait(at(0) + Duration::from_millis(500), Why::Rate), "one that waits took units");
    }
    assert_eq!(live(budgets, &account, 5, at(0)).await, granted(), "a smaller one still has room");
}

async fn what_was_used_comes_back_with_time(budgets: &impl Budgets) {
    let account = account("time");
    assert_eq!(live(budgets, &account, BURST, at(0)).await, granted());
    let a_moment_early = at(1) - Duration::from_micros(1);
    let early = live(budgets, &account, 10, a_moment_early).await;
    assert_eq!(early, wait(at(1), Why::Rate), "it was let in before its units came back");
    assert_eq!(live(budgets, &account, 10, at(1)).await, granted(), "who waited as long as told has to wait");
    assert_eq!(live(budgets, &account, BURST, at(3)).await, granted(), "a rest gives the burst back");
    let week_later = live(budgets, &account, BURST, at(7 * 24 * 3600)).await;
    assert_eq!(week_later, granted(), "a long rest gives the burst back");
    let more = live(budgets, &account, 1, at(7 * 24 * 3600)).await;
    assert!(matches!(more, Reservation::Wait { .. }), "and no more than the burst, however long it was");
}

async fn a_change_of_the_rate_holds_from_the_next_batch_on(budgets: &impl Budgets) {
    let account = account("rate");
    assert_eq!(live(budgets, &account, BURST, at(0)).await, granted());
    let faster = Rate::per_second(100, 2000).ok().and_then(|rate| rate.ask(Lane::Live, 10));
    let faster = faster.expect("the suite's faster rate is one");
    let answer = answered(budgets.reserve(&account, &faster, at(0)).await);
    assert_eq!(answer, granted(), "a shop that got a larger plan is held to the smaller one");
}

async fn a_lower_lane_leaves_its_part_to_the_higher_ones(budgets: &impl Budgets) {
    let account = account("lanes");
    let lowest_first = Lane::ALL.into_iter().rev().zip([5, 5, 5, 3, 2]);
    for (lane, its_part) in lowest_first {
        let answer = answered(budgets.reserve(&account, &ask(lane, its_part), at(0)).await);
        assert_eq!(answer, granted(), "{lane:?} was starved by a lower lane");
        let more = answered(budgets.reserve(&account, &ask(lane, 1), at(0)).await);
        assert!(matches!(more, Reservation::Wait { .. }), "{lane:?} took what it must leave");
    }
}

async fn of_many_who_ask_at_once_no_more_than_the_burst_is_granted(budgets: &impl Budgets) {
    let account = account("race");
    let answers = rivals(budgets, &account, at(0)).await;
    let mut all = count(&answers, granted());
    assert!(all <= BURST as usize, "{all} were granted at once, of a burst of {BURST}");
    assert!(all > 0, "where many ask at once none gets anything");
    while live(budgets, &account, 1, at(0)).await == granted() {
        all += 1;
    }
    assert_eq!(all, BURST as usize, "what was granted is not what was taken");
}

async fn a_wish_to_stay_away_holds_for_all_lanes_and_is_never_shortened(budgets: &impl Budgets) {
    let (account, until) = (account("closed"), at(7) + Duration::from_micros(1));
    heard(budgets, &account, Signal::SlowDown { until }, 1, 0).await;
    heard(budgets, &account, Signal::SlowDown { until: at(5) }, 1, 1).await;
    for lane in Lane::ALL {
        let answer = answered(budgets.reserve(&account, &ask(lane, 1), at(7)).await);
        assert_eq!(answer, wait(until, Why::Closed), "{lane:?} goes where it was asked not to");
    }
    assert_eq!(live(budgets, &account, 1, until).await, granted(), "the time is over");
    heard(budgets, &account, Signal::UsedUp { until: at(80_000) }, 1, 8).await;
    heard(budgets, &account, Signal::Succeeded, 1, 9).await;
    let answer = live(budgets, &account, 1, at(79_999)).await;
    assert_eq!(answer, wait(at(80_000), Why::Closed), "a used up day was opened again by a late success");
}

/// It failed as often as it takes, at second zero.
async fn opened(budgets: &impl Budgets, name: &str) -> Account {
    let account = account(name);
    heard(budgets, &account, Signal::Failed, Breaker::OPENS_AFTER, 0).await;
    account
}

async fn after_enough_failures_in_a_row_nobody_is_let_through(budgets: &impl Budgets) {
    let account = opened(budgets, "open").await;
    for lane in Lane::ALL {
        let answer = answered(budgets.reserve(&account, &ask(lane, 1), at(29)).await);
        assert_eq!(answer, wait(at(30), Why::Breaker), "{lane:?} was let through to what does not work");
    }
    heard(budgets, &account, Signal::Failed, 1, 20).await;
    heard(budgets, &account, Signal::Succeeded, 1, 20).await;
    let answer = live(budgets, &account, 1, at(29)).await;
    assert_eq!(answer, wait(at(30), Why::Breaker), "one who was on its way when it opened changed something");
}

async fn a_success_in_between_begins_the_count_again(budgets: &impl Budgets) {
    let account = account("mended");
    for _ in 0..2 {
        heard(budgets, &account, Signal::Failed, Breaker::OPENS_AFTER - 1, 0).await;
        heard(budgets, &account, Signal::Succeeded, 1, 0).await;
    }
    assert_eq!(
        live(budgets, &account, 1, at(0)).await,
        granted(),
        "failures were counted that were not in a row"
    );
}

async fn of_many_who_ask_at_once_one_is_the_probe(budgets: &impl Budgets) {
    let account = opened(budgets, "probe").await;
    let answers = rivals(budgets, &account, at(30)).await;
    assert_eq!(count(&answers, probe()), 1, "of {RIVALS} who ask at once exactly one is the probe");
    let told = count(&answers, wait(at(90), Why::Breaker));
    assert_eq!(told, RIVALS - 1, "all others wait for the probe");
}

async fn failures_that_are_heard_at_once_are_all_counted(budgets: &impl Budgets) {
    let account = account("all-at-once");
    let failures = (0..Breaker::OPENS_AFTER).map(|_| budgets.heard(&account, Signal::Failed, at(0)));
    join_all(failures).await.into_iter().for_each(answered);
    let answer = live(budgets, &account, 1, at(0)).await;
    assert_eq!(answer, wait(at(30), Why::Breaker), "a failure was not counted because another came with it");
}

async fn a_probe_that_succeeds_closes_the_breaker(budgets: &impl Budgets) {
    let account = opened(budgets, "closes").await;
    assert_eq!(live(budgets, &account, 1, at(30)).await, probe());
    heard(budgets, &account, Signal::Succeeded, 1, 31).await;
    assert_eq!(live(budgets, &account, 1, at(31)).await, granted(), "it works, and nobody is let through");
    heard(budgets, &account, Signal::Failed, Breaker::OPENS_AFTER - 1, 32).await;
    let answer = live(budgets, &account, 1, at(32)).await;
    assert_eq!(answer, Reservation::Granted(Grant::Doubted), "the failures of old times still count");
}

async fn a_probe_that_fails_opens_it_for_longer(budgets: &impl Budgets) {
    let account = opened(budgets, "longer").await;
    for (second, open_until) in [(30, 90), (90, 210)] {
        assert_eq!(live(budgets, &account, 1, at(second)).await, probe());
        heard(budgets, &account, Signal::Failed, 1, second).await;
        let answer = live(budgets, &account, 1, at(open_until - 1)).await;
        assert_eq!(answer, wait(at(open_until), Why::Breaker), "each probe that fails doubles the time");
    }
}

async fn a_probe_that_never_reports_is_given_up(budgets: &impl Budgets) {
    let account = opened(budgets, "given-up").await;
    assert_eq!(live(budgets, &account, 1, at(30)).await, probe());
    let answer = live(budgets, &account, 1, at(89)).await;
    assert_eq!(answer, wait(at(90), Why::Breaker), "a probe has a minute");
    assert_eq!(live(budgets, &account, 1, at(90)).await, probe(), "a probe that died keeps all others out");
}

async fn no_account_is_taken_for_another(budgets: &impl Budgets) {
    let shops = [shop("one"), shop("two")].map(|shop| Account::shop(&shop));
    let crms = awkward::TEXTS.map(Account::crm).into_iter().chain([Account::crm(&"x".repeat(1000))]);
    let accounts: Vec<_> = shops.into_iter().chain(crms).collect();
    for account in &accounts {
        assert_eq!(live(budgets, account, BURST, at(0)).await, granted(), "{account:?} pays for another");
    }
}
