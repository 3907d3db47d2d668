//! One line in the journal for each delivery that was worked on.

use domain::{Event, Facts};
use flows::{Failure, Outcome, Worked};
use jiff::Timestamp;
use lambda_host::{Journal, Level, Metric, Unit, told};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Cause {
    pub(crate) error: String,
}

/// S-178 to S-184: object, topic, times, status, reason, and the vendor's id of the call where one failed.
#[derive(Serialize)]
struct Line<'a> {
    stage: &'static str,
    outcome: &'static str,
    status: &'static str,
    message_id: &'a str,
    receives: u32,
    #[serde(flatten)]
    event: Option<Facts<'a>>,
    said: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
}

pub(crate) fn write(journal: &Journal, worked: &Worked, now: Timestamp) {
    let (level, message) = match (&worked.verdict, &worked.parked_for) {
        (Ok(_), None) => (Level::Info, "delivery finished"),
        (Ok(_), Some(_)) => (Level::Error, "delivery parked"),
        (Err(_), _) => (Level::Warn, "delivery comes back"),
    };
    let line = line(worked);
    journal.write(level, now, message, &line, &["function", "stage", "outcome"], &metrics(worked, now));
}

fn line(worked: &Worked) -> Line<'_> {
    let failure = worked.failure();
    Line {
        stage: worked.stage().name(),
        outcome: worked.verdict.as_ref().map_or("retried", Outcome::code),
        status: if worked.comes_back() { "retried" } else { "finished" },
        message_id: &worked.message_id,
        receives: worked.receives,
        event: worked.event.as_ref().map(Event::facts),
        said: said(worked),
        retry_after_s: worked.verdict.as_ref().err().map(|(_, after)| after.as_secs()),
        correlation_id: failure.and_then(correlation),
    }
}

fn said(worked: &Worked) -> String {
    match (worked.failure(), &worked.verdict) {
        (Some(failure), _) | (None, Err((failure, _))) => format!("{}: {}", failure.code(), told(failure)),
        (None, Ok(outcome)) => outcome.to_string(),
    }
}

fn correlation(failure: &Failure) -> Option<String> {
    match failure {
        Failure::Shop(error) => error.request_id().map(ToOwned::to_owned),
        Failure::Crm(error) => error.correlation().map(ToOwned::to_owned),
        _ => None,
    }
}

fn metrics(worked: &Worked, now: Timestamp) -> Vec<Metric> {
    let mut metrics = vec![Metric::one("Worked")];
    let (Ok(Outcome::Written { .. }), Some(event)) = (&worked.verdict, &worked.event) else { return metrics };
    if let Some(raised) = event.triggered_at {
        let value = now.duration_since(raised).as_secs_f64() * 1000.0;
        metrics.push(Metric { name: "WebhookToCrm", unit: Unit::Milliseconds, value });
    }
    metrics
}
