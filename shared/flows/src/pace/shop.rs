//! Shops, read no faster than each allows.

use domain::{CustomerId, OrderId, Rate, ShopDomain, Signal};
use jiff::Timestamp;
use shopify::{OrdersReading, ReadShop, Reading, ShopError, ShopErrorKind, Truth};
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
        let points = self.shops.points(customers.len(), orders.len());
        self.asked(shop, points, self.shops.read(shop, customers, orders, now)).await
    }

    /// The read begins when its points are there.
    async fn asked<T>(
        &self,
        shop: &ShopDomain,
        points: u32,
        read: impl Future<Output = Result<T, ShopError>>,
    ) -> Result<T, ShopError> {
        let account = Account::shop(shop);
        let grant = self.pace.enter(&account, self.rate, points).await.map_err(|retry_after| {
            let kind = ShopErrorKind::RateLimited { retry_after };
            ShopError::new(kind, "the shop's budget, which all functions share, is used up or closed")
        })?;
        let read = read.await;
        self.pace.tell(&account, grant, self.signal(&read)).await;
        read
    }

    fn signal<T>(&self, read: &Result<T, ShopError>) -> Signal {
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

    fn orders<'a>(
        &'a self,
        shop: &'a ShopDomain,
        orders: &'a [OrderId],
        refunds: bool,
        now: Timestamp,
    ) -> OrdersReading<'a> {
        let points = self.shops.orders_points(orders.len(), refunds);
        Box::pin(self.asked(shop, points, self.shops.orders(shop, orders, refunds, now)))
    }

    fn orders_points(&self, orders: usize, refunds: bool) -> u32 {
        self.shops.orders_points(orders, refunds)
    }

    fn key_prefix<'a>(&'a self, shop: &'a ShopDomain) -> &'a str {
        self.shops.key_prefix(shop)
    }

    fn points(&self, customers: usize, orders: usize) -> u32 {
        self.shops.points(customers, orders)
    }
}
