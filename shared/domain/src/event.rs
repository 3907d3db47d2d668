//! What a delivery says, reduced to an allow-list: which object may have changed, never what it contains.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CompanyId, CustomerId, DeliveryKey, OrderId, ShopDomain, Topic};

/// What travels on the queue. The version is in the name, because the queue outlives the deploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// The first version.
    V1(Event),
}

/// One event: somebody's customer or order may have changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which shop.
    pub shop: ShopDomain,
    /// What kind of change, in Shopify's words, or in ours where the event is our own.
    pub topic: Topic,
    /// Shopify's id of the delivery (`X-Shopify-Webhook-Id`), the same on its retries; where the header was missing,
    /// a hash of what was delivered.
    pub delivery_id: String,
    /// Shopify's id of the merchant's action (`X-Shopify-Event-Id`), shared by several topics; for correlation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// When the shop raised it (`X-Shopify-Triggered-At`), UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triggered_at: Option<Timestamp>,
    /// When we took it in, UTC.
    pub received_at: Timestamp,
    /// The API version that wrote the payload (`X-Shopify-API-Version`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// How often it was replayed by hand; a replay is worked on even where the delivery was already parked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replays: u32,
    /// Whether it only sets things right: fields are written, and nothing is fired (a repair, an import).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// What may have changed.
    pub subject: Subject,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Event {
    /// The key under which this delivery is remembered.
    pub fn delivery(&self) -> DeliveryKey {
        DeliveryKey::new(&self.shop, &self.delivery_id)
    }

    /// What may be said of it anywhere.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            shop: self.shop.as_str(),
            topic: self.topic.as_str(),
            object: self.subject.object(),
            delivery_id: &self.delivery_id,
            event_id: self.event_id.as_deref(),
            triggered_at: self.triggered_at,
        }
    }
}

/// What may be said of an event anywhere, in a log or a report: ids and times, nothing about a person (S-178 to S-180).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts<'a> {
    /// Which shop.
    pub shop: &'a str,
    /// What kind of change.
    pub topic: &'a str,
    /// The global id of the object that may have changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Shopify's id of the delivery.
    pub delivery_id: &'a str,
    /// Shopify's id of the merchant's action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<&'a str>,
    /// When it was raised, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triggered_at: Option<Timestamp>,
}

/// What an event says may have changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// A customer.
    Customer {
        /// Which.
        id: CustomerId,
        /// The version of the customer that the payload held.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        updated_at: Option<Timestamp>,
    },
    /// An order, and with it its customer.
    Order {
        /// Which.
        id: OrderId,
        /// Its customer, where the payload named one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        /// The version of the order that the payload held.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        updated_at: Option<Timestamp>,
        /// The key of the checkout that it came from, where the payload named one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checkout: Option<String>,
    },
    /// A company.
    Company {
        /// Which.
        id: CompanyId,
        /// The version of the company that the payload held.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        updated_at: Option<Timestamp>,
    },
    /// Two customers became one.
    Merge {
        /// Who goes on.
        kept: CustomerId,
        /// Who went up in the other, or was to.
        lost: CustomerId,
        /// Whether it came to that; `None` where the shop said it in a word that we do not know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        succeeded: Option<bool>,
    },
    /// A checkout, begun, changed, finished or gone.
    Checkout {
        /// Its key; an order names the checkout that it came from by the same one.
        token: String,
        /// Whose it is, where the shop knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        /// Whether it became an order.
        #[serde(default)]
        completed: bool,
        /// When somebody last did something with it, UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        touched_at: Option<Timestamp>,
    },
    /// Somebody who wants to be forgotten, or to know what is held of them. At least one of the first two is there.
    Person {
        /// Which customer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<CustomerId>,
        /// The address, only where there is no id: then there is no other way to know who it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
        /// The shop's id of the request for data.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<String>,
    },
    /// Everything else, what nobody acts on and what the topic alone says enough of: the keys that were found, so that
    /// nothing is lost.
    Other {
        /// Key name to value, from an allow-list.
        keys: BTreeMap<String, String>,
    },
    /// Signed, but not readable: the body itself, so that nothing is lost.
    Unreadable {
        /// What was wrong with it.
        why: Unreadable,
        /// The raw body in base64.
        body_base64: String,
    },
}

impl Subject {
    /// The global id of the object, where one is named.
    fn object(&self) -> Option<String> {
        match self {
            Self::Customer { id, .. } => Some(id.gid()),
            Self::Order { id, .. } => Some(id.gid()),
            Self::Company { id, .. } => Some(id.gid()),
            Self::Merge { kept, .. } => Some(kept.gid()),
            Self::Checkout { token, .. } => Some(told(token)),
            Self::Person { customer, .. } => customer.map(CustomerId::gid),
            Self::Other { keys } => keys.get("gid").or_else(|| keys.get("id")).cloned(),
            Self::Unreadable { .. } => None,
        }
    }
}

/// The beginning of a checkout's token: enough to find it again, not enough to open the checkout.
fn told(token: &str) -> String {
    format!("checkout {}...", token.chars().take(6).collect::<String>())
}

/// Why a signed body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// No bytes at all.
    Empty,
    /// Not JSON.
    NotJson,
    /// JSON, but not an object.
    NotAnObject,
    /// An object of a topic we act on, without the id that says which object it is.
    NoId,
}

impl Unreadable {
    /// A sentence for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "the body is empty",
            Self::NotJson => "the body is not JSON (is the subscription's format XML?)",
            Self::NotAnObject => "the body is JSON, but not an object",
            Self::NoId => "the body has no id that says which customer, order or person it is about",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(subject: Subject) -> Event {
        Event {
            shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
            topic: Topic::new("orders/create"),
            delivery_id: "w-1".into(),
            event_id: None,
            triggered_at: Some("2026-11-20T18:06:33.123456789Z".parse().unwrap()),
            received_at: "2026-11-20T18:06:34Z".parse().unwrap(),
            api_version: Some("2026-10".into()),
            replays: 0,
            quiet: false,
            subject,
        }
    }

    fn merge(succeeded: Option<bool>) -> Subject {
        Subject::Merge { kept: CustomerId::new(1), lost: CustomerId::new(u64::MAX), succeeded }
    }

    fn order(checkout: Option<&str>) -> Subject {
        let (customer, checkout) = (Some(CustomerId::new(2)), checkout.map(str::to_owned));
        Subject::Order { id: OrderId::new(1), customer, updated_at: None, checkout }
    }

    fn checkout(token: &str, customer: Option<CustomerId>, touched_at: Option<Timestamp>) -> Subject {
        Subject::Checkout { token: token.to_owned(), customer, completed: true, touched_at }
    }

    #[test]
    fn an_envelope_comes_back_as_it_went() {
        for subject in [
            Subject::Customer { id: CustomerId::new(u64::MAX), updated_at: None },
            order(Some("t")),
            order(None),
            merge(Some(true)),
            merge(None),
            checkout("t", Some(CustomerId::new(2)), Some("2026-11-20T18:06:33Z".parse().unwrap())),
            Subject::Person {
                customer: None,
                email: Some("ada@example.com".into()),
                request: Some("9".into()),
            },
            Subject::Other { keys: BTreeMap::from([("token".into(), "t".into())]) },
            Subject::Unreadable { why: Unreadable::NotJson, body_base64: "AA==".into() },
        ] {
            let sent = Envelope::V1(event(subject));
            let text = serde_json::to_string(&sent).unwrap();
            assert!(text.starts_with(r#"{"v1":{"#), "{text}");
            assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap(), sent);
        }
    }

    #[test]
    fn a_message_of_a_later_deploy_with_more_in_it_is_still_read() {
        let sent = event(Subject::Customer { id: CustomerId::new(1), updated_at: None });
        let mut json = serde_json::to_value(Envelope::V1(sent.clone())).unwrap();
        json["v1"]["added_later"] = 1.into();
        assert_eq!(serde_json::from_value::<Envelope>(json).unwrap(), Envelope::V1(sent));
    }

    #[test]
    fn s_178_a_log_names_the_object_and_nothing_that_opens_a_checkout_or_describes_a_person() {
        let token = "hWN1h4y3pQ7rK2mX9bT5";
        let table = [
            (merge(Some(true)), Some("gid://shopify/Customer/1")),
            (checkout(token, None, None), Some("checkout hWN1h4...")),
            (order(Some(token)), Some("gid://shopify/Order/1")),
            (Subject::Person { customer: None, email: Some("ada@example.com".into()), request: None }, None),
            (
                Subject::Person { customer: Some(CustomerId::new(7)), email: None, request: None },
                Some("gid://shopify/Customer/7"),
            ),
        ];
        for (subject, object) in table {
            assert_eq!(event(subject).facts().object.as_deref(), object);
        }
    }

    #[test]
    fn what_an_earlier_deploy_queued_of_orders_and_checkouts_is_still_read() {
        let read = |subject: &str| serde_json::from_str::<Subject>(subject).unwrap();
        let of_order = r#"{"kind":"order","id":1,"customer":2}"#;
        assert_eq!(read(of_order), order(None));
        let of_checkout = r#"{"kind":"checkout","token":"t","completed":true}"#;
        assert_eq!(read(of_checkout), checkout("t", None, None));
    }

    #[test]
    fn what_an_earlier_deploy_kept_of_these_topics_is_still_read() {
        let text = r#"{"v1":{"shop":"demo.myshopify.com","topic":"customers/merge","delivery_id":"w-1",
            "received_at":"2026-11-20T18:06:34Z","subject":{"kind":"other","keys":{"status":"completed",
            "kept_id":"gid://shopify/Customer/1","deleted_id":"gid://shopify/Customer/2"}}}}"#;
        let Envelope::V1(event) = serde_json::from_str(text).unwrap();
        assert!(matches!(event.subject, Subject::Other { keys } if keys.len() == 3));
    }
}
