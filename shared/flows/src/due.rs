//! What came due is sent to those who look at it. Nobody did anything: only time went by.
//!
//! Nothing is marked here. What is due stays in the index until a worker has looked at it, and until then it is sent
//! again by every run, as the same delivery; one that is concluded is not worked on again. So a run may end anywhere, and
//! the next one goes on.

use std::collections::VecDeque;

use domain::{Envelope, Event, ShopDomain};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{Due, DueCursor, DueIndex, Outbox, StoreError};

/// Everything that is outside.
pub struct Watch<'a, D, O> {
    /// The index of what comes due.
    pub index: &'a D,
    /// The event queue.
    pub outbox: &'a O,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// When the platform ends this invocation, UTC.
    pub deadline: Timestamp,
}

/// What became of a run, shop by shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DueReport {
    /// Whether it was only looked at, and nothing was sent.
    pub dry_run: bool,
    /// Each shop that was asked for, in the order in which they came to their end.
    pub shops: Vec<ShopDue>,
}

/// The counts of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShopDue {
    /// Which.
    pub shop: ShopDomain,
    /// How many rows of the index were read.
    pub rows_read: u64,
    /// How many of them were due.
    pub due: u64,
    /// How many events the queue took.
    pub sent: u64,
    /// How many it did not take, or may not have taken.
    pub failed: u64,
    /// Whether time ran out before all was sent: the next run goes on.
    pub stopped: bool,
    /// Why it ended early, where something failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How far back it is looked: what came due earlier and is still there waits for a person, not for time.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Time to finish what was begun, and to answer.
const RESERVE: SignedDuration = SignedDuration::from_secs(10);
/// How many are sent at once.
const AT_ONCE: usize = 20;

/// Sends what came due in these shops, a page of each in turn, so that a shop with much does not keep the others waiting.
/// A shop that fails goes no further and does not keep the others. With `dry_run` it is only counted.
pub async fn due<D: DueIndex, O: Outbox>(
    shops: &[ShopDomain],
    watch: &Watch<'_, D, O>,
    dry_run: bool,
) -> DueReport {
    let now = (watch.clock)();
    let mut turns: VecDeque<Turn> = shops.iter().map(|shop| Turn::of(shop, now)).collect();
    let mut report = DueReport { dry_run, shops: Vec::with_capacity(shops.len()) };
    while let Some(mut turn) = turns.pop_front() {
        match turn.page(watch, dry_run).await {
            Ok(true) => turns.push_back(turn),
            Ok(false) => report.shops.push(turn.counts),
            Err(error) => report.shops.push(ShopDue { error: Some(error.to_string()), ..turn.counts }),
        }
    }
    report
}

/// How far a shop has come.
struct Turn {
    counts: ShopDue,
    /// One moment for all pages: the pages are parts of one question.
    now: Timestamp,
    after: Option<DueCursor>,
}

impl Turn {
    fn of(shop: &ShopDomain, now: Timestamp) -> Self {
        let shop = shop.clone();
        let counts = ShopDue { shop, rows_read: 0, due: 0, sent: 0, failed: 0, stopped: false, error: None };
        Self { counts, now, after: None }
    }

    /// Reads a page and sends it. Says whether there is another.
    async fn page<D: DueIndex, O: Outbox>(
        &mut self,
        watch: &Watch<'_, D, O>,
        dry_run: bool,
    ) -> Result<bool, StoreError> {
        if watch.is_over() {
            self.counts.stopped = true;
            return Ok(false);
        }
        let (shop, since) = (&self.counts.shop, since(self.now));
        let page = watch.index.due(shop, since, self.now, self.after.as_ref()).await?;
        self.counts.rows_read += page.rows_read;
        self.counts.due += count(page.due.len());
        if !dry_run {
            self.send(&page.due, watch).await?;
        }
        self.after = page.next;
        Ok(self.after.is_some() && !self.counts.stopped)
    }

    /// Some at a time, until one fails or time runs out. What failed is counted with its neighbours' success.
    async fn send<D, O: Outbox>(&mut self, due: &[Due], watch: &Watch<'_, D, O>) -> Result<(), StoreError> {
        for some in due.chunks(AT_ONCE) {
            if watch.is_over() {
                self.counts.stopped = true;
                return Ok(());
            }
            let events: Vec<_> = some.iter().map(|due| Envelope::V1(event(due, self.now))).collect();
            let answers = join_all(events.iter().map(|event| watch.outbox.send(event))).await;
            self.counted(answers)?;
        }
        Ok(())
    }

    fn counted(&mut self, answers: Vec<Result<(), StoreError>>) -> Result<(), StoreError> {
        let all = answers.len();
        let errors: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        self.counts.sent += count(all - errors.len());
        self.counts.failed += count(errors.len());
        errors.into_iter().next().map_or(Ok(()), Err)
    }
}

impl<D, O> Watch<'_, D, O> {
    fn is_over(&self) -> bool {
        self.deadline.duration_since((self.clock)()) < RESERVE
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// From when on it is looked.
fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(LOOKS_BACK).unwrap_or(Timestamp::MIN)
}

fn event(due: &Due, now: Timestamp) -> Event {
    match due {
        Due::Customer { customer, at } => Event::due(customer, *at, now),
        Due::Checkout { shop, token, at } => Event::abandoned(shop, token, *at, now),
    }
}
