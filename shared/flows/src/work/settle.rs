//! One customer, one writer: under the lease, the truth is read and written.

use std::collections::BTreeSet;

use crm::{CrmError, CrmErrorKind};
use domain::{
    Customer, CustomerKey, Desired, Field, Fingerprint, FingerprintKey, Fingerprints, Freshness, OrderId,
    Skipped, Subject, Value, Write, desired, freshness, plan,
};
use jiff::Timestamp;
use shopify::Truth;
use store::{Claimant, Kept, Lease, Link, Links};

use super::observe::{Sight, look};
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
    let (verdicts, keep) = match read(customer, cases, world).await {
        Ok((truth, now)) => under_lease(customer, cases, &truth, now, link, world, terms).await,
        Err(failure) => (all(cases, &Err(failure)), None),
    };
    let kept = match &keep {
        Some(link) => world.links.keep(customer, claimant, link).await,
        None => world.links.release(customer, claimant).await,
    };
    match (keep, kept) {
        // What was written stays written; it is read, compared and remembered again when the message comes back.
        (Some(_), Ok(Kept::LostLease)) => all(cases, &Err(Failure::LostHold)),
        (Some(_), Err(error)) => {
            // It may not have given the lease back either; where this fails too, the lease runs out by itself.
            drop(world.links.release(customer, claimant).await);
            all(cases, &Err(error.into()))
        }
        // A lease that could not be given back runs out by itself.
        (_, Ok(Kept::Kept)) | (None, _) => verdicts,
    }
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

/// Decides what the read means for each case, and writes once where it can be trusted.
async fn under_lease<I, L, P, R>(
    customer: &CustomerKey,
    cases: &[Case],
    truth: &Truth,
    now: Timestamp,
    link: Option<Link>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Vec<Verdict>, Option<Link>) {
    let freshness: Vec<_> = cases.iter().map(|case| fresh(case, customer, truth, now)).collect();
    let (verdict, keep) = match truth.customers.get(&customer.customer) {
        Some(Ok(customer)) => write(customer, link, world, terms).await,
        Some(Err(error)) => (Err(Failure::unreadable_customer(error)), None),
        None => (Ok(Outcome::CustomerGone), None),
    };
    let of_case = |fresh: &Freshness| match fresh {
        Freshness::Stale => Err(Failure::StaleRead),
        Freshness::Fresh | Freshness::Gone => verdict.clone(),
    };
    (freshness.iter().map(of_case).collect(), keep)
}

/// Is the read as new as this event? What an event of a deletion speaks of is expected to be missing.
fn fresh(case: &Case, customer: &CustomerKey, truth: &Truth, now: Timestamp) -> Freshness {
    let event = &case.event;
    let raised_at = event.triggered_at.unwrap_or(event.received_at);
    let person = truth.customers.get(&customer.customer);
    let person_at = person.map(|read| read.as_ref().map_or(Timestamp::MAX, |customer| customer.updated_at));
    let (named, read) = match &event.subject {
        Subject::Customer { updated_at, .. } => (*updated_at, person_at),
        Subject::Order { id, updated_at, .. } => {
            (*updated_at, truth.orders.get(id).map(|order| order.updated_at))
        }
        Subject::Other { .. } | Subject::Unreadable { .. } => (None, person_at),
    };
    if read.is_none() && event.topic.as_str().ends_with("/delete") {
        return Freshness::Gone;
    }
    freshness(named, read, raised_at, now)
}

/// Plans and writes. Gives the verdict, and the link to remember where something was learned.
async fn write<I, L, P, R>(
    customer: &Customer,
    link: Option<Link>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Verdict, Option<Link>) {
    let prefix = world.admin.credentials().key_prefix(&customer.key.shop);
    let wish = desired(customer, prefix);
    let before = link.as_ref().map(|link| link.written.clone()).unwrap_or_default();
    let sight = match link {
        Some(link) => Sight::Remembered(link),
        None => match look(&wish, world.crm).await {
            Ok(sight) => sight,
            Err(failure) => return (Err(failure), None),
        },
    };
    let verdict = match carry_out(&wish, &sight, world, terms).await {
        // The record was deleted or merged away in the CRM: what we remember of it is void, so the CRM is asked.
        Err(Failure::Crm(error)) if *error.kind() == CrmErrorKind::Gone => match look(&wish, world.crm).await
        {
            Ok(again) => carry_out(&wish, &again, world, terms).await,
            Err(failure) => Err(failure),
        },
        verdict => verdict,
    };
    let keep = match &verdict {
        Ok(Outcome::Written { record, .. }) => Some(record),
        Ok(Outcome::AlreadyTrue { record }) if !matches!(sight, Sight::Remembered(_)) => Some(record),
        _ => None,
    };
    let keep = keep.map(|record| Link {
        record: record.clone(),
        version: wish.version,
        written: prints(&wish, before, &terms.fingerprint_key),
    });
    (verdict, keep)
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
/// what was written before.
fn prints(wish: &Desired, mut before: Fingerprints, key: &FingerprintKey) -> Fingerprints {
    before.extend(wish.fields.iter().map(|(field, value)| (*field, Fingerprint::of(key, *field, value))));
    before
}
