//! A batch of customers, each with one writer: under the leases the truth is read together and written together.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use domain::{
    CustomerId, CustomerKey, Desired, Fingerprints, Freshness, OrderId, RecordId, ShopDomain, SignalState,
    desired,
};
use jiff::Timestamp;
use shopify::Truth;
use store::{Link, Links};

use super::commit::{End, Ended, commit};
use super::figures::{Medians, count, medians};
use super::fire::fire;
use super::judge::{Judged, freshness, judge};
use super::learn::{Read, learned, reads_again};
use super::lease::lease;
use super::matter::{Group, Matter, Verdict, Verdicts};
use super::observe::Sight;
use super::orders::{self, Done};
use super::signals::{facts, signalled};
use super::write::{Errand, write};
use super::{Outcome, Terms, World, companies, refunds};
use crate::failure::Failure;

/// How often more is read because something was left for us meanwhile, before the messages come back instead.
const MAX_ROUNDS: usize = 8;

/// From this receive on, half-way to the dead letters, a customer is written in calls of its own.
pub(super) const OFTEN: u32 = 4;

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
    let mut done = Done::default();
    for round in 1.. {
        if matters.is_empty() {
            return;
        }
        let is_last = round == MAX_ROUNDS || terms.out_of_time((world.clock)());
        let now = (world.clock)();
        let truths = read(&matters, world, terms, now).await;
        let medians = medians(&truths, world, terms).await;
        let ended = decide_and_write(matters, &truths, &medians, &mut done, world, terms, now).await;
        matters = commit(ended, is_last, ledger, world).await;
    }
}

pub(super) type Truths = BTreeMap<ShopDomain, Result<Truth, Failure>>;

/// One read for each shop, as few queries as the limits allow, and another for those who had money back.
async fn read<I, L, P, R>(
    matters: &[Matter<'_>],
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Truths {
    let mut asked: BTreeMap<&ShopDomain, (BTreeSet<CustomerId>, BTreeSet<OrderId>)> = BTreeMap::new();
    let looked = matters.iter().filter(|matter| matter.looks_at_the_record());
    let looked: BTreeSet<&CustomerKey> = looked.map(|matter| &matter.group.customer).collect();
    for matter in matters {
        let (customers, orders) = asked.entry(&matter.group.customer.shop).or_default();
        customers.insert(matter.group.customer.customer);
        orders.extend(matter.orders());
    }
    let mut truths = Truths::new();
    for (shop, (customers, orders)) in asked {
        let (customers, orders) = (Vec::from_iter(customers), Vec::from_iter(orders));
        let mut truth = super::read(world.shops.read(shop, &customers, &orders, now)).await;
        if let Ok(truth) = &mut truth {
            let all = looked.iter().filter(|key| key.shop == *shop).map(|key| key.customer).collect();
            refunds::complete(truth, shop, &all, terms.rules.of(shop), world, now).await;
        }
        truths.insert(shop.clone(), truth);
    }
    truths
}

async fn decide_and_write<'a, I: Sync, L: Links, P: Sync, R: Sync>(
    matters: Vec<Matter<'a>>,
    truths: &Truths,
    medians: &Medians,
    done: &mut Done,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Vec<Ended<'a>> {
    let (mut ended, mut written, mut errands) = (Vec::new(), Vec::new(), Vec::new());
    for matter in matters {
        match decide(&matter, truths, medians, world, terms, now) {
            Ok((wish, signals)) => {
                errands.push(errand(&matter, wish, signals));
                written.push(matter);
            }
            Err(verdict) => {
                let end = if verdict.is_ok() { End::Keep(None) } else { End::Release };
                ended.push(told(matter, &verdict, end, truths, now));
            }
        }
    }
    write(&mut errands, world.crm, &terms.fingerprint_key, &terms.rules).await;
    let orders = orders::write(&written, &errands, truths, done, world, terms, now).await;
    let companies = companies::write(&written, &errands, truths, world).await;
    let fired = fire(&written, &errands, truths, medians, world, terms, now).await;
    count(&written, truths, world, terms).await;
    let outcomes = written.into_iter().zip(errands);
    let ends = outcomes.map(|(matter, errand)| ends(matter, errand, truths, terms, now));
    ended.extend(ends.map(|ended| fired.told(companies.told(orders.told(ended)))));
    ended
}

pub(super) fn errand(matter: &Matter<'_>, wish: Desired, signals: SignalState) -> Errand {
    Errand {
        wish,
        signals,
        sight: matter.holding.link.clone().or_else(|| inherited(matter)).map(Sight::Remembered),
        verdict: None,
        in_doubt: matter.holding.in_doubt,
        looks: matter.looks_at_the_record(),
        there: None,
        alone: matter.group.receives() >= OFTEN,
    }
}

/// A customer without a record takes over that of one who went up in them: all of it is written anew.
fn inherited(matter: &Matter<'_>) -> Option<Link> {
    let record = matter.group.cases.iter().find_map(|case| case.inherits.clone())?;
    let (written, signals) = (Fingerprints::new(), SignalState::default());
    Some(Link { record, version: Timestamp::MIN, written, newest_order: None, signals })
}

fn ends<'a>(matter: Matter<'a>, errand: Errand, truths: &Truths, terms: &Terms, now: Timestamp) -> Ended<'a> {
    let Errand { wish, signals, sight, verdict, .. } = errand;
    let verdict = verdict.unwrap_or(Err(Failure::OutOfTime));
    let newest_order = truth(&matter, truths).and_then(|truth| matter.newest_order(truth));
    let read = Read { wish: &wish, signals: &signals, newest_order, sight: sight.as_ref() };
    let end = learned(&read, &verdict, &terms.fingerprint_key);
    let again = matter.again || reads_again(&read, &verdict, matter.youngest(), now);
    told(Matter { again, ..matter }, &verdict, end, truths, now)
}

/// What the contact should say and what is remembered of its signals, or why nothing is to be written. A panic over one
/// customer stays with that customer.
pub(super) fn decide<I, L, P, R>(
    matter: &Matter<'_>,
    truths: &Truths,
    medians: &Medians,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Result<(Desired, SignalState), Verdict> {
    let shop = &matter.group.customer.shop;
    let deciding = || match truths.get(shop) {
        Some(Ok(truth)) => match judge(matter, truth, now) {
            Judged::Read(customer) => {
                let (rules, signals) = (terms.rules.of(shop), terms.signals.of_shop(shop));
                let wish = desired(customer, world.shops.key_prefix(shop), rules);
                let were = matter.heard();
                let facts = facts(customer, &were, medians.get(shop).copied(), now);
                Ok(signalled(wish, &facts, signals, &were, rules, now))
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
    let truth = truth(&matter, truths);
    let is_missing = |case: &super::Case| {
        let fresh = truth.map(|truth| freshness(&case.event.mention(), &matter, truth, now));
        fresh == Some(Freshness::Missing)
    };
    let each = |case| match verdict {
        Ok(_) if matter.again || is_missing(case) => Err(Failure::StaleRead),
        Ok(Outcome::Written { record, .. } | Outcome::AlreadyTrue { record }) => {
            merged(case, record).map_or_else(|| verdict.clone(), Err)
        }
        verdict => verdict.clone(),
    };
    let verdicts = matter.group.cases.iter().map(each).collect();
    Ended { matter, verdicts, end }
}

/// Two who became one and each have a record: only a person may merge those.
fn merged(case: &super::Case, kept: &RecordId) -> Option<Failure> {
    let lost = case.inherits.clone().filter(|lost| lost != kept)?;
    Some(Failure::Merged { kept: kept.clone(), lost })
}

pub(super) fn truth<'t>(matter: &Matter<'_>, truths: &'t Truths) -> Option<&'t Truth> {
    truths.get(&matter.group.customer.shop).and_then(|truth| truth.as_ref().ok())
}
