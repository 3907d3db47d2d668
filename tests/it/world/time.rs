//! Time that goes by, and nobody who does anything.

use std::time::Duration;

use domain::{CustomerId, CustomerKey, Envelope, Event, RecordId, ShopDomain, SignalState, Subject};
use flows::{DueReport, Watch, due};
use jiff::{SignedDuration, Timestamp};
use store::memory::{Clock, Faults, MemoryDue, MemoryLinks, MemoryQueues, Redrive};
use store::{Checkout, Claimant, DueIndex, Kept, Link, Links};

use super::SHOP;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What is due, a queue, and a clock that is moved.
pub(crate) struct Time {
    pub(crate) clock: Clock,
    pub(crate) links: MemoryLinks,
    pub(crate) index: MemoryDue,
    pub(crate) queues: MemoryQueues,
    pub(crate) faults: Faults,
}

impl Time {
    pub(crate) fn at(now: &str) -> Self {
        let (clock, faults, links) = (Clock::at(at(now)), Faults::default(), MemoryLinks::default());
        let redrive = Redrive { visibility: Duration::from_mins(6), max_receives: 8 };
        let index = MemoryDue::over(links.clone(), faults.clone());
        let queues = MemoryQueues::new(clock.clone(), redrive, faults.clone());
        Self { clock, links, index, queues, faults }
    }

    pub(crate) async fn customer_is_due(&self, shop: &str, customer: u64, due_at: Option<Timestamp>) {
        let key = CustomerKey { shop: ShopDomain::parse(shop).unwrap(), customer: CustomerId::new(customer) };
        let link = Link {
            record: RecordId::new(format!("{shop}-{customer}")),
            version: at("2020-01-01T00:00:00Z"),
            written: [].into(),
            newest_order: None,
            signals: SignalState { due_at, ..SignalState::default() },
        };
        let now = self.clock.now();
        let owner = "somebody".to_owned();
        let claimant = Claimant { owner, now, until: now + SignedDuration::from_secs(90) };
        self.links.lease(&key, &claimant).await.unwrap();
        assert_eq!(self.links.keep(&key, &claimant, Some(&link), 0).await.unwrap(), Kept::Kept);
    }

    pub(crate) async fn checkout_is_due(&self, token: &str, due_at: Timestamp) {
        let shop = ShopDomain::parse(SHOP).unwrap();
        let (token, touched_at) = (token.to_owned(), due_at - SignedDuration::from_hours(1));
        let checkout = Checkout { shop, token, customer: None, touched_at, is_over: false };
        self.index.touched(&checkout, due_at).await.unwrap();
    }

    pub(crate) async fn run(&self) -> DueReport {
        self.run_for(&[SHOP], SignedDuration::from_secs(300), false).await
    }

    pub(crate) async fn run_for(&self, shops: &[&str], left: SignedDuration, dry_run: bool) -> DueReport {
        let clock = || self.clock.now();
        let deadline = self.clock.now() + left;
        let watch = Watch { index: &self.index, outbox: &self.queues, clock: &clock, deadline };
        due(&parsed(shops), &watch, dry_run).await
    }

    /// A clock that is a second further each time that somebody looks at it.
    pub(crate) async fn run_slowly(&self, left: SignedDuration) -> DueReport {
        let deadline = self.clock.now() + left;
        let clock = || {
            self.clock.advance(Duration::from_secs(1));
            self.clock.now()
        };
        let watch = Watch { index: &self.index, outbox: &self.queues, clock: &clock, deadline };
        due(&parsed(&[SHOP]), &watch, false).await
    }

    /// The events that were sent since the last time that somebody asked.
    pub(crate) fn sent(&self) -> Vec<Event> {
        let received = self.queues.receive_events(10_000);
        let taken = received.into_iter().map(|message| {
            assert!(self.queues.delete_event(&message.held.receipt));
            let Envelope::V1(event) = serde_json::from_str(&message.held.body).unwrap();
            event
        });
        taken.collect()
    }

    pub(crate) fn customers_sent(&self) -> Vec<u64> {
        let customer = |event: Event| match event.subject {
            Subject::Customer { id, .. } => id.get(),
            other => panic!("{other:?} is no customer"),
        };
        let mut customers: Vec<_> = self.sent().into_iter().map(customer).collect();
        customers.sort_unstable();
        customers
    }
}

pub(crate) fn parsed(shops: &[&str]) -> Vec<ShopDomain> {
    shops.iter().map(|shop| ShopDomain::parse(shop).unwrap()).collect()
}
