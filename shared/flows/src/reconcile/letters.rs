//! Who is missing may only be waiting: what died of theirs is sent again, as a person would replay it, and only who has nothing
//! there is synced anew. An event does more than a sync: it tells what happened, so that deals and actions come with it.

use std::collections::BTreeSet;

use domain::{CustomerId, Envelope, Event, OrderId, Subject};
use drift::Candidate;
use futures_util::{StreamExt, stream};
use store::{Budgets, DeadLetters, Held, Links, Outbox, Runs, Source, StoreError};

use super::halt::Halt;
use super::read::unreadable;
use super::state::{State, Step};
use super::{Next, Run};
use crate::replay::{EMPTY_ANSWERS, HOLD, once_more};
use crate::work::Doing;

/// What is looked for among the dead.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Whether an event is to be sent again.
    pub is_wanted: &'a (dyn Fn(&Event) -> bool + Sync),
    /// Whether to stop looking: the time is up.
    pub is_late: &'a (dyn Fn() -> bool + Sync),
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Again {
    /// What was sent again. It may still lie among the dead as well; that copy will be known as one.
    pub sent: Vec<Event>,
    /// Why the look ended before its time, where it did.
    pub stopped: Option<StoreError>,
}

/// Sends dead events again.
pub trait SendAgain: Send + Sync {
    /// Looks through what died, and sends again what is asked for. What stays can be seen by others at once.
    fn send_again<'a>(&'a self, asked: Asked<'a>) -> Doing<'a, Again>;
}

/// A dead-letter queue, and the queue that its messages came from.
#[derive(Debug, Clone)]
pub struct DeadEvents<D, O> {
    /// What died.
    pub letters: D,
    /// The event queue.
    pub outbox: O,
}

/// So many are let go at a time.
const AT_A_TIME: usize = 16;

impl<D: DeadLetters, O: Outbox> SendAgain for DeadEvents<D, O> {
    fn send_again<'a>(&'a self, asked: Asked<'a>) -> Doing<'a, Again> {
        Box::pin(async move {
            let (mut sent, mut staying) = (vec![], vec![]);
            let stopped = self.look_through(asked, &mut sent, &mut staying).await.err();
            // Where this fails, it can be seen when the hold ends.
            let let_go: Vec<_> = staying.iter().map(|held| self.letters.let_go(Source::Dead, held)).collect();
            drop(stream::iter(let_go).buffer_unordered(AT_A_TIME).collect::<Vec<_>>().await);
            Again { sent, stopped }
        })
    }
}

impl<D: DeadLetters, O: Outbox> DeadEvents<D, O> {
    /// First sent, then deleted, as a replay does it.
    async fn look_through(
        &self,
        asked: Asked<'_>,
        sent: &mut Vec<Event>,
        staying: &mut Vec<Held>,
    ) -> Result<(), StoreError> {
        let mut empty = 0;
        while empty < EMPTY_ANSWERS && !(asked.is_late)() {
            let some = self.letters.take(Source::Dead, HOLD).await?;
            empty = if some.is_empty() { empty + 1 } else { 0 };
            for held in some {
                let Some(event) = event(&held).filter(|event| (asked.is_wanted)(event)) else {
                    staying.push(held);
                    continue;
                };
                self.outbox.send(&once_more(event.clone())).await?;
                sent.push(event);
                self.letters.delete(Source::Dead, &held).await?;
            }
        }
        Ok(())
    }
}

/// None where it is an action, or nothing that this version can read.
fn event(held: &Held) -> Option<Event> {
    let Envelope::V1(event) = serde_json::from_str(&held.body).ok()?;
    Some(event)
}

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// Sends again what died of those who are missing. Whose messages cannot be looked for is synced anew.
    pub(super) async fn letters(&self, state: &mut State) -> Result<Next, Halt> {
        let mut all = Candidate::from_bytes(state.part(0)).ok_or_else(unreadable)?;
        let missing = all.iter().filter(|candidate| candidate.is_missing());
        let missing: BTreeSet<_> = missing.map(|candidate| candidate.customer).collect();
        let is_missing = |event: &Event| buyer(event).is_some_and(|customer| missing.contains(&customer));
        let sent = self.sent_again(state, &is_missing).await;
        let theirs: BTreeSet<_> = sent.iter().filter_map(buyer).collect();
        for candidate in &mut all {
            candidate.is_replayed = theirs.contains(&candidate.customer);
        }
        state.set_body(vec![Candidate::to_bytes(&all)]);
        Ok(Next::Step(Step::Look { at: 0 }))
    }

    /// Which of these orders have a dead message that was sent again.
    pub(super) async fn dead_orders(
        &self,
        state: &mut State,
        wanted: BTreeSet<OrderId>,
    ) -> BTreeSet<OrderId> {
        if wanted.is_empty() {
            return wanted;
        }
        let is_wanted = |event: &Event| order(event).is_some_and(|order| wanted.contains(&order));
        self.sent_again(state, &is_wanted).await.iter().filter_map(order).collect()
    }

    /// Each is sent again once: what died a second time is not helped by a third. A queue that does not answer fails no proof.
    async fn sent_again(&self, state: &mut State, is_wanted: &(dyn Fn(&Event) -> bool + Sync)) -> Vec<Event> {
        let begun_at = self.now();
        let is_late = || {
            let now = self.now();
            now.duration_since(begun_at).unsigned_abs() > HOLD / 2 || self.means.is_late(now)
        };
        let is_ours = |event: &Event| event.shop == *self.shop && event.replays == 0 && is_wanted(event);
        let Again { sent, stopped } =
            self.engine.dead.send_again(Asked { is_wanted: &is_ours, is_late: &is_late }).await;
        state.report.tally.replayed += sent.len() as u64;
        if let Some(error) = stopped {
            state.report.remark(format!("not all that died could be looked for: {error}"));
        }
        sent
    }
}

/// Whom an event brings into the CRM.
fn buyer(event: &Event) -> Option<CustomerId> {
    match event.subject {
        Subject::Customer { id, .. } => Some(id),
        Subject::Order { customer, .. } => customer,
        _ => None,
    }
}

fn order(event: &Event) -> Option<OrderId> {
    match event.subject {
        Subject::Order { id, .. } => Some(id),
        _ => None,
    }
}
