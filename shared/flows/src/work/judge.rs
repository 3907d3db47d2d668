//! Can what was read be trusted? Pure: a matter beside the truth.

use domain::{Customer, Freshness, Mention};
use jiff::Timestamp;
use shopify::Truth;

use super::Outcome;
use super::matter::Matter;
use crate::failure::Failure;

/// What the truth says about a matter.
pub(super) enum Judged<'t> {
    /// It can be trusted: this is what should be written.
    Read(&'t Customer),
    /// There is nothing to write, for this reason.
    Over(Result<Outcome, Failure>),
}

/// A read that is older than one of the events is a replica's that lags: nothing of it is written. What others left here
/// has to be there too, since nobody else will look for it.
pub(super) fn judge<'t>(matter: &Matter<'_>, truth: &'t Truth, now: Timestamp) -> Judged<'t> {
    let is_stale =
        matter.own().map(|mention| freshness(&mention, matter, truth, now)).any(|f| f == Freshness::Stale);
    let mut left = matter.left().map(|mention| freshness(&mention, matter, truth, now));
    if is_stale || left.any(|f| matches!(f, Freshness::Stale | Freshness::Missing)) {
        return Judged::Over(Err(Failure::StaleRead));
    }
    match truth.customers.get(&matter.group.customer.customer) {
        Some(Ok(customer)) => Judged::Read(customer),
        Some(Err(error)) => Judged::Over(Err(Failure::unreadable(error))),
        // A customer that an event just spoke of is not gone, but on its way.
        None if matter.own().any(|mention| freshness(&mention, matter, truth, now) == Freshness::Missing) => {
            Judged::Over(Err(Failure::StaleRead))
        }
        None => Judged::Over(Ok(Outcome::CustomerGone)),
    }
}

/// Is what was read as new as the mention? What is not there yet comes back by itself.
pub(super) fn freshness(mention: &Mention, matter: &Matter<'_>, truth: &Truth, now: Timestamp) -> Freshness {
    // What cannot be read has no version to compare: its own error tells more.
    let at = |updated_at: Option<Timestamp>| updated_at.unwrap_or(Timestamp::MAX);
    let read = if let Some(id) = mention.order {
        truth.orders.get(&id).map(|read| at(read.as_ref().ok().map(shopify::Order::updated_at)))
    } else {
        let customer = truth.customers.get(&matter.group.customer.customer);
        customer.map(|read| at(read.as_ref().ok().map(|customer| customer.updated_at)))
    };
    mention.freshness(read, now)
}
