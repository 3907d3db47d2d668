//! What every set of queues promises: the way of a parked message.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{Parked, ParkedMessage};

use super::queues::until;
use super::{Stage, answered, at, awkward};
use crate::{DeadLetters, Held, ParkedQueue, Source};

const HOLD: Duration = Duration::from_secs(30);

fn parked(text: &str) -> Parked {
    Parked {
        code: "unreadable_body".into(),
        reason: text.to_owned(),
        advice: "Look at it.".into(),
        parked_at: at(0),
        attempts: 3,
        message: text.to_owned(),
    }
}

async fn park(stage: &impl Stage, text: &str) {
    answered(stage.parked().park(&parked(text)).await);
}

async fn take(stage: &impl Stage, time: Duration) -> Vec<Held> {
    answered(stage.dead_letters().take(Source::Parked, time).await)
}

async fn taken(stage: &impl Stage, time: Duration) -> Held {
    let mut held = until(stage, || take(stage, time)).await;
    assert_eq!(held.len(), 1, "one message was parked, and {} came", held.len());
    held.remove(0)
}

async fn delete(stage: &impl Stage, held: &Held) {
    answered(stage.dead_letters().delete(Source::Parked, held).await);
}

pub(super) async fn what_was_parked_comes_back_as_it_went(stage: &impl Stage) {
    for text in awkward::TEXTS {
        park(stage, text).await;
        let held = taken(stage, HOLD).await;
        let came: ParkedMessage = serde_json::from_str(&held.body).expect("what comes is a parked message");
        assert_eq!(came, ParkedMessage::V1(parked(text)), "a parked message was changed");
        delete(stage, &held).await;
    }
    assert!(take(stage, HOLD).await.is_empty(), "a deleted message came back");
}

pub(super) async fn what_is_held_is_seen_by_nobody_else(stage: &impl Stage) {
    park(stage, "held").await;
    let held = taken(stage, HOLD).await;
    assert!(take(stage, HOLD).await.is_empty(), "a held message was given to somebody else");
    answered(stage.dead_letters().let_go(Source::Parked, &held).await);
    let again = taken(stage, HOLD).await;
    assert_eq!((&again.id, &again.body), (&held.id, &held.body), "what was let go is there again");
    assert_eq!(again.receives, held.receives + 1, "a second look counts as a receive");
    assert_eq!(again.sent_at, held.sent_at, "when it was first sent does not change");
    delete(stage, &again).await;
    assert!(take(stage, HOLD).await.is_empty(), "a deleted message came back");
}

pub(super) async fn what_is_held_comes_back_when_its_time_is_over(stage: &impl Stage) {
    park(stage, "held for a moment").await;
    let held = taken(stage, Duration::from_secs(2)).await;
    let again = taken(stage, HOLD).await;
    assert_eq!(again.id, held.id, "who dies while holding a message does not take it along");
    delete(stage, &again).await;
}

pub(super) async fn more_than_ten_are_taken_in_several_looks(stage: &impl Stage) {
    for n in 0..12 {
        park(stage, &format!("number {n}")).await;
    }
    let waiting = answered(stage.dead_letters().about(Source::Parked).await);
    assert!((1..=12).contains(&waiting), "about twelve wait, and the queue says {waiting}");
    let mut seen = BTreeSet::new();
    while seen.len() < 12 {
        let held = until(stage, || take(stage, HOLD)).await;
        assert!(held.len() <= 10, "{} were taken at once", held.len());
        for held in held {
            assert!(seen.insert(held.id.clone()), "a held message was given out twice");
            delete(stage, &held).await;
        }
    }
    assert!(take(stage, HOLD).await.is_empty(), "a deleted message came back");
}
