//! Shops, read no faster than each allows.

use domain::{CompanyId, CustomerId, OrderId, Rate, ShopDomain, Signal};
use jiff::Timestamp;
use shopify::{
    Admin, Companies, CustomerPage, Customers, CustomersRefunds, OrderSpan, Orders, PlacedPage, ReadShop,
    Reading, ShopError, ShopErrorKind, Truth,
};
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
    /// A page of customers, which is read by another way than by id.
    pub async fn customers(
        &self,
        admin: &Admin,
        shop: &ShopDomain,
        first: usize,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<CustomerPage, ShopError> {
        let points = self.shops.points(shop, first.clamp(1, admin.max_page(shop)), 0);
        self.paced(shop, points, admin.customers(shop, first, after, now)).await
    }

    /// How many orders of a span count, as [`Admin::orders_count`] says.
    pub async fn orders_count(
        &self,
        admin: &Admin,
        shop: &ShopDomain,
        span: &OrderSpan,
        without: &[&str],
        now: Timestamp,
    ) -> Result<u64, ShopError> {
        self.paced(shop, Admin::COUNT_POINTS, admin.orders_count(shop, span, without, now)).await
    }

    /// A page of the orders of a span.
    pub async fn placed(
        &self,
        admin: &Admin,
        shop: &ShopDomain,
        span: &OrderSpan,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<PlacedPage, ShopError> {
        self.paced(shop, Admin::PLACED_POINTS, admin.placed(shop, span, after, now)).await
    }

    /// Asks when the shop's budget has so many points, and tells how it went.
    async fn paced<T>(
        &self,
        shop: &ShopDomain,
        points: u32,
        reading: impl Future<Output = Result<T, ShopError>>,
    ) -> Result<T, ShopError> {
        paced(self.pace, self.rate, shop, points, reading).await
    }
}

/// A call to a shop when its budget has so many points; how it went is told.
pub(super) async fn paced<B: Budgets, T>(
    pace: &Pace<'_, B>,
    rate: Rate,
    shop: &ShopDomain,
    points: u32,
    asking: impl Future<Output = Result<T, ShopError>>,
) -> Result<T, ShopError> {
    let account = Account::shop(shop);
    let grant = pace.enter(&account, rate, points).await.map_err(|retry_after| {
        let kind = ShopErrorKind::RateLimited { retry_after };
        ShopError::new(kind, "the shop's budget, which all functions share, is used up or closed")
    })?;
    let answer = asking.await;
    pace.tell(&account, grant, signal(pace, &answer)).await;
    answer
}

fn signal<B: Budgets, T>(pace: &Pace<'_, B>, answer: &Result<T, ShopError>) -> Signal {
    match answer.as_ref().map_err(ShopError::kind) {
        Err(ShopErrorKind::RateLimited { retry_after }) => {
            Signal::SlowDown { until: pace.after(Some(*retry_after)) }
        }
        Err(ShopErrorKind::Unavailable) => Signal::Failed,
        Err(ShopErrorKind::Unauthorized) => Signal::Refused,
        // It answered, whatever it was.
        _ => Signal::Succeeded,
    }
}

impl<B: Budgets> ReadShop for PacedShops<'_, B> {
    fn read<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        orders: &'a [OrderId],
        now: Timestamp,
    ) -> Reading<'a, Truth> {
        let points = self.shops.points(shop, customers.len(), orders.len());
        Box::pin(self.paced(shop, points, self.shops.read(shop, customers, orders, now)))
    }

    fn orders<'a>(
        &'a self,
        shop: &'a ShopDomain,
        orders: &'a [OrderId],
        refunds: bool,
        now: Timestamp,
    ) -> Reading<'a, Orders> {
        let points = self.shops.orders_points(orders.len(), refunds);
        Box::pin(self.paced(shop, points, self.shops.orders(shop, orders, refunds, now)))
    }

    fn refunds<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        now: Timestamp,
    ) -> Reading<'a, CustomersRefunds> {
        let points = self.shops.refunds_points(customers.len());
        Box::pin(self.paced(shop, points, self.shops.refunds(shop, customers, now)))
    }

    fn by_email<'a>(
        &'a self,
        shop: &'a ShopDomain,
        emails: &'a [String],
        now: Timestamp,
    ) -> Reading<'a, Customers> {
        let points = self.shops.by_email_points(emails.len());
        Box::pin(self.paced(shop, points, self.shops.by_email(shop, emails, now)))
    }

    fn companies<'a>(
        &'a self,
        shop: &'a ShopDomain,
        companies: &'a [CompanyId],
        now: Timestamp,
    ) -> Reading<'a, Companies> {
        let points = u32::try_from(companies.len()).unwrap_or(u32::MAX);
        Box::pin(self.paced(shop, points, self.shops.companies(shop, companies, now)))
    }

    fn orders_points(&self, orders: usize, refunds: bool) -> u32 {
        self.shops.orders_points(orders, refunds)
    }

    fn key_prefix<'a>(&'a self, shop: &'a ShopDomain) -> &'a str {
        self.shops.key_prefix(shop)
    }

    fn points(&self, shop: &ShopDomain, customers: usize, orders: usize) -> u32 {
        self.shops.points(shop, customers, orders)
    }
}
