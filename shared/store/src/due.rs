//! What comes due by itself, although nothing happens.

use std::future::Future;

use domain::{CustomerId, CustomerKey, ShopDomain};
use jiff::Timestamp;

use crate::StoreError;

/// Something whose time has come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A signal of this customer changes ([`SignalState::due_at`](domain::SignalState::due_at) of the link).
    Customer {
        /// Whose.
        customer: CustomerKey,
        /// Since when, UTC.
        at: Timestamp,
    },
    /// A checkout lies there and nobody goes on with it.
    Checkout {
        /// Of which shop.
        shop: ShopDomain,
        /// Its key.
        token: String,
        /// Since when it is due, UTC.
        at: Timestamp,
    },
}

/// A part of what is due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DuePage {
    /// What is due, the oldest day first. It may be empty although there is a next part.
    pub due: Vec<Due>,
    /// How many rows were read for it.
    pub rows_read: u64,
    /// Where the next part begins, where there is one.
    pub next: Option<DueCursor>,
}

/// Where a part ended. Opaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCursor(pub String);

/// A checkout that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Of which shop.
    pub shop: ShopDomain,
    /// Its key.
    pub token: String,
    /// Whose it is, where the shop knows.
    pub customer: Option<CustomerId>,
    /// When the customer last did something with it, UTC.
    pub touched_at: Timestamp,
    /// Whether it became an order, or is dealt with otherwise.
    pub is_over: bool,
}

/// The index of what comes due. It is read by time: what it costs depends on how much is due, not on how much there is.
///
/// Customers are in it by [`Links::keep`](crate::Links::keep), which puts a link's `due_at` there in the same write, or
/// takes the customer out where there is none; a millisecond is as fine as it is kept. Checkouts are in it until they are
/// over, and are forgotten ninety days after they came due. It may lag for seconds. What is due stays there until it is
/// dealt with.
pub trait DueIndex: Send + Sync {
    /// What of a shop is due by `now`, and was not due before `since`; a part of it, from the beginning or from where a part
    /// of the same question ended. Each day in between is asked for, so `since` is what was looked at last and not the
    /// beginning of time.
    fn due(
        &self,
        shop: &ShopDomain,
        since: Timestamp,
        now: Timestamp,
        after: Option<&DueCursor>,
    ) -> impl Future<Output = Result<DuePage, StoreError>> + Send;

    /// Remembers that a customer did something with a checkout, and that it is due at `due_at`. What was touched later
    /// already, or is over, stays as it is.
    fn touched(
        &self,
        checkout: &Checkout,
        due_at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The checkout became an order, or was dealt with: it is not due any more, whatever is heard of it later. It is
    /// remembered for ninety days, also where nobody had heard of it before.
    fn over(
        &self,
        shop: &ShopDomain,
        token: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Which of these checkouts are known and not over: one answer for each, in their order.
    fn open(
        &self,
        checkouts: &[(&ShopDomain, &str)],
    ) -> impl Future<Output = Result<Vec<bool>, StoreError>> + Send {
        async move {
            let mut open = Vec::with_capacity(checkouts.len());
            for (shop, token) in checkouts {
                open.push(self.checkout(shop, token).await?.is_some_and(|checkout| !checkout.is_over));
            }
            Ok(open)
        }
    }

    /// What is known of a checkout.
    fn checkout(
        &self,
        shop: &ShopDomain,
        token: &str,
    ) -> impl Future<Output = Result<Option<Checkout>, StoreError>> + Send;
}
