//! What a worker remembers and sends beside the contact: actions, checkouts, figures of the shop.

use std::pin::Pin;

use domain::{Firing, ShopDomain};
use jiff::Timestamp;
use store::{ActionQueue, Checkout, DueIndex, Figure, Figures, StoreError, Wakes};

/// What it gives back: boxed, because what stands behind it is chosen by whoever runs the worker.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The memories and the queue beside those that every event needs. See the traits of `store` for what each promises.
pub trait Beside: Send + Sync {
    /// [`ActionQueue::fire`].
    fn fire<'a>(&'a self, firings: &'a [Firing]) -> Doing<'a, Vec<Result<(), StoreError>>>;

    /// [`DueIndex::touched`].
    fn touched<'a>(&'a self, checkout: &'a Checkout, due_at: Timestamp) -> Doing<'a, Result<(), StoreError>>;

    /// [`DueIndex::over`].
    fn over<'a>(
        &'a self,
        shop: &'a ShopDomain,
        token: &'a str,
        now: Timestamp,
    ) -> Doing<'a, Result<(), StoreError>>;

    /// [`DueIndex::open`].
    fn open<'a>(
        &'a self,
        checkouts: &'a [(&'a ShopDomain, &'a str)],
    ) -> Doing<'a, Result<Vec<bool>, StoreError>>;

    /// [`DueIndex::checkout`].
    fn checkout<'a>(
        &'a self,
        shop: &'a ShopDomain,
        token: &'a str,
    ) -> Doing<'a, Result<Option<Checkout>, StoreError>>;

    /// [`Wakes::wake`].
    fn wake<'a>(&'a self, shop: &'a ShopDomain) -> Doing<'a, Result<(), StoreError>>;

    /// [`Figures::figure`].
    fn figure<'a>(
        &'a self,
        shop: &'a ShopDomain,
        name: &'a str,
    ) -> Doing<'a, Result<Option<Figure>, StoreError>>;

    /// [`Figures::keep_figure`].
    fn keep_figure<'a>(
        &'a self,
        shop: &'a ShopDomain,
        name: &'a str,
        bytes: &'a [u8],
        before: Option<u64>,
    ) -> Doing<'a, Result<bool, StoreError>>;
}

/// A queue of actions, an index of what comes due, the figures, and a queue of whose runs need not wait.
#[derive(Debug, Clone)]
pub struct Stores<A, D, F, W> {
    /// Where actions go.
    pub actions: A,
    /// Checkouts.
    pub due: D,
    /// Figures of the shops.
    pub figures: F,
    /// Runs that wait for something.
    pub wakes: W,
}

impl<A: ActionQueue, D: DueIndex, F: Figures, W: Wakes> Beside for Stores<A, D, F, W> {
    fn fire<'a>(&'a self, firings: &'a [Firing]) -> Doing<'a, Vec<Result<(), StoreError>>> {
        Box::pin(self.actions.fire(firings))
    }

    fn touched<'a>(&'a self, checkout: &'a Checkout, due_at: Timestamp) -> Doing<'a, Result<(), StoreError>> {
        Box::pin(self.due.touched(checkout, due_at))
    }

    fn over<'a>(
        &'a self,
        shop: &'a ShopDomain,
        token: &'a str,
        now: Timestamp,
    ) -> Doing<'a, Result<(), StoreError>> {
        Box::pin(self.due.over(shop, token, now))
    }

    fn open<'a>(
        &'a self,
        checkouts: &'a [(&'a ShopDomain, &'a str)],
    ) -> Doing<'a, Result<Vec<bool>, StoreError>> {
        Box::pin(self.due.open(checkouts))
    }

    fn checkout<'a>(
        &'a self,
        shop: &'a ShopDomain,
        token: &'a str,
    ) -> Doing<'a, Result<Option<Checkout>, StoreError>> {
        Box::pin(self.due.checkout(shop, token))
    }

    fn wake<'a>(&'a self, shop: &'a ShopDomain) -> Doing<'a, Result<(), StoreError>> {
        Box::pin(self.wakes.wake(shop))
    }

    fn figure<'a>(
        &'a self,
        shop: &'a ShopDomain,
        name: &'a str,
    ) -> Doing<'a, Result<Option<Figure>, StoreError>> {
        Box::pin(self.figures.figure(shop, name))
    }

    fn keep_figure<'a>(
        &'a self,
        shop: &'a ShopDomain,
        name: &'a str,
        bytes: &'a [u8],
        before: Option<u64>,
    ) -> Doing<'a, Result<bool, StoreError>> {
        Box::pin(self.figures.keep_figure(shop, name, bytes, before))
    }
}
