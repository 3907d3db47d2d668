//! Whose customers are ours to write? What is somebody else's is left for them.

use futures_util::{StreamExt, stream};
use store::{Asking, HandedOver, Holding, Lease, Links, StoreError};

use super::matter::{Group, Matter, Verdicts};
use super::{AT_A_TIME, Case, Outcome, World};
use crate::failure::Failure;

/// How often a row is asked for again that was held, and then was not.
const TRIES: usize = 3;

/// Asks for the rows of all groups: those that are ours now, and the answers for those that are not.
pub(super) async fn lease<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    groups: &'a [Group],
    world: &World<'_, I, L, P, R>,
) -> (Vec<Matter<'a>>, Vec<(usize, Verdicts)>) {
    let asked: Vec<_> = groups.iter().map(asking).collect();
    let leases = world.links.lease_all(&asked).await;
    let asked: Vec<_> = stream::iter(groups.iter().zip(leases).enumerate())
        .map(|(index, (group, lease))| async move { (index, group, or_leave(group, lease, world).await) })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (index, group, answer) in asked {
        match answer {
            Ok(Asked::Ours(holding)) => ours.push(Matter::new(index, group, holding)),
            Ok(Asked::Theirs(left_to)) => {
                theirs.push((index, group.cases.iter().map(|case| told(case, left_to.as_deref())).collect()));
            }
            Err(error) => theirs.push((index, group.all(&Err(error.into())))),
        }
    }
    (ours, theirs)
}

fn asking(group: &Group) -> Asking<'_> {
    Asking { customer: &group.customer, claimant: &group.claimant }
}

/// The answer to asking for a row.
enum Asked {
    Ours(Holding),
    /// Somebody else's: the one for whom everything was left that may be, where it was.
    Theirs(Option<String>),
}

fn told(case: &Case, left_to: Option<&str>) -> Result<Outcome, Failure> {
    if left_to.is_some_and(|owner| may_be_left_to(owner, case)) {
        Ok(Outcome::HandedOver)
    } else {
        Err(Failure::Held)
    }
}

/// The owner of a lease carries the name of a message that comes back until the lease is dealt with. That very message
/// must not be left with it: its lease may be a ghost, of which nobody ever heard that it was granted, and then nobody
/// would come for it.
fn may_be_left_to(owner: &str, case: &Case) -> bool {
    !owner.ends_with(NOBODY_COMES) && !owner.ends_with(&owned_for(case))
}

/// The end of an owner's name, whose lease is dealt with where this message is.
pub(super) fn owned_for(case: &Case) -> String {
    format!(" {}", case.delivered.message_id)
}

/// The same where no message is sure to come back for this very customer.
pub(super) const NOBODY_COMES: &str = " -";

/// A row that somebody else holds gets what our deliveries named, and they are done with: the holder's own message is not
/// deleted before it has dealt with that.
async fn or_leave<I: Sync, L: Links, P: Sync, R: Sync>(
    group: &Group,
    mut lease: Result<Lease, StoreError>,
    world: &World<'_, I, L, P, R>,
) -> Result<Asked, StoreError> {
    for _ in 0..TRIES {
        let owner = match lease? {
            Lease::Granted(holding) => return Ok(Asked::Ours(holding)),
            Lease::Held { owner, .. } => owner,
        };
        let left = group.cases.iter().filter(|case| may_be_left_to(&owner, case));
        let mentions: Vec<_> = left.map(|case| case.event.mention()).collect();
        if mentions.is_empty() {
            break;
        }
        match world.links.hand_over(&group.customer, &owner, &mentions, (world.clock)()).await? {
            HandedOver::Taken => return Ok(Asked::Theirs(Some(owner))),
            HandedOver::Free => lease = world.links.lease(&group.customer, &group.claimant).await,
            HandedOver::Full => break,
        }
    }
    Ok(Asked::Theirs(None))
}
