//! What did they say? From signed bytes to an event, by allow-list.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{Concern, CustomerId, Event, OrderId, ShopDomain, Subject, Unreadable};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::loose::Loose;
use super::probe::Probe;
use super::{Headers, Verified};

/// Reads a signed body. Always gives an event: what cannot be read says so and carries its body, so that nothing that
/// was signed is lost.
pub fn read(shop: &ShopDomain, headers: &Headers, verified: &Verified<'_>, now: Timestamp) -> Event {
    let body = verified.body();
    let subject = subject(headers.topic.concern(), body)
        .unwrap_or_else(|why| Subject::Unreadable { why, body_base64: STANDARD.encode(body) });
    Event {
        shop: shop.clone(),
        topic: headers.topic.clone(),
        delivery_id: headers.delivery_id.clone().unwrap_or_else(|| hash(shop, headers, body)),
        event_id: headers.event_id.clone(),
        triggered_at: headers.triggered_at,
        received_at: now,
        api_version: headers.api_version.clone(),
        replays: 0,
        subject,
    }
}

fn subject(concern: Concern, body: &[u8]) -> Result<Subject, Unreadable> {
    if body.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    let probe: Probe<'_> = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)?;
    if !probe.is_object {
        return Err(Unreadable::NotAnObject);
    }
    match concern {
        Concern::Customer => customer_subject(first_id(&[&probe.id, &probe.gid], CustomerId::parse), &probe),
        Concern::CustomerOf => named_customer(&probe),
        Concern::Order => order(&probe),
        Concern::OrderOf => order_of(&probe),
        Concern::Kept | Concern::Unknown => Ok(Subject::Other { keys: keys(&probe) }),
    }
}

fn customer_subject(id: Option<CustomerId>, probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = id.ok_or(Unreadable::NoId)?;
    Ok(Subject::Customer { id, updated_at: time(&probe.updated_at) })
}

fn named_customer(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.customer_id], CustomerId::parse).ok_or(Unreadable::NoId)?;
    Ok(Subject::Customer { id, updated_at: None })
}

fn order(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.id, &probe.gid], OrderId::parse).ok_or(Unreadable::NoId)?;
    let inside = probe.customer.as_deref();
    let customer = inside.and_then(|c| first_id(&[&c.id, &c.gid], CustomerId::parse));
    Ok(Subject::Order { id, customer, updated_at: time(&probe.updated_at) })
}

/// A refund has no version of its order, but the order cannot be older than its refund.
fn order_of(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.order_id], OrderId::parse).ok_or(Unreadable::NoId)?;
    Ok(Subject::Order { id, customer: None, updated_at: time(&probe.created_at) })
}

fn first_id<T, E>(places: &[&Loose<'_>], parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
    places.iter().find_map(|place| parse(&place.text()?).ok())
}

fn time(place: &Loose<'_>) -> Option<Timestamp> {
    place.text()?.parse().ok()
}

/// The keys of a payload that this version does not act on. An address is kept only for a redaction or data request
/// that names no customer id: there is no other way to know whom it is about.
fn keys(probe: &Probe<'_>) -> BTreeMap<String, String> {
    let customer = probe.customer.as_deref();
    let mut keys: Vec<(&str, &Loose<'_>)> = vec![
        ("id", &probe.id),
        ("gid", &probe.gid),
        ("order_id", &probe.order_id),
        ("customer_id", &probe.customer_id),
        ("kept_id", &probe.kept_id),
        ("deleted_id", &probe.deleted_id),
        ("status", &probe.status),
        ("token", &probe.token),
        ("shop_id", &probe.shop_id),
        ("updated_at", &probe.updated_at),
    ];
    if let Some(customer) = customer {
        keys.push(("customer.id", &customer.id));
        if customer.id == Loose::Nothing && probe.shop_id != Loose::Nothing {
            keys.push(("customer.email", &customer.email));
        }
    }
    if let Some(request) = probe.data_request.as_deref() {
        keys.push(("data_request.id", &request.id));
    }
    keys.into_iter().filter_map(|(name, value)| Some((name.to_owned(), cut(value)?))).collect()
}

fn cut(value: &Loose<'_>) -> Option<String> {
    Some(value.text()?.chars().take(256).collect())
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
    use domain::Topic;
    use proptest::prelude::*;

    use super::*;

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

    fn customer(id: u64, updated_at: Option<&str>) -> Subject {
        Subject::Customer { id: CustomerId::new(id), updated_at: updated_at.map(|at| at.parse().unwrap()) }
    }

    fn order(id: u64, customer: Option<u64>) -> Subject {
        Subject::Order { id: OrderId::new(id), customer: customer.map(CustomerId::new), updated_at: None }
    }

    #[test]
    fn each_topic_names_its_object_in_its_own_way() {
        let table: [(&str, &str, Subject); 9] = [
            (
                "customers/update",
                r#"{"id":706405506930370084,"updated_at":"2021-12-31T19:00:00-05:00","email":"a@b.c"}"#,
                customer(706_405_506_930_370_084, Some("2022-01-01T00:00:00Z")),
            ),
            (
                "customers/create",
                r#"{"admin_graphql_api_id":"gid:\/\/shopify\/Customer\/5"}"#,
                customer(5, None),
            ),
            (
                "customers/purchasing_summary",
                r#"{"customerId":"gid://shopify/Customer/1"}"#,
                customer(1, None),
            ),
            (
                "customer.tags_added",
                r#"{"customerId":"gid://shopify/Customer/1","tags":["a"]}"#,
                customer(1, None),
            ),
            ("orders/create", r#"{"id":11,"customer":{"id":7,"email":"x"},"id_x":3}"#, order(11, Some(7))),
            ("orders/create", r#"{"id":11,"customer":null}"#, order(11, None)),
            ("orders/updated", r#"{"id":"11","customer":[]}"#, order(11, None)),
            (
                "orders/fulfilled",
                r#"{"customer":{"admin_graphql_api_id":"gid://shopify/Customer/7"},"id":11}"#,
                order(11, Some(7)),
            ),
            ("refunds/create", r#"{"id":99,"order_id":11}"#, order(11, None)),
        ];
        for (topic, body, subject) in table {
            assert_eq!(event(topic, body.as_bytes()).subject, subject, "{topic} {body}");
        }
    }

    #[test]
    fn an_order_is_at_least_as_new_as_its_refund() {
        let refund =
            event("refunds/create", br#"{"id":9,"order_id":11,"created_at":"2026-11-20T13:00:00-05:00"}"#);
        let updated_at = Some("2026-11-20T18:00:00Z".parse().unwrap());
        assert_eq!(refund.subject, Subject::Order { id: OrderId::new(11), customer: None, updated_at });
    }

    #[test]
    fn what_cannot_be_read_travels_whole() {
        let table: [(&str, &[u8], Unreadable); 8] = [
            ("orders/create", b"", Unreadable::Empty),
            ("orders/create", b" \n", Unreadable::Empty),
            ("orders/create", b"<order/>", Unreadable::NotJson),
            ("orders/create", br#"{"id":1"#, Unreadable::NotJson),
            ("orders/create", b"\xff\xfe{}", Unreadable::NotJson),
            ("orders/create", b"[1]", Unreadable::NotAnObject),
            ("orders/create", br#"{"id":1.5}"#, Unreadable::NoId),
            ("nobody/knows", b"42", Unreadable::NotAnObject),
        ];
        for (topic, body, why) in table {
            let body_base64 = STANDARD.encode(body);
            assert_eq!(event(topic, body).subject, Subject::Unreadable { why, body_base64 }, "{body:?}");
        }
    }

    #[test]
    fn s_206_nothing_but_ids_and_versions_gets_through() {
        let body = br#"{"id":11,"updated_at":"2026-11-20T18:00:00Z","email":"ada@example.com","browser_ip":"203.0.113.9",
            "payment_gateway_names":["visa"],"credit_card":"4111","customer":{"id":7,"first_name":"Ada","email":"ada@example.com",
            "phone":"+4930123"},"shipping_address":{"address1":"1 Main St"},"line_items":[{"title":"Tea"}],"note":"secret"}"#;
        for topic in
            ["orders/create", "refunds/create", "nobody/knows", "checkouts/create", "customers/update"]
        {
            let mut with_order_id = body.to_vec();
            with_order_id.splice(1..1, br#""order_id":3,"customerId":"8","#.iter().copied());
            let text = serde_json::to_string(&event(topic, &with_order_id)).unwrap();
            for leak in ["ada", "Ada", "203.0", "visa", "4111", "+49", "Main", "Tea", "secret"] {
                assert!(!text.contains(leak), "{topic}: {leak} in {text}");
            }
        }
    }

    #[test]
    fn an_unknown_topic_keeps_its_keys() {
        let Subject::Other { keys } = event(
            "customers/merge",
            br#"{"status":"failed",
            "admin_graphql_api_customer_kept_id":"gid://shopify/Customer/1"}"#,
        )
        .subject
        else {
            panic!()
        };
        assert_eq!(keys["kept_id"], "gid://shopify/Customer/1");
        assert_eq!(keys["status"], "failed");
    }

    #[test]
    fn a_redaction_without_an_id_keeps_the_address_and_with_one_does_not() {
        let address = r#"{"shop_id":1,"customer":{"email":"ada@example.com"}}"#;
        let Subject::Other { keys } = event("customers/redact", address.as_bytes()).subject else { panic!() };
        assert_eq!(keys["customer.email"], "ada@example.com");
        let with_id = r#"{"shop_id":1,"customer":{"id":7,"email":"ada@example.com"}}"#;
        let Subject::Other { keys } = event("customers/redact", with_id.as_bytes()).subject else { panic!() };
        assert!(!keys.contains_key("customer.email") && keys["customer.id"] == "7");
    }

    #[test]
    fn without_a_webhook_id_a_retry_still_has_the_same_one() {
        let headers = Headers::read(|_| None);
        let one = |body: &'static [u8]| read(&shop(), &headers, &Verified::for_test(body), now()).delivery_id;
        assert_eq!(one(b"{}"), one(b"{}"));
        assert_ne!(one(b"{}"), one(b"{ }"));
        assert!(one(b"{}").starts_with("sha256-"));
    }

    #[test]
    fn a_key_that_comes_twice_is_read_once() {
        assert_eq!(event("refunds/create", br#"{"order_id":1,"order_id":2}"#).subject, order(2, None));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body: Vec<u8>, topic in "customers/update|orders/create|refunds/create|x") {
            let _ = event(&topic, &body);
        }

        #[test]
        fn no_shape_of_json_makes_it_panic(id in "[0-9]{1,25}|\"[^\"\\\\]{0,9}\"|null|\\[\\]|\\{\\}|-1|1e9", topic in "customers/update|orders/create|refunds/create|customer.tags_added") {
            let body = format!(r#"{{"id":{id},"order_id":{id},"customer":{id},"customerId":{id},"updated_at":{id}}}"#);
            let _ = event(&topic, body.as_bytes());
        }
    }
}
