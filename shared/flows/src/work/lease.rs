//! Whose customers are ours to write? What is somebody else's is left for them.

use futures_util::{StreamExt, stream};
use store::{HandedOver, Holding, Lease, Links};

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
    let asked: Vec<_> = stream::iter(groups.iter().enumerate())
        .map(|(index, group)| async move { (index, group, ask(group, world).await) })
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for (index, group, answer) in asked {
        match answer {
            Ok(Asked::Ours(holding)) => ours.push(Matter::new(index, group, holding)),
            Ok(Asked::Theirs { left }) => {
                theirs.push((index, group.cases.iter().map(|case| told(case, left)).collect()));
            }
            Err(failure) => theirs.push((index, group.all(&Err(failure)))),
        }
    }
    (ours, theirs)
}

/// The answer to asking for a row.
enum Asked {
    Ours(Holding),
    Theirs {
        /// Whether what may be left was left.
        left: bool,
    },
}

fn told(case: &Case, left: bool) -> Result<Outcome, Failure> {
    if left && may_be_left(case) { Ok(Outcome::HandedOver) } else { Err(Failure::Held) }
}

/// Only what was never begun before may be left and be done with. A delivery that was may be the very one on whose behalf
/// the lease still runs, because its worker died, ran out of time or never heard that it was granted: left with that
/// lease, nobody would come for it.
fn may_be_left(case: &Case) -> bool {
    case.is_new
}

/// A row that somebody else holds gets what our deliveries named, and they are done with: the holder's own message is not
/// deleted before it has dealt with that.
async fn ask<I: Sync, L: Links, P: Sync, R: Sync>(
    group: &Group,
    world: &World<'_, I, L, P, R>,
) -> Result<Asked, Failure> {
    let mentions: Vec<_> =
        group.cases.iter().filter(|case| may_be_left(case)).map(|case| case.event.mention()).collect();
    for _ in 0..TRIES {
        match world.links.lease(&group.customer, &group.claimant).await? {
            Lease::Granted(holding) => return Ok(Asked::Ours(holding)),
            Lease::Held { .. } if mentions.is_empty() => break,
            Lease::Held { .. } => {}
        }
        match world.links.hand_over(&group.customer, &mentions, (world.clock)()).await? {
            HandedOver::Taken => return Ok(Asked::Theirs { left: true }),
            HandedOver::Free => {}
            HandedOver::Full => break,
        }
    }
    Ok(Asked::Theirs { left: false })
}
