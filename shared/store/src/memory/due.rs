//! The index of what comes due, in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ShopDomain;
use jiff::Timestamp;

use super::{Faults, MemoryLinks, Operation};
use crate::{Checkout, Due, DueCursor, DueIndex, DuePage, StoreError, StoreErrorKind};

const A_PAGE: usize = 100;

/// A [`DueIndex`] over the customers of some links and over checkouts of its own, whose state can be looked at. Clones
/// share it.
#[derive(Debug, Clone, Default)]
pub struct MemoryDue {
    links: MemoryLinks,
    checkouts: Arc<Mutex<BTreeMap<Key, Row>>>,
    faults: Faults,
}

type Key = (ShopDomain, String);

#[derive(Debug, Clone)]
struct Row {
    checkout: Checkout,
    due_at: Option<Timestamp>,
}

impl MemoryDue {
    /// One over these links, without a checkout, which fails when `faults` say so.
    pub fn over(links: MemoryLinks, faults: Faults) -> Self {
        Self { links, checkouts: Arc::default(), faults }
    }

    /// Every checkout that was heard of, and when it comes due, where it does.
    pub fn checkouts(&self) -> Vec<(Checkout, Option<Timestamp>)> {
        self.rows().values().map(|row| (row.checkout.clone(), row.due_at)).collect()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<Key, Row>> {
        self.checkouts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that is due in that time, in the order in which it came due.
    fn between(&self, shop: &ShopDomain, since: Timestamp, now: Timestamp) -> BTreeMap<Place, Due> {
        let customers = self
            .links
            .links()
            .into_iter()
            .filter_map(|(customer, link)| Some(Due::Customer { customer, at: link.signals.due_at? }));
        let checkouts = self
            .checkouts()
            .into_iter()
            .filter_map(|(Checkout { shop, token, .. }, at)| Some(Due::Checkout { shop, token, at: at? }));
        let all = customers.chain(checkouts).filter(|due| shop_of(due) == shop);
        all.map(|due| (place(&due), due)).filter(|((at, _), _)| (since..=now).contains(at)).collect()
    }

    fn touch(&self, checkout: &Checkout, due_at: Timestamp) {
        let mut rows = self.rows();
        let key = (checkout.shop.clone(), checkout.token.clone());
        let stands = |row: &Row| row.checkout.is_over || row.checkout.touched_at > checkout.touched_at;
        if !rows.get(&key).is_some_and(stands) {
            let due_at = (!checkout.is_over).then_some(due_at);
            rows.insert(key, Row { checkout: checkout.clone(), due_at });
        }
    }

    fn end(&self, shop: &ShopDomain, token: &str, now: Timestamp) {
        let (mut rows, key) = (self.rows(), (shop.clone(), token.to_owned()));
        let row =
            rows.entry(key).or_insert_with(|| Row { checkout: unheard_of(shop, token, now), due_at: None });
        row.checkout.is_over = true;
        row.due_at = None;
    }
}

/// A part of what is due, after this place.
fn page(due: BTreeMap<Place, Due>, after: Option<&Place>) -> DuePage {
    let mut left = due.into_iter().filter(|(place, _)| after.is_none_or(|after| place > after));
    let page: Vec<_> = left.by_ref().take(A_PAGE).collect();
    let next = page.last().filter(|_| left.next().is_some()).map(|(place, _)| cursor(place));
    let due: Vec<_> = page.into_iter().map(|(_, due)| due).collect();
    DuePage { rows_read: u64::try_from(due.len()).unwrap_or(u64::MAX), due, next }
}

/// When, and whose: the place of something due among all.
type Place = (Timestamp, String);

fn place(due: &Due) -> Place {
    match due {
        Due::Customer { customer, at } => (*at, format!("customer#{customer}")),
        Due::Checkout { shop, token, at } => (*at, format!("checkout#{shop}#{token}")),
    }
}

fn shop_of(due: &Due) -> &ShopDomain {
    match due {
        Due::Customer { customer, .. } => &customer.shop,
        Due::Checkout { shop, .. } => shop,
    }
}

fn cursor((at, whose): &Place) -> DueCursor {
    DueCursor(format!("{at} {whose}"))
}

fn place_of(DueCursor(text): &DueCursor) -> Result<Place, StoreError> {
    let read = || {
        let (at, whose) = text.split_once(' ')?;
        Some((at.parse().ok()?, whose.to_owned()))
    };
    read().ok_or_else(|| StoreError::new(StoreErrorKind::Refused, "that is no place in the index"))
}

/// A checkout that is over before it was touched.
fn unheard_of(shop: &ShopDomain, token: &str, now: Timestamp) -> Checkout {
    let (shop, token) = (shop.clone(), token.to_owned());
    Checkout { shop, token, customer: None, touched_at: now, is_over: true }
}

impl DueIndex for MemoryDue {
    async fn due(
        &self,
        shop: &ShopDomain,
        since: Timestamp,
        now: Timestamp,
        after: Option<&DueCursor>,
    ) -> Result<DuePage, StoreError> {
        let after = after.map(place_of).transpose()?;
        let part = || page(self.between(shop, since, now), after.as_ref());
        self.faults.run(Operation::Due, || Ok(part()))
    }

    async fn touched(&self, checkout: &Checkout, due_at: Timestamp) -> Result<(), StoreError> {
        self.faults.run(Operation::Touched, || {
            self.touch(checkout, due_at);
            Ok(())
        })
    }

    async fn over(&self, shop: &ShopDomain, token: &str, now: Timestamp) -> Result<(), StoreError> {
        self.faults.run(Operation::Over, || {
            self.end(shop, token, now);
            Ok(())
        })
    }

    async fn checkout(&self, shop: &ShopDomain, token: &str) -> Result<Option<Checkout>, StoreError> {
        let known = || self.rows().get(&(shop.clone(), token.to_owned())).map(|row| row.checkout.clone());
        self.faults.run(Operation::Checkout, || Ok(known()))
    }
}
