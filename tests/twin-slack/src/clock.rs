//! The time the workspace goes by: the wall clock, or one that a test moves.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

type Source = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Milliseconds since 1970 (UTC), asked for at every call; clones share the movement.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    moved_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands still at `at_ms` until [`Clock::advance_ms`] moves it.
    pub fn standing_at(at_ms: i64) -> Self {
        Self::asking(move || at_ms)
    }

    /// A clock that asks `source` for the milliseconds since 1970, so that the twin can share a world's clock.
    pub fn asking(source: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), moved_ms: Arc::default() }
    }

    /// The clock of this machine; it can still be moved ahead, which saves a person the wait for a limit.
    pub fn of_the_wall() -> Self {
        Self::asking(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    /// Now, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        (self.source)().saturating_add(self.moved_ms.load(Ordering::SeqCst))
    }

    /// Moves this clock and all its clones ahead by `by_ms`.
    pub fn advance_ms(&self, by_ms: i64) {
        self.moved_ms.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now_ms()).finish()
    }
}
