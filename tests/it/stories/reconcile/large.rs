//! A shop of twenty thousand customers and sixty thousand orders in which everything goes wrong at once, as it is promised.
//! `CUSTOMERS=1000 cargo test -p it -- reconcile::large` plays it with fewer, for who is in a hurry.

use std::collections::BTreeMap;
use std::sync::Arc;

use crm::memory::MemoryCrm;
use domain::{Field, Record, RecordId, Value};
use drift::{Cause, Purpose};
use flows::Ask;
use store::memory::Moment;

use super::night::{Night, causes};
use crate::stories::living::{buys, person};

const CUSTOMERS: usize = 20_000;

/// Of ten customers one has bought nothing, the others three or four times.
fn orders(n: usize) -> usize {
    match n {
        n if n % 10 == 9 => 0,
        n if n % 3 == 0 => 4,
        _ => 3,
    }
}

/// A shop in which everybody lived before we came, and their contacts by the first import.
struct Large {
    night: Night,
    crm: MemoryCrm,
    customers: Vec<u64>,
}

impl Large {
    async fn imported() -> Self {
        let customers = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(CUSTOMERS);
        let (mut night, crm) = (Night::new().await, MemoryCrm::default());
        night.world.side.crm = Arc::new(crm.clone());
        let shop = &night.world.shop;
        let customers = shop.without_app(|| (0..customers).map(|n| lives(shop, n)).collect()).unwrap();
        let large = Self { night, crm, customers };
        large.imports().await;
        large
    }

    async fn imports(&self) {
        let (night, customers) = (&self.night, self.customers.len());
        assert_eq!(night.world.pending().len(), 0, "whoever was there before us is told to nobody");
        night.later();
        let ask = Ask::Begin { purpose: Purpose::Import, dry_run: false, window: None };
        let import = night.runs(ask).await;
        assert_eq!((import.is_whole(), import.tally.queued), (true, customers as u64), "{import:?}");
        night.world.settle().await;
        assert_eq!((night.world.parked().len(), self.crm.records().len()), (0, customers));
        night.later();
    }

    /// Each customer's contact, by their place among the customers.
    fn contacts(&self) -> Vec<Record> {
        let keyed = self.crm.records().into_iter().filter_map(|record| {
            let customer: u64 = record.key.as_ref()?.as_str().parse().ok()?;
            Some((customer, record))
        });
        let mut keyed: BTreeMap<_, _> = keyed.collect();
        self.customers.iter().map(|customer| keyed.remove(customer).unwrap()).collect()
    }

    /// Everything goes wrong, each with customers of its own. Gives the contacts as they were before.
    fn goes_wrong(&self, who: &Wrong) -> Vec<Record> {
        let (contacts, shop) = (self.contacts(), &self.night.world.shop);
        let id = |n: usize| -> &RecordId { &contacts[n].id };
        for n in &who.lost {
            buys(shop, self.customers[*n], "77.00");
        }
        let wrong = [(Field::TotalSpent, Value::Number(123_456.into()))].into();
        assert!(who.edited.iter().all(|n| self.crm.rep_edits(id(*n), &wrong)));
        assert!(who.deleted.iter().all(|n| self.crm.delete(id(*n))));
        assert!(who.merged.iter().all(|(one, other)| self.crm.merge(id(*one), id(*other)).is_some()));
        for n in &who.doubled {
            self.crm.rep_creates(&contacts[*n].fields, &[]);
        }
        who.gone.iter().for_each(|n| shop.delete_customer(self.customers[*n]).unwrap());
        self.night.loses_all();
        self.night.later();
        contacts
    }

    /// A person does what the report advises: who was merged is taken apart, who is gone goes here too.
    fn is_set_right(&self, who: &Wrong, contacts: &[Record]) {
        for (_, other) in &who.merged {
            self.crm.rep_creates(&contacts[*other].fields, &[]);
        }
        assert!(who.gone.iter().all(|n| self.crm.delete(&contacts[*n].id)));
    }

    /// The night after the rules changed: everybody is synced again, in parts.
    async fn is_ruled_anew(&mut self) {
        let rule = ("customer.days_since_last_order > 90", "customer.days_since_last_order > 60");
        self.night.world.rules_with(&[rule]);
        self.night.world.side.crm = Arc::new(self.crm.clone());
        let report = self.night.passes().await;
        let contacts = self.crm.records().len() as u64;
        assert_eq!((causes(&report), report.tally.refreshed), (vec![], contacts));
        assert!(report.tally.hops > contacts / 10_000, "{} hops for {contacts}", report.tally.hops);
        assert!(self.night.world.parked().is_empty());
    }

    /// One night finds all of it and repairs what it may; the next finds what waits for a person, and no more. Gives how often
    /// somebody worked on the first.
    async fn passes(&mut self, who: &Wrong) -> u64 {
        let report = self.night.passes().await;
        (self.night.each_dies_after, self.night.dies) = (None, Moment::Before);
        let all = who.is_repaired().into_iter().chain(who.is_left());
        assert_eq!(report.tally.causes, all.collect());
        let of = |causes: &[(Cause, u64)]| causes.iter().map(|(_, count)| count).sum::<u64>();
        assert_eq!((report.tally.queued, report.tally.left), (of(&who.is_repaired()), of(&who.is_left())));
        assert_eq!(report.tally.merged, who.doubled.len() as u64);
        let next = self.night.passes().await;
        assert_eq!(causes(&next), who.is_left(), "only what waits for a person");
        assert_eq!(next.news(), BTreeMap::new(), "and of that nothing is news");
        report.tally.hops
    }
}

/// Somebody who bought at different times for different amounts.
fn lives(shop: &twin_shopify::ShopHandle, n: usize) -> u64 {
    let customer = person(shop, "Ada", &format!("No{n}"), &format!("customer{n}@example.com"));
    for order in 0..orders(n) {
        buys(shop, customer, &format!("{}.50", 10 + order));
    }
    customer
}

/// Whom it happens to, by their place among the customers; so many of each as the promise has of twenty thousand.
struct Wrong {
    /// One in a hundred buys, and no delivery arrives.
    lost: Vec<usize>,
    edited: Vec<usize>,
    deleted: Vec<usize>,
    merged: Vec<(usize, usize)>,
    doubled: Vec<usize>,
    /// Deleted in the shop, which lets nobody go who has bought.
    gone: Vec<usize>,
}

impl Wrong {
    fn of(customers: usize) -> Self {
        let (hundredth, thousandth) = (customers / 100, customers / 1_000);
        let mut buyers = (0..customers).filter(|n| orders(*n) > 0);
        let mut take = |count: usize| buyers.by_ref().take(count).collect::<Vec<_>>();
        let (lost, edited, deleted) = (take(hundredth), take(hundredth), take(hundredth / 2));
        let pairs = take(thousandth * 5);
        Self {
            lost,
            edited,
            deleted,
            merged: pairs.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(),
            doubled: take(thousandth * 3 / 2),
            gone: (0..customers).filter(|n| orders(*n) == 0).take(thousandth).collect(),
        }
    }

    fn is_repaired(&self) -> [(Cause, u64); 4] {
        [
            (Cause::MissingInCrm, self.deleted.len() as u64),
            (Cause::Stale, self.lost.len() as u64),
            (Cause::ManualEdit, self.edited.len() as u64),
            (Cause::Duplicate, self.doubled.len() as u64),
        ]
    }

    fn is_left(&self) -> [(Cause, u64); 2] {
        [(Cause::MergedAway, self.merged.len() as u64), (Cause::ExtraInCrm, self.gone.len() as u64)]
    }
}

#[tokio::test]
async fn s_159_s_168_and_s_188_one_night_finds_all_that_went_wrong_and_the_next_nothing_but_what_waits_for_a_person()
 {
    let mut large = Large::imported().await;
    let wrong = Wrong::of(large.customers.len());
    let contacts = large.goes_wrong(&wrong);
    large.passes(&wrong).await;
    large.is_set_right(&wrong, &contacts);
    assert_eq!(causes(&large.night.passes().await), [], "nor that, once the person has done it");
    large.is_ruled_anew().await;
}

/// Each invocation dies as soon as it has kept what it did, so every checkpoint is somebody's last.
#[tokio::test]
async fn s_164_a_night_that_is_killed_at_every_checkpoint_finds_the_same() {
    let mut large = Large::imported().await;
    let wrong = Wrong::of(large.customers.len());
    large.goes_wrong(&wrong);
    (large.night.each_dies_after, large.night.dies) = (Some(1), Moment::After);
    let hops = large.passes(&wrong).await;
    assert!(hops > 5, "only {hops} invocations");
}
