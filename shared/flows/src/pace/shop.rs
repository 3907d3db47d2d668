//! Shops, read no faster than each allows.

use domain::{CustomerId, OrderId, Rate, ShopDomain, Signal};
use jiff::Timestamp;
use shopify::{ReadShop, Reading, ShopError, ShopErrorKind, Truth};
use store::{Account, Budgets};

use super::Pace;

/// Shops behind their budgets, one for each, in points.
pub struct PacedShops<'a, B> {
    shops: &'a dyn ReadShop,
    rate: Rate,
    pace: &'a Pace<'a, B>,
}

impl<'a, B> PacedShops<'a, B> {
    /// `rate` is what each shop allows, in points.
    pub fn new(shops: &'a dyn ReadShop, rate: Rate, pace: &'a Pace<'a, B>) -> Self {
        Self { shops, rate, pace }
    }
}

impl<B: Budgets> PacedShops<'_, B> {
    async fn paced(
        &self,
        shop: &ShopDomain,
        customers: &[CustomerId],
        orders: &[OrderId],
        now: Timestamp,
    ) -> Result<Truth, ShopError> {
        let account = Account::shop(shop);
        let points = self.shops.points(shop, customers.len(), orders.len());
        let grant = self.pace.enter(&account, self.rate, points).await.map_err(|retry_after| {
            let kind = ShopErrorKind::RateLimited { retry_after };
            ShopError::new(kind, "the shop's budget, which all functions share, is used up or closed")
        })?;
        let read = self.shops.read(shop, customers, orders, now).await;
        self.pace.tell(&account, grant, self.signal(&read)).await;
        read
    }

    fn signal(&self, read: &Result<Truth, ShopError>) -> Signal {
        match read.as_ref().map_err(ShopError::kind) {
            Err(ShopErrorKind::RateLimited { retry_after }) => {
                Signal::SlowDown { until: self.pace.after(Some(*retry_after)) }
            }
            Err(ShopErrorKind::Unavailable) => Signal::Failed,
            // It answered, whatever it was.
            _ => Signal::Succeeded,
        }
    }
}

impl<B: Budgets> ReadShop for PacedShops<'_, B> {
    fn read<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        orders: &'a [OrderId],
        now: Timestamp,
    ) -> Reading<'a> {
        Box::pin(self.paced(shop, customers, orders, now))
    }

    fn key_prefix<'a>(&'a self, shop: &'a ShopDomain) -> &'a str {
        self.shops.key_prefix(shop)
    }

    fn points(&self, shop: &ShopDomain, customers: usize, orders: usize) -> u32 {
        self.shops.points(shop, customers, orders)
    }
}
