//! What is answered, and what the journal and the metrics say of a run that ended.

use domain::ShopDomain;
use drift::{Cause, Purpose, Report, Standing, balance};
use flows::{Announced, Failure, Pursued, Watched};
use jiff::Timestamp;
use lambda_host::{Journal, Level, Metric, Unit, told};
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
    /// What the shop's subscriptions came to.
    Watched(Watched),
    /// No address is configured: the shop's subscriptions are the app's own, which its API does not list.
    NotWatched,
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

/// A run that ended, with what its report comes to.
#[derive(Debug, Serialize)]
struct Ended<'a> {
    #[serde(flatten)]
    report: &'a Report,
    compared: u64,
    equal: u64,
    differing: u64,
    drift_ppm: u64,
    duration_ms: u64,
}

impl<'a> Ended<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            report,
            compared: report.compared(),
            equal: report.equal(),
            differing: report.differing(),
            drift_ppm: report.drift_ppm(),
            duration_ms: report.duration_ms().unwrap_or_default(),
        }
    }
}

/// What people were told, where there was something to tell.
#[derive(Debug, Serialize)]
struct Said<'a> {
    shop: &'a ShopDomain,
    told: &'a [Standing],
    sheets: &'a [String],
    failures: Vec<Trouble>,
}

/// A failure without what it was about.
#[derive(Debug, Serialize)]
struct Trouble {
    code: &'static str,
    error: String,
}

impl Trouble {
    fn of(failure: &Failure) -> Self {
        Self { code: failure.code(), error: told(failure) }
    }
}

/// A line about what people were told: a chat or an archive that failed is told here, since it fails no run.
pub(crate) fn announced(
    journal: &Journal,
    shop: &ShopDomain,
    announced: &Result<Announced, Failure>,
    now: Timestamp,
) {
    let (told, sheets, failures) = match announced {
        Ok(said) => (said.told.as_slice(), said.sheets.as_slice(), said.failures.as_slice()),
        Err(failure) => (&[][..], &[][..], std::slice::from_ref(failure)),
    };
    if !failures.is_empty() {
        let said = Said { shop, told, sheets, failures: failures.iter().map(Trouble::of).collect() };
        let metrics = [Metric::one("NoticeFailed")];
        journal.write(Level::Warn, now, "not all could be told of the run", &said, &["function"], &metrics);
    } else if !told.is_empty() || !sheets.is_empty() {
        let said = Said { shop, told, sheets, failures: vec![] };
        journal.write(Level::Info, now, "the run was told", &said, &[], &[]);
    }
}

fn watch_metrics(watched: &Watched) -> [Metric; 2] {
    let of = |name, topics: &[String]| count((name, u64::try_from(topics.len()).unwrap_or(u64::MAX)));
    [of("SubscriptionsMissing", &watched.missing), of("SubscriptionsRestored", &watched.restored)]
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
            journal.write(level, now, words, &Ended::of(report), &["function"], &metrics(report));
        }
        Told::GoesOn { report } => journal.write(Level::Info, now, "the run goes on", report, &[], &[]),
        Told::Queued { .. } => {
            journal.write(Level::Info, now, "customers are synced again", of_shop, &[], &[]);
        }
        Told::Watched(watched) => {
            let is_well = watched.missing.is_empty() && watched.gap.is_none();
            let (level, words) = if is_well {
                (Level::Info, "all is subscribed")
            } else {
                (Level::Warn, "subscriptions were missing, or who changed meanwhile is not yet synced")
            };
            journal.write(level, now, words, of_shop, &["function"], &watch_metrics(watched));
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
        return vec![Metric::one("ReconcileFailed"), duration(report)];
    }
    if report.purpose == Purpose::Count {
        return counts(report);
    }
    let tally = &report.tally;
    let of = |cause| tally.causes.get(&cause).copied().unwrap_or_default();
    [
        ("Compared", report.compared()),
        ("Differing", report.differing()),
        ("DriftPartsPerMillion", report.drift_ppm()),
        ("MissingInCrm", of(Cause::MissingInCrm)),
        ("Repaired", tally.queued),
        ("Merged", tally.merged),
        ("LeftToAPerson", tally.left),
        ("ShopCustomers", tally.shop_customers),
        ("CrmRecords", tally.crm_records),
        ("ShopCalls", tally.shop_calls),
        ("ShopPoints", tally.shop_points),
        ("CrmCalls", tally.crm_calls),
    ]
    .map(count)
    .into_iter()
    .chain([duration(report)])
    .collect()
}

/// A count compares no customers: what it says must not pass for a nightly proof.
fn counts(report: &Report) -> Vec<Metric> {
    let (missing, too_many) = balance(&report.weeks);
    let orders = report.weeks.iter().map(|week| week.orders).sum();
    let deals = report.weeks.iter().map(|week| week.deals).sum();
    [
        ("OrdersCounted", orders),
        ("DealsCounted", deals),
        ("DealsMissing", missing),
        ("DealsTooMany", too_many),
    ]
    .map(count)
    .into_iter()
    .chain([duration(report)])
    .collect()
}

fn count((name, value): (&'static str, u64)) -> Metric {
    Metric { name, unit: Unit::Count, value: float(value) }
}

fn duration(report: &Report) -> Metric {
    let value = float(report.duration_ms().unwrap_or_default());
    Metric { name: "ReconcileDuration", unit: Unit::Milliseconds, value }
}

fn float(value: u64) -> f64 {
    f64::from(u32::try_from(value).unwrap_or(u32::MAX))
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
        assert_eq!(names, ["ReconcileFailed", "ReconcileDuration"]);
    }

    #[test]
    fn s_166_s_167_a_run_leaves_both_counts_what_it_took_and_what_differs_in_one_line() {
        let mut whole = report();
        let tally = &mut whole.tally;
        (tally.shop_customers, tally.crm_records, tally.shop_calls, tally.shop_points) = (1_000, 999, 4, 44);
        tally.crm_calls = 11;
        tally.causes.insert(Cause::MissingInCrm, 1);
        let whole = whole.ended(End::Whole, Timestamp::from_second(61).unwrap());
        let line = serde_json::to_value(Ended::of(&whole)).unwrap();
        assert_eq!((&line["shop"], &line["duration_ms"]), (&"a.myshopify.com".into(), &61_000.into()));
        assert_eq!(
            (&line["compared"], &line["equal"], &line["drift_ppm"]),
            (&1_000.into(), &999.into(), &1_000.into())
        );
        assert_eq!(
            (&line["tally"]["crm_records"], &line["tally"]["causes"]["missing_in_crm"]),
            (&999.into(), &1.into())
        );
        let metrics = metrics(&whole);
        for (name, expected) in [
            ("ShopCustomers", 1_000.0),
            ("CrmRecords", 999.0),
            ("ShopCalls", 4.0),
            ("ShopPoints", 44.0),
            ("CrmCalls", 11.0),
        ] {
            let metric = metrics.iter().find(|metric| metric.name == name).unwrap();
            assert!((metric.value - expected).abs() < f64::EPSILON, "{name}");
        }
        let duration = metrics.iter().find(|metric| metric.name == "ReconcileDuration").unwrap();
        assert!((duration.value - 61_000.0).abs() < f64::EPSILON && duration.unit == Unit::Milliseconds);
    }

    #[test]
    fn s_188_what_was_missing_and_what_was_restored_are_counted_and_told_by_topic() {
        let topics = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let watched = Watched {
            missing: topics(&["ORDERS_CREATE", "ORDERS_UPDATED"]),
            restored: topics(&["ORDERS_CREATE"]),
            ..Watched::default()
        };
        let [missing, restored] = watch_metrics(&watched);
        assert_eq!((missing.name, restored.name), ("SubscriptionsMissing", "SubscriptionsRestored"));
        assert!((missing.value - 2.0).abs() < f64::EPSILON && (restored.value - 1.0).abs() < f64::EPSILON);
        let json = serde_json::to_value(Told::Watched(watched)).unwrap();
        assert_eq!((&json["state"], &json["restored"][0]), (&"watched".into(), &"ORDERS_CREATE".into()));
        assert_eq!(
            serde_json::to_value(Told::NotWatched).unwrap(),
            serde_json::json!({"state": "not_watched"})
        );
    }

    #[test]
    fn an_answer_names_its_state() {
        let told = OfShop { shop: ShopDomain::parse("a.myshopify.com").unwrap(), told: Told::Idle };
        let json = serde_json::to_value(Answer { shops: vec![told] }).unwrap();
        assert_eq!(json, serde_json::json!({"shops": [{"shop": "a.myshopify.com", "state": "idle"}]}));
    }
}
