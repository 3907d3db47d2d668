//! The end of each action: remembered as done, parked, or sent back for another try.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::Parked;
use futures_util::{FutureExt, StreamExt, stream};
use store::{Deeds, ParkedQueue, Redelivery};

use super::begin::until_then;
use super::errand::{Case, Errand};
use super::{AT_A_TIME, ActOutcome, ActTerms, Acted, Hands};
use crate::Delivered;
use crate::failure::{Disposition, Failure, disposition};

/// Concludes every errand. Until it is remembered as done, its messages come back.
pub(super) async fn conclude<D: Deeds, L: Sync, P: ParkedQueue, R: Redelivery>(
    errands: Vec<Errand>,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted> {
    let ending = stream::iter(errands).map(|errand| async move {
        let fallen: Vec<_> = all(&errand.case, Acted::fallen).collect();
        let ended = AssertUnwindSafe(end(errand, hands, terms)).catch_unwind().await;
        ended.unwrap_or(fallen)
    });
    ending.buffer_unordered(AT_A_TIME).concat().await
}

async fn end<D: Deeds, L: Sync, P: ParkedQueue, R: Redelivery>(
    mut errand: Errand,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted> {
    match errand.verdict.take().unwrap_or(Err(Failure::OutOfTime)) {
        Ok(outcome) => done(errand.case, outcome, hands, terms).await,
        Err(failure) => failed(errand, failure, hands, terms).await,
    }
}

/// Where it cannot be remembered, it comes back as one that may be done.
async fn done<D: Deeds, L: Sync, P: Sync, R: Redelivery>(
    case: Case,
    outcome: ActOutcome,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted> {
    let now = (hands.clock)();
    match hands.deeds.done(&case.firing.key, &outcome.to_string(), now).await {
        Ok(()) => finished(&case, &outcome, None),
        Err(error) => {
            let held = until_then(case.claimant.until, now);
            come_back(&case, &error.into(), Some(held), hands, terms).await
        }
    }
}

/// What needs a person is parked, and can be begun afresh once that person replays it.
async fn failed<D: Deeds, L: Sync, P: ParkedQueue, R: Redelivery>(
    errand: Errand,
    failure: Failure,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted> {
    let mut failure = failure;
    let mut parks = false;
    if let Disposition::Park { advice } = disposition(&failure, errand.case.receives()) {
        match hands.parked.park(&parked(&errand.case.lead, &failure, advice, hands)).await {
            Ok(()) => parks = true,
            Err(error) => failure = error.into(),
        }
    }
    let held = given_back(&errand, &failure, hands).await;
    if parks {
        let outcome = ActOutcome::Parked { code: failure.code() };
        return finished(&errand.case, &outcome, Some(&failure));
    }
    come_back(&errand.case, &failure, held, hands, terms).await
}

/// Gives it back where it can be begun afresh. Otherwise it is held until its time is up, and that long it need not come
/// back.
async fn given_back<D: Deeds, L, P, R>(
    errand: &Errand,
    failure: &Failure,
    hands: &Hands<'_, D, L, P, R>,
) -> Option<Duration> {
    let Case { firing, claimant, .. } = &errand.case;
    let afresh = errand.can_begin_afresh(failure);
    if afresh && hands.deeds.undone(&firing.key, claimant).await.is_ok() {
        return None;
    }
    Some(until_then(claimant.until, (hands.clock)()))
}

fn finished(case: &Case, outcome: &ActOutcome, parked_for: Option<&Failure>) -> Vec<Acted> {
    let lead = Acted::new(&case.lead, Some(case.firing.clone()), Ok(outcome.clone()));
    let copies = case.copies.iter();
    let copies = copies.map(|copy| Acted::new(copy, Some(case.firing.clone()), Ok(ActOutcome::Repeated)));
    let lead = Acted { parked_for: parked_for.cloned(), ..lead };
    std::iter::once(lead).chain(copies).collect()
}

/// Something for each message of a case.
pub(super) fn all(case: &Case, each: impl Fn(&Delivered) -> Acted) -> impl Iterator<Item = Acted> {
    std::iter::once(&case.lead).chain(&case.copies).map(each).collect::<Vec<_>>().into_iter()
}

/// Sends all messages of a case back for another try, after `held` at the earliest. Where the queue does not take the word,
/// they come back when their visibility ends.
pub(super) async fn come_back<D: Sync, L: Sync, P: Sync, R: Redelivery>(
    case: &Case,
    failure: &Failure,
    held: Option<Duration>,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted> {
    let mut acted = Vec::new();
    for one in std::iter::once(&case.lead).chain(&case.copies) {
        let after = wait(one, failure, hands, terms).max(held.unwrap_or_default());
        drop(AssertUnwindSafe(hands.redelivery.come_back_after(&one.receipt, after)).catch_unwind().await);
        acted.push(Acted::new(one, Some(case.firing.clone()), Err((failure.clone(), after))));
    }
    acted
}

fn wait<D, L, P, R>(
    delivered: &Delivered,
    failure: &Failure,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Duration {
    let at_least = match disposition(failure, delivered.receives) {
        Disposition::Retry { at_least } => at_least,
        Disposition::Park { .. } => None,
    };
    terms.backoff.after(delivered.receives, at_least, hands.draw())
}

fn parked<D, L, P, R>(
    delivered: &Delivered,
    failure: &Failure,
    advice: &str,
    hands: &Hands<'_, D, L, P, R>,
) -> Parked {
    Parked {
        code: failure.code().to_owned(),
        reason: failure.to_string(),
        advice: advice.to_owned(),
        parked_at: (hands.clock)(),
        attempts: delivered.receives,
        message: delivered.body.clone(),
    }
}

/// Parks what is not even an action.
pub(super) async fn park_undecodable<D: Sync, L: Sync, P: ParkedQueue, R: Redelivery>(
    undecodable: Vec<Delivered>,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted> {
    let mut acted = Vec::new();
    for one in undecodable {
        let failure = Failure::Undecodable;
        let Disposition::Park { advice } = disposition(&failure, one.receives) else { continue };
        acted.push(match hands.parked.park(&parked(&one, &failure, advice, hands)).await {
            Ok(()) => {
                let outcome = ActOutcome::Parked { code: failure.code() };
                Acted { parked_for: Some(failure), ..Acted::new(&one, None, Ok(outcome)) }
            }
            Err(error) => {
                let failure = Failure::from(error);
                let after = wait(&one, &failure, hands, terms);
                drop(hands.redelivery.come_back_after(&one.receipt, after).await);
                Acted::new(&one, None, Err((failure, after)))
            }
        });
    }
    acted
}
