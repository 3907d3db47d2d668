//! Whose customer is it? What an event names becomes a customer, or an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

use domain::{Concern, CustomerId, CustomerKey, Freshness, OrderId, ShopDomain, Subject};
use futures_util::FutureExt;
use jiff::Timestamp;
use shopify::Truth;

use super::{Case, Outcome, Settled, World};
use crate::failure::Failure;

/// Cases with their customers, and those that have an answer already.
pub(super) struct Resolved {
    pub(super) customers: Vec<(CustomerKey, Case)>,
    pub(super) settled: Vec<Settled>,
}

enum Named {
    Customer(CustomerId),
    Order(OrderId),
    Nobody(Failure),
}

fn named(case: &Case) -> Named {
    match &case.event.subject {
        Subject::Customer { id, .. } | Subject::Order { customer: Some(id), .. } => Named::Customer(*id),
        Subject::Order { id, customer: None, .. } => Named::Order(*id),
        Subject::Unreadable { why, .. } => Named::Nobody(Failure::Unreadable(*why)),
        Subject::Merge { .. } | Subject::Checkout { .. } | Subject::Person { .. } => {
            Named::Nobody(Failure::NotActedOn)
        }
        Subject::Other { .. } => Named::Nobody(match case.event.topic.concern() {
            Concern::Unknown => Failure::UnknownTopic,
            _ => Failure::NotActedOn,
        }),
    }
}

/// Finds the customer of each case. Orders whose payload named none (a refund, a guest) are read, once for each shop.
pub(super) async fn resolve<I, L, P, R>(cases: Vec<Case>, world: &World<'_, I, L, P, R>) -> Resolved {
    let (mut customers, mut settled) = (Vec::new(), Vec::new());
    let mut unnamed: BTreeMap<ShopDomain, Vec<(OrderId, Case)>> = BTreeMap::new();
    for case in cases {
        match named(&case) {
            Named::Customer(id) => customers.push((key(&case.event.shop, id), case)),
            Named::Order(id) => unnamed.entry(case.event.shop.clone()).or_default().push((id, case)),
            Named::Nobody(failure) => settled.push((case, Err(failure))),
        }
    }
    for (shop, orders) in unnamed {
        read_orders(&shop, orders, world, &mut customers, &mut settled).await;
    }
    Resolved { customers, settled }
}

fn key(shop: &ShopDomain, customer: CustomerId) -> CustomerKey {
    CustomerKey { shop: shop.clone(), customer }
}

async fn read_orders<I, L, P, R>(
    shop: &ShopDomain,
    orders: Vec<(OrderId, Case)>,
    world: &World<'_, I, L, P, R>,
    customers: &mut Vec<(CustomerKey, Case)>,
    settled: &mut Vec<Settled>,
) {
    let now = (world.clock)();
    let ids: BTreeSet<_> = orders.iter().map(|(id, _)| *id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let read = AssertUnwindSafe(world.shops.read(shop, &[], &ids, now)).catch_unwind().await;
    match read.map_err(|_| Failure::Panicked).and_then(|read| Ok(read?)) {
        Ok(truth) => {
            for (id, case) in orders {
                match customer_of(id, &case, &truth, now) {
                    Ok(Some(customer)) => customers.push((key(shop, customer), case)),
                    Ok(None) => settled.push((case, Ok(Outcome::NoCustomer))),
                    Err(failure) => settled.push((case, Err(failure))),
                }
            }
        }
        Err(failure) => {
            settled.extend(orders.into_iter().map(|(_, case)| (case, Err(failure.clone()))));
        }
    }
}

fn customer_of(
    id: OrderId,
    case: &Case,
    truth: &Truth,
    now: Timestamp,
) -> Result<Option<CustomerId>, Failure> {
    let order = truth.orders.get(&id).map(Result::as_ref).transpose().map_err(Failure::unreadable)?;
    match case.event.mention().freshness(order.map(|order| order.updated_at), now) {
        Freshness::Stale | Freshness::Missing => Err(Failure::StaleRead),
        Freshness::Fresh | Freshness::Gone => Ok(order.and_then(|order| order.customer)),
    }
}
