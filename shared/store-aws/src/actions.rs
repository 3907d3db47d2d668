//! The queue of actions.

use std::time::Duration;

use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchRequestEntry};
use domain::{ActionMessage, Firing};
use store::{ActionQueue, Redelivery, StoreError, StoreErrorKind};

use crate::body::body;
use crate::error::{of_code, store_error};
use crate::sqs::{LONGEST_WAIT_S, Queue, seconds};

const SENDING: &str = "could not send to the queue of actions";

/// `SendMessageBatch` takes no more (docs.aws.amazon.com/AWSSimpleQueueService, `API_SendMessageBatch`).
const AT_ONCE: usize = 10;
/// The bytes of one message and of all in one call: what every region and every queue takes.
const LARGEST: usize = 262_144;

/// The queue of actions: where they are sent, and the say in when they come back.
#[derive(Debug, Clone)]
pub struct FiringQueue(Queue);

/// A message to send, and which of the actions it is.
#[derive(Debug)]
struct Message<'f> {
    place: usize,
    firing: &'f Firing,
    body: String,
}

type Answer = Result<(), StoreError>;

impl FiringQueue {
    pub(crate) fn new(queue: Queue) -> Self {
        Self(queue)
    }

    /// One cheap call (`GetQueueAttributes`) that opens the connection.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.0.warm().await
    }

    /// One call. The answers by place; a message that the answer does not speak of is in none.
    async fn send(&self, messages: &[Message<'_>]) -> Vec<(usize, Answer)> {
        let all =
            |error: &StoreError| messages.iter().map(|message| (message.place, Err(error.clone()))).collect();
        let entries = match messages.iter().map(entry).collect::<Result<Vec<_>, _>>() {
            Ok(entries) => entries,
            Err(cause) => {
                return all(&StoreError::new(StoreErrorKind::Refused, SENDING).because(cause));
            }
        };
        let send = self.0.client.send_message_batch().queue_url(&self.0.url).set_entries(Some(entries));
        match send.send().await {
            Ok(said) => each(said),
            Err(error) => all(&store_error(SENDING, error)),
        }
    }
}

impl ActionQueue for FiringQueue {
    async fn fire(&self, firings: &[Firing]) -> Vec<Result<(), StoreError>> {
        let unsaid = || {
            StoreError::new(StoreErrorKind::Unavailable, format!("{SENDING}: not every message was answered"))
        };
        let mut answers: Vec<Answer> = firings.iter().map(|_| Err(unsaid())).collect();
        let (mut messages, mut said) = (Vec::new(), Vec::new());
        for (place, firing) in firings.iter().enumerate() {
            match body_of(firing) {
                Ok(body) => messages.push(Message { place, firing, body }),
                Err(error) => said.push((place, Err(error))),
            }
        }
        for some in calls(&messages) {
            said.extend(self.send(some).await);
        }
        for (place, answer) in said {
            if let Some(place) = answers.get_mut(place) {
                *place = answer;
            }
        }
        answers
    }
}

impl Redelivery for FiringQueue {
    async fn come_back_after(&self, receipt: &str, after: Duration) -> Result<(), StoreError> {
        let doing = "could not tell the queue of actions when the message comes back";
        self.0.hide(receipt, seconds(after, LONGEST_WAIT_S), doing).await
    }
}

fn body_of(firing: &Firing) -> Result<String, StoreError> {
    let body = body(serde_json::to_string(&ActionMessage::V1(firing.clone())))?;
    if body.len() > LARGEST {
        let words = format!("{SENDING}: an action is larger than a message can be");
        return Err(StoreError::new(StoreErrorKind::Refused, words));
    }
    Ok(body)
}

/// The messages in their order, as many in a call as it takes.
fn calls<'m, 'f>(messages: &'m [Message<'f>]) -> Vec<&'m [Message<'f>]> {
    let (mut calls, mut left) = (Vec::new(), messages);
    while !left.is_empty() {
        let mut bytes = 0;
        let fits = |message: &&Message<'_>| {
            bytes += message.body.len();
            bytes <= LARGEST
        };
        let count = left.iter().take(AT_ONCE).take_while(fits).count().max(1);
        let (some, rest) = left.split_at(count);
        calls.push(some);
        left = rest;
    }
    calls
}

/// Its place is its name, by which the answer speaks of it. Fair queues: a shop that has much to do stands behind its own
/// messages only.
fn entry(message: &Message<'_>) -> Result<SendMessageBatchRequestEntry, BuildError> {
    SendMessageBatchRequestEntry::builder()
        .id(message.place.to_string())
        .message_body(&message.body)
        .message_group_id(message.firing.shop.as_str())
        .build()
}

fn each(said: SendMessageBatchOutput) -> Vec<(usize, Answer)> {
    let sent = said.successful.into_iter().filter_map(|sent| Some((sent.id.parse().ok()?, Ok(()))));
    let failed =
        said.failed.into_iter().filter_map(|failed| Some((failed.id.parse().ok()?, Err(refusal(&failed)))));
    sent.chain(failed).collect()
}

/// What was said of one message. The vendor's words may hold what we sent, so only its code is kept.
fn refusal(failed: &BatchResultErrorEntry) -> StoreError {
    let by_fault = if failed.sender_fault { StoreErrorKind::Refused } else { StoreErrorKind::Unavailable };
    let kind = of_code(&failed.code).unwrap_or(by_fault);
    StoreError::new(kind, format!("{SENDING}: a message was answered {}", failed.code))
}
