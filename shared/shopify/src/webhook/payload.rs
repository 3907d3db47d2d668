//! What did they say? From signed bytes to an event, by allow-list.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{Event, ShopDomain, Subject};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::subject::subject;
use super::{Headers, Verified};

/// Reads a signed body. Always gives an event: what cannot be read says so and carries its body, so that nothing that
/// was signed is lost.
pub fn read(shop: &ShopDomain, headers: &Headers, verified: &Verified<'_>, now: Timestamp) -> Event {
    event(shop, headers, verified.body(), now)
}

/// Makes an event of a body that somebody vouches for: its signature, or the way on which it came.
pub(super) fn event(shop: &ShopDomain, headers: &Headers, body: &[u8], received_at: Timestamp) -> Event {
    let subject = subject(headers.topic.concern(), body)
        .unwrap_or_else(|why| Subject::Unreadable { why, body_base64: STANDARD.encode(body) });
    Event {
        shop: shop.clone(),
        topic: headers.topic.clone(),
        delivery_id: headers.delivery_id.clone().unwrap_or_else(|| hash(shop, headers, body)),
        event_id: headers.event_id.clone(),
        triggered_at: headers.triggered_at,
        received_at,
        api_version: headers.api_version.clone(),
        replays: 0,
        quiet: false,
        subject,
    }
}

/// Stands in for a missing webhook id: a retry carries the same body and trigger time, so it has the same one.
fn hash(shop: &ShopDomain, headers: &Headers, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(shop.as_str());
    hash.update([0]);
    hash.update(headers.topic.as_str());
    hash.update([0]);
    hash.update(headers.triggered_at.map(|at| at.to_string()).unwrap_or_default());
    hash.update([0]);
    hash.update(body);
    let head = hash.finalize().iter().take(16).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    format!("sha256-{head:032x}")
}

#[cfg(test)]
mod tests {
    use domain::{Topic, Unreadable};
    use proptest::prelude::*;

    use super::*;

    /// Every topic that we know, and one that nobody does.
    const TOPICS: [&str; 30] = [
        "customers/create",
        "customers/update",
        "customers/delete",
        "customers/enable",
        "customers/disable",
        "customers/merge",
        "customers/redact",
        "customers/data_request",
        "customers/purchasing_summary",
        "customer.tags_added",
        "customer.tags_removed",
        "customers_marketing_consent/update",
        "customers_email_marketing_consent/update",
        "customers_whats_app_marketing_consent/update",
        "orders/create",
        "orders/updated",
        "orders/fulfilled",
        "orders/partially_fulfilled",
        "orders/paid",
        "orders/cancelled",
        "orders/delete",
        "orders/edited",
        "refunds/create",
        "checkouts/create",
        "checkouts/update",
        "checkouts/delete",
        "app/uninstalled",
        "shop/redact",
        "bulk_operations/finish",
        "nobody/knows",
    ];

    fn event(topic: &str, body: &[u8]) -> Event {
        let headers = Headers {
            topic: Topic::new(topic),
            ..Headers::read(|name| (name == "x-shopify-webhook-id").then_some("w-1"))
        };
        read(&shop(), &headers, &Verified::for_test(body), now())
    }

    fn shop() -> ShopDomain {
        ShopDomain::parse("demo.myshopify.com").unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-20T18:06:34Z".parse().unwrap()
    }

    impl<'a> Verified<'a> {
        fn for_test(body: &'a [u8]) -> Self {
            super::super::signature::tests_only(body)
        }
    }

    #[test]
    fn what_cannot_be_read_travels_whole() {
        let table: [(&str, &[u8], Unreadable); 14] = [
            ("orders/create", b"", Unreadable::Empty),
            ("orders/create", b" \n", Unreadable::Empty),
            ("orders/create", b"<order/>", Unreadable::NotJson),
            ("orders/create", br#"{"id":1"#, Unreadable::NotJson),
            ("orders/create", b"\xff\xfe{}", Unreadable::NotJson),
            ("orders/create", b"[1]", Unreadable::NotAnObject),
            ("orders/create", br#"{"id":1.5}"#, Unreadable::NoId),
            ("orders/edited", br#"{"order_edit":{"id":1}}"#, Unreadable::NoId),
            ("orders/edited", br#"{"order_edit":[],"order_id":1}"#, Unreadable::NoId),
            ("customers/merge", br#"{"admin_graphql_api_customer_kept_id":"1"}"#, Unreadable::NoId),
            ("customers/redact", br#"{"shop_id":1,"customer":{"phone":"+49"}}"#, Unreadable::NoId),
            ("customers/data_request", br#"{"shop_id":1,"customer":null}"#, Unreadable::NoId),
            ("checkouts/create", b"null", Unreadable::NotAnObject),
            ("nobody/knows", b"42", Unreadable::NotAnObject),
        ];
        for (topic, body, why) in table {
            let body_base64 = STANDARD.encode(body);
            assert_eq!(event(topic, body).subject, Subject::Unreadable { why, body_base64 }, "{body:?}");
        }
    }

    #[test]
    fn s_206_nothing_but_ids_and_versions_gets_through() {
        let body = br#"{"id":11,"order_id":3,"customerId":"8","updated_at":"2026-11-20T18:00:00Z","token":"t-1",
            "admin_graphql_api_customer_kept_id":"1","admin_graphql_api_customer_deleted_id":"2","shop_id":4,
            "order_edit":{"order_id":3,"staff_note":"secret"},"data_request":{"id":9,"by":"Ada"},"status":"failed",
            "errors":[{"message":"Ada is being merged"}],"abandoned_checkout_url":"https://x/recover?key=secret",
            "shop_owner":"Ada","customer_email":"ada@example.com","tags":["secret"],"email_address":"ada@example.com",
            "amountSpent":{"amount":"4111"},"phone":"+4930123","sms_marketing_phone":"+4930123","completed_at":"Ada",
            "email":"ada@example.com","browser_ip":"203.0.113.9","payment_gateway_names":["visa"],"credit_card":"4111",
            "customer":{"id":7,"first_name":"Ada","email":"ada@example.com","phone":"+4930123"},
            "shipping_address":{"address1":"1 Main St"},"line_items":[{"title":"Tea"}],"note":"secret"}"#;
        for topic in TOPICS {
            let event = event(topic, body);
            assert!(!matches!(event.subject, Subject::Unreadable { .. }), "{topic}");
            let text = serde_json::to_string(&event).unwrap();
            for leak in ["ada", "Ada", "203.0", "visa", "4111", "+49", "Main", "Tea", "secret"] {
                assert!(!text.contains(leak), "{topic}: {leak} in {text}");
            }
        }
    }

    #[test]
    fn a_signed_body_under_a_topic_of_ours_keeps_its_keys_and_orders_nothing() {
        for topic in ["counterfoil/due", "counterfoil/repair", "counterfoil/abandoned"] {
            let event = event(topic, br#"{"id":7,"token":"t"}"#);
            assert!(matches!(event.subject, Subject::Other { .. }), "{topic}");
            assert_eq!(event.topic.concern(), domain::Concern::Unknown, "{topic}");
        }
    }

    #[test]
    fn s_206_a_checkout_that_names_no_token_leaves_its_body_behind() {
        let body = br#"{"id":981820079255243537,"cart_token":"c","email":"ada@example.com"}"#;
        let text = serde_json::to_string(&event("checkouts/delete", body).subject).unwrap();
        assert_eq!(text, r#"{"kind":"other","keys":{"cart_token":"c","id":"981820079255243537"}}"#);
    }

    #[test]
    fn without_a_webhook_id_a_retry_still_has_the_same_one() {
        let headers = Headers::read(|_| None);
        let one = |body: &'static [u8]| read(&shop(), &headers, &Verified::for_test(body), now()).delivery_id;
        assert_eq!(one(b"{}"), one(b"{}"));
        assert_ne!(one(b"{}"), one(b"{ }"));
        assert!(one(b"{}").starts_with("sha256-"));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body: Vec<u8>, topic in prop::sample::select(&TOPICS[..])) {
            let _ = event(topic, &body);
        }

        #[test]
        fn no_shape_of_json_makes_it_panic(id in "[0-9]{1,25}|\"[^\"\\\\]{0,9}\"|null|\\[\\]|\\{\\}|-1|1e9", topic in prop::sample::select(&TOPICS[..])) {
            let inner = format!(r#"{{"id":{id},"order_id":{id},"customer":{id},"customerId":{id},"token":{id},"updated_at":{id}}}"#);
            let body = format!(r#"{{"customer":{inner},"order_edit":{inner},"data_request":{inner},"completed_at":{id},"token":{id},
                "admin_graphql_api_customer_kept_id":{id},"admin_graphql_api_customer_deleted_id":{id},"status":{id}}}"#);
            let _ = event(topic, inner.as_bytes());
            let _ = event(topic, body.as_bytes());
        }
    }
}
