//! From a batch of SQS to the flow and back.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use connect::CrmSide;
use domain::{ExternalKey, Lane};
use flows::{ActTerms, Acted, Delivered, Hands, Pace, PacedChat, PacedCrm, PacedGrants, act};
use lambda_host::{Journal, Level, alarm, deadline, now};
use lambda_runtime::{Error, LambdaEvent};
use notify::Notifier;
use notify_slack::Slack;
use shopify::Admin;

use crate::config::Config;
use crate::line;

/// How long a batch waits for its units: less than what a batch needs is left for it then.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Actor {
    config: Config,
    journal: Journal,
}

/// What the secrets open.
struct Opened {
    shops: Arc<Admin>,
    side: Arc<CrmSide>,
    chat: Option<Arc<Slack>>,
}

impl Actor {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "actions") }
    }

    /// Opens the connections and reads the secrets while Lambda gives init its full CPU. A failure is not the end: the
    /// first batch tries again.
    pub(crate) async fn warm(&self) {
        let Config { records, queue, .. } = &self.config;
        let (records, queue, opened) = tokio::join!(records.warm(), queue.warm(), self.open());
        let causes = [
            records.err().map(|e| e.to_string()),
            queue.err().map(|e| e.to_string()),
            opened.err().map(|e| e.to_string()),
        ];
        for error in causes.into_iter().flatten() {
            let cause = line::Cause { error };
            self.journal.write(Level::Warn, now(), "not warm yet", &cause, &[], &[]);
        }
    }

    async fn open(&self) -> Result<Opened, Error> {
        let Config { shops, crm, chat, .. } = &self.config;
        let chat = match chat {
            Some(chat) => Some(chat.current(now()).await?),
            None => None,
        };
        Ok(Opened { shops: shops.current(now()).await?, side: crm.current(now()).await?, chat })
    }

    /// A secret that cannot be had fails the whole invocation: nothing can be done, and the platform backs off.
    pub(crate) async fn handle(&self, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
        let LambdaEvent { payload, context } = event;
        let batch = payload.records.into_iter().map(delivered).collect::<Result<Vec<_>, _>>()?;
        let terms = ActTerms {
            // A retried invocation has the same request id; two of them must not pass each other's fence.
            owner: format!("{}-{:x}", context.request_id, fastrand::u64(..)),
            deadline: deadline(context.deadline, now()),
            backoff: self.config.backoff,
        };
        let acted = self.act(batch, &self.open().await?, &terms).await;
        self.renew_what_was_refused(&acted).await;
        Ok(self.answer(&acted))
    }

    async fn act(&self, batch: Vec<Delivered>, opened: &Opened, terms: &ActTerms) -> Vec<Acted> {
        let Opened { shops, side, chat } = opened;
        let pace = Pace {
            budgets: &self.config.budgets,
            lane: Lane::Actions,
            clock: &now,
            alarm: &alarm,
            patience: PATIENCE,
        };
        let chat = chat.as_ref().map(|chat| PacedChat::new(chat.as_ref(), self.config.chat_rate, &pace));
        let hands = Hands {
            deeds: &self.config.deeds,
            links: &self.config.records,
            parked: &self.config.parked,
            redelivery: &self.config.queue,
            crm: &PacedCrm::new(side.crm.as_ref(), side.account, self.config.crm_rate, &pace),
            record_url: &|record| side.record_url(record),
            key_of: &|key| ExternalKey::new(shops.credentials().key_prefix(&key.shop), key.customer),
            shops: &PacedGrants::new(shops.as_ref(), self.config.shop_rate, &pace),
            chat: chat.as_ref().map(|chat| chat as &dyn Notifier),
            clock: &now,
            chance: &|| fastrand::u64(..),
            alarm: &alarm,
        };
        act(batch, &hands, terms).await
    }

    /// Credentials that were refused may have been renewed: the next batch has them. At most one call a minute.
    async fn renew_what_was_refused(&self, acted: &[Acted]) {
        let refused = |codes: &[&str]| {
            acted.iter().filter_map(Acted::failure).any(|failure| codes.contains(&failure.code()))
        };
        if refused(&["crm_unauthorized"]) {
            drop(self.config.crm.doubted(now()).await);
        }
        if refused(&["shop_unauthorized", "shop_not_configured", "shop_scope_missing"]) {
            drop(self.config.shops.doubted(now()).await);
        }
        if let Some(chat) =
            self.config.chat.as_ref().filter(|_| refused(&["chat_unauthorized", "chat_no_channel"]))
        {
            drop(chat.doubted(now()).await);
        }
    }

    fn answer(&self, acted: &[Acted]) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        for one in acted {
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
    fn a_message_without_an_id_fails_the_batch_and_one_without_a_body_does_not() {
        let mut message = SqsMessage::default();
        assert!(delivered(message.clone()).is_err());
        message.message_id = Some("m".into());
        message.attributes.insert("ApproximateReceiveCount".into(), "3".into());
        let read = delivered(message).unwrap();
        assert_eq!((read.body.as_str(), read.receives), ("", 3));
    }
}
