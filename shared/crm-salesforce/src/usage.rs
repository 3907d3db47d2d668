//! How many of the day's calls are used. They are the whole org's, people's too.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use outbound::Answer;

use crate::limits::USED_UP;

/// Calls in the last 24 hours, and how many an org may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Used.
    pub used: u64,
    /// Allowed.
    pub allowed: u64,
}

/// What the answers said.
#[derive(Debug)]
pub(crate) struct Meter {
    kept_percent: u8,
    seen: Mutex<Option<(Usage, Instant)>>,
}

impl Meter {
    pub(crate) fn new(kept_percent: u8) -> Self {
        Self { kept_percent, seen: Mutex::new(None) }
    }

    /// Each answer says it: `Sforce-Limit-Info: api-usage=18/5000`.
    pub(crate) fn read(&self, answer: &Answer) {
        if let Some(usage) = answer.header("sforce-limit-info").and_then(parse) {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((usage, Instant::now()));
        }
    }

    pub(crate) fn usage(&self) -> Option<Usage> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).map(|(usage, _)| usage)
    }

    /// How long to wait where only what is left to people is left. What was seen long ago is looked at again: by the next
    /// call.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let (usage, at) = (*self.seen.lock().unwrap_or_else(PoisonError::into_inner))?;
        let wait = USED_UP.checked_sub(at.elapsed())?;
        self.is_spent(usage).then_some(wait)
    }

    fn is_spent(&self, Usage { used, allowed }: Usage) -> bool {
        let ours = u128::from(allowed) * u128::from(100 - self.kept_percent.min(100)) / 100;
        u128::from(used) >= ours
    }
}

fn parse(text: &str) -> Option<Usage> {
    let said = text.split([';', ',']).find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, allowed) = said.split_once('/')?;
    Some(Usage { used: used.trim().parse().ok()?, allowed: allowed.trim().parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(meter: &Meter, used: u64) -> Option<Duration> {
        *meter.seen.lock().unwrap() = Some((Usage { used, allowed: 1000 }, Instant::now()));
        meter.wait()
    }

    #[test]
    fn the_header_is_read_with_what_else_may_be_in_it() {
        let usage = Some(Usage { used: 18, allowed: 5000 });
        for text in [
            "api-usage=18/5000",
            "per-app-api-usage=1/2(appName=x), api-usage=18/5000",
            "api-usage=18/5000; x=1",
        ] {
            assert_eq!(parse(text), usage, "{text}");
        }
        for text in ["", "api-usage=", "api-usage=18", "api-usage=a/b"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_calls_are_left_to_people() {
        let meter = Meter::new(10);
        assert_eq!((meter.wait(), wait(&meter, 899)), (None, None));
        assert!(wait(&meter, 900).is_some_and(|wait| wait <= USED_UP));
        assert_eq!(wait(&Meter::new(0), 999), None);
        assert!(wait(&Meter::new(0), 1000).is_some());
    }

    #[test]
    fn what_was_seen_long_ago_is_looked_at_again() {
        let meter = Meter::new(10);
        let Some(long_ago) = Instant::now().checked_sub(USED_UP) else { return };
        *meter.seen.lock().unwrap() = Some((Usage { used: 1000, allowed: 1000 }, long_ago));
        assert_eq!(meter.wait(), None);
    }
}
