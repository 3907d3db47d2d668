//! From a batch of SQS to the flow and back.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsMessage};
use domain::Lane;
use flows::{
    Delivered, Pace, PacedCrm, PacedShops, Preview, PreviewRequest, Terms, Worked, World, preview, work,
};
use lambda_host::{Journal, Level, alarm, deadline, now, told};
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::line;

/// How long a batch waits for its units: less than what a batch needs is left for it then.
const PATIENCE: Duration = Duration::from_secs(5);

/// A batch of the queue, or what somebody asks at the console: `{"preview": {"shop": ..., "customer": ...}}`, or with an event.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default, rename = "Records")]
    records: Vec<SqsMessage>,
    #[serde(default)]
    preview: Option<PreviewRequest>,
}

/// What the platform, or the one at the console, is told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answered {
    Batch(SqsBatchResponse),
    Preview(Preview),
}

pub(crate) struct Worker {
    config: Config,
    journal: Journal,
}

impl Worker {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "worker") }
    }

    /// Opens the connections and reads the secrets while Lambda gives init its full CPU. A failure is not the end: the
    /// first batch tries again.
    pub(crate) async fn warm(&self) {
        let Config { keys, records, shops, crm, queue, .. } = &self.config;
        let (keys, records, queue, shops, crm) =
            tokio::join!(keys.warm(), records.warm(), queue.warm(), shops.current(now()), crm.current(now()));
        let causes = [
            keys.err().map(|e| e.to_string()),
            records.err().map(|e| e.to_string()),
            queue.err().map(|e| e.to_string()),
            shops.err().map(|e| e.to_string()),
            crm.err().map(|e| e.to_string()),
        ];
        for error in causes.into_iter().flatten() {
            let cause = line::Cause { error };
            self.journal.write(Level::Warn, now(), "not warm yet", &cause, &[], &[]);
        }
    }

    /// A secret that cannot be had fails the whole invocation: nothing can be worked on, and the platform backs off.
    pub(crate) async fn handle(&self, event: LambdaEvent<Asked>) -> Result<Answered, Error> {
        let LambdaEvent { payload, context } = event;
        let Asked { records, preview: asked } = payload;
        let batch = records.into_iter().map(delivered).collect::<Result<Vec<_>, _>>()?;
        let (shops, side) = (self.config.shops.current(now()).await?, self.config.crm.current(now()).await?);
        let pace = Pace {
            budgets: &self.config.budgets,
            lane: Lane::Live,
            clock: &now,
            alarm: &alarm,
            patience: PATIENCE,
        };
        let shops = PacedShops::new(shops.as_ref(), self.config.shop_rate, &pace);
        let crm = PacedCrm::new(side.crm.as_ref(), side.account, self.config.crm_rate, &pace);
        let world = World {
            inbox: &self.config.keys,
            links: &self.config.records,
            parked: &self.config.parked,
            redelivery: &self.config.queue,
            shops: &shops,
            crm: &crm,
            beside: &self.config.stores,
            clock: &now,
            chance: &|| fastrand::u64(..),
            alarm: &alarm,
        };
        let terms = Terms {
            // A retried invocation has the same request id; two of them must not pass each other's fence.
            owner: format!("{}-{:x}", context.request_id, fastrand::u64(..)),
            deadline: deadline(context.deadline, now()),
            backoff: self.config.backoff,
            fingerprint_key: side.fingerprint_key.clone(),
            rules: Arc::clone(&self.config.rules),
            signals: Arc::clone(&self.config.signals),
        };
        if batch.is_empty() && asked.is_none() {
            let mend = "ask {\"preview\": {\"shop\": \"...\", \"customer\": 123}} or {\"preview\": {\"event\": {...}}}";
            return Err(format!("neither Records nor a preview: {mend}").into());
        }
        if let Some(asked) = asked {
            return Ok(Answered::Preview(
                preview(&asked, &world, &self.config.deeds, &terms).await.map_err(|error| told(&error))?,
            ));
        }
        let worked = work(batch, &world, &terms).await;
        self.renew_what_was_refused(&worked).await;
        Ok(Answered::Batch(self.answer(&worked)))
    }

    /// Credentials that were refused may have been renewed: the next batch has them. At most one call a minute.
    async fn renew_what_was_refused(&self, worked: &[Worked]) {
        let refused =
            |code: &str| worked.iter().filter_map(Worked::failure).any(|failure| failure.code() == code);
        if refused("crm_unauthorized") {
            drop(self.config.crm.doubted(now()).await);
        }
        if refused("shop_unauthorized") || refused("shop_not_configured") {
            drop(self.config.shops.doubted(now()).await);
        }
    }

    fn answer(&self, worked: &[Worked]) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for one in worked {
            line::write(&self.journal, one, now());
            if one.comes_back() {
                response.add_failure(&one.message_id);
            }
        }
        response
    }
}

/// A message without an id cannot be answered for alone, so it fails the batch. One without a body is empty, and
/// parked as none of ours.
fn delivered(message: SqsMessage) -> Result<Delivered, Error> {
    let receives = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
    Ok(Delivered {
        message_id: message.message_id.ok_or("a message came without its messageId: the batch comes back")?,
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
        receives: receives.unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_at_the_console_asks_for_a_preview_and_a_batch_of_the_queue_asks_for_none() {
        let text = r#"{"preview": {"shop": "demo.myshopify.com", "customer": 7}}"#;
        let asked: Asked = serde_json::from_str(text).unwrap();
        assert!(asked.records.is_empty() && asked.preview.is_some());
        let sample = include_str!("../../../infra/events/worker-preview-event.json");
        let asked: Asked = serde_json::from_str(sample).unwrap();
        assert!(asked.preview.is_some_and(|preview| preview.event.is_some()));
        let batch: Asked = serde_json::from_str(r#"{"Records": [{"messageId": "m", "body": "b"}]}"#).unwrap();
        assert_eq!((batch.records.len(), batch.preview.is_none()), (1, true));
        let told = serde_json::to_value(Answered::Batch(SqsBatchResponse::default())).unwrap();
        assert!(told["batchItemFailures"].is_array(), "{told}");
        assert!(
            serde_json::from_str::<Asked>(r#"{"preview": {"shop": "demo.myshopify.com", "id": 7}}"#).is_err()
        );
    }

    #[test]
    fn a_message_without_an_id_fails_the_batch_and_one_without_a_body_does_not() {
        let mut message = SqsMessage::default();
        assert!(delivered(message.clone()).is_err());
        message.message_id = Some("m".into());
        message.attributes.insert("ApproximateReceiveCount".into(), "3".into());
        let read = delivered(message).unwrap();
        assert_eq!((read.body.as_str(), read.receives), ("", 3));
    }
}
