//! The parked queue, to park in.

use domain::{Parked, ParkedMessage};
use store::{ParkedQueue, StoreError};

use crate::body::body;
use crate::error::store_error;
use crate::sqs::Queue;

/// Where messages wait for a person.
#[derive(Debug, Clone)]
pub struct ParkingQueue(Queue);

impl ParkingQueue {
    pub(crate) fn new(queue: Queue) -> Self {
        Self(queue)
    }

    /// One cheap call (`GetQueueAttributes`) that opens the connection.
    pub async fn warm(&self) -> Result<(), StoreError> {
        self.0.warm().await
    }
}

impl ParkedQueue for ParkingQueue {
    async fn park(&self, parked: &Parked) -> Result<(), StoreError> {
        let body = body(serde_json::to_string(&ParkedMessage::V1(parked.clone())))?;
        let send = self.0.client.send_message().queue_url(&self.0.url).message_body(body);
        send.send().await.map_err(|error| store_error("could not send to the parked queue", error))?;
        Ok(())
    }
}
