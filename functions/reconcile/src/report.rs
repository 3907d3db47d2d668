//! What is answered, and what the journal and the metrics say of a run that ended.

use domain::ShopDomain;
use drift::{Cause, Report};
use flows::Pursued;
use jiff::Timestamp;
use lambda_host::{Journal, Level, Metric, Unit};
use serde::Serialize;
use serde_json::Value;

/// The answer.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) shops: Vec<OfShop>,
}

/// What is told of a shop.
#[derive(Debug, Serialize)]
pub(crate) struct OfShop {
    pub(crate) shop: ShopDomain,
    #[serde(flatten)]
    pub(crate) told: Told,
}

/// How far it came, or what was asked for.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Told {
    /// The run is over.
    Ended { report: Box<Report> },
    /// It goes on by itself.
    GoesOn { report: Box<Report> },
    /// Somebody else is at work on it.
    Held { until: Timestamp },
    /// Nothing goes on.
    Idle,
    /// So many named customers were sent to be synced.
    Queued { customers: usize },
    /// What goes on, and up to when everything is proven.
    Standing { run: Option<Value>, held_until: Option<Timestamp>, proven_until: Option<Timestamp> },
    /// The last reports, the newest first.
    Reports { reports: Vec<Report> },
    /// The same as a page.
    Page { html: String },
    /// It could not be done.
    Failed { code: &'static str, error: String },
}

impl From<Pursued> for Told {
    fn from(pursued: Pursued) -> Self {
        match pursued {
            Pursued::Ended(report) => Self::Ended { report },
            Pursued::Waits(report) => Self::GoesOn { report },
            Pursued::Held(until) => Self::Held { until },
            Pursued::Idle => Self::Idle,
        }
    }
}

/// A line of the journal, with the metrics that alarms are set on.
pub(crate) fn journal(journal: &Journal, of_shop: &OfShop, now: Timestamp) {
    match &of_shop.told {
        Told::Ended { report } => {
            let (level, words) = if report.is_whole() {
                (Level::Info, "the run is whole")
            } else {
                (Level::Error, "the run is not whole")
            };
            journal.write(level, now, words, report, &["function"], &metrics(report));
        }
        Told::GoesOn { report } => journal.write(Level::Info, now, "the run goes on", report, &[], &[]),
        Told::Queued { .. } => {
            journal.write(Level::Info, now, "customers are synced again", of_shop, &[], &[]);
        }
        Told::Failed { .. } => {
            let metrics = [Metric::one("ReconcileFailed")];
            journal.write(Level::Error, now, "could not work on the run", of_shop, &["function"], &metrics);
        }
        _ => {}
    }
}

fn metrics(report: &Report) -> Vec<Metric> {
    if !report.is_whole() {
        return vec![Metric::one("ReconcileFailed")];
    }
    let tally = &report.tally;
    let of = |cause| tally.causes.get(&cause).copied().unwrap_or_default();
    [
        ("Compared", report.compared()),
        ("Differing", report.differing()),
        ("DriftPartsPerMillion", report.drift_ppm()),
        ("MissingInCrm", of(Cause::MissingInCrm)),
        ("Repaired", tally.queued),
        ("LeftToAPerson", tally.left),
    ]
    .map(|(name, value)| Metric {
        name,
        unit: Unit::Count,
        value: f64::from(u32::try_from(value).unwrap_or(u32::MAX)),
    })
    .into()
}

#[cfg(test)]
mod tests {
    use drift::{End, Purpose};

    use super::*;

    fn report() -> Report {
        Report::begun("a.myshopify.com", "r-1", Purpose::Proof, false, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn s_169_a_whole_run_tells_its_drift_and_a_failed_one_that_it_failed() {
        let mut whole = report();
        whole.tally.shop_customers = 1_000;
        whole.tally.causes.insert(Cause::Stale, 5);
        let whole = whole.ended(End::Whole, Timestamp::UNIX_EPOCH);
        let drift = metrics(&whole).into_iter().find(|metric| metric.name == "DriftPartsPerMillion").unwrap();
        assert!((drift.value - 5_000.0).abs() < f64::EPSILON);
        let failed = report().ended(End::Failed("bulk_failed".into()), Timestamp::UNIX_EPOCH);
        let names: Vec<_> = metrics(&failed).iter().map(|metric| metric.name).collect();
        assert_eq!(names, ["ReconcileFailed"]);
    }

    #[test]
    fn an_answer_names_its_state() {
        let told = OfShop { shop: ShopDomain::parse("a.myshopify.com").unwrap(), told: Told::Idle };
        let json = serde_json::to_value(Answer { shops: vec![told] }).unwrap();
        assert_eq!(json, serde_json::json!({"shops": [{"shop": "a.myshopify.com", "state": "idle"}]}));
    }
}
