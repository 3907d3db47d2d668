//! Shops in which discounts are made, no faster than each allows.

use domain::{Rate, ShopDomain};
use jiff::Timestamp;
use shopify::{Discount, GrantDiscount, Granting};
use store::Budgets;

use super::Pace;
use super::shop::paced;

/// Shops behind the same budgets as their reads, in points.
pub struct PacedGrants<'a, B> {
    shops: &'a dyn GrantDiscount,
    rate: Rate,
    pace: &'a Pace<'a, B>,
}

impl<'a, B> PacedGrants<'a, B> {
    /// `rate` is what each shop allows, in points.
    pub fn new(shops: &'a dyn GrantDiscount, rate: Rate, pace: &'a Pace<'a, B>) -> Self {
        Self { shops, rate, pace }
    }
}

impl<B: Budgets> GrantDiscount for PacedGrants<'_, B> {
    fn grant<'a>(&'a self, shop: &'a ShopDomain, discount: &'a Discount, now: Timestamp) -> Granting<'a> {
        let granting = self.shops.grant(shop, discount, now);
        Box::pin(paced(self.pace, self.rate, shop, self.shops.grant_points(), granting))
    }

    fn grant_points(&self) -> u32 {
        self.shops.grant_points()
    }
}
