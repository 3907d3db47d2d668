//! One line in the journal for each action: its key and kind, and never what it says.

use domain::Firing;
use flows::{ActOutcome, Acted, Failure};
use jiff::Timestamp;
use lambda_host::{Journal, Level, Metric, told};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Cause {
    pub(crate) error: String,
}

#[derive(Serialize)]
struct Line<'a> {
    outcome: &'static str,
    status: &'static str,
    message_id: &'a str,
    receives: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    said: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
}

pub(crate) fn write(journal: &Journal, acted: &Acted, now: Timestamp) {
    let (level, message) = match (&acted.verdict, &acted.parked_for) {
        (Ok(ActOutcome::NoChat), _) => (Level::Warn, "no Slack is set up, so nobody is told"),
        (Ok(_), None) => (Level::Info, "action finished"),
        (Ok(_), Some(_)) => (Level::Error, "action parked"),
        (Err(_), _) => (Level::Warn, "action comes back"),
    };
    let metrics = [Metric::one(metric(acted))];
    journal.write(level, now, message, &line(acted), &["function", "outcome"], &metrics);
}

fn line(acted: &Acted) -> Line<'_> {
    let firing = acted.firing.as_ref();
    Line {
        outcome: acted.verdict.as_ref().map_or("retried", ActOutcome::code),
        status: if acted.comes_back() { "retried" } else { "finished" },
        message_id: &acted.message_id,
        receives: acted.receives,
        key: firing.map(|firing| firing.key.as_str()),
        action: firing.map(|firing| firing.action.as_str()),
        kind: firing.map(|firing: &Firing| firing.deed.name()),
        said: said(acted),
        retry_after_s: acted.verdict.as_ref().err().map(|(_, after)| after.as_secs()),
        correlation_id: acted.failure().and_then(correlation),
    }
}

fn said(acted: &Acted) -> String {
    match (acted.failure(), &acted.verdict) {
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

fn metric(acted: &Acted) -> &'static str {
    match &acted.verdict {
        Ok(ActOutcome::Repeated | ActOutcome::Told { repeat: true }) => "ActionsRepeated",
        Ok(ActOutcome::Parked { .. }) => "ActionsParked",
        Ok(ActOutcome::NoChat) => "ActionsWithoutChat",
        Ok(_) => "ActionsDone",
        Err(_) => "ActionsFailed",
    }
}
