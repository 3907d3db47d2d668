//! A batch of deliveries becomes right records: open → known → read the shop → desired → plan → apply → conclude.
//!
//! Each delivery is opened by itself; those of one customer are worked on together, once, under the
//! customer's lease; all customers of a batch are read together and written together, since calls are what a shop and a
//! CRM count. What goes wrong (a panic too) stays with the customer it went wrong for.

mod beside;
mod checkouts;
mod commit;
mod companies;
mod conclude;
mod figures;
mod fire;
mod firing;
mod judge;
mod known;
mod learn;
mod lease;
mod matter;
mod observe;
mod open;
mod orders;
mod outcome;
mod preview;
mod refunds;
mod resolve;
mod settle;
mod signals;
mod together;
mod write;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError};

use ::signals::SignalBook;
use crm::Crm;
use domain::{Backoff, Chance, CustomerKey, Event, FingerprintKey, RecordId, Rulebook};
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use jiff::{SignedDuration, Timestamp};
use shopify::{ReadShop, Reading};
use store::{Claimant, Delivery, Inbox, Links, ParkedQueue, Redelivery};

pub use self::beside::{Beside, Doing, Stores};
pub(crate) use self::figures::figure_name;
use self::matter::Group;
pub use self::outcome::{Outcome, Worked};
pub use self::preview::{PastDeeds, Preview, PreviewRequest, preview};
use self::settle::Ledger;
use crate::failure::Failure;

/// A message as the queue gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The queue's id of the message.
    pub message_id: String,
    /// What changes when it comes back.
    pub receipt: String,
    /// Its text.
    pub body: String,
    /// How often it was received, this time included.
    pub receives: u32,
}

/// Everything that is outside.
pub struct World<'a, I, L, P, R> {
    /// The memory of deliveries.
    pub inbox: &'a I,
    /// The memory of links.
    pub links: &'a L,
    /// Where what needs a person waits.
    pub parked: &'a P,
    /// A say in when a message comes back.
    pub redelivery: &'a R,
    /// The shops.
    pub shops: &'a dyn ReadShop,
    /// The CRM.
    pub crm: &'a dyn Crm,
    /// What is remembered and sent beside the contact.
    pub beside: &'a dyn Beside,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// 64 random bits.
    pub chance: &'a (dyn Fn() -> u64 + Sync),
    /// Rings at that time, UTC.
    pub alarm: &'a (dyn Fn(Timestamp) -> Alarm + Sync),
}

/// Ends when its time has come.
pub type Alarm = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How this invocation works.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Unique for this invocation: the fence of every lease it takes.
    pub owner: String,
    /// When the platform ends this invocation, UTC. Leases outlive it a little, so that nobody takes over from
    /// somebody who still writes.
    pub deadline: Timestamp,
    /// How long to wait between tries.
    pub backoff: Backoff,
    /// The key of the remembered hashes.
    pub fingerprint_key: FingerprintKey,
    /// What may be written, by shop.
    pub rules: Arc<Rulebook>,
    /// What is said of customers beyond their figures, by shop: made of `rules`.
    pub signals: Arc<SignalBook>,
}

impl Terms {
    /// Leases outlive the invocation by this much, so that what it had sent to the CRM before it was ended has arrived.
    const MARGIN: SignedDuration = SignedDuration::from_secs(20);
    /// No batch of customers is begun when less than this is left.
    const LEAST: SignedDuration = SignedDuration::from_secs(20);
    /// A customer that is still worked on when this is left is given up for this time; it is needed to conclude.
    const RESERVE: SignedDuration = SignedDuration::from_secs(8);

    /// The fence of a customer's lease. It carries the name of a message that names this customer by itself.
    fn claimant(&self, cases: &[Case], now: Timestamp) -> Claimant {
        let until = self.deadline.saturating_add(Self::MARGIN).unwrap_or(self.deadline);
        let sure = cases.iter().find(|case| case.event.names_customer());
        let end = sure.map_or_else(|| lease::NOBODY_COMES.to_owned(), lease::owned_for);
        Claimant { owner: format!("{}{end}", self.owner), now, until }
    }

    fn last_call(&self) -> Timestamp {
        self.deadline.checked_sub(Self::RESERVE).unwrap_or(self.deadline)
    }

    fn out_of_time(&self, now: Timestamp) -> bool {
        self.deadline.duration_since(now) < Self::LEAST
    }
}

/// A delivery that is ours to work on.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) delivered: Delivered,
    pub(crate) event: Event,
    /// Whether another copy of it was concluded.
    pub(crate) is_concluded: bool,
    /// The record of a customer who went up in this one.
    pub(crate) inherits: Option<RecordId>,
}

impl Case {
    pub(crate) fn delivery(&self) -> Delivery {
        Delivery { key: self.event.delivery(), replays: self.event.replays }
    }
}

/// What became of a case, before it is concluded.
pub(crate) type Settled = (Case, Result<Outcome, Failure>);

/// How many calls to a store are under way at a time.
const AT_A_TIME: usize = 16;

/// Works on a batch. One answer for each message: those that are [`Worked::comes_back`] must not be deleted.
pub async fn work<I, L, P, R>(
    batch: Vec<Delivered>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Worked>
where
    I: Inbox,
    L: Links,
    P: ParkedQueue,
    R: Redelivery,
{
    let (events, undecodable) = open::open(batch, (world.clock)());
    let mut worked = conclude::park_undecodable(undecodable, world, terms).await;
    let (cases, over) = known::known(events, world, terms).await;
    worked.extend(over);
    let (cases, checkouts) = checkouts::seen(cases, world, terms).await;
    let resolve::Resolved { customers, settled } = resolve::resolve(cases, world, terms).await;
    let settled = orders::deleted(settled, world, terms).await;
    let settled = companies::named(settled, world, terms).await;
    let in_time = in_time(groups(customers, world, terms), world, terms).await;
    let settled: Vec<_> = settled.into_iter().chain(checkouts).chain(in_time).collect();
    checkouts::dealt_with(&settled, world).await;
    worked.extend(conclude::conclude(settled, world, terms).await);
    worked
}

/// Those that have waited for most tries go first, so that none is always last.
fn groups<I, L, P, R>(
    customers: Vec<(CustomerKey, Case)>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Group> {
    let mut groups: BTreeMap<CustomerKey, Vec<Case>> = BTreeMap::new();
    for (customer, case) in customers {
        groups.entry(customer).or_default().push(case);
    }
    let now = (world.clock)();
    let group = |(customer, cases): (CustomerKey, Vec<Case>)| {
        let claimant = terms.claimant(&cases, now);
        Group { customer, cases, claimant }
    };
    let mut groups: Vec<_> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| Reverse(group.receives()));
    groups
}

/// Settles all groups, or as many as time allows. The lease of one that is still worked on then runs out, since what was
/// sent to the CRM may still be under way; what it is about comes back.
async fn in_time<I, L, P, R>(groups: Vec<Group>, world: &World<'_, I, L, P, R>, terms: &Terms) -> Vec<Settled>
where
    I: Inbox,
    L: Links,
    P: ParkedQueue,
    R: Redelivery,
{
    let ledger = Ledger::default();
    let mut unfinished = Failure::OutOfTime;
    if !terms.out_of_time((world.clock)()) {
        let settled = AssertUnwindSafe(settle::settle(&groups, &ledger, world, terms)).catch_unwind();
        if let Either::Left((Err(_), _)) = select(pin!(settled), (world.alarm)(terms.last_call())).await {
            unfinished = Failure::Panicked;
        }
    }
    let mut verdicts = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut settled = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        let verdicts = verdicts.remove(&index).unwrap_or_else(|| group.all(&Err(unfinished.clone())));
        settled.extend(group.cases.into_iter().zip(verdicts));
    }
    settled
}

/// What a shop answered; a panic over it is a failure like any other.
async fn read<T>(reading: Reading<'_, T>) -> Result<T, Failure> {
    let read = AssertUnwindSafe(reading).catch_unwind().await;
    read.map_err(|_| Failure::Panicked).and_then(|read| Ok(read?))
}

/// Whatever becomes of one message, a panic too, stays with that message.
async fn alone<T>(
    message_id: String,
    receives: u32,
    working: impl Future<Output = T>,
    fallen: impl FnOnce(Worked) -> T,
) -> T {
    let worked = AssertUnwindSafe(working).catch_unwind().await;
    worked.unwrap_or_else(|_| fallen(Worked::fallen(message_id, receives)))
}

impl<I, L, P, R> World<'_, I, L, P, R> {
    fn draw(&self) -> Chance {
        Chance::from_bits((self.chance)())
    }
}
