//! A batch of customers, each with one writer: under the leases the truth is read together and written together.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use crm::CrmErrorKind;
use domain::{
    CustomerId, Desired, Fingerprint, FingerprintKey, Fingerprints, Freshness, OrderId, REPLICA_LAG,
    RecordId, ShopDomain, desired,
};
use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use shopify::Truth;
use store::{Kept, Link, Links};

use super::judge::{Judged, freshness, judge};
use super::lease::lease;
use super::matter::{Group, Matter, Verdicts};
use super::observe::Sight;
use super::write::{Errand, write};
use super::{AT_A_TIME, Outcome, Terms, World};
use crate::failure::Failure;

type Verdict = Result<Outcome, Failure>;

/// How often more is read because something was left for us meanwhile, before the messages come back instead.
const MAX_ROUNDS: usize = 8;

/// From this receive on, half-way to the dead letters, a customer is written in calls of its own.
const OFTEN: u32 = 4;

/// The verdicts, by the group's place in the batch. What is not in it when time is up was not finished.
pub(super) type Ledger = Mutex<BTreeMap<usize, Verdicts>>;

pub(super) fn note(ledger: &Ledger, index: usize, verdicts: Verdicts) {
    ledger.lock().unwrap_or_else(PoisonError::into_inner).insert(index, verdicts);
}

/// Works on all groups. Each is noted in the ledger as soon as it is finished.
pub(super) async fn settle<I: Sync, L: Links, P: Sync, R: Sync>(
    groups: &[Group],
    ledger: &Ledger,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) {
    let (mut matters, theirs) = lease(groups, world).await;
    for (index, verdicts) in theirs {
        note(ledger, index, verdicts);
    }
    for round in 1.. {
        if matters.is_empty() {
            return;
        }
        let is_last = round == MAX_ROUNDS || terms.out_of_time((world.clock)());
        matters = once(matters, is_last, ledger, world, terms).await;
    }
}

/// What became of a matter in one round, and how its lease ends.
struct Ended<'a> {
    matter: Matter<'a>,
    verdicts: Verdicts,
    end: End,
}

/// How a lease ends.
enum End {
    /// Dealt with; this is to be remembered, where there is something.
    Keep(Option<Link>),
    /// Nothing was learned, and nothing was written: what was left here waits for the next.
    Release,
    /// Something may have been written, and it is not known what.
    Abandon,
}

/// Reads, writes and commits once. Gives those for whom something was left meanwhile.
async fn once<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    matters: Vec<Matter<'a>>,
    is_last: bool,
    ledger: &Ledger,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Matter<'a>> {
    let now = (world.clock)();
    let truths = read(&matters, world, now).await;
    let ended = decide_and_write(matters, &truths, world, terms, now).await;
    let committed: Vec<_> = stream::iter(ended)
        .map(|ended| commit(ended, is_last, ledger, world))
        .buffer_unordered(AT_A_TIME)
        .collect()
        .await;
    committed.into_iter().flatten().collect()
}

type Truths = BTreeMap<ShopDomain, Result<Truth, Failure>>;

/// One read for each shop, as few queries as the limits allow.
async fn read<I, L, P, R>(matters: &[Matter<'_>], world: &World<'_, I, L, P, R>, now: Timestamp) -> Truths {
    let mut asked: BTreeMap<&ShopDomain, (BTreeSet<CustomerId>, BTreeSet<OrderId>)> = BTreeMap::new();
    for matter in matters {
        let (customers, orders) = asked.entry(&matter.group.customer.shop).or_default();
        customers.insert(matter.group.customer.customer);
        orders.extend(matter.orders());
    }
    let mut truths = Truths::new();
    for (shop, (customers, orders)) in asked {
        let (customers, orders) = (Vec::from_iter(customers), Vec::from_iter(orders));
        let read = AssertUnwindSafe(world.shops.read(shop, &customers, &orders, now)).catch_unwind().await;
        let truth = read.map_err(|_| Failure::Panicked).and_then(|read| Ok(read?));
        truths.insert(shop.clone(), truth);
    }
    truths
}

async fn decide_and_write<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    matters: Vec<Matter<'a>>,
    truths: &Truths,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Vec<Ended<'a>> {
    let (mut ended, mut written, mut errands) = (Vec::new(), Vec::new(), Vec::new());
    for matter in matters {
        match decide(&matter, truths, world, terms, now) {
            Ok(wish) => {
                let sight = matter.holding.link.clone().map(Sight::Remembered);
                let alone = matter.group.receives() >= OFTEN;
                errands.push(Errand { wish, sight, verdict: None, alone });
                written.push(matter);
            }
            Err(verdict) => {
                let end = if verdict.is_ok() { End::Keep(None) } else { End::Release };
                ended.push(told(matter, &verdict, end, truths, now));
            }
        }
    }
    write(&mut errands, world.crm, &terms.fingerprint_key, &terms.rules).await;
    for (matter, errand) in written.into_iter().zip(errands) {
        let Errand { wish, sight, verdict, .. } = errand;
        let verdict = verdict.unwrap_or(Err(Failure::OutOfTime));
        let end = learned(&wish, sight.as_ref(), &verdict, &terms.fingerprint_key);
        let verdict = read_once_more(&wish, sight.as_ref(), verdict, now);
        ended.push(told(matter, &verdict, end, truths, now));
    }
    ended
}

/// What the contact should say, or why nothing is to be written. A panic over one customer stays with that customer.
fn decide<I, L, P, R>(
    matter: &Matter<'_>,
    truths: &Truths,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Result<Desired, Verdict> {
    let shop = &matter.group.customer.shop;
    let deciding = || match truths.get(shop) {
        Some(Ok(truth)) => match judge(matter, truth, now) {
            Judged::Read(customer) => {
                Ok(desired(customer, world.shops.key_prefix(shop), terms.rules.of(shop)))
            }
            Judged::Over(verdict) => Err(verdict),
        },
        Some(Err(failure)) => Err(Err(failure.clone())),
        None => Err(Err(Failure::StaleRead)),
    };
    std::panic::catch_unwind(AssertUnwindSafe(deciding)).unwrap_or(Err(Err(Failure::Panicked)))
}

/// The verdict for each delivery: what one of them speaks of and is not there yet comes back by itself.
fn told<'a>(matter: Matter<'a>, verdict: &Verdict, end: End, truths: &Truths, now: Timestamp) -> Ended<'a> {
    let truth = truths.get(&matter.group.customer.shop).and_then(|truth| truth.as_ref().ok());
    let is_missing = |case: &super::Case| {
        let fresh = truth.map(|truth| freshness(&case.event.mention(), &matter, truth, now));
        fresh == Some(Freshness::Missing)
    };
    let each = |case| match verdict {
        Ok(_) if is_missing(case) => Err(Failure::StaleRead),
        verdict => verdict.clone(),
    };
    let verdicts = matter.group.cases.iter().map(each).collect();
    Ended { matter, verdicts, end }
}

/// What to remember. After a write whose answer was lost it is not known what the record says, so nothing of it may be
/// taken for written: otherwise a change and its undoing could leave the CRM with the change.
fn learned(wish: &Desired, sight: Option<&Sight>, verdict: &Verdict, key: &FingerprintKey) -> End {
    let keep = |record: &RecordId| {
        let written = prints(wish, sight, key);
        End::Keep(Some(Link { record: record.clone(), version: wish.version, written }))
    };
    match (verdict, sight) {
        (Ok(Outcome::Written { record, .. }), _)
        | (Ok(Outcome::AlreadyTrue { record }), Some(Sight::Read(_))) => keep(record),
        (Ok(_), _) => End::Keep(None),
        (Err(Failure::Crm(error)), _) if may_be_done(error.kind()) => End::Abandon,
        (Err(Failure::Panicked), _) => End::Abandon,
        (Err(_), _) => End::Release,
    }
}

fn may_be_done(kind: &CrmErrorKind) -> bool {
    matches!(kind, CrmErrorKind::Unanswered | CrmErrorKind::Unavailable | CrmErrorKind::Gone)
}

/// What the shop says now counts as written, whether it had to be sent or not; a field that it would not tell keeps
/// what was written to this record before.
fn prints(wish: &Desired, sight: Option<&Sight>, key: &FingerprintKey) -> Fingerprints {
    let mut prints = match sight {
        Some(Sight::Remembered(link)) => link.written.clone(),
        _ => Fingerprints::new(),
    };
    prints.extend(wish.fields.iter().map(|(field, value)| (*field, Fingerprint::of(key, *field, value))));
    prints
}

/// `updated_at` has steps of one second, and a replica may lag within one: what changed without a newer version is
/// written, and read once more a little later, so that the last read wins.
fn read_once_more(wish: &Desired, sight: Option<&Sight>, verdict: Verdict, now: Timestamp) -> Verdict {
    let same = matches!(
        sight,
        Some(Sight::Remembered(link)) if link.version == wish.version && !link.written.is_empty()
    );
    let young = now.duration_since(wish.version) < REPLICA_LAG;
    match verdict {
        Ok(Outcome::Written { .. }) if same && young => Err(Failure::StaleRead),
        verdict => verdict,
    }
}

/// Ends a lease and notes the verdicts; or gives the matter back, because something was left for us meanwhile.
async fn commit<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    Ended { mut matter, verdicts, end }: Ended<'a>,
    is_last: bool,
    ledger: &Ledger,
    world: &World<'_, I, L, P, R>,
) -> Option<Matter<'a>> {
    let verdict = match end_lease(&matter, &end, world).await {
        Ok(Kept::Kept) => Ok(()),
        // What was written stays written; it is read, compared and remembered again when the message comes back.
        Ok(Kept::LostLease) => Err(Failure::LostHold),
        Ok(Kept::Mentioned(_)) if is_last => {
            drop(world.links.abandon(&matter.group.customer, &matter.group.claimant).await);
            Err(Failure::Held)
        }
        Ok(Kept::Mentioned(mentions)) => {
            matter.holding.mentions = mentions;
            if let End::Keep(Some(link)) = end {
                matter.holding.link = Some(link);
            }
            matter.before = matter.before.or_else(|| verdicts.into_iter().find_map(Result::ok));
            return Some(matter);
        }
        Err(error) => {
            // Whether it was remembered is not known. Where this fails too, the lease runs out, which says the same.
            drop(world.links.abandon(&matter.group.customer, &matter.group.claimant).await);
            Err(error.into())
        }
    };
    let verdicts = match verdict {
        Ok(()) => verdicts.into_iter().map(|verdict| better(verdict, matter.before.as_ref())).collect(),
        Err(failure) => matter.group.all(&Err(failure)),
    };
    note(ledger, matter.index, verdicts);
    None
}

async fn end_lease<I: Sync, L: Links, P: Sync, R: Sync>(
    matter: &Matter<'_>,
    end: &End,
    world: &World<'_, I, L, P, R>,
) -> Result<Kept, store::StoreError> {
    let Group { customer, claimant, .. } = matter.group;
    match end {
        End::Keep(link) => {
            // What was written in an earlier round is still to be remembered.
            let earlier = matter.holding.link.as_ref().filter(|_| matter.before.is_some());
            world.links.keep(customer, claimant, link.as_ref().or(earlier), matter.seen()).await
        }
        End::Release if matter.before.is_some() => world.links.abandon(customer, claimant).await,
        End::Release => world.links.release(customer, claimant).await,
        End::Abandon => world.links.abandon(customer, claimant).await,
    }
}

/// What was written first says more than that it was so already when more was read.
fn better(verdict: Verdict, before: Option<&Outcome>) -> Verdict {
    match (verdict, before) {
        (Ok(Outcome::AlreadyTrue { .. }), Some(before @ Outcome::Written { .. })) => Ok(before.clone()),
        (verdict, _) => verdict,
    }
}
