//! The queue of dead letters and the parked queue, to look through.

use std::time::Duration;

use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use jiff::Timestamp;
use store::{DeadLetters, Held, Source, StoreError, StoreErrorKind};

use crate::error::store_error;
use crate::sqs::{LONGEST_S, Queue, seconds};

const TAKEN_AT_ONCE: i32 = 10;
/// Any wait at all makes SQS ask all of its servers, so that an empty answer means an empty queue.
const WAIT_S: i32 = 1;

/// The queues that are looked through: both by hand, the dead letters alone by the nightly proof.
#[derive(Debug, Clone)]
pub struct DeadLetterQueues {
    dead: Queue,
    parked: Option<Queue>,
}

impl DeadLetterQueues {
    pub(crate) fn new(dead: Queue, parked: Option<Queue>) -> Self {
        Self { dead, parked }
    }

    fn queue(&self, source: Source) -> Result<&Queue, StoreError> {
        let unnamed = || StoreError::new(StoreErrorKind::Refused, "no parked queue was named");
        match source {
            Source::Dead => Ok(&self.dead),
            Source::Parked => self.parked.as_ref().ok_or_else(unnamed),
        }
    }
}

impl DeadLetters for DeadLetterQueues {
    async fn take(&self, source: Source, hold: Duration) -> Result<Vec<Held>, StoreError> {
        let queue = self.queue(source)?;
        let receive = queue.client.receive_message().queue_url(&queue.url);
        let receive = receive.max_number_of_messages(TAKEN_AT_ONCE).wait_time_seconds(WAIT_S);
        let receive = receive
            .visibility_timeout(seconds(hold, LONGEST_S))
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount);
        let answer =
            receive.send().await.map_err(|error| store_error("could not look through the queue", error))?;
        answer.messages.unwrap_or_default().into_iter().map(held).collect()
    }

    async fn delete(&self, source: Source, held: &Held) -> Result<(), StoreError> {
        let queue = self.queue(source)?;
        let delete = queue.client.delete_message().queue_url(&queue.url).receipt_handle(&held.receipt);
        delete.send().await.map_err(|error| store_error("could not delete the message", error))?;
        Ok(())
    }

    async fn let_go(&self, source: Source, held: &Held) -> Result<(), StoreError> {
        self.queue(source)?.hide(&held.receipt, 0, "could not let the message go").await
    }

    async fn about(&self, source: Source) -> Result<u64, StoreError> {
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let count = self.queue(source)?.attribute(name, "could not ask how many messages wait").await?;
        count.and_then(|count| count.parse().ok()).ok_or_else(|| unreadable("ApproximateNumberOfMessages"))
    }
}

fn held(message: Message) -> Result<Held, StoreError> {
    let sent_at = number(&message, &MessageSystemAttributeName::SentTimestamp)?;
    let receives = number(&message, &MessageSystemAttributeName::ApproximateReceiveCount)?;
    Ok(Held {
        sent_at: Timestamp::from_millisecond(sent_at).map_err(|_| unreadable("SentTimestamp"))?,
        receives: u32::try_from(receives).map_err(|_| unreadable("ApproximateReceiveCount"))?,
        id: message.message_id.ok_or_else(|| unreadable("MessageId"))?,
        receipt: message.receipt_handle.ok_or_else(|| unreadable("ReceiptHandle"))?,
        body: message.body.ok_or_else(|| unreadable("Body"))?,
    })
}

fn number(message: &Message, name: &MessageSystemAttributeName) -> Result<i64, StoreError> {
    let value = message.attributes.as_ref().and_then(|attributes| attributes.get(name));
    value.and_then(|value| value.parse().ok()).ok_or_else(|| unreadable(name.as_str()))
}

fn unreadable(what: &str) -> StoreError {
    let words = format!("SQS answered without a readable `{what}`; is this an SQS at all?");
    StoreError::new(StoreErrorKind::Unreadable, words)
}
