//! A batch of actions is carried out: open → begin → shop → CRM, and chat beside them → conclude.
//!
//! What was decided on may come several times, and may have been carried out before. Who carries an action out holds it
//! meanwhile, and what became of it is remembered for good. What each kind of deed does where the process dies in between
//! is in the table of the README.

mod at_once;
mod begin;
mod conclude;
mod elsewhere;
mod errand;
mod grant;
mod open;
mod outcome;
mod tell;
mod write;

use std::panic::AssertUnwindSafe;
use std::pin::pin;

use crm::Crm;
use domain::{Backoff, Chance, CustomerKey, ExternalKey, RecordId};
use futures_util::FutureExt;
use futures_util::future::{Either, join, select};
use jiff::{SignedDuration, Timestamp};
use notify::Notifier;
use shopify::GrantDiscount;
use store::{Claimant, Deeds, Links, ParkedQueue, Redelivery};

use self::errand::Errand;
pub use self::outcome::{ActOutcome, Acted};
use crate::failure::Failure;
use crate::{Alarm, Delivered};

/// Everything that is outside.
pub struct Hands<'a, D, L, P, R> {
    /// The memory of actions.
    pub deeds: &'a D,
    /// The memory of links: it knows the record that a customer has today.
    pub links: &'a L,
    /// Where what needs a person waits.
    pub parked: &'a P,
    /// A say in when a message comes back.
    pub redelivery: &'a R,
    /// The CRM.
    pub crm: &'a dyn Crm,
    /// Where people see a record of the CRM, where that is known.
    pub record_url: &'a (dyn Fn(&RecordId) -> Option<String> + Sync),
    /// The key that a customer's record carries.
    pub key_of: &'a (dyn Fn(&CustomerKey) -> ExternalKey + Sync),
    /// The shops.
    pub shops: &'a dyn GrantDiscount,
    /// The chat, where one is set up.
    pub chat: Option<&'a dyn Notifier>,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// 64 random bits.
    pub chance: &'a (dyn Fn() -> u64 + Sync),
    /// Rings at that time, UTC.
    pub alarm: &'a (dyn Fn(Timestamp) -> Alarm + Sync),
}

/// How this invocation acts.
#[derive(Debug, Clone)]
pub struct ActTerms {
    /// Unique for this invocation: the fence of every action it begins.
    pub owner: String,
    /// When the platform ends this invocation, UTC. What was begun is held a little longer.
    pub deadline: Timestamp,
    /// How long to wait between tries.
    pub backoff: Backoff,
}

impl ActTerms {
    /// An action is held for this much longer than the invocation lives, so that what it had sent has arrived.
    const MARGIN: SignedDuration = SignedDuration::from_secs(20);
    /// Nothing is begun when less than this is left.
    const LEAST: SignedDuration = SignedDuration::from_secs(20);
    /// What is not carried out when this is left is given up for this time; it is needed to conclude.
    const RESERVE: SignedDuration = SignedDuration::from_secs(8);

    fn claimant(&self, message_id: &str, now: Timestamp) -> Claimant {
        let until = self.deadline.saturating_add(Self::MARGIN).unwrap_or(self.deadline);
        Claimant { owner: format!("{} {message_id}", self.owner), now, until }
    }

    fn last_call(&self) -> Timestamp {
        self.deadline.checked_sub(Self::RESERVE).unwrap_or(self.deadline)
    }

    fn out_of_time(&self, now: Timestamp) -> bool {
        self.deadline.duration_since(now) < Self::LEAST
    }
}

/// How many calls to a store are under way at a time.
const AT_A_TIME: usize = 16;

/// Carries out a batch. One answer for each message: those that are [`Acted::comes_back`] must not be deleted.
pub async fn act<D, L, P, R>(
    batch: Vec<Delivered>,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Acted>
where
    D: Deeds,
    L: Links,
    P: ParkedQueue,
    R: Redelivery,
{
    let (cases, undecodable) = open::open(batch, terms, (hands.clock)());
    let mut acted = conclude::park_undecodable(undecodable, hands, terms).await;
    let (begun, over) = begin::begin(cases, hands, terms).await;
    acted.extend(over);
    let errands = in_time(begun, hands, terms).await;
    acted.extend(conclude::conclude(errands, hands, terms).await);
    acted
}

/// Carries out all of them, or as many as time allows. One that is still under way then is held on to, since what was sent
/// may have arrived.
async fn in_time<D: Sync, L: Links, P: Sync, R: Sync>(
    errands: Vec<Errand>,
    hands: &Hands<'_, D, L, P, R>,
    terms: &ActTerms,
) -> Vec<Errand> {
    let (mut told, mut written): (Vec<_>, Vec<_>) = errands.into_iter().partition(Errand::is_message);
    let mut unfinished = Failure::OutOfTime;
    {
        let both = join(written_down(&mut written, hands), tell::tell(&mut told, hands));
        let both = AssertUnwindSafe(both).catch_unwind();
        if let Either::Left((Err(_), _)) = select(pin!(both), (hands.alarm)(terms.last_call())).await {
            unfinished = Failure::Panicked;
        }
    }
    written.extend(told);
    for errand in &mut written {
        errand.ends_with(&unfinished);
    }
    written
}

/// What is made in the shop comes before what is written of it.
async fn written_down<D: Sync, L: Links, P: Sync, R: Sync>(
    errands: &mut [Errand],
    hands: &Hands<'_, D, L, P, R>,
) {
    grant::grant(errands, hands).await;
    write::write(errands, hands).await;
}

impl<D, L, P, R> Hands<'_, D, L, P, R> {
    fn draw(&self) -> Chance {
        Chance::from_bits((self.chance)())
    }
}
