//! How much of an account's rate is left, for whom, and when none of it may be used.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::Backoff;

const DAY: Duration = Duration::from_hours(24);

/// Who asks. Each leaves a part of the burst to those before it, so that the live ones never wait for a backfill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// What a webhook brought.
    Live,
    /// What a signal asks for.
    Actions,
    /// Holding both halves together.
    Reconcile,
    /// Years of customers at once.
    Backfill,
    /// What would be nice to know.
    Enrichment,
}

impl Lane {
    /// All of them, the one that leaves nothing first.
    pub const ALL: [Self; 5] = [Self::Live, Self::Actions, Self::Reconcile, Self::Backfill, Self::Enrichment];

    /// The part of the burst that it leaves to the lanes before it, in percent.
    fn leaves_percent(self) -> u32 {
        match self {
            Self::Live => 0,
            Self::Actions => 10,
            Self::Reconcile => 25,
            Self::Backfill => 50,
            Self::Enrichment => 75,
        }
    }
}

/// How fast an account may be used: one unit in each interval, and so many at once after a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Rounded up, so that it is never faster than what was asked for.
    interval_us: i64,
    burst: u32,
}

impl Rate {
    /// So many units (requests, or points of a query's cost) in `per`, and at most `burst` at once.
    ///
    /// Fails where nothing would ever be granted, and where a used up burst takes more than a day to come back.
    pub fn new(units: u32, per: Duration, burst: u32) -> Result<Self, InvalidRate> {
        let interval_us = per.as_nanos().div_ceil(u128::from(units.max(1)) * 1000);
        if units == 0 || burst == 0 || interval_us == 0 || interval_us > DAY.as_micros() / u128::from(burst) {
            return Err(InvalidRate);
        }
        let interval_us = i64::try_from(interval_us).map_err(|_| InvalidRate)?;
        Ok(Self { interval_us, burst })
    }

    /// So many units in a second.
    pub fn per_second(units: u32, burst: u32) -> Result<Self, InvalidRate> {
        Self::new(units, Duration::from_secs(1), burst)
    }

    /// Never more than so many units in any time of this length, whenever it begins: half of them at once, and half over
    /// the time.
    pub fn in_any(window: Duration, units: u32) -> Result<Self, InvalidRate> {
        let half = units / 2;
        Self::new(half, window, half)
    }

    /// The most units that `lane` may ask for at once: at least one. A larger batch is asked for in pieces.
    pub fn most(self, lane: Lane) -> u32 {
        let (percent, hundreds, rest) = (lane.leaves_percent(), self.burst / 100, self.burst % 100);
        self.burst - (hundreds * percent + rest * percent / 100)
    }

    /// A batch that costs so many units; `None` where that is more than the lane ever has, so no wait would help.
    pub fn ask(self, lane: Lane, cost: u32) -> Option<Ask> {
        let spare = self.most(lane).checked_sub(cost)?;
        Some(Ask {
            cost_us: self.interval_us * i64::from(cost),
            spare_us: self.interval_us * i64::from(spare),
        })
    }
}

/// A rate that grants nothing, or whose burst takes more than a day to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidRate;

impl fmt::Display for InvalidRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a rate needs units, a time and a burst above zero, and a burst that is back within a day",
        )
    }
}

impl std::error::Error for InvalidRate {}

/// A batch that asks for its units, all or none: one that its lane can be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The time in which its units come back.
    cost_us: i64,
    /// How much may be owed already.
    spare_us: i64,
}

/// The answer to an [`Ask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// All of its units are yours.
    Granted(Grant),
    /// None of them are.
    Wait {
        /// When asking again makes sense, UTC. Many are told the same moment: spread them.
        until: Timestamp,
        /// What stands against it the longest.
        why: Why,
    },
}

/// How an account is looked at while a batch goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// It works: a success needs no word.
    Plain,
    /// Somebody failed before you: say so if you succeed.
    Doubted,
    /// You alone find out whether the account works again: all others wait until you say what you heard.
    Probe,
}

/// Why a batch has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The lane's part of the rate is used up.
    Rate,
    /// The other side asked us to stay away, or its daily allowance is used up.
    Closed,
    /// The other side failed too often in a row.
    Breaker,
}

/// What the other side showed of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// It did what it was asked to, or refused it for what it was: it works.
    Succeeded,
    /// It did not work: no answer, or an error of its own.
    Failed,
    /// It refused our credentials, as it would for everybody else: nothing is gained by asking on.
    Refused,
    /// It works, and wants nothing before then (`Retry-After`, a throttled query). At most
    /// [`Backoff::LONGEST_ASKED`] is believed.
    SlowDown {
        /// Until when, UTC.
        until: Timestamp,
    },
    /// It works, and the allowance of the day is gone. At most [`Budget::LONGEST_USED_UP`] is believed.
    UsedUp {
        /// When there is a new one, UTC.
        until: Timestamp,
    },
}

/// What all who use an account have to remember of it. Moments are kept to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// When the burst is whole again, UTC: the theoretical arrival time of GCRA, the generic cell rate algorithm.
    pub whole_at: Timestamp,
    /// Until when nobody may use it, UTC.
    pub closed_until: Timestamp,
    /// Whether the other side works.
    pub breaker: Breaker,
}

impl Budget {
    /// A day, and the hour that a clock may be set back in it.
    pub const LONGEST_USED_UP: Duration = Duration::from_hours(25);

    /// Grants the whole batch, or says until when it has to wait and stays as it was.
    ///
    /// In no time t are more than `rate` x t + `burst` units granted, whoever asks in whatever order.
    #[must_use]
    pub fn reserve(self, ask: &Ask, now: Timestamp) -> (Self, Reservation) {
        let against = [
            (self.earned_at(ask), Why::Rate),
            (self.closed_until, Why::Closed),
            (self.breaker.shut_until(), Why::Breaker),
        ];
        let against = against.into_iter().filter(|(until, _)| *until > now).max_by_key(|(until, _)| *until);
        against
            .map_or_else(|| self.granted(ask, now), |(until, why)| (self, Reservation::Wait { until, why }))
    }

    /// When enough has come back that this batch leaves what its lane must leave.
    fn earned_at(self, ask: &Ask) -> Timestamp {
        moment(self.whole_at.as_microsecond() - ask.spare_us)
    }

    fn granted(self, ask: &Ask, now: Timestamp) -> (Self, Reservation) {
        let from = self.whole_at.as_microsecond().max(now.as_microsecond());
        let breaker = self.breaker.let_through(now);
        let grant = match self.breaker {
            Breaker::Closed { failures: 0 } => Grant::Plain,
            Breaker::Closed { .. } => Grant::Doubted,
            Breaker::Open { .. } | Breaker::Probing { .. } => Grant::Probe,
        };
        (Self { whole_at: moment(from + ask.cost_us), breaker, ..self }, Reservation::Granted(grant))
    }

    /// What is remembered once `signal` was heard. A later moment to stay away until is never made an earlier one.
    #[must_use]
    pub fn heard(self, signal: Signal, now: Timestamp) -> Self {
        let breaker = match signal {
            Signal::Failed => self.breaker.failed(now),
            Signal::Refused => self.breaker.refused(now),
            Signal::Succeeded | Signal::SlowDown { .. } | Signal::UsedUp { .. } => self.breaker.answered(),
        };
        let asked = match signal {
            Signal::Succeeded | Signal::Failed | Signal::Refused => self.closed_until,
            Signal::SlowDown { until } => until.min(after(now, Backoff::LONGEST_ASKED)),
            Signal::UsedUp { until } => until.min(after(now, Self::LONGEST_USED_UP)),
        };
        Self { closed_until: self.closed_until.max(rounded_up(asked)), breaker, ..self }
    }

    /// From when on it makes nobody wait, UTC. Its failures may still be counted on.
    pub fn free_at(&self) -> Timestamp {
        self.whole_at.max(self.closed_until).max(self.breaker.shut_until())
    }
}

/// Stops asking an account that does not work, and finds out with one batch at a time whether it works again.
///
/// While it is not closed, only what is heard after a probe was let through counts: those who were on their way when it
/// opened say nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaker {
    /// It works, but for the last few.
    Closed {
        /// How many failed in a row.
        failures: u32,
    },
    /// It does not work; the first who asks from `until` on is the probe.
    Open {
        /// How many failed in a row, probes too.
        failures: u32,
        /// Until when nobody asks, UTC.
        until: Timestamp,
    },
    /// Somebody finds out.
    Probing {
        /// How many failed in a row, probes too.
        failures: u32,
        /// When that somebody is given up and the next one is the probe, UTC.
        until: Timestamp,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// How many have to fail in a row.
    pub const OPENS_AFTER: u32 = 5;
    /// How long it is open at first; each probe that fails doubles it.
    pub const OPEN_FOR: Duration = Duration::from_secs(30);
    /// How long it is open at most.
    pub const OPEN_AT_MOST: Duration = Duration::from_mins(15);
    /// How long a probe may take to say what it heard.
    pub const PROBE_LASTS: Duration = Duration::from_mins(1);

    /// When the next one is let in: long ago where it is closed.
    fn shut_until(self) -> Timestamp {
        match self {
            Self::Closed { .. } => Timestamp::MIN,
            Self::Open { until, .. } | Self::Probing { until, .. } => until,
        }
    }

    /// Who is let through an open one is its probe.
    fn let_through(self, now: Timestamp) -> Self {
        match self {
            Self::Closed { .. } => self,
            Self::Open { failures, .. } | Self::Probing { failures, .. } => {
                Self::Probing { failures, until: after(now, Self::PROBE_LASTS) }
            }
        }
    }

    fn answered(self) -> Self {
        if matches!(self, Self::Open { .. }) { self } else { Self::default() }
    }

    /// One refusal is as good as a row of failures.
    fn refused(self, now: Timestamp) -> Self {
        match self {
            Self::Closed { failures } => {
                Self::Closed { failures: failures.max(Self::OPENS_AFTER - 1) }.failed(now)
            }
            Self::Open { .. } | Self::Probing { .. } => self.failed(now),
        }
    }

    fn failed(self, now: Timestamp) -> Self {
        let failures = match self {
            Self::Open { .. } => return self,
            Self::Closed { failures } | Self::Probing { failures, .. } => failures.saturating_add(1),
        };
        let Some(probes) = failures.checked_sub(Self::OPENS_AFTER) else { return Self::Closed { failures } };
        let doubled = Self::OPEN_FOR.saturating_mul(1 << probes.min(30));
        Self::Open { failures, until: after(now, doubled.min(Self::OPEN_AT_MOST)) }
    }
}

/// `time` is at most some days: it fits.
fn after(now: Timestamp, time: Duration) -> Timestamp {
    rounded_up(now.checked_add(time).unwrap_or(Timestamp::MAX))
}

/// A promise to stay away is not made shorter by being kept.
fn rounded_up(until: Timestamp) -> Timestamp {
    moment(until.as_microsecond() + i64::from(until.subsec_nanosecond() % 1000 != 0))
}

/// A moment beyond the end of time is the end of time.
fn moment(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(if us < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(us: i64) -> Timestamp {
        Timestamp::from_microsecond(1_700_000_000_000_000 + us).unwrap()
    }

    fn second(second: i64) -> Timestamp {
        at(second * 1_000_000)
    }

    fn granted(answer: Reservation) -> bool {
        matches!(answer, Reservation::Granted { .. })
    }

    fn waits(until: Timestamp, why: Why) -> Reservation {
        Reservation::Wait { until, why }
    }

    fn rates() -> impl Strategy<Value = Rate> {
        let all = (1u32..3000, 1u64..20_000, 1u32..2000);
        all.prop_filter_map("a valid rate", |(units, per_ms, burst)| {
            Rate::new(units, Duration::from_millis(per_ms), burst).ok()
        })
    }

    fn lanes() -> impl Strategy<Value = Lane> {
        prop::sample::select(Lane::ALL.to_vec())
    }

    /// A batch: its lane, its part of the most in percent, and the time since the one before, which may be negative
    /// where the clocks of two functions differ.
    fn batches() -> impl Strategy<Value = Vec<(Lane, u32, i64)>> {
        prop::collection::vec((lanes(), 0u32..=100, -20_000i64..100_000), 1..60)
    }

    fn cost(rate: Rate, lane: Lane, percent: u32) -> u32 {
        (rate.most(lane) * percent / 100).max(1)
    }

    proptest! {
        #[test]
        fn in_no_window_is_more_granted_than_rate_times_time_and_burst(rate in rates(), batches in batches()) {
            let (mut budget, mut now, mut grants) = (Budget::default(), 0, Vec::new());
            for (lane, percent, passed) in batches {
                now += passed;
                let cost = cost(rate, lane, percent);
                let (after, answer) = budget.reserve(&rate.ask(lane, cost).unwrap(), at(now));
                prop_assert_eq!(after == budget, !granted(answer), "who waits changes nothing, who is granted pays");
                budget = after;
                grants.extend(granted(answer).then_some((now, i64::from(cost))));
            }
            for (from, _) in &grants {
                for (to, _) in grants.iter().filter(|(to, _)| to >= from) {
                    let within = grants.iter().filter(|(when, _)| (from..=to).contains(&when));
                    let used: i64 = within.map(|(_, cost)| cost * rate.interval_us).sum();
                    prop_assert!(used <= to - from + i64::from(rate.burst) * rate.interval_us);
                }
            }
        }

        #[test]
        fn lower_lanes_never_starve_a_higher_one_of_its_share(
            rate in rates(), high in lanes(), low in lanes(), batches in batches(), rest in 0i64..1000,
        ) {
            prop_assume!(rate.most(high) > rate.most(low));
            let (mut budget, mut now) = (Budget::default(), 0);
            for (lane, percent, passed) in batches.into_iter().map(|(lane, p, t)| (lane.max(low), p, t.abs())) {
                now += passed;
                budget = budget.reserve(&rate.ask(lane, cost(rate, lane, percent)).unwrap(), at(now)).0;
            }
            let share = rate.ask(high, rate.most(high) - rate.most(low)).unwrap();
            prop_assert!(granted(budget.reserve(&share, at(now + rest)).1), "{high:?} waits for {low:?}");
        }

        #[test]
        fn who_waits_as_long_as_told_is_granted_and_a_moment_earlier_is_not(
            rate in rates(), batches in batches(), lane in lanes(), percent in 0u32..=100,
        ) {
            let (mut budget, mut now) = (Budget::default(), 0);
            for (lane, percent, passed) in batches {
                now += passed.abs();
                budget = budget.reserve(&rate.ask(lane, cost(rate, lane, percent)).unwrap(), at(now)).0;
            }
            let ask = rate.ask(lane, cost(rate, lane, percent)).unwrap();
            if let (_, Reservation::Wait { until, why }) = budget.reserve(&ask, at(now)) {
                prop_assert_eq!(why, Why::Rate);
                let before = moment(until.as_microsecond() - 1);
                prop_assert!(granted(budget.reserve(&ask, until).1) && !granted(budget.reserve(&ask, before).1));
            }
        }

        #[test]
        fn there_is_one_probe_at_a_time(steps in prop::collection::vec((0u8..6, 0i64..40), 1..200)) {
            let ask = Rate::per_second(1000, 1000).unwrap().ask(Lane::Live, 1).unwrap();
            let (mut budget, mut now, mut given_up_at) = (Budget::default(), 0, None);
            for (step, passed) in steps {
                now += passed;
                let heard = match step {
                    0 => Some(Signal::Succeeded),
                    1..=3 => Some(Signal::Failed),
                    _ => None,
                };
                if let Some(signal) = heard {
                    budget = budget.heard(signal, second(now));
                    given_up_at = None;
                    continue;
                }
                let (after, answer) = budget.reserve(&ask, second(now));
                if granted(answer) {
                    let alone = given_up_at.is_none_or(|until| second(now) >= until);
                    prop_assert!(alone, "a second was let through while a probe was under way");
                }
                if answer == (Reservation::Granted(Grant::Probe)) {
                    given_up_at = Some(second(now + 60));
                }
                let closed = matches!(budget.breaker, Breaker::Closed { .. });
                prop_assert!(closed || !matches!(answer, Reservation::Granted(Grant::Plain | Grant::Doubted)), "let through, and no probe");
                budget = after;
            }
        }

        #[test]
        fn what_the_other_side_asks_for_is_kept_and_never_shortened(
            asked in prop::collection::vec((-1000i64..200_000, any::<bool>()), 1..10),
        ) {
            let mut budget = Budget::default();
            for (until, day) in asked {
                let until = second(until);
                let signal = if day { Signal::UsedUp { until } } else { Signal::SlowDown { until } };
                let before = budget.closed_until;
                budget = budget.heard(signal, second(0));
                let longest = if day { Budget::LONGEST_USED_UP } else { Backoff::LONGEST_ASKED };
                prop_assert_eq!(budget.closed_until, before.max(until.min(second(0) + longest)));
            }
        }
    }

    fn ten_a_second(lane: Lane, cost: u32) -> Ask {
        Rate::per_second(10, 20).unwrap().ask(lane, cost).unwrap()
    }

    fn failing(times: u32, now: Timestamp) -> Budget {
        (0..times).fold(Budget::default(), |budget, _| budget.heard(Signal::Failed, now))
    }

    /// Opened at zero, and its first probe let through half a minute later.
    fn probed() -> Budget {
        let (budget, answer) = failing(5, second(0)).reserve(&ten_a_second(Lane::Live, 1), second(30));
        assert_eq!(answer, Reservation::Granted(Grant::Probe));
        budget
    }

    #[test]
    fn a_lane_leaves_its_part_of_the_burst_and_each_has_at_least_one_unit() {
        let most = |burst| Lane::ALL.map(|lane| Rate::per_second(10, burst).unwrap().most(lane));
        assert_eq!(most(100), [100, 90, 75, 50, 25]);
        assert_eq!(most(10), [10, 9, 8, 5, 3]);
        assert_eq!(most(1), [1; 5]);
    }

    #[test]
    fn a_batch_is_granted_whole_or_not_at_all() {
        let (budget, answer) = Budget::default().reserve(&ten_a_second(Lane::Live, 15), second(0));
        assert_eq!(answer, Reservation::Granted(Grant::Plain));
        let (same, answer) = budget.reserve(&ten_a_second(Lane::Live, 6), second(0));
        assert_eq!((same, answer), (budget, waits(at(100_000), Why::Rate)));
        assert_eq!(Rate::per_second(10, 20).unwrap().ask(Lane::Live, 21), None, "no wait would help");
    }

    #[test]
    fn a_rate_that_grants_nothing_or_forgets_nothing_is_refused() {
        let hour = Duration::from_hours(1);
        for (units, per, burst) in [(0, hour, 1), (1, Duration::ZERO, 1), (1, hour, 0), (1, hour, 25)] {
            assert_eq!(Rate::new(units, per, burst), Err(InvalidRate), "{units} in {per:?}, {burst} at once");
        }
        assert!(Rate::new(1, hour, 24).is_ok() && Rate::new(u32::MAX, hour, u32::MAX).is_ok());
        assert_eq!(
            Rate::per_second(3, 1).unwrap().interval_us,
            333_334,
            "never faster than what was asked for"
        );
    }

    #[test]
    fn a_closed_account_makes_every_lane_wait_and_the_longest_wait_is_told() {
        let budget = Budget::default().heard(Signal::SlowDown { until: second(7) }, second(0));
        for lane in Lane::ALL {
            let answer = budget.reserve(&ten_a_second(lane, 1), second(6)).1;
            assert_eq!(answer, waits(second(7), Why::Closed), "{lane:?}");
        }
        assert!(granted(budget.reserve(&ten_a_second(Lane::Live, 1), second(7)).1));
        let both = (0..5).fold(budget, |budget, _| budget.heard(Signal::Failed, second(0)));
        let answer = both.reserve(&ten_a_second(Lane::Live, 1), second(0)).1;
        assert_eq!(answer, waits(second(30), Why::Breaker));
    }

    #[test]
    fn the_breaker_opens_after_five_in_a_row_and_not_before() {
        assert_eq!(failing(4, second(0)).breaker, Breaker::Closed { failures: 4 });
        assert_eq!(failing(5, second(0)).breaker, Breaker::Open { failures: 5, until: second(30) });
        let mended = failing(4, second(0)).heard(Signal::Succeeded, second(1));
        assert_eq!(mended.heard(Signal::Failed, second(2)).breaker, Breaker::Closed { failures: 1 });
    }

    #[test]
    fn refused_credentials_open_the_breaker_at_once_and_a_probe_closes_it() {
        let refused = Budget::default().heard(Signal::Refused, second(0));
        assert_eq!(refused.free_at(), failing(5, second(0)).free_at());
        let ask = Rate::per_second(100, 100).unwrap().ask(Lane::Live, 1).unwrap();
        let (probing, _) = refused.reserve(&ask, second(31));
        let twice = probing.heard(Signal::Refused, second(32));
        assert_eq!(twice.free_at(), second(32 + 60), "each probe that is refused doubles it");
        let (probing, _) = twice.reserve(&ask, second(95));
        assert_eq!(probing.heard(Signal::Succeeded, second(96)).breaker, Breaker::default());
    }

    #[test]
    fn those_who_were_on_their_way_when_it_opened_change_nothing() {
        let open = failing(5, second(0));
        for signal in [Signal::Failed, Signal::Succeeded] {
            assert_eq!(open.heard(signal, second(5)), open, "{signal:?}");
            assert_eq!(open.heard(signal, second(31)), open, "{signal:?}, and no probe was let through yet");
        }
    }

    #[test]
    fn a_probe_that_answers_closes_the_breaker_also_where_it_was_told_to_slow_down() {
        let until = second(40);
        for signal in [Signal::Succeeded, Signal::SlowDown { until }, Signal::UsedUp { until }] {
            assert_eq!(probed().heard(signal, second(31)).breaker, Breaker::default(), "{signal:?}");
        }
    }

    #[test]
    fn each_probe_that_fails_opens_it_for_twice_as_long_up_to_a_quarter_of_an_hour() {
        let (mut budget, mut now) = (failing(5, second(0)), 0);
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(budget.breaker.shut_until(), second(now + seconds));
            now += seconds;
            budget = budget.reserve(&ten_a_second(Lane::Live, 1), second(now)).0;
            budget = budget.heard(Signal::Failed, second(now));
        }
        let forever = Breaker::Probing { failures: u32::MAX, until: second(0) }.failed(second(0));
        assert_eq!(forever, Breaker::Open { failures: u32::MAX, until: second(900) });
    }

    #[test]
    fn a_probe_that_never_reports_is_given_up_after_a_minute() {
        let ask = ten_a_second(Lane::Backfill, 1);
        assert_eq!(probed().reserve(&ask, second(89)).1, waits(second(90), Why::Breaker));
        assert_eq!(probed().reserve(&ask, second(90)).1, Reservation::Granted(Grant::Probe));
        let late = probed().heard(Signal::Succeeded, second(95));
        assert_eq!(late.breaker, Breaker::default(), "late, but it works");
    }

    #[test]
    fn a_probe_has_to_be_paid_for_like_any_batch() {
        let spent = Budget { whole_at: second(32), ..failing(5, second(0)) };
        let ask = ten_a_second(Lane::Live, 1);
        assert_eq!(spent.reserve(&ask, second(30)).1, waits(at(30_100_000), Why::Rate));
        assert_eq!(spent.reserve(&ask, at(30_100_000)).1, Reservation::Granted(Grant::Probe));
    }

    #[test]
    fn a_moment_to_stay_away_until_is_kept_in_whole_microseconds_and_not_shortened() {
        let until = second(1) + Duration::from_nanos(1);
        let budget = Budget::default().heard(Signal::SlowDown { until }, second(0));
        assert_eq!(budget.closed_until, at(1_000_001));
        assert_eq!(budget.free_at(), at(1_000_001));
    }
}
