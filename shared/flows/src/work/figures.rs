//! The figures of a shop that signals are held against: the median of the values of its orders.
//!
//! They are a statistic. Each order counts once, when it is made; where a message comes again after it was counted, it counts
//! twice, and what cannot be read or kept is left out. The nightly proof makes them anew
//! (`reconcile/figures.rs`), of what was paid and kept.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Currency, ShopDomain};
use rust_decimal::Decimal;
use signals::Fact;
use statistics::OrderValues;

use super::matter::Matter;
use super::settle::{Truths, truth};
use super::{Terms, World};

/// The median of each shop, where there is one and somebody asks for it.
pub(super) type Medians = BTreeMap<ShopDomain, Decimal>;

/// How often it is tried to keep a figure that somebody else changes too.
const TRIES: usize = 3;

/// The name of the figure: amounts of two currencies are not compared.
pub(crate) fn figure_name(currency: Currency) -> String {
    format!("order_values:{}", currency.as_str().to_lowercase())
}

/// Reads the medians of the shops whose signals ask for them.
pub(super) async fn medians<I: Sync, L: Sync, P: Sync, R: Sync>(
    truths: &Truths,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Medians {
    let mut medians = Medians::new();
    for (shop, truth) in truths {
        let customers = truth.iter().flat_map(|truth| truth.customers.values().flatten());
        let Some(customer) = customers.into_iter().next().filter(|_| asks(shop, terms)) else { continue };
        let figure = world.beside.figure(shop, &figure_name(customer.amount_spent.currency)).await;
        let values = figure.ok().flatten().and_then(|figure| OrderValues::from_bytes(&figure.bytes).ok());
        medians.extend(values.and_then(|values| Some((shop.clone(), values.median()?))));
    }
    medians
}

fn asks(shop: &ShopDomain, terms: &Terms) -> bool {
    terms.signals.of_shop(shop).ask(Fact::MedianOrderValue)
}

/// Counts the orders that were made, of the customers that were written.
pub(super) async fn count<I: Sync, L: Sync, P: Sync, R: Sync>(
    matters: &[Matter<'_>],
    truths: &Truths,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) {
    let mut made: BTreeMap<(&ShopDomain, Currency), Vec<Decimal>> = BTreeMap::new();
    for matter in matters.iter().filter(|matter| asks(&matter.group.customer.shop, terms)) {
        let Some(truth) = truth(matter, truths) else { continue };
        let orders: BTreeSet<_> = matter.made().collect();
        let read = orders.into_iter().filter_map(|order| truth.orders.get(&order)?.as_ref().ok());
        for order in read.filter(|order| !order.details.is_test) {
            let total = order.details.total;
            made.entry((&matter.group.customer.shop, total.currency)).or_default().push(total.amount);
        }
    }
    for ((shop, currency), values) in made {
        keep(shop, &figure_name(currency), &values, world).await;
    }
}

async fn keep<I: Sync, L: Sync, P: Sync, R: Sync>(
    shop: &ShopDomain,
    name: &str,
    values: &[Decimal],
    world: &World<'_, I, L, P, R>,
) {
    for _ in 0..TRIES {
        let Ok(figure) = world.beside.figure(shop, name).await else { return };
        let bytes = figure.as_ref().map(|figure| figure.bytes.as_slice());
        let Ok(next) = statistics::keep(bytes, values) else { return };
        let version = figure.as_ref().map(|figure| figure.version);
        match world.beside.keep_figure(shop, name, &next, version).await {
            Ok(false) => {}
            _ => return,
        }
    }
}
