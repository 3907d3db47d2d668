//! A look at the shop: as it is, or as it was before its last change.

use std::{collections::BTreeSet, sync::Arc};

use rust_decimal::Decimal;

use crate::{
    customer::{Claim, Customer},
    discount::Discount,
    order::Order,
    shop::Shop,
};

#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) shop: &'a Shop,
    stale: bool,
}

/// What follows from a customer's orders.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// How many orders, test orders left out.
    pub orders: u64,
    /// Money spent, net of refunds.
    pub spent: Decimal,
    /// The order placed last.
    pub last_order: Option<u64>,
}

impl<'a> View<'a> {
    pub(crate) fn now(shop: &'a Shop) -> Self {
        Self { shop, stale: false }
    }

    pub(crate) fn before_last_change(shop: &'a Shop) -> Self {
        Self { shop, stale: true }
    }

    pub(crate) fn customer(&self, id: u64) -> Option<&'a Customer> {
        match self.shop.before.customers.get(&id) {
            Some(found) if self.stale => found.as_deref(),
            _ => self.shop.customers.get(&id).map(Arc::as_ref),
        }
    }

    pub(crate) fn order(&self, id: u64) -> Option<&'a Order> {
        match self.shop.before.orders.get(&id) {
            Some(found) if self.stale => found.as_deref(),
            _ => self.shop.orders.get(&id).map(Arc::as_ref),
        }
    }

    pub(crate) fn customers(&self) -> Vec<&'a Customer> {
        let mut ids: BTreeSet<u64> = self.shop.customers.keys().copied().collect();
        if self.stale {
            ids.extend(self.shop.before.customers.keys());
        }
        ids.into_iter().filter_map(|id| self.customer(id)).collect()
    }

    pub(crate) fn orders(&self) -> Vec<&'a Order> {
        let mut ids: BTreeSet<u64> = self.shop.orders.keys().copied().collect();
        if self.stale {
            ids.extend(self.shop.before.orders.keys());
        }
        ids.into_iter().filter_map(|id| self.order(id)).collect()
    }

    /// Discounts, the oldest first.
    pub(crate) fn discounts(&self) -> impl Iterator<Item = &'a Discount> {
        let (shop, stale) = (self.shop, self.stale);
        shop.discounts.values().filter(move |held| !(stale && shop.before.discounts.contains(&held.id)))
    }

    pub(crate) fn orders_of(&self, customer: u64) -> Vec<&'a Order> {
        let mut ids = self.shop.orders_of.get(&customer).cloned().unwrap_or_default();
        if self.stale {
            ids.extend(self.shop.before.orders.keys());
        }
        ids.into_iter()
            .filter_map(|id| self.order(id))
            .filter(|order| order.customer == Some(customer))
            .collect()
    }

    /// Counts, spend and last order: from the orders here, on top of what a payload has claimed for the rest.
    pub(crate) fn figures(&self, customer: &Customer) -> Figures {
        let orders = self.orders_of(customer.id);
        let counted: Vec<&Order> =
            orders.iter().copied().filter(|order| !order.test && !order.named_only).collect();
        let own = Figures {
            orders: counted.len() as u64,
            spent: counted.iter().map(|order| order.spent()).sum(),
            last_order: last(&orders).map(|order| order.id),
        };
        match &customer.claim {
            Some(claim) => with_claim(own, claim, &counted),
            None => own,
        }
    }
}

/// The order placed last; of two in one second the one with the higher id.
fn last<'a>(orders: &[&'a Order]) -> Option<&'a Order> {
    orders.iter().copied().filter(|order| !order.test).max_by_key(|order| (order.processed_at, order.id))
}

/// A claim covers what happened up to its time; orders and refunds that came later go on top. A claim that knows of
/// fewer orders than are here is no better than the orders.
fn with_claim(own: Figures, claim: &Claim, counted: &[&Order]) -> Figures {
    let covered = |order: &&&Order| order.created_at <= claim.as_of || claim.last_order == Some(order.id);
    let (inside, later): (Vec<&Order>, Vec<&Order>) = counted.iter().partition(|order| covered(order));
    let orders = claim.orders.filter(|claimed| *claimed >= inside.len() as u64);
    if claim.orders.is_some() && orders.is_none() {
        return own;
    }
    let later_refunds: Decimal = inside
        .iter()
        .flat_map(|order| &order.refunds)
        .filter(|refund| refund.created_at > claim.as_of)
        .map(|refund| refund.amount)
        .sum();
    let later_spent: Decimal = later.iter().map(|order| order.spent()).sum();
    Figures {
        orders: orders.map_or(own.orders, |claimed| claimed.saturating_add(later.len() as u64)),
        spent: claim
            .spent
            .map_or(own.spent, |spent| (spent + later_spent - later_refunds).max(Decimal::ZERO)),
        last_order: own.last_order,
    }
}
