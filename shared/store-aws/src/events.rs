//! The queue of events.

use std::time::Duration;

use domain::{Envelope, ShopDomain};
use store::{Outbox, Redelivery, StoreError};

use crate::body::body;
use crate::error::store_error;
use crate::sqs::{LONGEST_WAIT_S, Queue, seconds};

/// The queue of events: where they are sent, and the say in when they come back.
#[derive(Debug, Clone)]
pub struct EventQueue(Queue);

impl EventQueue {
    pub(crate) fn new(queue: Queue) -> Self {
        Self(queue)
    }

    /// One cheap call (`GetQueueAttributes`) that opens the connection, for the time before the first event.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.0.warm().await
    }

    async fn put(&self, body: String, shop: &ShopDomain) -> Result<(), StoreError> {
        let send = self.0.client.send_message().queue_url(&self.0.url).message_body(body);
        // Fair queues: a shop that sends much stands behind its own messages only.
        let send = send.message_group_id(shop.as_str());
        send.send().await.map_err(|error| store_error("could not send to the queue of events", error))?;
        Ok(())
    }
}

impl Outbox for EventQueue {
    async fn send(&self, envelope: &Envelope) -> Result<(), StoreError> {
        let Envelope::V1(event) = envelope;
        self.put(body(serde_json::to_string(envelope))?, &event.shop).await
    }
}

impl Redelivery for EventQueue {
    async fn come_back_after(&self, receipt: &str, after: Duration) -> Result<(), StoreError> {
        let doing = "could not tell the queue of events when the message comes back";
        self.0.hide(receipt, seconds(after, LONGEST_WAIT_S), doing).await
    }
}
