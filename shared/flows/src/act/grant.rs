//! Discounts, made in the shop.

use std::panic::AssertUnwindSafe;

use domain::{Deed, Firing};
use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use shopify::Discount;

use super::errand::Errand;
use super::{AT_A_TIME, ActOutcome, Hands};
use crate::failure::Failure;

/// Makes every discount that is asked for, or finds that it was made: a code is there once. One that would have ended by
/// now is not made: nobody could use it.
pub(super) async fn grant<D, L, P, R>(errands: &mut [Errand], hands: &Hands<'_, D, L, P, R>) {
    let now = (hands.clock)();
    let granting = stream::iter(errands.iter_mut()).map(|errand| async move {
        let Some(discount) = discount(&errand.case.firing) else { return };
        errand.verdict = if is_over(&discount, now) {
            Some(Ok(ActOutcome::TooLate))
        } else {
            let granting = hands.shops.grant(&errand.case.firing.shop, &discount, now);
            match AssertUnwindSafe(granting).catch_unwind().await {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some(Err(error.into())),
                Err(_) => Some(Err(Failure::Panicked)),
            }
        };
    });
    granting.buffer_unordered(AT_A_TIME).collect::<Vec<()>>().await;
}

fn is_over(discount: &Discount, now: Timestamp) -> bool {
    discount.ends_at <= now
}

fn discount(firing: &Firing) -> Option<Discount> {
    let Deed::Discount { code, title, percent, ends_at } = &firing.deed else { return None };
    Some(Discount {
        code: code.clone(),
        title: title.clone(),
        percent: *percent,
        customer: firing.customer,
        starts_at: firing.fired_at,
        ends_at: *ends_at,
    })
}
