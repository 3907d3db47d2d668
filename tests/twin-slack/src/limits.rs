//! One message a second and channel, with a short burst.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Milliseconds between two messages of a channel.
    pub interval_ms: u32,
    /// Messages that may come at once.
    pub burst: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { interval_ms: 1_000, burst: 3 }
    }
}

/// When each channel's next message is due, had they come in their interval.
#[derive(Debug, Default)]
pub(crate) struct Limits(BTreeMap<String, i64>);

impl Limits {
    /// Whether a message may come; else, in how many seconds.
    pub(crate) fn admits(&self, settings: Settings, channel: &str, now_ms: i64) -> Result<(), u32> {
        let due = self.0.get(channel).copied().unwrap_or(now_ms);
        let ahead = i64::from(settings.burst.saturating_sub(1)) * i64::from(settings.interval_ms);
        let wait_ms = due - ahead - now_ms;
        let seconds = u32::try_from(wait_ms.max(0)).unwrap_or(u32::MAX).div_ceil(1_000);
        if seconds == 0 { Ok(()) } else { Err(seconds) }
    }

    /// A message came.
    pub(crate) fn count(&mut self, settings: Settings, channel: &str, now_ms: i64) {
        let due = self.0.entry(channel.to_owned()).or_insert(now_ms);
        *due = (*due).max(now_ms) + i64::from(settings.interval_ms);
    }
}
