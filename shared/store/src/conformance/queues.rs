//! What every set of queues promises: the way of an event, until it is worked on or dies.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use domain::{Envelope, Event, Subject, Topic};

use super::{answered, at, awkward, parked, shop};
use crate::{DeadLetters, Held, Outbox, ParkedQueue, Redelivery, Source};

/// Queues on a stage: all of their sides, an event source, and how their time passes.
///
/// The queue of events gives a message up after [`Stage::MAX_RECEIVES`] receives.
pub trait Stage: Sync {
    /// After so many receives a message dies.
    const MAX_RECEIVES: u32;

    /// Where events go.
    fn outbox(&self) -> &impl Outbox;
    /// The say in when they come back.
    fn redelivery(&self) -> &impl Redelivery;
    /// Where messages wait for a person.
    fn parked(&self) -> &impl ParkedQueue;
    /// The queues that are looked through by hand.
    fn dead_letters(&self) -> &impl DeadLetters;
    /// One look of an event source into the queue of events.
    fn receive(&self) -> impl Future<Output = Vec<Held>> + Send;
    /// What an event source does with a message that was worked on.
    fn delete(&self, held: &Held) -> impl Future<Output = ()> + Send;
    /// Lets time pass.
    fn pass(&self, time: Duration) -> impl Future<Output = ()> + Send;
}

/// Every promise of the queues.
pub async fn queues(stage: &impl Stage) {
    an_event_comes_back_as_it_went(stage).await;
    a_message_comes_back_when_it_was_told_to(stage).await;
    what_was_received_too_often_dies_and_can_be_looked_at(stage).await;
    parked::what_was_parked_comes_back_as_it_went(stage).await;
    parked::what_is_held_is_seen_by_nobody_else(stage).await;
    parked::what_is_held_comes_back_when_its_time_is_over(stage).await;
    parked::more_than_ten_are_taken_in_several_looks(stage).await;
}

const WHILE_LOOKING: Duration = Duration::from_secs(20);
/// How often a look is repeated before something counts as lost, with a second in between.
const LOOKS: usize = 30;

/// Looks until somebody comes.
pub(super) async fn until<F: Future<Output = Vec<Held>>>(
    stage: &impl Stage,
    mut look: impl FnMut() -> F,
) -> Vec<Held> {
    for _ in 0..LOOKS {
        let found = look().await;
        if !found.is_empty() {
            return found;
        }
        stage.pass(Duration::from_secs(1)).await;
    }
    panic!("a message that should have been there did not come in {LOOKS} s");
}

async fn received(stage: &impl Stage) -> Held {
    let mut held = until(stage, || stage.receive()).await;
    assert_eq!(held.len(), 1, "one message was sent, and {} came", held.len());
    held.remove(0)
}

fn envelope(text: &str) -> Envelope {
    Envelope::V1(Event {
        shop: shop("queues"),
        topic: Topic::new(text),
        delivery_id: format!("w-{text}"),
        event_id: Some(text.to_owned()),
        triggered_at: None,
        received_at: at(0),
        api_version: None,
        replays: 0,
        quiet: false,
        subject: Subject::Other { keys: BTreeMap::from([(text.to_owned(), text.to_owned())]) },
    })
}

async fn an_event_comes_back_as_it_went(stage: &impl Stage) {
    for text in awkward::TEXTS {
        let sent = envelope(text);
        answered(stage.outbox().send(&sent).await);
        let held = received(stage).await;
        let came: Envelope = serde_json::from_str(&held.body).expect("what comes is an envelope");
        assert_eq!(came, sent, "an event was changed on its way");
        assert_eq!(held.receives, 1, "a first receive counts as one");
        stage.delete(&held).await;
    }
    assert!(stage.receive().await.is_empty(), "a deleted message came back");
}

async fn a_message_comes_back_when_it_was_told_to(stage: &impl Stage) {
    let redelivery = stage.redelivery();
    answered(stage.outbox().send(&envelope("comes back")).await);
    let first = received(stage).await;
    answered(redelivery.come_back_after(&first.receipt, Duration::from_millis(2500)).await);
    assert!(stage.receive().await.is_empty(), "a message came back before its time");
    let second = received(stage).await;
    assert_eq!((&second.id, second.receives), (&first.id, 2), "it is the same message, received twice");
    answered(redelivery.come_back_after(&second.receipt, Duration::MAX).await);
    assert!(stage.receive().await.is_empty(), "a message that waits for hours came at once");
    stage.delete(&second).await;
}

async fn what_was_received_too_often_dies_and_can_be_looked_at<S: Stage>(stage: &S) {
    let dead = stage.dead_letters();
    answered(stage.outbox().send(&envelope("dies")).await);
    let mut last = None;
    for receive in 1..=S::MAX_RECEIVES {
        let held = received(stage).await;
        assert_eq!(held.receives, receive, "a receive was not counted");
        answered(stage.redelivery().come_back_after(&held.receipt, Duration::ZERO).await);
        last = Some(held);
    }
    assert!(stage.receive().await.is_empty(), "a message was received more often than allowed");
    let held = until(stage, || async { answered(dead.take(Source::Dead, WHILE_LOOKING).await) }).await;
    let body = last.map(|held| held.body);
    assert_eq!(held.first().map(|held| &held.body), body.as_ref(), "another message died");
    for held in &held {
        answered(dead.delete(Source::Dead, held).await);
    }
    let left = answered(dead.take(Source::Dead, WHILE_LOOKING).await);
    assert!(left.is_empty(), "a deleted dead letter came back");
}
