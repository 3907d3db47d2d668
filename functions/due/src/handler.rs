//! From the schedule to the flow, and its counts into the journal.

use flows::{DueReport, ShopDue, Watch, due};
use lambda_host::{Journal, Level, Metric, Unit, deadline, now};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

use crate::config::Config;
use crate::request::Request;

pub(crate) struct Calendar {
    config: Config,
    journal: Journal,
}

impl Calendar {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "due") }
    }

    /// Each shop is in the journal; where one failed the run fails at its end, so that somebody is told.
    pub(crate) async fn handle(&self, event: LambdaEvent<Value>) -> Result<DueReport, Error> {
        let LambdaEvent { payload, context } = event;
        let request = Request::parse(payload)?;
        let credentials = self.config.shops.current(now()).await?;
        let shops = request.of(credentials.shops())?;
        let Config { records, queue, .. } = &self.config;
        let deadline = deadline(context.deadline, now());
        let watch = Watch { index: records, outbox: queue, clock: &now, deadline };
        let report = due(&shops, &watch, request.dry_run).await;
        report.shops.iter().for_each(|shop| self.note(shop));
        told(report)
    }

    fn note(&self, shop: &ShopDue) {
        let metrics = [
            count("DueSent", shop.sent),
            // A shop whose index cannot be read failed too, although no event did.
            count("DueFailed", shop.failed.max(u64::from(shop.error.is_some()))),
            count("DueRowsRead", shop.rows_read),
        ];
        let (level, words) = match (&shop.error, shop.stopped) {
            (Some(_), _) => (Level::Error, "could not send all that is due"),
            (None, true) => (Level::Info, "sent a part of what is due; the next run goes on"),
            (None, false) => (Level::Info, "looked for what is due"),
        };
        self.journal.write(level, now(), words, shop, &["function"], &metrics);
    }
}

fn count(name: &'static str, value: u64) -> Metric {
    Metric { name, unit: Unit::Count, value: f64::from(u32::try_from(value).unwrap_or(u32::MAX)) }
}

/// The report, or all that failed in it.
fn told(report: DueReport) -> Result<DueReport, Error> {
    let failed = report.shops.iter().filter_map(|one| Some(format!("{}: {}", one.shop, one.error.as_ref()?)));
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() { Ok(report) } else { Err(failed.join("; ").into()) }
}
