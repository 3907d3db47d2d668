//! The queue of wakes.

use domain::ShopDomain;
use store::{StoreError, Wakes};

use crate::error::store_error;
use crate::sqs::Queue;

/// The queue by which runs that wait are woken. A message is what a person would ask at the console.
#[derive(Debug, Clone)]
pub struct WakeQueue(Queue);

impl WakeQueue {
    pub(crate) fn new(queue: Queue) -> Self {
        Self(queue)
    }
}

impl Wakes for WakeQueue {
    async fn wake(&self, shop: &ShopDomain) -> Result<(), StoreError> {
        let body = serde_json::json!({"action": "continue", "shop": shop.as_str()}).to_string();
        let send = self.0.client.send_message().queue_url(&self.0.url).message_body(body);
        let answer = send.send().await;
        answer.map(drop).map_err(|error| store_error("could not send to the queue of wakes", error))
    }
}
