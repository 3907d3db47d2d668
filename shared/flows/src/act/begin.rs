//! Whose is each action?

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use store::{Begun, Deeds, Redelivery};

use super::conclude::{all, come_back};
use super::errand::{Case, Errand};
use super::{AT_A_TIME, ActOutcome, ActTerms, Acted, Hands};
use crate::failure::Failure;

/// Asks for every action. What was carried out is answered here, and what somebody else carries out now comes back when
/// that one's time is up: until then nobody knows what became of it.
pub(super) async fn begin<D: Deeds, L: Sync, P: Sync, R: Redelivery>(
    cases: Vec<Case>,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> (Vec<Errand>, Vec<Acted>) {
    let asked: Vec<_> = stream::iter(cases)
        .map(|case| async move {
            let begun = begun(&case, hands, terms).await;
            (case, begun)
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    let (mut errands, mut over) = (Vec::new(), Vec::new());
    for (case, begun) in asked {
        match begun {
            Ok(Begun::Fresh) => errands.push(Errand::new(case, false)),
            Ok(Begun::Again) => errands.push(Errand::new(case, true)),
            Ok(Begun::Done) => over.extend(all(&case, |one| {
                Acted::new(one, Some(case.firing.clone()), Ok(ActOutcome::Repeated))
            })),
            Ok(Begun::Held { until }) => {
                let wait = until_then(until, (hands.clock)());
                over.extend(come_back(&case, &Failure::Held, Some(wait), hands, terms).await);
            }
            Err(failure) => over.extend(come_back(&case, &failure, None, hands, terms).await),
        }
    }
    (errands, over)
}

/// Nothing is begun where there is no time to carry it out.
async fn begun<D: Deeds, L, P, R>(
    case: &Case,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Result<Begun, Failure> {
    if terms.out_of_time((hands.clock)()) {
        return Err(Failure::OutOfTime);
    }
    let asking = AssertUnwindSafe(hands.deeds.begin(&case.firing.key, &case.claimant)).catch_unwind();
    Ok(asking.await.map_err(|_| Failure::Panicked)??)
}

/// How long it is until then.
pub(super) fn until_then(until: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}
