//! The end of each delivery: noted, parked, or sent back for another try.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Backoff, Event, Parked};
use futures_util::{StreamExt, stream};
use store::{Delivery, Inbox, Note, ParkedQueue, Redelivery, StoreError};

use super::matter::Verdict;
use super::{AT_A_TIME, Case, Delivered, Outcome, Settled, Terms, Worked, World, alone};
use crate::failure::{Disposition, Failure, disposition};

/// A case at its end.
enum End {
    /// There is nothing more to do.
    Over(Outcome, Option<Failure>),
    /// It is to be tried again.
    Again(Failure),
}

impl End {
    fn note(&self, case: &Case) -> Note {
        let (done, outcome) = match self {
            Self::Over(outcome, _) => (true, outcome.to_string()),
            Self::Again(failure) => (false, format!("{}: {failure}", failure.code())),
        };
        Note { delivery: case.delivery(), done, outcome }
    }
}

/// Concludes every case. The memory of the conclusion comes last: until it is there, the message comes back and finds
/// the work done.
pub(super) async fn conclude<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    settled: Vec<Settled>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Worked> {
    let ends: Vec<_> = stream::iter(settled)
        .map(|(case, verdict)| async move {
            let (id, receives) = (case.delivered.message_id.clone(), case.delivered.receives);
            let ending = async { Ok((end(&case, verdict, world).await, case)) };
            alone(id, receives, ending, Err).await
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let (ended, mut worked): (Vec<_>, Vec<_>) = sort(ends);
    let noted = note(&ended, world).await;
    let finishing = stream::iter(ended).map(|(end, case)| {
        let noted = noted.get(&case.delivery()).cloned().unwrap_or(Ok(()));
        (end, case, noted)
    });
    let finishing = finishing.map(|(end, case, noted)| async move {
        let (id, receives) = (case.delivered.message_id.clone(), case.delivered.receives);
        alone(id, receives, finish(case, end, noted, world, terms), |fallen| fallen).await
    });
    worked.extend(finishing.buffer_unordered(AT_A_TIME).collect::<Vec<_>>().await);
    worked
}

/// One note for each delivery: of two copies of one, that which is over tells more.
async fn note<I: Inbox, L: Sync, P: Sync, R: Sync>(
    ended: &[(End, Case)],
    world: &World<'_, I, L, P, R>,
) -> BTreeMap<Delivery, Result<(), StoreError>> {
    let mut notes = BTreeMap::<Delivery, Note>::new();
    for note in ended.iter().map(|(end, case)| end.note(case)) {
        if note.done || !notes.contains_key(&note.delivery) {
            notes.insert(note.delivery.clone(), note);
        }
    }
    let (deliveries, notes): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
    deliveries.into_iter().zip(world.inbox.note(&notes, (world.clock)()).await).collect()
}

fn sort<T, U>(all: Vec<Result<T, U>>) -> (Vec<T>, Vec<U>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for one in all {
        match one {
            Ok(one) => good.push(one),
            Err(one) => bad.push(one),
        }
    }
    (good, bad)
}

/// What needs a person is parked before it counts as over.
async fn end<I: Sync, L: Sync, P: ParkedQueue, R: Sync>(
    case: &Case,
    verdict: Verdict,
    world: &World<'_, I, L, P, R>,
) -> End {
    let failure = match verdict {
        Ok(_) if case.is_concluded => return End::Over(Outcome::Duplicate, None),
        Ok(outcome) => return End::Over(outcome, None),
        Err(failure) => failure,
    };
    let Disposition::Park { advice } = disposition(&failure, case.delivered.receives) else {
        return End::Again(failure);
    };
    if case.is_concluded {
        return End::Over(Outcome::Duplicate, None);
    }
    match world.parked.park(&parked(&case.delivered, &failure, advice, world)).await {
        Ok(()) => End::Over(Outcome::Parked { code: failure.code() }, Some(failure)),
        Err(error) => End::Again(error.into()),
    }
}

/// Where the reason of a failure could not be noted, it comes back all the same.
async fn finish<I: Sync, L: Sync, P: Sync, R: Redelivery>(
    case: Case,
    end: End,
    noted: Result<(), StoreError>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Worked {
    let Case { delivered, event, .. } = case;
    match (end, noted) {
        (End::Over(outcome, parked_for), Ok(())) => {
            Worked { parked_for, ..Worked::finished(&delivered, Some(event), outcome) }
        }
        (End::Over(..), Err(error)) => come_back(&delivered, Some(event), error.into(), world, terms).await,
        (End::Again(failure), _) => come_back(&delivered, Some(event), failure, world, terms).await,
    }
}

fn parked<I, L, P, R>(
    delivered: &Delivered,
    failure: &Failure,
    advice: &str,
    world: &World<'_, I, L, P, R>,
) -> Parked {
    Parked {
        code: failure.code().to_owned(),
        reason: failure.to_string(),
        advice: advice.to_owned(),
        parked_at: (world.clock)(),
        attempts: delivered.receives,
        message: delivered.body.clone(),
    }
}

/// Parks what is not even an event. It has no delivery key, so nothing is noted.
pub(super) async fn park_undecodable<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    undecodable: Vec<Delivered>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Worked> {
    let mut worked = Vec::new();
    for delivered in undecodable {
        let failure = Failure::Undecodable;
        let Disposition::Park { advice } = disposition(&failure, delivered.receives) else { continue };
        worked.push(match world.parked.park(&parked(&delivered, &failure, advice, world)).await {
            Ok(()) => Worked {
                parked_for: Some(failure),
                ..Worked::finished(&delivered, None, Outcome::Parked { code: Failure::Undecodable.code() })
            },
            Err(error) => come_back(&delivered, None, error.into(), world, terms).await,
        });
    }
    worked
}

/// Sends a message back for another try. Where the queue does not take the word, the message comes back when its
/// visibility ends.
pub(super) async fn come_back<I: Sync, L: Sync, P: Sync, R: Redelivery>(
    delivered: &Delivered,
    event: Option<Event>,
    failure: Failure,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Worked {
    let at_least = match disposition(&failure, delivered.receives) {
        Disposition::Retry { at_least } => at_least,
        Disposition::Park { .. } => None,
    };
    let after = wait(delivered, &failure, at_least, world, terms);
    drop(world.redelivery.come_back_after(&delivered.receipt, after).await);
    Worked::new(delivered, event, Err((failure, after)))
}

/// A customer's lease ends in a moment, and a replica catches up soon, so those are asked for again sooner; everything else
/// waits longer with every try.
fn wait<I, L, P, R>(
    delivered: &Delivered,
    failure: &Failure,
    at_least: Option<Duration>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Duration {
    let sooner = |base: Duration| {
        let backoff = Backoff { base: base.min(terms.backoff.base), ..terms.backoff };
        backoff.after(delivered.receives, None, world.draw())
    };
    match failure {
        Failure::Held | Failure::LostHold => sooner(Duration::from_secs(2)),
        Failure::StaleRead => sooner(Duration::from_secs(5)),
        _ => terms.backoff.after(delivered.receives, at_least, world.draw()),
    }
}
