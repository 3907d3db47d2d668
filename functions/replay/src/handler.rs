//! From a test event to the flow, and its report back into the console.

use flows::{Action, Desk, ReplayReport, ReplayRequest, replay};
use lambda_host::{Journal, Level, Metric, Unit, deadline, now};
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;

use crate::config::Config;

pub(crate) struct Replay {
    config: Config,
    journal: Journal,
}

/// Who asked for what and what came of it, without the messages.
#[derive(Serialize)]
struct Line<'a> {
    request_id: &'a str,
    action: Action,
    looked_at: usize,
    matched: usize,
    replayed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<&'a str>,
}

impl Replay {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "replay") }
    }

    pub(crate) async fn handle(&self, event: LambdaEvent<Value>) -> Result<ReplayReport, Error> {
        let LambdaEvent { payload, context } = event;
        let request = ReplayRequest::parse(payload)?;
        let desk = Desk {
            letters: &self.config.letters,
            outbox: &self.config.queue,
            actions: &self.config.actions,
            inbox: &self.config.keys,
            clock: &now,
            deadline: deadline(context.deadline, now()),
        };
        let report = replay(&request, &desk).await?;
        self.note(&report, &context.request_id);
        Ok(report)
    }

    fn note(&self, report: &ReplayReport, request_id: &str) {
        let line = Line {
            request_id,
            action: report.action,
            looked_at: report.looked_at,
            matched: report.matched,
            replayed: report.replayed,
            stopped: report.stopped.as_deref(),
        };
        let replayed = f64::from(u32::try_from(report.replayed).unwrap_or(u32::MAX));
        let metrics = [Metric { name: "Replayed", unit: Unit::Count, value: replayed }];
        self.journal.write(Level::Info, now(), "looked through", &line, &["function"], &metrics);
    }
}
