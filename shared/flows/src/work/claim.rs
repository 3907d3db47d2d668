//! Which deliveries are ours to work on?

use domain::Event;
use futures_util::{StreamExt, stream};
use store::{Claim, Inbox, ParkedQueue, Redelivery};

use super::conclude::come_back;
use super::{AT_A_TIME, Case, Delivered, Outcome, Terms, Worked, World, alone};
use crate::failure::Failure;

enum Claimed {
    Ours(Case),
    NotOurs(Worked),
}

/// Claims every delivery; what is done already, or somebody else's, is answered here.
pub(super) async fn claim<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    events: Vec<(Delivered, Event)>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Vec<Case>, Vec<Worked>) {
    let claimed: Vec<Claimed> = stream::iter(events)
        .map(|(delivered, event)| async move {
            let (id, receives) = (delivered.message_id.clone(), delivered.receives);
            alone(id, receives, one(delivered, event, world, terms), Claimed::NotOurs).await
        })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let (mut ours, mut not_ours) = (Vec::new(), Vec::new());
    for claimed in claimed {
        match claimed {
            Claimed::Ours(case) => ours.push(case),
            Claimed::NotOurs(worked) => not_ours.push(worked),
        }
    }
    (ours, not_ours)
}

async fn one<I: Inbox, L: Sync, P: ParkedQueue, R: Redelivery>(
    delivered: Delivered,
    event: Event,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Claimed {
    let now = (world.clock)();
    let claimant = terms.claimant(&delivered.message_id, now);
    match world.inbox.claim(&event.delivery(), event.replays, &claimant).await {
        Ok(Claim::Fresh) => Claimed::Ours(Case { delivered, event, claimant, is_new: true }),
        Ok(Claim::Again) => Claimed::Ours(Case { delivered, event, claimant, is_new: false }),
        Ok(Claim::Done) => Claimed::NotOurs(Worked::finished(&delivered, Some(event), Outcome::Duplicate)),
        Ok(Claim::InProgress { until }) => {
            let failure = Failure::InProgress { until };
            Claimed::NotOurs(come_back(&delivered, Some(event), failure, world, terms).await)
        }
        Err(error) => Claimed::NotOurs(come_back(&delivered, Some(event), error.into(), world, terms).await),
    }
}
