//! Reading the truth, as the one who works on events sees it.

use std::future::Future;
use std::pin::Pin;

use domain::{CompanyId, CustomerId, OrderId, ShopDomain};
use jiff::Timestamp;

use super::admin::ORDER_POINTS;
use super::{
    Admin, Companies, Customers, CustomersRefunds, Orders, ShopError, Truth, by_email, orders, refunds,
};

/// What a read gives back: boxed, because which shop it is is chosen at run time.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T, ShopError>> + Send + 'a>>;

/// Shops whose truth can be read. Reading does no harm, so it may be done again.
pub trait ReadShop: Send + Sync {
    /// Customers and orders by id, as they are now, or as a replica that lags behind has them. What is not in the answer
    /// does not exist there.
    fn read<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        orders: &'a [OrderId],
        now: Timestamp,
    ) -> Reading<'a, Truth>;

    /// What a read of so many costs, in this shop's points.
    fn points(&self, shop: &ShopDomain, customers: usize, orders: usize) -> u32;

    /// All that a deal is made from, of orders by id; with `refunds` what the notes are made from too. What is not in the
    /// answer does not exist there.
    fn orders<'a>(
        &'a self,
        shop: &'a ShopDomain,
        orders: &'a [OrderId],
        refunds: bool,
        now: Timestamp,
    ) -> Reading<'a, Orders>;

    /// What such a read of so many costs at most, in the shop's points.
    fn orders_points(&self, orders: usize, refunds: bool) -> u32 {
        u32::try_from(orders * orders::points(refunds)).unwrap_or(u32::MAX)
    }

    /// What went back to customers, over all their orders. It comes from an index that may be behind, and says which orders
    /// it counted. One who is not in the answer does not exist there.
    fn refunds<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        now: Timestamp,
    ) -> Reading<'a, CustomersRefunds>;

    /// What such a read of so many costs, where nobody has more refunds than a page holds, in the shop's points.
    fn refunds_points(&self, customers: usize) -> u32 {
        u32::try_from(customers * refunds::POINTS).unwrap_or(u32::MAX)
    }

    /// The customers who have shown that these addresses, in lower case, are theirs.
    fn by_email<'a>(
        &'a self,
        shop: &'a ShopDomain,
        emails: &'a [String],
        now: Timestamp,
    ) -> Reading<'a, Customers>;

    /// What a search for so many addresses costs, in the shop's points.
    fn by_email_points(&self, emails: usize) -> u32 {
        u32::try_from(emails * by_email::POINTS).unwrap_or(u32::MAX)
    }

    /// Companies by id; each costs a point. What is not in the answer does not exist there.
    fn companies<'a>(
        &'a self,
        shop: &'a ShopDomain,
        companies: &'a [CompanyId],
        now: Timestamp,
    ) -> Reading<'a, Companies>;

    /// What stands before the keys of this shop's customers where several shops share a CRM account.
    fn key_prefix<'a>(&'a self, shop: &'a ShopDomain) -> &'a str;
}

impl ReadShop for Admin {
    fn read<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        orders: &'a [OrderId],
        now: Timestamp,
    ) -> Reading<'a, Truth> {
        Box::pin(Admin::read(self, shop, customers, orders, now))
    }

    fn orders<'a>(
        &'a self,
        shop: &'a ShopDomain,
        orders: &'a [OrderId],
        refunds: bool,
        now: Timestamp,
    ) -> Reading<'a, Orders> {
        Box::pin(self.read_orders(shop, orders, refunds, now))
    }

    fn refunds<'a>(
        &'a self,
        shop: &'a ShopDomain,
        customers: &'a [CustomerId],
        now: Timestamp,
    ) -> Reading<'a, CustomersRefunds> {
        Box::pin(self.read_refunds(shop, customers, now))
    }

    fn by_email<'a>(
        &'a self,
        shop: &'a ShopDomain,
        emails: &'a [String],
        now: Timestamp,
    ) -> Reading<'a, Customers> {
        Box::pin(self.read_by_email(shop, emails, now))
    }

    fn companies<'a>(
        &'a self,
        shop: &'a ShopDomain,
        companies: &'a [CompanyId],
        now: Timestamp,
    ) -> Reading<'a, Companies> {
        Box::pin(self.read_companies(shop, companies, now))
    }

    fn points(&self, shop: &ShopDomain, customers: usize, orders: usize) -> u32 {
        u32::try_from(customers * self.asked(shop).points() + orders * ORDER_POINTS).unwrap_or(u32::MAX)
    }

    fn key_prefix<'a>(&'a self, shop: &'a ShopDomain) -> &'a str {
        self.credentials().key_prefix(shop)
    }
}
