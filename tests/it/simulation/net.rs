//! Everything that is called is far away: a call takes time, may be refused, may be done without an answer, and what was
//! sent arrives although its sender is dead by then.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use super::engine::{Sleep, Timers};

/// How long a call is on its way, and how long one that is late: longer than any lease.
pub(super) const SOON_MS: u64 = 150;
pub(super) const LATE_MS: u64 = 200_000;

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    /// Nothing was done.
    Refused,
    /// It was done, and nobody hears of it.
    Lost,
}

/// The one source of chance and of time of a play. Clones share it.
#[derive(Clone)]
pub(super) struct Net {
    pub(super) timers: Timers,
    chance: Arc<Mutex<fastrand::Rng>>,
    calm_at: Arc<Mutex<Timestamp>>,
    trace: Option<Arc<Mutex<Vec<String>>>>,
}

impl Net {
    pub(super) fn new(timers: Timers, seed: u64, traced: bool) -> Self {
        let chance = Arc::new(Mutex::new(fastrand::Rng::with_seed(seed)));
        let calm_at = Arc::new(Mutex::new(Timestamp::MAX));
        Self { timers, chance, calm_at, trace: traced.then(Arc::default) }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.timers.clock.now()
    }

    /// From then on nothing goes wrong any more.
    pub(super) fn calm_down_at(&self, at: Timestamp) {
        *self.calm_at.lock().unwrap() = at;
    }

    pub(super) fn bits(&self) -> u64 {
        self.chance.lock().unwrap().u64(..)
    }

    pub(super) fn below(&self, n: u64) -> u64 {
        self.chance.lock().unwrap().u64(..n)
    }

    /// True so many times in a hundred, while it is not calm.
    pub(super) fn strikes(&self, percent: u64) -> bool {
        let struck = self.below(100) < percent;
        struck && self.now() < *self.calm_at.lock().unwrap()
    }

    pub(super) fn ms(&self, most: u64) -> Duration {
        Duration::from_millis(1 + self.below(most))
    }

    pub(super) fn sleep(&self, wait: Duration) -> Sleep {
        self.timers.sleep_until(self.timers.after(wait))
    }

    pub(super) fn tell(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace.lock().unwrap().push(format!("{} {}", self.now(), line()));
        }
    }

    pub(super) fn trace(&self) -> Vec<String> {
        self.trace.as_ref().map(|trace| trace.lock().unwrap().clone()).unwrap_or_default()
    }

    /// One call: it arrives after a while, at most so long, and is done there; its answer takes a while too.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        most_ms: u64,
        worker: u64,
        name: &'static str,
        percent: u64,
        effect: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Away> {
        let away = match () {
            () if self.strikes(percent) => Some(Away::Refused),
            () if self.strikes(percent) => Some(Away::Lost),
            () => None,
        };
        self.tell(|| {
            format!(
                "#{worker} {name} {}",
                away.map_or("", |a| if a == Away::Lost { "LOST" } else { "REFUSED" })
            )
        });
        let there = self.timers.after(self.ms(most_ms));
        let result = Arc::new(Mutex::new(None));
        if away != Some(Away::Refused) {
            let result = Arc::clone(&result);
            self.timers.happen(there, move || *result.lock().unwrap() = Some(effect()));
        }
        self.timers.sleep_until(there).await;
        self.sleep(self.ms(100)).await;
        match (away, result.lock().unwrap().take()) {
            (None, Some(result)) => Ok(result),
            (Some(away), _) => Err(away),
            (None, None) => Err(Away::Refused),
        }
    }
}
