//! Days and moments as Salesforce takes and gives them.

use jiff::{Timestamp, civil::Date, fmt::strtime, tz::TimeZone};

/// `2026-11-24T00:00:00.000+0000`, as records have it: to the second, always UTC.
pub(crate) fn shown(at_ms: i64) -> String {
    let at = Timestamp::from_second(at_ms.div_euclid(1_000)).unwrap_or_default();
    format!("{}.000+0000", TimeZone::UTC.to_datetime(at))
}

/// The same as a bulk result has it: `2026-11-24T00:00:00.000Z`.
pub(crate) fn in_csv(shown: &str) -> String {
    shown.replace("+0000", "Z")
}

/// Whether text has the shape of a moment as records have it.
pub(crate) fn is_shown(text: &str) -> bool {
    text.len() == 28 && text.ends_with(".000+0000") && text.as_bytes()[10] == b'T'
}

/// A moment as it may be sent: with `Z` or an offset with its colon. Milliseconds since 1970.
pub(crate) fn sent(text: &str) -> Option<i64> {
    let (day, rest) = text.split_once('T')?;
    self::day(day)?;
    let zone = rest.find(['Z', '+', '-'])?;
    let offset = &rest[zone..];
    let with_colon = offset.len() == 6 && offset.as_bytes()[3] == b':';
    (offset == "Z" || with_colon).then(|| text.parse::<Timestamp>().ok())?.map(Timestamp::as_millisecond)
}

/// A day, `2026-11-24`.
pub(crate) fn day(text: &str) -> Option<Date> {
    let parsed = strtime::parse("%Y-%m-%d", text).ok()?.to_date().ok()?;
    (text.len() == 10).then_some(parsed)
}

/// The day of a moment in UTC.
pub(crate) fn day_of(at_ms: i64) -> Date {
    TimeZone::UTC.to_datetime(Timestamp::from_millisecond(at_ms).unwrap_or_default()).date()
}

#[cfg(test)]
mod tests {
    use super::{day, sent, shown};

    #[test]
    fn a_moment_has_a_zone_with_a_colon_and_is_kept_to_the_second() {
        assert_eq!(
            sent("2026-11-24T01:00:00.250+01:00").map(shown).as_deref(),
            Some("2026-11-24T00:00:00.000+0000")
        );
        assert_eq!(sent("2026-11-24T00:00:00Z"), Some(1_795_478_400_000));
        for wrong in
            ["2013-08-12T15:20:00+0000", "2026-11-24T00:00:00", "2026-11-24", "soon", "2026-13-24T00:00:00Z"]
        {
            assert_eq!(sent(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_has_ten_characters() {
        assert!(day("2026-11-24").is_some());
        for wrong in ["2026-11-31", "24.11.2026", "2026-1-4", "2026-11-24T00:00:00Z"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
