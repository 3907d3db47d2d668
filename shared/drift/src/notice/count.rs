//! What people are told of a weekly count.

use super::when;
use crate::report::Report;
use crate::standing::Standing;
use crate::weeks::{Balance, Week};
use crate::words::{Amount, grouped};

pub(super) fn title(standing: Standing, report: &Report) -> String {
    let shop = &report.shop;
    match standing {
        Standing::Failing => format!("{shop}: the weekly count could not be finished"),
        Standing::Drifting => format!("{shop}: {} too many", Amount(report.tally.left, "deal")),
        Standing::Well => format!("{shop}: there are no deals too many any more"),
    }
}

/// Each week that differs, and what was done.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let uneven = report.weeks.iter().filter(|week| week.balance() != Balance::Even);
    let mut lines: Vec<_> = uneven.map(week).collect();
    lines.push(format!("Orders synced again: {}", grouped(report.tally.queued)));
    if report.tally.left > 0 {
        lines.push(
            "A deal too many was made by hand, or its order went without a word: decide whether it stays"
                .to_owned(),
        );
    }
    lines.push(when(report));
    lines
}

fn week(week: &Week) -> String {
    let (orders, deals) = (Amount(week.orders, "order"), Amount(week.deals, "deal"));
    format!("Week from {}: {orders}, {deals}", week.from)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::notice::notice;
    use crate::report::{End, Purpose, Report};
    use crate::standing::Standing;
    use crate::standing::tests::TOLERANCE;
    use crate::weeks::Week;

    /// A count that found so many deals too many.
    fn count(end: End, too_many: u64) -> Report {
        let at: Timestamp = "2026-11-25T07:15:00Z".parse().unwrap();
        let mut report = Report::begun("demo.myshopify.com", "r-1", Purpose::Count, false, at);
        report.weeks = Week::last(at);
        (report.weeks[0].orders, report.weeks[0].deals) = (1_000, 1_000 + too_many);
        report.tally.left = too_many;
        report.ended(end, "2026-11-25T07:15:09Z".parse().unwrap())
    }

    #[test]
    fn s_169_deals_too_many_are_told_once_and_once_more_when_they_are_gone() {
        let told = |before, report: &Report| notice(before, report, TOLERANCE).map(|notice| notice.title);
        let shop = "demo.myshopify.com";
        assert_eq!(told(Standing::Well, &count(End::Whole, 0)), None);
        let many = count(End::Whole, 2);
        assert_eq!(told(Standing::Well, &many), Some(format!("{shop}: 2 deals too many")));
        assert_eq!(told(Standing::Drifting, &many), None, "not again");
        let failed = count(End::Failed("crm_unavailable".into()), 0);
        let title = format!("{shop}: the weekly count could not be finished");
        assert_eq!(told(Standing::Drifting, &failed), Some(title));
        let title = format!("{shop}: there are no deals too many any more");
        assert_eq!(told(Standing::Failing, &count(End::Whole, 0)), Some(title));
    }

    #[test]
    fn s_194_the_weeks_that_differ_are_named_with_both_counts() {
        let lines = notice(Standing::Well, &count(End::Whole, 1), TOLERANCE).unwrap().lines;
        assert_eq!(lines[0], "Week from 2026-11-18: 1\u{202f}000 orders, 1\u{202f}001 deals");
        assert_eq!(lines[1], "Orders synced again: 0");
        assert_eq!(lines.last().unwrap(), "Began 2026-11-25 07:15 UTC, took 9 s");
    }
}
