//! One JSON line for each thing that happened.

use std::io::Write;

use jiff::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// As it should be.
    Info,
    /// Somebody may want to look.
    Warn,
    /// Somebody must look.
    Error,
}

/// A unit of CloudWatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// How many.
    Count,
    /// How long.
    Milliseconds,
    /// How much.
    Bytes,
}

/// A figure that is counted over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name in CloudWatch.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Its value.
    pub value: f64,
}

impl Metric {
    /// One more of them.
    pub const fn one(name: &'static str) -> Self {
        Self { name, unit: Unit::Count, value: 1.0 }
    }
}

/// An error and its causes in one line.
pub fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |words, cause| format!("{words}: {cause}"))
}

/// Writes lines for one function.
#[derive(Debug, Clone, Copy)]
pub struct Journal {
    namespace: &'static str,
    function: &'static str,
}

#[derive(Serialize)]
struct Line<'a, F> {
    timestamp: Timestamp,
    level: Level,
    message: &'a str,
    function: &'static str,
    #[serde(flatten)]
    fields: &'a F,
    #[serde(rename = "_aws", skip_serializing_if = "Option::is_none")]
    embedded: Option<Embedded<'a>>,
    #[serde(flatten)]
    values: Values<'a>,
}

/// The embedded metric format
/// (docs.aws.amazon.com, `CloudWatch_Embedded_Metric_Format_Specification`): the line itself carries the values.
#[derive(Serialize)]
struct Embedded<'a> {
    #[serde(rename = "Timestamp")]
    timestamp_ms: i64,
    #[serde(rename = "CloudWatchMetrics")]
    metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'static str,
    dimensions: [&'a [&'static str]; 1],
    metrics: Names<'a>,
}

struct Names<'a>(&'a [Metric]);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Name {
            name: &'static str,
            unit: Unit,
        }
        to.collect_seq(self.0.iter().map(|metric| Name { name: metric.name, unit: metric.unit }))
    }
}

struct Values<'a>(&'a [Metric]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for metric in self.0 {
            map.serialize_entry(metric.name, &metric.value)?;
        }
        map.end()
    }
}

impl Journal {
    /// A journal of a function; metrics go into `namespace`.
    pub const fn new(namespace: &'static str, function: &'static str) -> Self {
        Self { namespace, function }
    }

    /// Writes one line to standard output. `fields` is a struct of what is known; `dimensions` names those of its
    /// fields that the metrics are told apart by (`function` is always one).
    pub fn write(
        &self,
        level: Level,
        now: Timestamp,
        message: &str,
        fields: &impl Serialize,
        dimensions: &[&'static str],
        metrics: &[Metric],
    ) {
        let line = self.line(level, now, message, fields, dimensions, metrics);
        // A journal that cannot be written must not stop the work.
        drop(std::io::stdout().lock().write_all(line.as_bytes()));
    }

    fn line(
        &self,
        level: Level,
        now: Timestamp,
        message: &str,
        fields: &impl Serialize,
        dimensions: &[&'static str],
        metrics: &[Metric],
    ) -> String {
        let directive =
            Directive { namespace: self.namespace, dimensions: [dimensions], metrics: Names(metrics) };
        let embedded = Embedded { timestamp_ms: now.as_millisecond(), metrics: [directive] };
        let line = Line {
            timestamp: now,
            level,
            message,
            function: self.function,
            fields,
            embedded: (!metrics.is_empty()).then_some(embedded),
            values: Values(metrics),
        };
        let mut text = serde_json::to_string(&line).unwrap_or_else(|_| {
            format!(r#"{{"timestamp":"{now}","level":"ERROR","message":"a line could not be written"}}"#)
        });
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Fields {
        topic: &'static str,
    }

    #[test]
    fn a_line_has_level_time_fields_and_its_metrics() {
        let now = "2026-11-20T18:06:34Z".parse().unwrap();
        let journal = Journal::new("Counterfoil", "receiver");
        let metrics = [Metric::one("Deliveries")];
        let fields = Fields { topic: "a\nb" };
        let line = journal.line(Level::Info, now, "received", &fields, &["function", "topic"], &metrics);
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line.matches('\n').count(), 1, "one line is one record");
        assert_eq!(json["timestamp"], "2026-11-20T18:06:34Z");
        assert_eq!((&json["level"], &json["topic"]), (&"INFO".into(), &"a\nb".into()));
        assert_eq!(json["Deliveries"], 1.0);
        let directive = &json["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Dimensions"], serde_json::json!([["function", "topic"]]));
        assert_eq!(directive["Metrics"][0], serde_json::json!({"Name": "Deliveries", "Unit": "Count"}));
    }
}
