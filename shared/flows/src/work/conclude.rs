//! The end of each delivery: noted, parked, or sent back for another try.

use std::time::Duration;

use domain::{Backoff, Event, Parked};
use futures_util::{StreamExt, stream};
use store::{Concluded, Inbox, ParkedQueue, Redelivery};

use super::{AT_A_TIME, Case, Delivered, Outcome, Settled, Terms, Worked, World, alone};
use crate::failure::{Disposition, Failure, disposition};

/// Concludes every case.
pub(super) async fn conclude<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    settled: Vec<Settled>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Worked> {
    stream::iter(settled)
        .map(|(case, verdict)| async move {
            let (id, receives) = (case.delivered.message_id.clone(), case.delivered.receives);
            alone(id, receives, one(case, verdict, world, terms), |fallen| fallen).await
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await
}

async fn one<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    case: Case,
    verdict: Result<Outcome, Failure>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Worked {
    match verdict {
        Ok(outcome) => finish(case, outcome, None, world, terms).await,
        Err(failure) => match disposition(&failure, case.delivered.receives) {
            Disposition::Retry { .. } => give_back(case, failure, world, terms).await,
            Disposition::Park { advice } => park(case, failure, advice, world, terms).await,
        },
    }
}

/// The memory of the conclusion comes last: until it is there, the message comes back and finds the work done.
async fn finish<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    case: Case,
    outcome: Outcome,
    parked_for: Option<Failure>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Worked {
    let noted = world.inbox.conclude(&case.event.delivery(), &case.claimant, &outcome.to_string()).await;
    match noted {
        // Lost: somebody else has claimed it meanwhile and will note what becomes of it.
        Ok(Concluded::Noted | Concluded::LostClaim) => {
            Worked { parked_for, ..Worked::finished(&case.delivered, Some(case.event), outcome) }
        }
        Err(error) => come_back(&case.delivered, Some(case.event), error.into(), world, terms).await,
    }
}

async fn give_back<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    case: Case,
    failure: Failure,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Worked {
    let reason = format!("{}: {failure}", failure.code());
    // Where this fails, the claim runs out by itself.
    drop(world.inbox.give_back(&case.event.delivery(), &case.claimant, &reason).await);
    come_back(&case.delivered, Some(case.event), failure, world, terms).await
}

async fn park<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    case: Case,
    failure: Failure,
    advice: &str,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Worked {
    match world.parked.park(&parked(&case.delivered, &failure, advice, world)).await {
        Ok(()) => {
            let outcome = Outcome::Parked { code: failure.code() };
            finish(case, outcome, Some(failure), world, terms).await
        }
        Err(error) => give_back(case, error.into(), world, terms).await,
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

/// A claim is waited for until its end, which costs one receive however long it is. A customer's lease ends in a moment,
/// and a replica catches up soon, so those are asked for again sooner; everything else waits longer with every try.
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
        Failure::InProgress { until } => {
            Duration::try_from(until.duration_since((world.clock)())).unwrap_or_default()
                + Duration::from_secs(1)
        }
        Failure::Held | Failure::LostHold => sooner(Duration::from_secs(2)),
        Failure::StaleRead => sooner(Duration::from_secs(5)),
        _ => terms.backoff.after(delivered.receives, at_least, world.draw()),
    }
}
