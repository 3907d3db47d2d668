//! The end of each lease: what was learned is remembered, and what was left meanwhile is not overlooked.

use futures_util::{StreamExt, stream};
use store::{Keeping, Kept, Link, Links, StoreError};

use super::matter::{Matter, Verdict, Verdicts};
use super::settle::{Ledger, note};
use super::{AT_A_TIME, Outcome, World};
use crate::failure::Failure;

/// What became of a matter in one round, and how its lease ends.
pub(super) struct Ended<'a> {
    pub(super) matter: Matter<'a>,
    pub(super) verdicts: Verdicts,
    pub(super) end: End,
}

/// How a lease ends.
pub(super) enum End {
    /// Dealt with; this is to be remembered, where there is something.
    Keep(Option<Link>),
    /// Nothing was learned, and nothing was written: what was left here waits for the next.
    Release,
    /// Something may have been written, and it is not known what.
    Abandon,
}

/// Ends all leases and notes the verdicts. Gives those for whom something was left meanwhile.
pub(super) async fn commit<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    ended: Vec<Ended<'a>>,
    is_last: bool,
    ledger: &Ledger,
    world: &World<'_, I, L, P, R>,
) -> Vec<Matter<'a>> {
    let (kept, given_up): (Vec<_>, Vec<_>) =
        ended.into_iter().partition(|ended| matches!(ended.end, End::Keep(_)));
    let keepings: Vec<_> = kept.iter().map(keeping).collect();
    let answers = world.links.keep_all(&keepings).await;
    let kept: Vec<_> = kept.into_iter().zip(answers).collect();
    let kept = stream::iter(kept).map(|(ended, answer)| finish(ended, answer, is_last, ledger, world));
    let kept: Vec<_> = kept.buffer_unordered(AT_A_TIME).collect().await;
    let given_up = stream::iter(given_up).map(|ended| async move {
        let answer = give_up(&ended, world).await;
        finish(ended, answer, is_last, ledger, world).await
    });
    let given_up: Vec<_> = given_up.buffer_unordered(AT_A_TIME).collect().await;
    kept.into_iter().chain(given_up).flatten().collect()
}

fn keeping<'e>(ended: &'e Ended<'_>) -> Keeping<'e> {
    let matter = &ended.matter;
    // What was written in an earlier round is still to be remembered.
    let earlier = matter.holding.link.as_ref().filter(|_| matter.unsaved);
    let learned = if let End::Keep(link) = &ended.end { link.as_ref() } else { None };
    Keeping {
        customer: &matter.group.customer,
        claimant: &matter.group.claimant,
        link: learned.or(earlier),
        linked: matter.linked.as_ref(),
        seen: matter.seen(),
    }
}

/// A doubt that was there before is there still.
async fn give_up<I: Sync, L: Links, P: Sync, R: Sync>(
    ended: &Ended<'_>,
    world: &World<'_, I, L, P, R>,
) -> Result<Kept, StoreError> {
    let Matter { group, holding, unsaved, .. } = &ended.matter;
    match ended.end {
        End::Release if !unsaved && !holding.in_doubt => {
            world.links.release(&group.customer, &group.claimant).await
        }
        _ => world.links.abandon(&group.customer, &group.claimant).await,
    }
}

/// Notes the verdicts; or gives the matter back, because something was left for us meanwhile.
async fn finish<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    ended: Ended<'a>,
    answer: Result<Kept, StoreError>,
    is_last: bool,
    ledger: &Ledger,
    world: &World<'_, I, L, P, R>,
) -> Option<Matter<'a>> {
    let Ended { matter, verdicts, .. } = &ended;
    let verdicts = match answer {
        Ok(Kept::Kept) => verdicts.iter().map(|verdict| better(verdict, matter.before.as_ref())).collect(),
        // What was written stays written; it is read, compared and remembered again when the message comes back.
        Ok(Kept::LostLease) => matter.group.all(&Err(Failure::LostHold)),
        Ok(Kept::Mentioned(mentions)) if !is_last => return Some(goes_on(ended, mentions)),
        Ok(Kept::Mentioned(_)) => {
            abandon(matter, world).await;
            matter.group.all(&Err(Failure::Held))
        }
        Err(error) => {
            // Whether it was remembered is not known. Where this fails too, the lease runs out, which says the same.
            abandon(matter, world).await;
            matter.group.all(&Err(error.into()))
        }
    };
    note(ledger, matter.index, verdicts);
    None
}

fn goes_on(Ended { mut matter, verdicts, end }: Ended<'_>, mentions: Vec<domain::Mention>) -> Matter<'_> {
    matter.holding.mentions = mentions;
    if let End::Keep(Some(link)) = end {
        (matter.holding.link, matter.unsaved) = (Some(link), true);
    }
    matter.before = matter.before.or_else(|| verdicts.into_iter().find_map(Result::ok));
    matter
}

async fn abandon<I: Sync, L: Links, P: Sync, R: Sync>(matter: &Matter<'_>, world: &World<'_, I, L, P, R>) {
    drop(world.links.abandon(&matter.group.customer, &matter.group.claimant).await);
}

/// What was written first says more than that it was so already when more was read.
fn better(verdict: &Verdict, before: Option<&Outcome>) -> Verdict {
    match (verdict, before) {
        (Ok(Outcome::AlreadyTrue { .. }), Some(before @ Outcome::Written { .. })) => Ok(before.clone()),
        (verdict, _) => verdict.clone(),
    }
}
