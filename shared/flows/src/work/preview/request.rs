//! Of what a preview is asked for.

use domain::{CustomerId, Event, OrderId, ShopDomain, Subject, Topic};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::super::open;

/// A customer, whoever made an order, or an event as it lies in a queue.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PreviewRequest {
    /// The shop, for a customer or an order.
    pub shop: Option<ShopDomain>,
    /// The customer's id.
    pub customer: Option<CustomerId>,
    /// An order's id; with it, what is done for the order is told too.
    pub order: Option<OrderId>,
    /// A message: what the receiver wrote, or what `EventBridge` brought, as JSON or as its text.
    pub event: Option<Value>,
}

const EXAMPLES: &str = "ask {\"shop\": \"example.myshopify.com\", \"customer\": 123}, the same with \"order\", \
     or {\"event\": {\"v1\": {...}}} with the message as it lies in the queue";

impl PreviewRequest {
    /// The event that is looked at: the one that was given, or one that would come now. Words for a person where there is
    /// none.
    pub(super) fn event(&self, now: Timestamp) -> Result<Event, String> {
        let wrong = |what: &str| format!("{what}: {EXAMPLES}");
        match (&self.event, &self.shop, self.customer, self.order) {
            (Some(event), None, None, None) => {
                let text = event.as_str().map_or_else(|| event.to_string(), str::to_owned);
                open::event(&text, now).ok_or_else(|| wrong("\"event\" is none that can be read"))
            }
            (Some(_), ..) => Err(wrong("\"event\" says itself whose it is")),
            (None, None, ..) => Err(wrong("\"shop\" is missing")),
            (None, Some(_), None, None) => Err(wrong("say of whom")),
            (None, Some(shop), Some(id), None) => {
                Ok(raised(shop, Subject::Customer { id, updated_at: None }, now))
            }
            (None, Some(shop), customer, Some(id)) => {
                Ok(raised(shop, Subject::Order { id, customer, updated_at: None, checkout: None }, now))
            }
        }
    }
}

fn raised(shop: &ShopDomain, subject: Subject, now: Timestamp) -> Event {
    let topic = if matches!(subject, Subject::Order { .. }) { "orders/updated" } else { "customers/update" };
    Event {
        shop: shop.clone(),
        topic: Topic::new(topic),
        delivery_id: "preview".to_owned(),
        event_id: None,
        triggered_at: Some(now),
        received_at: now,
        api_version: None,
        replays: 0,
        quiet: false,
        subject,
    }
}
