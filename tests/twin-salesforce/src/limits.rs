//! The daily limit: calls in any 24 hours.

use std::collections::VecDeque;

const DAY_MS: i64 = 86_400_000;

/// When the calls of the last day were made. A refused call uses nothing.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    calls: VecDeque<i64>,
}

impl Limits {
    /// Takes one call off the limit; false when none is left.
    pub(crate) fn admit(&mut self, most: u32, now_ms: i64) -> bool {
        let admitted = self.used(now_ms) < most as usize;
        if admitted {
            self.calls.push_back(now_ms);
        }
        admitted
    }

    /// Calls of the last 24 hours.
    pub(crate) fn used(&mut self, now_ms: i64) -> usize {
        while self.calls.front().is_some_and(|at| *at <= now_ms - DAY_MS) {
            self.calls.pop_front();
        }
        self.calls.len()
    }
}
