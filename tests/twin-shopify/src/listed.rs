//! Webhook subscriptions that were made through the API: those that the API lists.

use jiff::Timestamp;
use serde::Serialize;

use crate::{clock::whole_seconds, shop::Shop};

/// A subscription of one topic at one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedSubscription {
    /// Numeric id; may exceed 2^53.
    pub id: u64,
    /// As GraphQL writes it, such as `ORDERS_CREATE`.
    pub topic: String,
    /// Where it delivers to.
    pub uri: String,
    /// `JSON` or `XML`.
    pub format: String,
    /// When it was made; whole seconds.
    pub created_at: Timestamp,
}

impl Shop {
    /// Puts a subscription in that was checked before. Gives its id.
    pub(crate) fn list(&mut self, topic: &str, uri: &str, format: &str, now: Timestamp) -> u64 {
        let id = self.new_id();
        let (topic, uri, format) = (topic.to_owned(), uri.to_owned(), format.to_owned());
        let created_at = whole_seconds(now);
        self.listed.insert(id, ListedSubscription { id, topic, uri, format, created_at });
        id
    }
}
