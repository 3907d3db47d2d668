//! What an earlier version kept as bare keys, because it did not act on the topic yet.

use std::collections::BTreeMap;

use domain::{Concern, CustomerId, Event, Subject};

use super::subject::succeeded;

/// Gives an event of an earlier version the subject that it would have today, so that what was parked then can be acted
/// on when it is replayed. An event that has its subject, or whose keys do not suffice, stays as it is: of a checkout it
/// was not kept whether it was completed, and of an order's edit not which order.
pub fn reread(event: Event) -> Event {
    let Subject::Other { keys } = &event.subject else { return event };
    match risen(event.topic.concern(), keys) {
        Some(subject) => Event { subject, ..event },
        None => event,
    }
}

fn risen(concern: Concern, keys: &BTreeMap<String, String>) -> Option<Subject> {
    let customer = |key: &str| CustomerId::parse(keys.get(key)?).ok();
    match concern {
        Concern::Merge => Some(Subject::Merge {
            kept: customer("kept_id")?,
            lost: customer("deleted_id")?,
            succeeded: keys.get("status").and_then(|word| succeeded(word)),
        }),
        Concern::Erasure | Concern::DataRequest => person(customer("customer.id"), keys),
        _ => None,
    }
}

fn person(customer: Option<CustomerId>, keys: &BTreeMap<String, String>) -> Option<Subject> {
    let email = if customer.is_none() { Some(keys.get("customer.email")?.clone()) } else { None };
    Some(Subject::Person { customer, email, request: keys.get("data_request.id").cloned() })
}

#[cfg(test)]
mod tests {
    use domain::{ShopDomain, Topic};

    use super::*;

    fn event(topic: &str, keys: &[(&str, &str)]) -> Event {
        let keys = keys.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Event {
            shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
            topic: Topic::new(topic),
            delivery_id: "w-1".into(),
            event_id: None,
            triggered_at: None,
            received_at: "2026-11-20T18:06:34Z".parse().unwrap(),
            api_version: None,
            replays: 1,
            quiet: false,
            subject: Subject::Other { keys },
        }
    }

    #[test]
    fn what_was_parked_before_these_topics_were_acted_on_has_its_subject_when_it_is_replayed() {
        let merge = [
            ("kept_id", "gid://shopify/Customer/1"),
            ("deleted_id", "gid://shopify/Customer/2"),
            ("status", "completed"),
        ];
        let (kept, lost) = (CustomerId::new(1), CustomerId::new(2));
        let by_id = [("customer.id", "7"), ("shop_id", "1"), ("data_request.id", "9")];
        let by_address = [("customer.email", "ada@example.com"), ("shop_id", "1")];
        let table = [
            ("customers/merge", &merge[..], Subject::Merge { kept, lost, succeeded: Some(true) }),
            (
                "customers/data_request",
                &by_id[..],
                Subject::Person {
                    customer: Some(CustomerId::new(7)),
                    email: None,
                    request: Some("9".into()),
                },
            ),
            (
                "customers/redact",
                &by_address[..],
                Subject::Person { customer: None, email: Some("ada@example.com".into()), request: None },
            ),
        ];
        for (topic, keys, subject) in table {
            let earlier = event(topic, keys);
            assert_eq!(reread(earlier.clone()), Event { subject, ..earlier }, "{topic}");
        }
    }

    #[test]
    fn what_does_not_suffice_stays_as_it_is() {
        let table: [(&str, &[(&str, &str)]); 5] = [
            ("customers/merge", &[("kept_id", "gid://shopify/Customer/1")]),
            ("customers/redact", &[("shop_id", "1")]),
            ("checkouts/update", &[("token", "t"), ("customer.id", "7")]),
            ("orders/edited", &[]),
            ("nobody/knows", &[("kept_id", "1"), ("deleted_id", "2")]),
        ];
        for (topic, keys) in table {
            let earlier = event(topic, keys);
            assert_eq!(reread(earlier.clone()), earlier, "{topic}");
        }
    }
}
