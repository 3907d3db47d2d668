//! What people are told of a run: once for each change of how the shop stands.

mod count;

use crate::cause::Cause;
use crate::report::{End, Purpose, Report};
use crate::standing::{Standing, Tolerance};
use crate::words::{Amount, grouped, lasted, minute};

/// A notice in plain words: counts, causes and codes, nothing about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How the shop stands now.
    pub standing: Standing,
    /// What happened.
    pub title: String,
    /// What there is to say, a line each.
    pub lines: Vec<String>,
}

/// What people are to be told of a run that ended, when they know that the shop stood so before: that it is bad, or bad in
/// another way, or well again. None while it stays as it was.
pub fn notice(before: Standing, report: &Report, tolerance: Tolerance) -> Option<Notice> {
    let standing = before.after(report, tolerance);
    (standing != before).then(|| Notice {
        standing,
        title: match report.purpose {
            Purpose::Count => count::title(standing, report),
            _ => title(standing, report),
        },
        lines: match &report.end {
            Some(End::Whole) if report.purpose == Purpose::Count => count::lines(report),
            Some(End::Whole) => found(report, tolerance),
            _ => vec![not_proven(report), when(report)],
        },
    })
}

fn title(standing: Standing, report: &Report) -> String {
    let shop = &report.shop;
    match standing {
        Standing::Failing => format!("{shop}: the nightly proof could not be finished"),
        Standing::Drifting => {
            let verb = if report.differing() == 1 { "differs" } else { "differ" };
            format!("{shop}: {} {verb} between shop and CRM", Amount(report.differing(), "customer"))
        }
        Standing::Well if report.differing() == 0 => format!("{shop}: shop and CRM match again"),
        Standing::Well => {
            format!("{shop}: shop and CRM match again, but for {}", grouped(report.differing()))
        }
    }
}

fn found(report: &Report, tolerance: Tolerance) -> Vec<String> {
    let tally = &report.tally;
    let shop = Amount(tally.shop_customers, "customer");
    let crm = Amount(tally.crm_records, "contact");
    let others = grouped(tally.other_records);
    let compared = format!(
        "Compared {}: {} equal, {} differ",
        grouped(report.compared()),
        grouped(report.equal()),
        grouped(report.differing())
    );
    let share =
        format!("{} in a million; told from beyond {} on", grouped(report.drift_ppm()), grouped(tolerance.0));
    let mut lines =
        vec![format!("Shop: {shop}. CRM: {crm} of theirs, {others} others"), format!("{compared} ({share})")];
    if report.differing() > 0 {
        lines.push(causes(report));
        lines.push(repaired(report));
    }
    lines.extend(report.remarks.iter().cloned());
    lines.push(when(report));
    lines
}

fn causes(report: &Report) -> String {
    let mut causes: Vec<_> = report.tally.causes.iter().filter(|(_, count)| **count > 0).collect();
    causes.sort_by_key(|(cause, count)| (std::cmp::Reverse(**count), **cause));
    let said = |(cause, count): (&Cause, &u64)| format!("{} {}", cause.title(), grouped(*count));
    format!("Why: {}", causes.into_iter().map(said).collect::<Vec<_>>().join(", "))
}

fn repaired(report: &Report) -> String {
    let (queued, left) = (grouped(report.tally.queued), grouped(report.tally.left));
    let known: u64 = report.tally.known.values().sum();
    let known = if known == 0 { String::new() } else { format!(", {} of them from before", grouped(known)) };
    let merged = match report.tally.merged {
        0 => String::new(),
        merged => format!(", {} of them after a merge", grouped(merged)),
    };
    format!("Synced again: {queued}{merged}. Left to a person: {left}{known}")
}

fn not_proven(report: &Report) -> String {
    match &report.end {
        Some(End::Failed(code)) => {
            format!("It failed ({code}). Nothing of it counts; what was proven before does")
        }
        _ => "It was cancelled. Nothing of it counts; what was proven before does".to_owned(),
    }
}

fn when(report: &Report) -> String {
    let began = minute(report.started_at);
    match lasted(report) {
        Some(lasted) => format!("Began {began} UTC, took {lasted}"),
        None => format!("Began {began} UTC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::tests::{TOLERANCE, night};

    fn told(before: Standing, report: &Report) -> Option<(Standing, String)> {
        notice(before, report, TOLERANCE).map(|notice| (notice.standing, notice.title))
    }

    #[test]
    fn s_169_people_are_told_once_for_each_change_and_not_while_it_stays() {
        let nights = [
            night(End::Whole, 3),
            night(End::Whole, 12),
            night(End::Whole, 50),
            night(End::Failed("bulk_failed".into()), 0),
            night(End::Cancelled, 0),
            night(End::Whole, 40),
            night(End::Whole, 1),
            night(End::Whole, 0),
        ];
        let mut standing = Standing::Well;
        let mut heard = vec![];
        for night in &nights {
            heard.push(told(standing, night).map(|(_, title)| title));
            standing = standing.after(night, TOLERANCE);
        }
        let shop = "demo.myshopify.com";
        let expected = [
            None,
            Some(format!("{shop}: 12 customers differ between shop and CRM")),
            None,
            Some(format!("{shop}: the nightly proof could not be finished")),
            None,
            Some(format!("{shop}: 40 customers differ between shop and CRM")),
            Some(format!("{shop}: shop and CRM match again, but for 1")),
            None,
        ];
        assert_eq!(heard, expected);
    }

    #[test]
    fn s_193_a_notice_says_how_many_were_synced_after_a_merge() {
        let mut night = night(End::Whole, 30);
        night.tally.merged = 2;
        let notice = notice(Standing::Well, &night, TOLERANCE).unwrap();
        let expected = "Synced again: 30, 2 of them after a merge. Left to a person: 0";
        assert!(notice.lines.iter().any(|line| line == expected), "{:?}", notice.lines);
    }

    #[test]
    fn s_166_s_167_s_191_a_notice_has_both_counts_the_causes_and_what_was_done() {
        let mut night = night(End::Whole, 30);
        night.tally.causes.insert(Cause::Duplicate, 2);
        night.tally.causes.insert(Cause::MissingInCrm, 30);
        (night.tally.crm_records, night.tally.other_records) = (9_970, 12);
        (night.tally.queued, night.tally.left) = (60, 2);
        let notice = notice(Standing::Well, &night, TOLERANCE).unwrap();
        let expected = [
            "Shop: 10\u{202f}000 customers. CRM: 9\u{202f}970 contacts of theirs, 12 others",
            "Compared 10\u{202f}000: 9\u{202f}938 equal, 62 differ (6\u{202f}200 in a million; told from beyond 1\u{202f}000 on)",
            "Why: missing in CRM 30, stale 30, duplicate 2",
            "Synced again: 60. Left to a person: 2",
            "Began 2026-11-25 03:15 UTC, took 5 min 7 s",
        ];
        assert_eq!(notice.lines, expected);
    }

    #[test]
    fn a_run_that_failed_is_told_by_its_code_and_not_by_what_it_met() {
        let mut night = night(End::Failed("bulk_not_believed".into()), 0);
        night.why = Some("line 7: customer 99".into());
        let notice = notice(Standing::Drifting, &night, TOLERANCE).unwrap();
        assert_eq!(
            notice.lines[0],
            "It failed (bulk_not_believed). Nothing of it counts; what was proven before does"
        );
        assert!(notice.lines.iter().all(|line| !line.contains("99")));
    }

    #[test]
    fn one_customer_is_no_customers() {
        let mut night = night(End::Whole, 1);
        night.tally.shop_customers = 1;
        let title = told(Standing::Well, &night).map(|(_, title)| title);
        assert_eq!(title.as_deref(), Some("demo.myshopify.com: 1 customer differs between shop and CRM"));
    }
}
