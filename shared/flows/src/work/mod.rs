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

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use crm::Crm;
use domain::{Backoff, Chance, CustomerKey, Event, FingerprintKey};
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
}

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
    /// Claims outlive the invocation by this much.
    const MARGIN: SignedDuration = SignedDuration::from_secs(5);
    /// No work is begun when less than this is left.
    const LEAST: SignedDuration = SignedDuration::from_secs(10);

    fn claimant(&self, message_id: &str, now: Timestamp) -> Claimant {
        let until = self.deadline.saturating_add(Self::MARGIN).unwrap_or(self.deadline);
        Claimant { owner: format!("{}/{message_id}", self.owner), now, until }
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
    let settled: Vec<Settled> = stream::iter(groups(customers))
        .map(|(customer, cases)| guarded(customer, cases, world, terms))
        .buffer_unordered(AT_A_TIME)
        .concat()
        .await
        .into_iter()
        .chain(settled)
        .collect();
    worked.extend(conclude::conclude(settled, world, terms).await);
    worked
}

fn groups(customers: Vec<(CustomerKey, Case)>) -> BTreeMap<CustomerKey, Vec<Case>> {
    let mut groups: BTreeMap<CustomerKey, Vec<Case>> = BTreeMap::new();
    for (customer, case) in customers {
        groups.entry(customer).or_default().push(case);
    }
    groups
}

/// A panic fails the customer it happened for and nobody else; the lease is given back, and the message comes back
/// until its receive count ends it.
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
    let verdicts =
        AssertUnwindSafe(settle::settle(&customer, &cases, &claimant, world, terms)).catch_unwind().await;
    let Ok(verdicts) = verdicts else {
        // Where this fails too, the lease runs out by itself.
        drop(world.links.release(&customer, &claimant).await);
        return cases.into_iter().map(|case| (case, Err(Failure::Panicked))).collect();
    };
    cases.into_iter().zip(verdicts).collect()
}

impl<I, L, P, R> World<'_, I, L, P, R> {
    fn draw(&self) -> Chance {
        Chance::from_bits((self.chance)())
    }
}
