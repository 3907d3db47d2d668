//! The three limits: calls in a rolling interval, calls a day, searches a second.

use std::collections::VecDeque;

use crate::settings::Settings;

const DAY_MS: i64 = 86_400_000;
const SECOND_MS: i64 = 1_000;

/// What was used so far. A refused call uses nothing.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    burst: VecDeque<i64>,
    searches: VecDeque<i64>,
    day: i64,
    today: u32,
}

impl Limits {
    /// Takes one call off the limits, or names the policy it would break.
    pub(crate) fn admit(
        &mut self,
        settings: &Settings,
        is_search: bool,
        now_ms: i64,
    ) -> Result<(), &'static str> {
        self.roll(settings, now_ms);
        if self.today >= settings.daily_max {
            return Err("DAILY");
        }
        let (calls, most, policy) = if is_search {
            (&mut self.searches, settings.search_per_second, "SECONDLY")
        } else {
            (&mut self.burst, settings.burst_max, "TEN_SECONDLY_ROLLING")
        };
        if calls.len() >= most as usize {
            return Err(policy);
        }
        calls.push_back(now_ms);
        self.today += 1;
        Ok(())
    }

    /// The rate-limit headers; a search has none.
    pub(crate) fn headers(&self, settings: &Settings) -> Vec<(&'static str, String)> {
        let left = |most: u32, used: usize| (most as usize).saturating_sub(used).to_string();
        vec![
            ("x-hubspot-ratelimit-max", settings.burst_max.to_string()),
            ("x-hubspot-ratelimit-remaining", left(settings.burst_max, self.burst.len())),
            ("x-hubspot-ratelimit-interval-milliseconds", settings.burst_interval_ms.to_string()),
            ("x-hubspot-ratelimit-daily", settings.daily_max.to_string()),
            ("x-hubspot-ratelimit-daily-remaining", left(settings.daily_max, self.today as usize)),
        ]
    }

    /// Calls of today, and when the count starts again (milliseconds since 1970).
    pub(crate) fn today(&mut self, settings: &Settings, now_ms: i64) -> (u32, i64) {
        self.roll(settings, now_ms);
        (self.today, (self.day + 1) * DAY_MS - offset_ms(settings))
    }

    /// Forgets what no longer counts.
    fn roll(&mut self, settings: &Settings, now_ms: i64) {
        forget(&mut self.burst, now_ms - settings.burst_interval_ms);
        forget(&mut self.searches, now_ms - SECOND_MS);
        let day = (now_ms + offset_ms(settings)).div_euclid(DAY_MS);
        if day != self.day {
            (self.day, self.today) = (day, 0);
        }
    }
}

fn offset_ms(settings: &Settings) -> i64 {
    i64::from(settings.utc_offset_minutes) * 60_000
}

fn forget(calls: &mut VecDeque<i64>, until_ms: i64) {
    while calls.front().is_some_and(|at| *at <= until_ms) {
        calls.pop_front();
    }
}
