//! One customer, one writer: under the lease, the truth is read and written.

use std::collections::BTreeSet;

use crm::{CrmError, CrmErrorKind};
use domain::{
    Customer, CustomerKey, Desired, Field, Fingerprint, FingerprintKey, Fingerprints, Freshness, OrderId,
    REPLICA_LAG, RecordId, Skipped, Subject, Value, Write, desired, plan,
};
use jiff::Timestamp;
use shopify::Truth;
use store::{Claimant, Kept, Lease, Link, Links};

use super::observe::{Sight, look};
use super::resolve::fresh;
use super::{Case, Outcome, Terms, World};
use crate::failure::Failure;

type Verdict = Result<Outcome, Failure>;

/// Works on all deliveries of one customer. One verdict for each case, in their order.
pub(super) async fn settle<I: Sync, L: Links, P: Sync, R: Sync>(
    customer: &CustomerKey,
    cases: &[Case],
    claimant: &Claimant,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Verdict> {
    let link = match world.links.lease(customer, claimant).await {
        Ok(Lease::Granted(link)) => link,
        Ok(Lease::Held { .. }) => return all(cases, &Err(Failure::Held)),
        Err(error) => return all(cases, &Err(error.into())),
    };
    let (verdicts, end) = match read(customer, cases, world).await {
        Ok((truth, now)) => under_lease(customer, cases, &truth, now, link, world, terms).await,
        Err(failure) => (all(cases, &Err(failure)), End::Release),
    };
    let ended = match &end {
        End::Keep(link) => world.links.keep(customer, claimant, link).await,
        End::Release => world.links.release(customer, claimant).await,
        End::Abandon => world.links.abandon(customer, claimant).await,
    };
    match (end, ended) {
        // What was written stays written; it is read, compared and remembered again when the message comes back.
        (End::Keep(_), Ok(Kept::LostLease)) => all(cases, &Err(Failure::LostHold)),
        (End::Keep(_), Err(error)) => {
            // Whether it was remembered is not known. Where this fails too, the lease runs out, which says the same.
            drop(world.links.abandon(customer, claimant).await);
            all(cases, &Err(error.into()))
        }
        // A lease that could not be given back runs out by itself.
        (_, Ok(Kept::Kept)) | (End::Release | End::Abandon, _) => verdicts,
    }
}

/// How a lease ends.
enum End {
    /// Something was learned.
    Keep(Link),
    /// Nothing was learned, and nothing was written.
    Release,
    /// Something may have been written, and it is not known what.
    Abandon,
}

fn all(cases: &[Case], verdict: &Verdict) -> Vec<Verdict> {
    cases.iter().map(|_| verdict.clone()).collect()
}

fn order_of(case: &Case) -> Option<OrderId> {
    match case.event.subject {
        Subject::Order { id, .. } => Some(id),
        _ => None,
    }
}

async fn read<I, L, P, R>(
    customer: &CustomerKey,
    cases: &[Case],
    world: &World<'_, I, L, P, R>,
) -> Result<(Truth, Timestamp), Failure> {
    let orders: BTreeSet<_> = cases.iter().filter_map(order_of).collect();
    let orders: Vec<_> = orders.into_iter().collect();
    let now = (world.clock)();
    let truth = world.admin.read(&customer.shop, &[customer.customer], &orders, now).await?;
    Ok((truth, now))
}

/// Decides what the read means for each case, and writes once where it can be trusted. A read that is older than one of
/// the events is a replica's that lags: nothing of it is written.
async fn under_lease<I, L, P, R>(
    customer: &CustomerKey,
    cases: &[Case],
    truth: &Truth,
    now: Timestamp,
    link: Option<Link>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Vec<Verdict>, End) {
    let freshness: Vec<_> = cases.iter().map(|case| of_case(case, customer, truth, now)).collect();
    if freshness.contains(&Freshness::Stale) {
        return (all(cases, &Err(Failure::StaleRead)), End::Release);
    }
    let (verdict, end) = match truth.customers.get(&customer.customer) {
        Some(Ok(customer)) => write(customer, link, world, terms, now).await,
        Some(Err(error)) => (Err(Failure::unreadable(error)), End::Release),
        None => (Ok(Outcome::CustomerGone), End::Release),
    };
    let each = |fresh: &Freshness| match fresh {
        Freshness::Stale | Freshness::Missing => Err(Failure::StaleRead),
        Freshness::Fresh | Freshness::Gone => verdict.clone(),
    };
    (freshness.iter().map(each).collect(), end)
}

fn of_case(case: &Case, customer: &CustomerKey, truth: &Truth, now: Timestamp) -> Freshness {
    // What cannot be read has no version to compare: its own error tells more.
    let at = |updated_at: Option<Timestamp>| updated_at.unwrap_or(Timestamp::MAX);
    let read_at = match order_of(case) {
        Some(order) => {
            truth.orders.get(&order).map(|read| at(read.as_ref().ok().map(|order| order.updated_at)))
        }
        None => truth
            .customers
            .get(&customer.customer)
            .map(|read| at(read.as_ref().ok().map(|who| who.updated_at))),
    };
    fresh(case, read_at, now)
}

/// Plans and writes. Gives the verdict, and how the lease ends.
async fn write<I, L, P, R>(
    customer: &Customer,
    link: Option<Link>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> (Verdict, End) {
    let prefix = world.admin.credentials().key_prefix(&customer.key.shop);
    let wish = desired(customer, prefix);
    let sight = match link {
        Some(link) => Sight::Remembered(link),
        None => match look(&wish, world.crm).await {
            Ok(sight) => sight,
            Err(failure) => return (Err(failure), End::Release),
        },
    };
    let (sight, verdict) = match carry_out(&wish, &sight, world, terms).await {
        // The record was deleted or merged away in the CRM: what we remember of it is void, so the CRM is asked.
        Err(Failure::Crm(error)) if *error.kind() == CrmErrorKind::Gone => match look(&wish, world.crm).await
        {
            Ok(again) => {
                let verdict = carry_out(&wish, &again, world, terms).await;
                (again, verdict)
            }
            Err(failure) => (sight, Err(failure)),
        },
        verdict => (sight, verdict),
    };
    let end = learned(&wish, &sight, &verdict, &terms.fingerprint_key);
    (read_once_more(&wish, &sight, verdict, now), end)
}

/// What to remember. After a write whose answer was lost it is not known what the record says, so nothing of it may be
/// taken for written: otherwise a change and its undoing could leave the CRM with the change.
fn learned(wish: &Desired, sight: &Sight, verdict: &Verdict, key: &FingerprintKey) -> End {
    let keep = |record: &RecordId| {
        End::Keep(Link { record: record.clone(), version: wish.version, written: prints(wish, sight, key) })
    };
    match (verdict, sight) {
        (Ok(Outcome::Written { record, .. }), _) | (Ok(Outcome::AlreadyTrue { record }), Sight::Read(_)) => {
            keep(record)
        }
        (Err(Failure::Crm(error)), _) if may_be_done(error.kind()) => End::Abandon,
        _ => End::Release,
    }
}

fn may_be_done(kind: &CrmErrorKind) -> bool {
    matches!(kind, CrmErrorKind::Unanswered | CrmErrorKind::Unavailable | CrmErrorKind::Gone)
}

/// `updated_at` has steps of one second, and a replica may lag within one: what changed without a newer version is
/// written, and read once more a little later, so that the last read wins.
fn read_once_more(wish: &Desired, sight: &Sight, verdict: Verdict, now: Timestamp) -> Verdict {
    let same =
        matches!(sight, Sight::Remembered(link) if link.version == wish.version && !link.written.is_empty());
    let young = now.duration_since(wish.version) < REPLICA_LAG;
    match verdict {
        Ok(Outcome::Written { .. }) if same && young => Err(Failure::StaleRead),
        verdict => verdict,
    }
}

async fn carry_out<I, L, P, R>(
    wish: &Desired,
    sight: &Sight,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Verdict {
    let plan = plan(wish, sight.observed(), &terms.fingerprint_key);
    if plan.writes.is_empty() {
        return skipped(&plan.skipped, sight);
    }
    let outcomes = world.crm.apply(&plan.writes).await;
    match (plan.writes.first(), outcomes.into_iter().next()) {
        (Some(write), Some(Ok(written))) => Ok(Outcome::Written {
            record: written.record,
            created: written.created,
            fields: changed(write, sight, &terms.fingerprint_key),
        }),
        (_, Some(Err(error))) => Err(error.into()),
        _ => Err(CrmError::new(CrmErrorKind::Unanswered, "no outcome").into()),
    }
}

/// What changed, of what was written: beside a change the shop's other fields go along.
fn changed(write: &Write, sight: &Sight, key: &FingerprintKey) -> Vec<Field> {
    let new = |field: Field, value: &Value| match sight {
        Sight::Remembered(link) => link.written.get(&field) != Some(&Fingerprint::of(key, field, value)),
        Sight::Read(_) | Sight::Nothing => true,
    };
    write.fields().iter().filter(|(field, value)| new(**field, value)).map(|(field, _)| *field).collect()
}

fn skipped(why: &[Skipped], sight: &Sight) -> Verdict {
    match (why.first(), sight.record()) {
        (Some(Skipped::Stale { .. }), _) => Err(Failure::StaleRead),
        (_, Some(record)) => Ok(Outcome::AlreadyTrue { record: record.clone() }),
        (_, None) => Err(CrmError::new(CrmErrorKind::Misunderstood, "an empty plan for no record").into()),
    }
}

/// What the shop says now counts as written, whether it had to be sent or not; a field that it would not tell keeps
/// what was written to this record before.
fn prints(wish: &Desired, sight: &Sight, key: &FingerprintKey) -> Fingerprints {
    let mut prints = match sight {
        Sight::Remembered(link) => link.written.clone(),
        Sight::Read(_) | Sight::Nothing => Fingerprints::new(),
    };
    prints.extend(wish.fields.iter().map(|(field, value)| (*field, Fingerprint::of(key, *field, value))));
    prints
}
