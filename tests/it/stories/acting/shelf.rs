//! A shop that has discounts, in memory.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use domain::ShopDomain;
use jiff::Timestamp;
use shopify::{Discount, GrantDiscount, Granting, Made, ShopError, ShopErrorKind};

/// Codes, each once; the next answers may get lost.
#[derive(Default)]
pub(super) struct Shelf {
    codes: Mutex<BTreeSet<String>>,
    lost: AtomicUsize,
}

impl Shelf {
    pub(super) fn codes(&self) -> Vec<String> {
        self.codes.lock().unwrap().iter().cloned().collect()
    }

    /// The next discount is made, and nobody hears of it.
    pub(super) fn loses_the_next_answer(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    fn made(&self, discount: &Discount) -> Result<Made, ShopError> {
        let is_new = self.codes.lock().unwrap().insert(discount.code.clone());
        if self.lost.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
            return Err(ShopError::new(ShopErrorKind::Unavailable, "told to lose it"));
        }
        Ok(if is_new { Made::Created } else { Made::AlreadyThere })
    }
}

impl GrantDiscount for Shelf {
    fn grant<'a>(&'a self, _: &'a ShopDomain, discount: &'a Discount, _: Timestamp) -> Granting<'a> {
        Box::pin(async move { self.made(discount) })
    }
}
