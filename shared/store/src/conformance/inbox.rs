//! What every memory of deliveries promises.

use domain::DeliveryKey;
use futures_util::future::join_all;

use super::{RIVALS, answered, at, awkward, shop};
use crate::{Delivery, Inbox, Note, Trail};

const WEEK_S: i64 = 7 * 24 * 3600;

/// Every promise of an [`Inbox`].
pub async fn inbox(inbox: &impl Inbox) {
    of_a_new_delivery_nothing_is_known(inbox).await;
    what_was_concluded_stays_so(inbox).await;
    a_try_that_failed_leaves_its_reason_and_the_delivery_open(inbox).await;
    a_later_try_tells_more_than_an_earlier_one(inbox).await;
    only_a_higher_replay_opens_a_conclusion(inbox).await;
    who_says_it_again_is_not_told_off(inbox).await;
    each_of_many_is_answered_in_its_place(inbox).await;
    of_many_at_once_one_conclusion_stays(inbox).await;
    an_expired_memory_counts_as_none(inbox).await;
    an_expired_memory_stands_against_nothing(inbox).await;
    no_delivery_is_taken_for_another(inbox).await;
}

fn key(name: &str) -> DeliveryKey {
    DeliveryKey::new(&shop("inbox"), name)
}

fn delivery(name: &str, replays: u32) -> Delivery {
    Delivery { key: key(name), replays }
}

fn done(name: &str, replays: u32, outcome: &str) -> Note {
    Note { delivery: delivery(name, replays), done: true, outcome: outcome.to_owned() }
}

fn failed(name: &str, replays: u32, reason: &str) -> Note {
    Note { done: false, ..done(name, replays, reason) }
}

async fn note(inbox: &impl Inbox, note: Note, second: i64) {
    let answers = inbox.note(&[note], at(second)).await;
    assert_eq!(answers.len(), 1, "one note, one answer");
    answers.into_iter().for_each(answered);
}

async fn is_concluded(inbox: &impl Inbox, name: &str, replays: u32, second: i64) -> bool {
    answered(inbox.concluded(&[delivery(name, replays)], at(second)).await) == [true]
}

async fn trail(inbox: &impl Inbox, name: &str, second: i64) -> Option<(bool, String)> {
    let trail = answered(inbox.trail(&key(name), at(second)).await)?;
    Some((trail.done, trail.outcome.unwrap_or_default()))
}

fn told(done: bool, outcome: &str) -> (bool, String) {
    (done, outcome.to_owned())
}

async fn of_a_new_delivery_nothing_is_known(inbox: &impl Inbox) {
    assert!(!is_concluded(inbox, "new", 0, 0).await, "a new delivery is to be worked on");
    assert_eq!(trail(inbox, "new", 0).await, None, "something is known of a new delivery");
    assert_eq!(
        answered(inbox.concluded(&[], at(0)).await),
        Vec::<bool>::new(),
        "nothing asked, nothing said"
    );
    assert!(inbox.note(&[], at(0)).await.is_empty(), "nothing noted, nothing said");
}

async fn what_was_concluded_stays_so(inbox: &impl Inbox) {
    note(inbox, done("done", 0, "created"), 0).await;
    for second in [1, 60, 100_000] {
        assert!(is_concluded(inbox, "done", 0, second).await, "what is done is done, {second} s later too");
    }
    note(inbox, failed("done", 0, "rate limited"), 2).await;
    note(inbox, done("done", 0, "updated"), 2).await;
    assert!(is_concluded(inbox, "done", 0, 3).await, "a late failure opened what is done");
    assert_eq!(trail(inbox, "done", 3).await, Some(told(true, "created")), "the first conclusion stays");
}

async fn a_try_that_failed_leaves_its_reason_and_the_delivery_open(inbox: &impl Inbox) {
    note(inbox, failed("failed", 0, "rate limited"), 0).await;
    assert!(!is_concluded(inbox, "failed", 0, 1).await, "a failed try is not a conclusion");
    assert_eq!(trail(inbox, "failed", 1).await, Some(told(false, "rate limited")), "the reason is kept");
}

async fn a_later_try_tells_more_than_an_earlier_one(inbox: &impl Inbox) {
    note(inbox, failed("tries", 0, "rate limited"), 0).await;
    note(inbox, failed("tries", 0, "unavailable"), 5).await;
    assert_eq!(trail(inbox, "tries", 6).await, Some(told(false, "unavailable")), "the last reason counts");
    note(inbox, done("tries", 0, "updated"), 7).await;
    assert_eq!(trail(inbox, "tries", 8).await, Some(told(true, "updated")), "then it is done");
    assert!(is_concluded(inbox, "tries", 0, 8).await);
}

async fn only_a_higher_replay_opens_a_conclusion(inbox: &impl Inbox) {
    note(inbox, done("replays", 1, "parked"), 0).await;
    for replays in [0, 1] {
        let closed = is_concluded(inbox, "replays", replays, 1).await;
        assert!(closed, "replay {replays} is to be worked on although replay 1 is concluded");
    }
    assert!(!is_concluded(inbox, "replays", 2, 1).await, "a higher replay is to be worked on");
    note(inbox, failed("replays", 2, "rate limited"), 2).await;
    assert_eq!(trail(inbox, "replays", 2).await, Some(told(false, "rate limited")), "a replay may fail");
    note(inbox, done("replays", 2, "created"), 3).await;
    assert!(is_concluded(inbox, "replays", 2, 4).await, "a replay's conclusion counts as much as any");
    note(inbox, done("replays", 0, "late"), 5).await;
    assert_eq!(
        trail(inbox, "replays", 5).await,
        Some(told(true, "created")),
        "a late first try changes nothing"
    );
}

async fn who_says_it_again_is_not_told_off(inbox: &impl Inbox) {
    for second in [0, 1] {
        note(inbox, done("again", 0, "created"), second).await;
    }
    assert_eq!(trail(inbox, "again", 2).await, Some(told(true, "created")));
}

/// More than any call of a store carries.
async fn each_of_many_is_answered_in_its_place(inbox: &impl Inbox) {
    const MANY: usize = 230;
    let name = |n: usize| format!("many-{n}");
    let notes: Vec<_> = (0..MANY)
        .filter(|n| n % 3 != 0)
        .map(|n| if n % 3 == 1 { done(&name(n), 0, "created") } else { failed(&name(n), 0, "later") })
        .collect();
    note(inbox, done(&name(1), 0, "first"), 0).await;
    let answers = inbox.note(&notes, at(1)).await;
    assert_eq!(answers.len(), notes.len(), "one answer for each note");
    answers.into_iter().for_each(answered);
    let asked: Vec<_> = (0..MANY).rev().map(|n| delivery(&name(n), 0)).collect();
    let concluded = answered(inbox.concluded(&asked, at(2)).await);
    let expected: Vec<_> = (0..MANY).rev().map(|n| n % 3 == 1).collect();
    assert_eq!(concluded, expected, "each answer stands in its place");
    assert_eq!(trail(inbox, &name(1), 2).await, Some(told(true, "first")), "among many too, the first stays");
    assert_eq!(trail(inbox, &name(2), 2).await, Some(told(false, "later")));
}

async fn of_many_at_once_one_conclusion_stays(inbox: &impl Inbox) {
    let notes: Vec<_> = (0..RIVALS).map(|n| [done("race", 0, &format!("by {n}"))]).collect();
    let answers = join_all(notes.iter().map(|note| inbox.note(note, at(0)))).await;
    answers.into_iter().flatten().for_each(answered);
    let first = trail(inbox, "race", 1).await;
    note(inbox, done("race", 0, "late"), 2).await;
    assert_eq!(trail(inbox, "race", 3).await, first, "what was concluded first stays");
}

async fn an_expired_memory_counts_as_none(inbox: &impl Inbox) {
    note(inbox, done("forgotten", 3, "created"), 0).await;
    assert!(is_concluded(inbox, "forgotten", 0, WEEK_S - 1).await, "it is remembered for seven days");
    assert!(!is_concluded(inbox, "forgotten", 0, WEEK_S + 2).await, "an expired memory counts as none");
    assert_eq!(trail(inbox, "forgotten", WEEK_S + 2).await, None, "an expired outcome came back");
}

async fn an_expired_memory_stands_against_nothing(inbox: &impl Inbox) {
    note(inbox, done("over", 3, "created"), 0).await;
    note(inbox, done("over", 0, "again"), WEEK_S + 2).await;
    assert_eq!(
        trail(inbox, "over", WEEK_S + 3).await,
        Some(told(true, "again")),
        "an expired memory stood against it"
    );
    assert!(is_concluded(inbox, "over", 0, 2 * WEEK_S).await, "remembered a week from when it was made");
    assert!(!is_concluded(inbox, "over", 1, 2 * WEEK_S).await, "an expired replay counts no more");
}

async fn no_delivery_is_taken_for_another(inbox: &impl Inbox) {
    let shops = [shop("one"), shop("two")];
    let texts = || awkward::TEXTS.iter().map(|text| (*text).to_owned()).chain(["x".repeat(1000)]);
    let keys = shops.iter().flat_map(|shop| texts().map(|id| DeliveryKey::new(shop, &id)));
    let notes: Vec<_> = keys
        .zip(awkward::TEXTS.iter().cycle())
        .enumerate()
        .map(|(n, (key, text))| {
            let delivery = Delivery { key, replays: 0 };
            Note { delivery, done: true, outcome: format!("{n} {text}") }
        })
        .collect();
    inbox.note(&notes, at(0)).await.into_iter().for_each(answered);
    for note in notes {
        let trail = answered(inbox.trail(&note.delivery.key, at(1)).await);
        let expected = Trail { done: true, outcome: Some(note.outcome) };
        assert_eq!(trail, Some(expected), "{:?} lost its outcome", note.delivery.key);
    }
}
