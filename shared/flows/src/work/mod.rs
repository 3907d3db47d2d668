//! A batch of deliveries becomes right records: open → claim → read the shop → desired → plan → apply → conclude.
//!
//! Each delivery is opened and claimed by itself; those of one customer are worked on together, once, under the
//! customer's lease; what goes wrong (a panic too) stays with the customer it went wrong for.

mod claim;
mod conclude;
mod observe;
mod open;
mod outcome;
mod resolve;
mod settle;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};

use crm::Crm;
use domain::{Backoff, Chance, CustomerKey, Event, FingerprintKey};
use futures_util::future::{Either, select};
use futures_util::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use shopify::Admin;
use store::{Claimant, Inbox, Links, ParkedQueue, Redelivery};

pub use self::outcome::{Outcome, Worked};
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
    pub admin: &'a Admin,
    /// The CRM.
    pub crm: &'a dyn Crm,
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
    /// Unique for this invocation: the fence of every claim and lease it takes.
    pub owner: String,
    /// When the platform ends this invocation, UTC. Claims outlive it a little, so that nobody takes over from
    /// somebody who still writes.
    pub deadline: Timestamp,
    /// How long to wait between tries.
    pub backoff: Backoff,
    /// The key of the remembered hashes.
    pub fingerprint_key: FingerprintKey,
}

impl Terms {
    /// Claims outlive the invocation by this much, so that what it had sent to the CRM before it was ended has arrived.
    const MARGIN: SignedDuration = SignedDuration::from_secs(20);
    /// No customer is begun when less than this is left.
    const LEAST: SignedDuration = SignedDuration::from_secs(20);
    /// A customer that is still worked on when this is left is given up for this time; it is needed to conclude.
    const RESERVE: SignedDuration = SignedDuration::from_secs(8);

    fn claimant(&self, message_id: &str, now: Timestamp) -> Claimant {
        let until = self.deadline.saturating_add(Self::MARGIN).unwrap_or(self.deadline);
        Claimant { owner: format!("{}/{message_id}", self.owner), now, until }
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
    pub(crate) claimant: Claimant,
}

/// What became of a case, before it is concluded.
pub(crate) type Settled = (Case, Result<Outcome, Failure>);

/// How many customers are worked on at a time.
const AT_A_TIME: usize = 8;

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
    let (events, undecodable) = open::open(batch);
    let mut worked = conclude::park_undecodable(undecodable, world, terms).await;
    let (cases, not_ours) = claim::claim(events, world, terms).await;
    worked.extend(not_ours);
    let resolve::Resolved { customers, settled } = resolve::resolve(cases, world).await;
    worked.extend(conclude::conclude(settled, world, terms).await);
    // Each customer is concluded as soon as it is settled: one that hangs takes none of its neighbours with it.
    let concluded: Vec<Worked> = stream::iter(groups(customers))
        .map(|(customer, cases)| async move {
            conclude::conclude(guarded(customer, cases, world, terms).await, world, terms).await
        })
        .buffer_unordered(AT_A_TIME)
        .concat()
        .await;
    worked.extend(concluded);
    worked
}

/// Those that have waited for most tries go first, so that none is always last.
fn groups(customers: Vec<(CustomerKey, Case)>) -> Vec<(CustomerKey, Vec<Case>)> {
    let mut groups: BTreeMap<CustomerKey, Vec<Case>> = BTreeMap::new();
    for (customer, case) in customers {
        groups.entry(customer).or_default().push(case);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, cases)| Reverse(cases.iter().map(|case| case.delivered.receives).max()));
    groups
}

/// A panic fails the customer it happened for and nobody else, and so does a customer that takes too long: its lease runs
/// out, since what was sent to the CRM may still be under way.
async fn guarded<I, L, P, R>(
    customer: CustomerKey,
    cases: Vec<Case>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Settled>
where
    I: Inbox,
    L: Links,
    P: ParkedQueue,
    R: Redelivery,
{
    if terms.out_of_time((world.clock)()) {
        return cases.into_iter().map(|case| (case, Err(Failure::OutOfTime))).collect();
    }
    let claimant = terms.claimant(&customer.to_string(), (world.clock)());
    let settled = AssertUnwindSafe(settle::settle(&customer, &cases, &claimant, world, terms)).catch_unwind();
    let verdicts = match select(pin!(settled), (world.alarm)(terms.last_call())).await {
        Either::Left((Ok(verdicts), _)) => verdicts,
        Either::Left((Err(_), _)) => {
            // Where this fails too, the lease runs out by itself.
            drop(world.links.abandon(&customer, &claimant).await);
            cases.iter().map(|_| Err(Failure::Panicked)).collect()
        }
        Either::Right(_) => cases.iter().map(|_| Err(Failure::OutOfTime)).collect(),
    };
    cases.into_iter().zip(verdicts).collect()
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
