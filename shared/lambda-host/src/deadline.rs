//! When the platform ends an invocation.

use jiff::{SignedDuration, Timestamp};

/// What an emulator grants that does not say.
const UNSAID: SignedDuration = SignedDuration::from_secs(60);

/// The end of this invocation, UTC, from `Context::deadline` (milliseconds since the epoch). One that is past already is
/// none: Lambda never begins so late, and the emulator of `cargo lambda watch` sends a constant.
pub fn deadline(deadline_ms: u64, now: Timestamp) -> Timestamp {
    let said = i64::try_from(deadline_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    said.filter(|deadline| *deadline > now).unwrap_or_else(|| now.saturating_add(UNSAID).unwrap_or(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_is_past_already_is_none() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        assert_eq!(deadline(1_000_005_000, now), Timestamp::from_second(1_000_005).unwrap());
        for unsaid in [0, 600_000, u64::MAX] {
            assert_eq!(deadline(unsaid, now), Timestamp::from_second(1_000_060).unwrap(), "{unsaid}");
        }
    }
}
