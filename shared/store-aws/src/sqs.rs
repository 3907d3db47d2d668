//! The client that all queues share.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_types::SdkConfig;
use store::StoreError;

use crate::error::store_error;
use crate::{DeadLetterQueues, EventQueue, FiringQueue, ParkingQueue, WakeQueue};

/// The longest that SQS hides a message, counted from when it was received.
pub(crate) const LONGEST_S: i32 = 43_200;

/// SQS counts its twelve hours from the receive and refuses what goes beyond. Whoever asks has held the message for a
/// while, at most as long as a function may run: 900 s.
pub(crate) const LONGEST_WAIT_S: i32 = LONGEST_S - 900;

/// SQS, spoken to through one client.
#[derive(Debug, Clone)]
pub struct Sqs(Client);

impl Sqs {
    /// The one client. `config` brings the region, the credentials, the HTTP client, timeouts, retries and a
    /// behaviour version.
    pub fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The queue of events at `url`.
    pub fn events(&self, url: impl Into<String>) -> EventQueue {
        EventQueue::new(Queue::new(self.0.clone(), url))
    }

    /// The queue of actions at `url`.
    pub fn actions(&self, url: impl Into<String>) -> FiringQueue {
        FiringQueue::new(Queue::new(self.0.clone(), url))
    }

    /// The queue of wakes at `url`.
    pub fn wakes(&self, url: impl Into<String>) -> WakeQueue {
        WakeQueue::new(Queue::new(self.0.clone(), url))
    }

    /// The parked queue at `url`, to park in.
    pub fn parking(&self, url: impl Into<String>) -> ParkingQueue {
        ParkingQueue::new(Queue::new(self.0.clone(), url))
    }

    /// The queue of dead letters and the parked queue, to look through.
    pub fn dead_letters(&self, dead: impl Into<String>, parked: impl Into<String>) -> DeadLetterQueues {
        let parked = Queue::new(self.0.clone(), parked);
        DeadLetterQueues::new(Queue::new(self.0.clone(), dead), Some(parked))
    }

    /// The queue of dead letters alone.
    pub fn dead(&self, dead: impl Into<String>) -> DeadLetterQueues {
        DeadLetterQueues::new(Queue::new(self.0.clone(), dead), None)
    }
}

/// One queue.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) client: Client,
    pub(crate) url: String,
}

impl Queue {
    fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// One cheap call that opens the connection.
    pub(crate) async fn warm(&self) -> Result<(), StoreError> {
        self.attribute(QueueAttributeName::QueueArn, "could not open the connection to the queue").await?;
        Ok(())
    }

    pub(crate) async fn attribute(
        &self,
        name: QueueAttributeName,
        doing: &str,
    ) -> Result<Option<String>, StoreError> {
        let asked = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let answer = asked.send().await.map_err(|error| store_error(doing, error))?;
        Ok(answer.attributes.and_then(|mut attributes| attributes.remove(&name)))
    }

    pub(crate) async fn hide(&self, receipt: &str, seconds: i32, doing: &str) -> Result<(), StoreError> {
        let change = self.client.change_message_visibility().queue_url(&self.url);
        let change = change.receipt_handle(receipt).visibility_timeout(seconds);
        change.send().await.map_err(|error| store_error(doing, error))?;
        Ok(())
    }
}

/// Whole seconds, rounded up, at most `cap`.
pub(crate) fn seconds(time: Duration, cap: i32) -> i32 {
    let whole = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    i32::try_from(whole).map_or(cap, |whole| whole.min(cap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds_and_capped() {
        let table = [(0, 0), (1, 1), (1000, 1), (1001, 2), (43_200_000, 43_200), (43_200_001, 43_200)];
        for (ms, expected) in table {
            assert_eq!(seconds(Duration::from_millis(ms), LONGEST_S), expected, "{ms} ms");
        }
        assert_eq!(seconds(Duration::MAX, LONGEST_S), LONGEST_S);
    }
}
