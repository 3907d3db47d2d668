//! Moments as whole seconds since 1970, UTC: the finest step that the shop has.

use jiff::Timestamp;

/// Reads `2026-11-21T10:00:00Z`, or anything else that is a moment by RFC 3339.
pub(crate) fn read(text: &[u8]) -> Option<i64> {
    match plain(text) {
        Some(seconds) => Some(seconds),
        None => std::str::from_utf8(text).ok()?.parse::<Timestamp>().ok().map(Timestamp::as_second),
    }
}

/// The form that the shop writes. None is no verdict: the whole grammar is asked then.
#[inline]
pub(crate) fn plain(text: &[u8]) -> Option<i64> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', i0, i1, b':', s0, s1, b'Z'] = text
    else {
        return None;
    };
    let (year, month) = (two(*y0, *y1)? * 100 + two(*y2, *y3)?, two(*m0, *m1)?);
    let (day, hour) = (two(*d0, *d1)?, two(*h0, *h1)?);
    let (minute, second) = (two(*i0, *i1)?, two(*s0, *s1)?);
    let is_sure = (1..=12).contains(&month) && (1..=28).contains(&day);
    (is_sure && hour < 24 && minute < 60 && second < 60)
        .then(|| ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

/// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March, so that a leap day is a year's
/// last (`days_from_civil` of <https://howardhinnant.github.io/date_algorithms.html>).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_what_the_calendar_says() {
        let mut day = jiff::civil::date(1899, 12, 25);
        while day.year() < 2105 {
            let text = format!("{day}T13:14:15Z");
            let known = text.parse::<Timestamp>().unwrap().as_second();
            assert_eq!(read(text.as_bytes()), Some(known), "{text}");
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn offsets_and_fractions_are_read_and_what_is_no_moment_is_none() {
        assert_eq!(read(b"1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(read(b"1970-01-01T00:00:05.25Z"), Some(5));
        for text in ["2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01", ""]
        {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
