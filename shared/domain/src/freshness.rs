//! Is what we read as new as what we were told about?

use jiff::{SignedDuration, Timestamp};

/// Whether a read can be trusted for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// As new as the event, or newer.
    Fresh,
    /// Older than the event: the shop's replica lags, so nothing of this read can be trusted; read again later.
    Stale,
    /// Not there yet: the event is young, and the replica may not have it; read again later.
    Missing,
    /// Not there, and the event is old enough to believe it: it was deleted.
    Gone,
}

/// How long an object that an event speaks of may be missing before we believe that it is gone.
pub const REPLICA_LAG: SignedDuration = SignedDuration::from_secs(60);

/// Compares the version an event named with the version that was read. `raised_at` is when the event was raised.
///
/// `updated_at` has steps of one second, so a read of the same second counts as fresh: the event of a later change
/// within it is still to come.
pub fn freshness(
    named: Option<Timestamp>,
    read: Option<Timestamp>,
    raised_at: Timestamp,
    now: Timestamp,
) -> Freshness {
    match (named, read) {
        (_, None) if now.duration_since(raised_at) < REPLICA_LAG => Freshness::Missing,
        (_, None) => Freshness::Gone,
        (Some(named), Some(read)) if read.as_second() < named.as_second() => Freshness::Stale,
        _ => Freshness::Fresh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    #[test]
    fn a_read_is_held_against_what_the_event_named() {
        let table = [
            (Some(at(10)), Some(at(10)), Freshness::Fresh),
            (Some(at(10)), Some(at(11)), Freshness::Fresh),
            (Some(at(10)), Some(at(9)), Freshness::Stale),
            (None, Some(at(1)), Freshness::Fresh),
            (Some(at(10)), None, Freshness::Missing),
        ];
        for (named, read, expected) in table {
            assert_eq!(freshness(named, read, at(10), at(12)), expected, "{named:?} {read:?}");
        }
    }

    #[test]
    fn what_is_missing_for_a_minute_is_gone() {
        assert_eq!(freshness(Some(at(10)), None, at(10), at(69)), Freshness::Missing);
        assert_eq!(freshness(Some(at(10)), None, at(10), at(70)), Freshness::Gone);
    }
}
