//! Sends the actions that are due now, before the state after them is remembered: who dies in between decides the same again.

use std::collections::BTreeMap;

use domain::{Firing, Mention, Order, Rules};
use jiff::Timestamp;
use shopify::Truth;

use super::commit::{End, Ended};
use super::figures::Medians;
use super::firing::{By, News, firings, is_late};
use super::matter::Matter;
use super::settle::{Truths, truth};
use super::signals::facts;
use super::write::Errand;
use super::{Outcome, Terms, World, orders};
use crate::failure::Failure;

/// Whose actions could not be sent, by their place in the batch, and why.
#[derive(Default)]
pub(super) struct Fired {
    failures: BTreeMap<usize, Failure>,
}

/// Decides on the actions of all customers whose contacts are right now, and sends them in one go.
pub(super) async fn fire<I: Sync, L: Sync, P: Sync, R: Sync>(
    matters: &[Matter<'_>],
    errands: &[Errand],
    truths: &Truths,
    medians: &Medians,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Fired {
    let (mut places, mut all) = (Vec::new(), Vec::new());
    for (matter, errand) in matters.iter().zip(errands) {
        let firings = decided(matter, errand, truths, medians, terms, now);
        places.extend(firings.iter().map(|_| matter.index));
        all.extend(firings);
    }
    let mut fired = Fired::default();
    if !all.is_empty() {
        for (place, sent) in places.into_iter().zip(world.beside.fire(&all).await) {
            if let Err(error) = sent {
                fired.failures.entry(place).or_insert_with(|| error.into());
            }
        }
    }
    fired
}

fn decided(
    matter: &Matter<'_>,
    errand: &Errand,
    truths: &Truths,
    medians: &Medians,
    terms: &Terms,
    now: Timestamp,
) -> Vec<Firing> {
    let Some(Ok(Outcome::Written { record, .. } | Outcome::AlreadyTrue { record })) = &errand.verdict else {
        return vec![];
    };
    let customer = &matter.group.customer;
    let Some(truth) = truth(matter, truths) else { return vec![] };
    let Some(Ok(read)) = truth.customers.get(&customer.customer) else { return vec![] };
    let (rules, signals) = (terms.rules.of(&customer.shop), terms.signals.of_shop(&customer.shop));
    let facts = facts(read, &errand.signals, medians.get(&customer.shop).copied(), now);
    let before = matter.signals();
    let orders = if signals.ask_of_orders() { orders_of(matter, truth, rules, now) } else { vec![] };
    let raised_at = matter.live().map(|mention| mention.raised_at).max();
    let (after, customer) = (&errand.signals, read);
    let news = News { customer, facts: &facts, before: &before, after, orders, raised_at, now };
    firings(&news, &By { rules, signals, key: &terms.fingerprint_key }, record)
}

/// The orders of theirs that events name which are neither quiet nor late: what else is heard with a late one makes it no
/// news.
fn orders_of<'t>(matter: &Matter<'_>, truth: &'t Truth, rules: &Rules, now: Timestamp) -> Vec<&'t Order> {
    let in_time = matter.live().filter(|mention| !is_late(mention.raised_at, rules, now));
    let read = |mention: Mention| truth.orders.get(&mention.order?)?.as_ref().ok();
    let theirs = in_time.filter_map(read).filter(|order| orders::is_theirs(order, matter, truth));
    let mut all: Vec<_> = theirs.map(|order| &order.details).filter(|order| !order.is_test).collect();
    all.sort_by_key(|order| order.id);
    all.dedup_by_key(|order| order.id);
    all
}

impl Fired {
    /// Whose actions could not be sent comes back, and decides the same again: nothing is remembered.
    pub(super) fn told<'a>(&self, mut ended: Ended<'a>) -> Ended<'a> {
        if let Some(failure) = self.failures.get(&ended.matter.index) {
            ended.verdicts = ended.matter.group.all(&Err(failure.clone()));
            ended.end = End::Abandon;
        }
        ended
    }
}
