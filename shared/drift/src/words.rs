//! Numbers and times as people read them.

use std::fmt::{self, Display};

use jiff::Timestamp;

use crate::cause::{Cause, Repair};
use crate::report::Report;

/// So many of them: `1 customer`, `2 customers`.
pub(crate) struct Amount<'a>(pub(crate) u64, pub(crate) &'a str);

impl Display for Amount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} {}{ending}", grouped(self.0), self.1)
    }
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let gap = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    let each = digits.chars().enumerate();
    each.flat_map(|(place, digit)| gap(place).then_some('\u{202f}').into_iter().chain([digit])).collect()
}

/// A moment to the minute, UTC.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// How long a run took; none while it goes on.
pub(crate) fn lasted(run: &Report) -> Option<String> {
    let seconds = run.ended_at?.duration_since(run.started_at).as_secs();
    Some(match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    })
}

/// What was done with records that carry one key.
pub(crate) const MERGED: &str = "merged";

/// Why it was not done.
pub(crate) fn proposed(why: &str) -> String {
    format!("left to a person: {why}")
}

/// What was done about all with this cause.
pub(crate) fn then(cause: Cause, report: &Report) -> String {
    let count = report.tally.causes.get(&cause).copied().unwrap_or_default();
    let merged = report.tally.merged.min(count);
    match cause.repair() {
        Repair::Resync => "synced again".to_owned(),
        Repair::Merge if merged == count => MERGED.to_owned(),
        Repair::Merge if merged > 0 => {
            format!("{} {MERGED}, {} a person", grouped(merged), grouped(count - merged))
        }
        Repair::Merge | Repair::Person => "a person".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::End;
    use crate::report::tests::report;

    #[test]
    fn numbers_are_apart_by_thousands_and_one_is_one() {
        let table = [(0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567")];
        for (number, expected) in table {
            assert_eq!(grouped(number).replace('\u{202f}', " "), expected);
        }
        assert_eq!(
            (Amount(1, "contact").to_string(), Amount(0, "contact").to_string()),
            ("1 contact".into(), "0 contacts".into())
        );
    }

    #[test]
    fn s_193_what_was_done_about_duplicates_is_told_by_how_many_were_merged() {
        let told = |merged, all| {
            let mut report = report(false);
            (report.tally.merged, _) = (merged, report.tally.causes.insert(Cause::Duplicate, all));
            then(Cause::Duplicate, &report)
        };
        assert_eq!([told(0, 2), told(1, 3), told(2, 2)], ["a person", "1 merged, 2 a person", "merged"]);
    }

    #[test]
    fn how_long_a_run_took_is_told_in_what_it_takes() {
        let took = |ended: &str| lasted(&report(false).ended(End::Whole, ended.parse().unwrap())).unwrap();
        assert_eq!(took("2026-11-25T03:15:09Z"), "9 s");
        assert_eq!(took("2026-11-25T03:20:07Z"), "5 min 7 s");
        assert_eq!(took("2026-11-25T05:17:00Z"), "2 h 2 min");
        assert_eq!(lasted(&report(false)), None);
    }
}
