//! A night in the world: the engine is called as the schedule would call it, and the workers clear up after it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crm::Crm;
use domain::{Lane, Rate, ShopDomain};
use drift::{Cause, Purpose, Report};
use flows::{Alarm, Ask, DeadEvents, Engine, Failure, Means, Pace, PacedShops, Pursued, Window, pursue};
use jiff::{SignedDuration, Timestamp};
use store::memory::{Faults, MemoryBudgets, MemoryRuns, Moment};
use store::{Claimant, RunLock, Runs, Standing, StoreError, StoreErrorKind, Told};

use crate::stories::living::{buys, person};
use crate::world::{World, shop};

/// How long an invocation may take, as in template.yaml.
const TIMEOUT: SignedDuration = SignedDuration::from_mins(15);

pub(super) struct Night {
    pub(super) world: World,
    pub(super) runs: MemoryRuns,
    /// What goes wrong with the memory of runs.
    pub(super) faults: Faults,
    /// How many checkpoints are kept before an invocation dies at one.
    pub(super) dies_after: AtomicI64,
    /// Whether each invocation dies after so many.
    pub(super) each_dies_after: Option<i64>,
    /// Whether that one is kept.
    pub(super) dies: Moment,
    calls: std::cell::Cell<u32>,
}

pub(super) const PROOF: Ask = Ask::Begin { purpose: Purpose::Proof, dry_run: false, window: None };

impl Night {
    /// A shop whose customers are all in the CRM, each with orders by their number.
    pub(super) async fn after(customers: usize) -> (Self, Vec<u64>) {
        let night = Self::new().await;
        let customers = night.lives(customers).await;
        (night, customers)
    }

    pub(super) async fn new() -> Self {
        Self::of(World::new().await)
    }

    pub(super) fn of(world: World) -> Self {
        let faults = Faults::default();
        let runs = MemoryRuns::with_faults(faults.clone());
        Self {
            world,
            runs,
            faults,
            dies_after: i64::MAX.into(),
            each_dies_after: None,
            dies: Moment::Before,
            calls: 0.into(),
        }
    }

    /// So many customers live there, each with none, one or two orders.
    pub(super) async fn lives(&self, customers: usize) -> Vec<u64> {
        let mut made = Vec::new();
        for n in 0..customers {
            let email = format!("customer{n}@example.com");
            let customer = person(&self.world.shop, "Ada", &format!("No{n}"), &email);
            for order in 0..n % 3 {
                buys(&self.world.shop, customer, &format!("{}.50", 10 + order));
            }
            made.push(customer);
        }
        self.world.live().await;
        self.later();
        made
    }

    /// Late enough that nothing is on its way any more.
    pub(super) fn later(&self) {
        self.world.clock.advance(Duration::from_hours(1));
    }

    /// Everything that the shop would tell us now gets lost.
    pub(super) fn loses_all(&self) {
        self.world.pending();
    }

    /// One call of the engine, by an invocation of its own.
    pub(super) async fn call(&self, ask: Ask) -> Result<Pursued, Failure> {
        self.call_with(ask, self.world.side.crm.as_ref()).await
    }

    pub(super) async fn call_with(&self, ask: Ask, crm: &dyn Crm) -> Result<Pursued, Failure> {
        self.calls.set(self.calls.get() + 1);
        if let Some(checkpoints) = self.each_dies_after {
            self.dies_after.store(checkpoints, Ordering::Relaxed);
        }
        let (world, budgets) = (&self.world, MemoryBudgets::default());
        let for_alarm = world.clock.clone();
        let alarm = move |at: Timestamp| -> Alarm {
            for_alarm.advance_to(at);
            Box::pin(std::future::ready(()))
        };
        let (clock, patience) = (world.now.as_ref(), Duration::from_mins(2));
        let pace = Pace { budgets: &budgets, lane: Lane::Reconcile, clock, alarm: &alarm, patience };
        let rate = Rate::new(1_000_000, Duration::from_secs(1), 1_000_000).unwrap();
        let shops = PacedShops::new(&world.admin, rate, &pace);
        let engine = Engine {
            admin: &world.admin,
            shops: &shops,
            crm,
            links: &world.links,
            runs: &Dying { runs: &self.runs, after: &self.dies_after, moment: self.dies },
            figures: &world.stores.figures,
            outbox: &world.queues,
            dead: &DeadEvents { letters: world.queues.clone(), outbox: world.queues.clone() },
            clock,
            alarm: &alarm,
        };
        pursue(&shop(), ask, &engine, &self.means()).await
    }

    /// How the invocation works that was called last.
    pub(super) fn means(&self) -> Means {
        Means {
            owner: format!("night-{}", self.calls.get()),
            deadline: self.world.clock.now() + TIMEOUT,
            fingerprint_key: self.world.side.fingerprint_key.clone(),
            rules: std::sync::Arc::clone(&self.world.rules),
        }
    }

    /// Calls until the run is over, as the schedule would; a call that died is called again after its lock ran out.
    pub(super) async fn runs(&self, ask: Ask) -> Report {
        let mut next = ask;
        for _ in 0..200 {
            match self.call(next.clone()).await {
                Ok(Pursued::Ended(report)) => return *report,
                Ok(Pursued::Waits(_)) => next = Ask::GoOn,
                // A run that died before its first checkpoint was not begun.
                Ok(Pursued::Held(_) | Pursued::Idle) | Err(Failure::Store(_)) => {}
                Err(failure) => panic!("{failure}"),
            }
            self.world.clock.advance(Duration::from_mins(5));
        }
        panic!("the run never ends")
    }

    /// A night: the proof, and the workers after it.
    pub(super) async fn passes(&self) -> Report {
        let report = self.runs(PROOF).await;
        self.world.settle().await;
        self.later();
        report
    }

    pub(super) fn window(since: &str, until: &str) -> Ask {
        let window = Window { since: since.parse().unwrap(), until: until.parse().unwrap() };
        Ask::Begin { purpose: Purpose::Backfill, dry_run: false, window: Some(window) }
    }
}

/// How many differ by each cause.
pub(super) fn causes(report: &Report) -> Vec<(Cause, u64)> {
    report.tally.causes.iter().map(|(cause, count)| (*cause, *count)).collect()
}

/// The memory of runs, in the hands of an invocation that dies at one of its checkpoints.
struct Dying<'n> {
    runs: &'n MemoryRuns,
    after: &'n AtomicI64,
    moment: Moment,
}

impl Dying<'_> {
    fn lost() -> StoreError {
        StoreError::new(StoreErrorKind::Unavailable, "it died here")
    }
}

impl Runs for Dying<'_> {
    async fn lock(&self, shop: &ShopDomain, claimant: &Claimant) -> Result<RunLock, StoreError> {
        self.runs.lock(shop, claimant).await
    }

    async fn save(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        head: &str,
        body: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        let dies = self.after.fetch_sub(1, Ordering::Relaxed) == 0;
        if dies && self.moment == Moment::Before {
            return Err(Self::lost());
        }
        let saved = self.runs.save(shop, claimant, head, body).await;
        if dies { Err(Self::lost()) } else { saved }
    }

    async fn conclude(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        report: &str,
        watermark: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        self.runs.conclude(shop, claimant, report, watermark).await
    }

    async fn unlock(&self, shop: &ShopDomain, claimant: &Claimant) -> Result<bool, StoreError> {
        self.runs.unlock(shop, claimant).await
    }

    async fn told(&self, shop: &ShopDomain) -> Result<Told, StoreError> {
        self.runs.told(shop).await
    }

    async fn tell(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        text: &str,
        is_due: bool,
    ) -> Result<bool, StoreError> {
        self.runs.tell(shop, claimant, text, is_due).await
    }

    async fn standing(&self, shop: &ShopDomain) -> Result<Standing, StoreError> {
        self.runs.standing(shop).await
    }

    async fn reports(&self, shop: &ShopDomain) -> Result<Vec<String>, StoreError> {
        self.runs.reports(shop).await
    }
}
