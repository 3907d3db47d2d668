//! Which deliveries are still to be worked on?

use std::collections::BTreeSet;

use domain::Event;
use futures_util::{StreamExt, stream};
use store::{Delivery, Inbox, ParkedQueue, Redelivery};

use super::conclude::come_back;
use super::{AT_A_TIME, Case, Delivered, Outcome, Terms, Worked, World, alone};
use crate::failure::Failure;

/// Asks once for all; what was concluded is answered here, and so is a second copy within the batch: the first one comes
/// back where it does not succeed.
///
/// A message that was received before may hold a lease that it took then, and for which something was left meanwhile: it
/// looks after its customer once more, although another copy of it was concluded.
pub(super) async fn known<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    events: Vec<(Delivered, Event)>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Vec<Case>, Vec<Worked>) {
    let case = |(delivered, event)| Case { delivered, event, is_concluded: false, inherits: None };
    let cases: Vec<_> = events.into_iter().map(case).collect();
    let deliveries: Vec<_> = cases.iter().map(Case::delivery).collect();
    match world.inbox.concluded(&deliveries, (world.clock)()).await {
        Ok(concluded) => sort_out(cases.into_iter().zip(concluded)),
        Err(error) => (vec![], all_come_back(cases, error.into(), world, terms).await),
    }
}

fn sort_out(cases: impl Iterator<Item = (Case, bool)>) -> (Vec<Case>, Vec<Worked>) {
    let (mut open, mut over, mut seen) = (Vec::new(), Vec::new(), BTreeSet::<Delivery>::new());
    for (case, is_concluded) in cases {
        let is_copy = !seen.insert(case.delivery());
        if (is_concluded || is_copy) && case.delivered.receives == 1 {
            over.push(Worked::finished(&case.delivered, Some(case.event), Outcome::Duplicate));
        } else {
            open.push(Case { is_concluded, ..case });
        }
    }
    (open, over)
}

async fn all_come_back<I: Sync, L: Sync, P: Sync, R: Redelivery>(
    cases: Vec<Case>,
    failure: Failure,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Worked> {
    stream::iter(cases)
        .map(|Case { delivered, event, .. }| {
            let failure = failure.clone();
            async move {
                let (id, receives) = (delivered.message_id.clone(), delivered.receives);
                let back = come_back(&delivered, Some(event), failure, world, terms);
                alone(id, receives, back, |fallen| fallen).await
            }
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await
}
