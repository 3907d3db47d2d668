//! How long to wait before the next try.

use std::time::Duration;

/// A number in 0..1 that somebody else drew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance(f64);

impl Chance {
    /// From 64 random bits.
    #[allow(clippy::cast_precision_loss, reason = "a spread of waiting times needs no more than 53 bits")]
    pub fn from_bits(bits: u64) -> Self {
        Self((bits >> 11) as f64 / (1u64 << 53) as f64)
    }
}

/// Exponential back-off with jitter: the n-th wait lies between half of and the whole `base` x 2^(n-1), at most `cap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The first wait.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
}

impl Backoff {
    /// The wait after the `tries`-th try (1 is the first). `at_least` is what the other side asked for; of that, no more
    /// than [`Backoff::LONGEST_ASKED`] is believed.
    pub fn after(&self, tries: u32, at_least: Option<Duration>, chance: Chance) -> Duration {
        let doubled =
            self.base.saturating_mul(1u32.checked_shl(tries.saturating_sub(1).min(30)).unwrap_or(u32::MAX));
        let spread = doubled.min(self.cap).mul_f64(0.5 + chance.0 / 2.0);
        let Some(least) = at_least.map(|least| least.min(Self::LONGEST_ASKED)) else { return spread };
        least.saturating_add(spread.min(least))
    }

    /// A queue hides a message for twelve hours at most.
    pub const LONGEST_ASKED: Duration = Duration::from_hours(6);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: Backoff = Backoff { base: Duration::from_secs(30), cap: Duration::from_hours(1) };

    proptest! {
        #[test]
        fn a_wait_is_never_longer_than_the_cap_nor_shorter_than_half_its_step(tries in 1u32..100, bits: u64) {
            let wait = OURS.after(tries, None, Chance::from_bits(bits));
            let step = Duration::from_secs(30u64.saturating_mul(1 << (tries - 1).min(30))).min(OURS.cap);
            prop_assert!(wait >= step / 2 && wait <= step);
        }

        #[test]
        fn what_the_other_side_asked_for_is_the_least(least in 0u64..=u64::MAX, tries in 1u32..20, bits: u64) {
            let least = Duration::from_secs(least);
            let wait = OURS.after(tries, Some(least), Chance::from_bits(bits));
            prop_assert!(wait >= least.min(Backoff::LONGEST_ASKED) && wait <= Backoff::LONGEST_ASKED * 2);
        }
    }
}
