//! The events that nobody sends but time itself.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{CustomerKey, Event, ShopDomain, Subject, Topic};

impl Event {
    /// A customer is to be looked at again, because it came due at `at`. However often it is made, it is the same delivery
    /// as long as it is the same time that came.
    pub fn due(customer: &CustomerKey, at: Timestamp, now: Timestamp) -> Self {
        let id = customer.customer;
        let delivery_id = format!("due-{id}-{at}");
        let subject = Subject::Customer { id, updated_at: None };
        Self::of_time(&customer.shop, Topic::due(), delivery_id, subject, at, now)
    }

    /// A checkout was left lying, since it was not finished by `at`. The same delivery each time, as with [`Event::due`].
    ///
    /// Whose it is and when it was last touched is in the memory of checkouts. The delivery is named after a hash of the
    /// token, because it is written into logs, and who has a token can open the checkout.
    pub fn abandoned(shop: &ShopDomain, token: &str, at: Timestamp, now: Timestamp) -> Self {
        let delivery_id = format!("abandoned-{:032x}-{at}", head_of_hash(token));
        let subject =
            Subject::Checkout { token: token.to_owned(), customer: None, completed: false, touched_at: None };
        Self::of_time(shop, Topic::abandoned(), delivery_id, subject, at, now)
    }

    fn of_time(
        shop: &ShopDomain,
        topic: Topic,
        delivery_id: String,
        subject: Subject,
        at: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            shop: shop.clone(),
            topic,
            delivery_id,
            event_id: None,
            triggered_at: Some(at),
            received_at: now,
            api_version: None,
            replays: 0,
            quiet: false,
            subject,
        }
    }
}

fn head_of_hash(text: &str) -> u128 {
    let hash = Sha256::digest(text);
    hash.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Concern, CustomerId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn shop() -> ShopDomain {
        ShopDomain::parse("demo.myshopify.com").unwrap()
    }

    #[test]
    fn s_117_a_customer_who_is_due_is_an_event_of_the_time_that_came() {
        let customer = CustomerKey { shop: shop(), customer: CustomerId::new(7) };
        let event = Event::due(&customer, at("2026-11-20T10:00:00Z"), at("2026-11-20T10:07:00Z"));
        assert_eq!(event.delivery_id, "due-7-2026-11-20T10:00:00Z");
        assert_eq!(event.triggered_at, Some(at("2026-11-20T10:00:00Z")));
        assert_eq!(event.received_at, at("2026-11-20T10:07:00Z"));
        assert_eq!(event.topic.concern(), Concern::Customer);
        assert_eq!(event.subject, Subject::Customer { id: customer.customer, updated_at: None });
        assert!(!event.quiet && event.names_customer());
    }

    #[test]
    fn s_122_a_checkout_that_lies_there_is_named_without_what_opens_it() {
        let one = |token: &str, time: &str| Event::abandoned(&shop(), token, at(time), at(time));
        let event = one("hWN1h4y3pQ7rK2mX9bT5", "2026-11-20T10:00:00Z");
        assert!(!serde_json::to_string(&event.facts()).unwrap().contains("y3pQ7rK2mX9bT5"), "{event:?}");
        assert_eq!(event.topic.concern(), Concern::Checkout);
        assert!(matches!(&event.subject, Subject::Checkout { token, .. } if token == "hWN1h4y3pQ7rK2mX9bT5"));
        let others = [("other", "2026-11-20T10:00:00Z"), ("hWN1h4y3pQ7rK2mX9bT5", "2026-11-20T11:00:00Z")];
        for (token, time) in others {
            assert_ne!(one(token, time).delivery_id, event.delivery_id, "{token} {time}");
        }
    }

    #[test]
    fn what_came_due_once_is_one_delivery_whenever_it_is_sent() {
        let customer = CustomerKey { shop: shop(), customer: CustomerId::new(7) };
        let sent = |now: &str| Event::due(&customer, at("2026-11-20T10:00:00Z"), at(now)).delivery();
        assert_eq!(sent("2026-11-20T10:07:00Z"), sent("2026-11-21T00:00:00Z"));
    }
}
