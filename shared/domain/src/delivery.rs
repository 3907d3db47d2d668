//! The key under which a delivery is remembered, so that it is worked on once however often it comes.

use std::fmt;

use crate::ShopDomain;

/// Shop and webhook id (shopify.dev/docs/apps/build/webhooks/verify-deliveries: "dedupe on `X-Shopify-Webhook-Id`").
///
/// Not the event id: one merchant's action raises several topics with one event id, and none may hide another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey(String);

impl DeliveryKey {
    /// The key of the shop's delivery.
    pub fn new(shop: &ShopDomain, delivery_id: &str) -> Self {
        Self(format!("{shop}#{delivery_id}"))
    }

    /// The key as text: `shop#webhook-id`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeliveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
