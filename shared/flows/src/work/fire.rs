//! Sends the actions that are due now, before the state after them is remembered: who dies in between decides the same again.

use std::collections::BTreeMap;

use domain::{CustomerKey, Firing, Mention, Order, Rules, SignalState};
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

pub(super) fn decided(
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
    let fired = |news: &News<'_>, by: &By<'_>| firings(news, by, record);
    news(matter, &errand.signals, truths, medians, terms, now, fired).unwrap_or_default()
}

/// What is made of the news of a matter; nothing where its customer was not read.
pub(super) fn news<T>(
    matter: &Matter<'_>,
    after: &SignalState,
    truths: &Truths,
    medians: &Medians,
    terms: &Terms,
    now: Timestamp,
    made: impl FnOnce(&News<'_>, &By<'_>) -> T,
) -> Option<T> {
    let CustomerKey { shop, customer } = &matter.group.customer;
    let truth = truth(matter, truths)?;
    let customer = truth.customers.get(customer)?.as_ref().ok()?;
    let (rules, signals) = (terms.rules.of(shop), terms.signals.of_shop(shop));
    let facts = facts(customer, after, medians.get(shop).copied(), now);
    let before = &matter.signals();
    let orders = if signals.ask_of_orders() { orders_of(matter, truth, rules, now) } else { vec![] };
    let raised_at = matter.live().map(|mention| mention.raised_at).max();
    let news = News { customer, facts: &facts, before, after, orders, raised_at, now };
    Some(made(&news, &By { rules, signals, key: &terms.fingerprint_key }))
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
