//! The nightly proof, the first import, the backfill and the weekly count: one engine, a step at a time, each step from a
//! checkpoint to the next.
//!
//! The shop's half comes from a bulk operation, the CRM's from its listing; `drift` holds them together. Nothing is written
//! to a CRM here: who differs is sent to the workers' queue as a quiet event. Only records that carry one key are merged
//! (`merge`).

mod announce;
mod begin;
mod count;
mod figures;
mod find;
mod halt;
mod letters;
mod look;
mod look_read;
mod merge;
mod named;
mod pages;
mod read;
mod repair;
mod state;
mod sweep;

use std::sync::Arc;

use bulk::ChecksumKey;
use crm::Crm;
use domain::{Field, Fingerprint, FingerprintKey, Rulebook, Rules, ShopDomain, Value};
use drift::{End, Purpose, Report, Scheme, bucket_count, compared};
use jiff::{SignedDuration, Timestamp};
use shopify::Admin;
use store::{Budgets, Claimant, Links, Outbox, RunLock, Runs};

pub use self::announce::{Announced, Announcer, announce};
pub use self::figures::MakeFigures;
pub use self::letters::{Again, Asked, DeadEvents, SendAgain};
pub use self::named::backfill;
pub use self::pages::Window;

use self::halt::Halt;
use self::state::{State, Step};
use crate::Alarm;
use crate::failure::{Disposition, Failure, disposition};
use crate::pace::PacedShops;

/// Everything that is outside.
pub struct Engine<'a, L, U, O, B> {
    /// The shops, for what is read in bulk.
    pub admin: &'a Admin,
    /// The shops behind their budgets, for what is read one by one.
    pub shops: &'a PacedShops<'a, B>,
    /// The CRM, behind its budget.
    pub crm: &'a dyn Crm,
    /// The memory of links, which is only read.
    pub links: &'a L,
    /// The memory of runs.
    pub runs: &'a U,
    /// The figures of the shops, which are made anew.
    pub figures: &'a dyn MakeFigures,
    /// Where repairs are sent.
    pub outbox: &'a O,
    /// What died, and may be sent again.
    pub dead: &'a dyn SendAgain,
    /// The time.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// Rings at that time, UTC.
    pub alarm: &'a (dyn Fn(Timestamp) -> Alarm + Sync),
}

/// How this invocation works.
#[derive(Debug, Clone)]
pub struct Means {
    /// Unique for this invocation: the fence of the run's lock, and the name of a run that begins in it.
    pub owner: String,
    /// When the platform ends this invocation, UTC.
    pub deadline: Timestamp,
    /// The key of the remembered hashes. The key of the checksums is made from it.
    pub fingerprint_key: FingerprintKey,
    /// What may be written, by shop.
    pub rules: Arc<Rulebook>,
}

/// What is asked of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// To begin a run; one that goes on already is gone on with instead.
    Begin {
        /// What it is for.
        purpose: Purpose,
        /// Whether nobody is synced again, and only told of.
        dry_run: bool,
        /// Those who changed within it are synced again, whether they differ or not; without, everybody is compared.
        window: Option<Window>,
    },
    /// To go on with a run where there is one.
    GoOn,
    /// To end a run where there is one.
    Cancel,
}

/// How far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pursued {
    /// It is over, well or not.
    Ended(Box<Report>),
    /// It goes on with the next call: this is what is known so far.
    Waits(Box<Report>),
    /// Somebody else works on it until then, UTC.
    Held(Timestamp),
    /// There is nothing to go on with.
    Idle,
}

/// What a step leads to.
enum Next {
    Step(Step),
    /// The same step later: something is not ready, or time is short.
    Later,
    End(End),
}

impl Means {
    /// The lock outlives the invocation by this much.
    const MARGIN: SignedDuration = SignedDuration::from_secs(20);
    /// Nothing new is begun when less than this is left: a call may take as long as its time-out.
    const LEAST: SignedDuration = SignedDuration::from_secs(40);

    fn claimant(&self, now: Timestamp) -> Claimant {
        let until = self.deadline.saturating_add(Self::MARGIN).unwrap_or(self.deadline);
        Claimant { owner: self.owner.clone(), now, until }
    }

    fn is_late(&self, now: Timestamp) -> bool {
        self.deadline.duration_since(now) < Self::LEAST
    }

    fn rules(&self, shop: &ShopDomain) -> &Rules {
        self.rules.of(shop)
    }

    /// Both halves are hashed under a key that nobody outside knows, so that no value can be made to look like another.
    fn checksum_key(&self) -> ChecksumKey {
        let made =
            Fingerprint::of(&self.fingerprint_key, Field::CustomerKey, &Value::Text("checksums".to_owned()));
        let mut key = [0; 16];
        key.iter_mut().zip(made.as_str().bytes()).for_each(|(to, from)| *to = from);
        ChecksumKey::new(key)
    }
}

/// Works on the shop's run until it is over, has to wait, or time is short. What fails in passing is tried again by the
/// next call; a failure of the run's own memory is given back, and the run goes on from its last checkpoint.
pub async fn pursue<L, U, O, B>(
    shop: &ShopDomain,
    ask: Ask,
    engine: &Engine<'_, L, U, O, B>,
    means: &Means,
) -> Result<Pursued, Failure>
where
    L: Links,
    U: Runs,
    O: Outbox,
    B: Budgets,
{
    let claimant = means.claimant((engine.clock)());
    let kept = match engine.runs.lock(shop, &claimant).await? {
        RunLock::Held(until) => return Ok(Pursued::Held(until)),
        RunLock::Granted(kept) => kept,
    };
    let run = Run { shop, engine, means, claimant };
    match (kept, ask) {
        (None, Ask::GoOn | Ask::Cancel) => run.let_go(Pursued::Idle).await,
        (None, Ask::Begin { purpose, dry_run, window }) => {
            let report = Report::begun(shop.as_str(), &means.owner, purpose, dry_run, (engine.clock)());
            run.on(State::begun(report, window)).await
        }
        (Some(kept), Ask::Cancel) => run.cancelled(State::of(&kept)?).await,
        (Some(kept), _) => run.on(State::of(&kept)?).await,
    }
}

/// A shop's run, in the hands of the one who holds its lock.
struct Run<'a, 'e, L, U, O, B> {
    shop: &'a ShopDomain,
    engine: &'a Engine<'e, L, U, O, B>,
    means: &'a Means,
    claimant: Claimant,
}

/// How often a step may fail in passing before the run is given up: with a call every five minutes, for over an hour.
const TRIES: u32 = 15;

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    async fn on(&self, mut state: State) -> Result<Pursued, Failure> {
        state.report.tally.hops += 1;
        self.save(&mut state).await?;
        loop {
            if self.means.is_late(self.now()) {
                return self.waits(state).await;
            }
            match self.step(&mut state).await {
                Ok(Next::Step(step)) => {
                    (state.step, state.tries) = (step, 0);
                    self.save(&mut state).await?;
                }
                Ok(Next::Later) => return self.waits(state).await,
                Ok(Next::End(end)) => return self.ends(state, end, None).await,
                Err(Halt::Ended { code, why }) => {
                    return self.ends(state, End::Failed(code), Some(why)).await;
                }
                Err(Halt::Failed(failure)) => return self.failed(state, failure).await,
            }
        }
    }

    async fn step(&self, state: &mut State) -> Result<Next, Halt> {
        match state.step.clone() {
            Step::Begin => self.begin(state).await,
            Step::Wait { bulk, objects, moved_at } => self.wait(state, bulk, objects, moved_at).await,
            Step::Read { bulk } => self.read(state, bulk).await,
            Step::List { bulk, after } => self.list(state, bulk, after).await,
            Step::Find { bulk } => self.find(state, bulk).await,
            Step::Sweep { bulk, at, refreshes } => self.sweep(state, bulk, at, refreshes).await,
            Step::Letters => self.letters(state).await,
            Step::Look { at } => self.look(state, at).await,
            Step::Merge { at, customers } => self.merge(state, at, customers).await,
            Step::Pages { after, window } => self.pages(state, after, window).await,
            Step::Count { at } => self.count(state, at).await,
            Step::Weigh { at, after, orders, nobodys } => {
                self.weigh(state, at, after, (orders, nobodys)).await
            }
            Step::Mend { at, after } => self.mend(state, at, after).await,
        }
    }

    /// What may work in a while is tried again, but not for ever.
    async fn failed(&self, mut state: State, failure: Failure) -> Result<Pursued, Failure> {
        if matches!(failure, Failure::Store(_) | Failure::LostHold) {
            return Err(failure);
        }
        state.tries += 1;
        let is_passing = matches!(disposition(&failure, state.tries), Disposition::Retry { .. });
        if is_passing && state.tries < TRIES {
            return self.waits(state).await;
        }
        self.ends(state, End::Failed(failure.code().to_owned()), Some(failure.to_string())).await
    }

    /// Only a whole run that repaired what it could moves the watermark.
    async fn ends(&self, state: State, end: End, why: Option<String>) -> Result<Pursued, Failure> {
        let report = Report { why, ..state.report.ended(end, self.now()) };
        let proves = report.is_whole() && !report.dry_run && report.purpose != Purpose::Backfill;
        let watermark = report.snapshot_at.filter(|_| proves);
        let text = serde_json::to_string(&report).unwrap_or_default();
        if !self.engine.runs.conclude(self.shop, &self.claimant, &text, watermark).await? {
            return Err(Failure::LostHold);
        }
        self.let_go(Pursued::Ended(Box::new(report))).await
    }

    async fn cancelled(&self, state: State) -> Result<Pursued, Failure> {
        // It ends by itself otherwise; its place is all that it costs.
        if let Some(bulk) = state.step.running() {
            drop(self.engine.admin.cancel_bulk(self.shop, &bulk, self.now()).await);
        }
        self.ends(state, End::Cancelled, None).await
    }

    async fn waits(&self, mut state: State) -> Result<Pursued, Failure> {
        self.save(&mut state).await?;
        self.let_go(Pursued::Waits(Box::new(state.report))).await
    }

    async fn save(&self, state: &mut State) -> Result<(), Failure> {
        let (head, body) = state.kept();
        let saved = self.engine.runs.save(self.shop, &self.claimant, &head, body.as_deref()).await?;
        if !saved {
            return Err(Failure::LostHold);
        }
        state.is_body_new = false;
        Ok(())
    }

    async fn let_go(&self, pursued: Pursued) -> Result<Pursued, Failure> {
        // Where it is not given back, it runs out.
        drop(self.engine.runs.unlock(self.shop, &self.claimant).await);
        Ok(pursued)
    }

    fn now(&self) -> Timestamp {
        (self.engine.clock)()
    }

    fn prefix(&self) -> &str {
        self.engine.admin.credentials().key_prefix(self.shop)
    }

    fn scheme(&self, state: &State) -> Scheme {
        Scheme {
            prefix: self.prefix().to_owned(),
            key: self.means.checksum_key(),
            compared: compared(self.means.rules(self.shop)),
            buckets: bucket_count(state.report.tally.buckets),
        }
    }
}
