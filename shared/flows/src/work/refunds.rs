//! What went back to the customers whose orders say so: read beside the truth, for those alone.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use domain::{CustomerId, Field, OrderId, Rules, ShopDomain};
use futures_util::FutureExt;
use jiff::Timestamp;
use shopify::{CustomersRefunds, RefundsRead, ShopError, ShopErrorKind, Truth};

use super::World;

/// The refunded orders that were read, by customer, with their versions.
type Refunded = BTreeMap<CustomerId, BTreeMap<OrderId, Timestamp>>;

/// Completes the truth of those customers who had money back. Where nobody had, no call is made. One whose refunds cannot
/// be read, or are older than the orders that were read, cannot be read at all: their number would be wrong.
pub(super) async fn complete<I, L, P, R>(
    truth: &mut Truth,
    shop: &ShopDomain,
    rules: &Rules,
    world: &World<'_, I, L, P, R>,
    now: Timestamp,
) {
    let refunded = refunded(truth);
    let writes = [Field::RefundCount, Field::RefundedAmount].into_iter().any(|field| rules.writes(field));
    if !writes || refunded.is_empty() {
        return;
    }
    let customers: Vec<_> = refunded.keys().copied().collect();
    let reading = AssertUnwindSafe(world.shops.refunds(shop, &customers, now)).catch_unwind().await;
    let panicked = |_| Err(ShopError::new(ShopErrorKind::Unavailable, "reading fell over"));
    let read = reading.unwrap_or_else(panicked).map_err(Arc::new);
    for (customer, orders) in &refunded {
        let refunds = of(*customer, orders, &read);
        if let Some(known) = truth.customers.get_mut(customer) {
            match (known.as_mut(), refunds) {
                (Ok(known), Ok(read)) => known.refunds = Some(read.refunds),
                (Ok(_), Err(error)) => *known = Err(error),
                (Err(_), _) => {}
            }
        }
    }
}

/// Of the customers that were read.
fn refunded(truth: &Truth) -> Refunded {
    let mut refunded = Refunded::new();
    for (id, order) in &truth.orders {
        let Ok(order) = order else { continue };
        let customer = order.customer.filter(|customer| matches!(truth.customers.get(customer), Some(Ok(_))));
        if let Some(customer) = customer.filter(|_| order.is_refunded()) {
            refunded.entry(customer).or_default().insert(*id, order.updated_at());
        }
    }
    refunded
}

fn of(
    customer: CustomerId,
    orders: &BTreeMap<OrderId, Timestamp>,
    read: &Result<CustomersRefunds, Arc<ShopError>>,
) -> Result<RefundsRead, Arc<ShopError>> {
    let behind = || Arc::new(ShopError::new(ShopErrorKind::Behind, "refunds"));
    let read = read.as_ref().map_err(Arc::clone)?.get(&customer).ok_or_else(behind)?.clone()?;
    let is_counted =
        |(order, seen): (&OrderId, &Timestamp)| read.orders.get(order).is_some_and(|at| at >= seen);
    if orders.iter().all(is_counted) { Ok(read) } else { Err(behind()) }
}
