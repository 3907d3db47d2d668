//! What is it about? From a payload's keys to a subject, in the way in which each topic names its object
//! (shopify.dev/docs/api/webhooks).

use domain::{CompanyId, Concern, CustomerId, OrderId, Subject, Unreadable};
use jiff::Timestamp;

use super::loose::Loose;
use super::probe::Probe;

/// Reads a body once, by allow-list.
pub(super) fn subject(concern: Concern, body: &[u8]) -> Result<Subject, Unreadable> {
    if body.trim_ascii().is_empty() {
        return Err(Unreadable::Empty);
    }
    let probe: Probe<'_> = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)?;
    if !probe.is_object {
        return Err(Unreadable::NotAnObject);
    }
    of(concern, &probe)
}

fn of(concern: Concern, probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    match concern {
        Concern::Customer => customer(probe),
        Concern::CustomerOf => named_customer(probe),
        Concern::Order => order(probe),
        Concern::OrderOf => order_of(probe.order_edit.as_deref().unwrap_or(probe)),
        Concern::Company => company(probe),
        Concern::Merge => merge(probe),
        Concern::Checkout => Ok(checkout(probe)),
        Concern::Erasure | Concern::DataRequest => person(probe),
        Concern::ShopLeft
        | Concern::ShopErased
        | Concern::BulkFinished
        | Concern::ScopesChanged
        | Concern::Unknown => Ok(other(probe)),
    }
}

fn customer(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = own_customer(probe).ok_or(Unreadable::NoId)?;
    Ok(Subject::Customer { id, updated_at: time(&probe.updated_at) })
}

fn own_customer(probe: &Probe<'_>) -> Option<CustomerId> {
    first_id(&[&probe.id, &probe.gid], CustomerId::parse)
}

/// A purchasing summary and a change of tags say when they occurred (`occurredAt`), but nothing promises that the
/// customer's `updated_at` is not earlier: taken for a version it could make a fresh read look stale for ever.
fn named_customer(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.customer_id], CustomerId::parse).ok_or(Unreadable::NoId)?;
    Ok(Subject::Customer { id, updated_at: None })
}

fn order(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.id, &probe.gid], OrderId::parse).ok_or(Unreadable::NoId)?;
    let (updated_at, checkout) = (time(&probe.updated_at), short(&probe.checkout_token));
    Ok(Subject::Order { id, customer: inside(probe), updated_at, checkout })
}

fn inside(probe: &Probe<'_>) -> Option<CustomerId> {
    probe.customer.as_deref().and_then(own_customer)
}

/// A refund or an edit has no version of its order, but the order cannot be older than they are.
fn order_of(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.order_id], OrderId::parse).ok_or(Unreadable::NoId)?;
    Ok(Subject::Order { id, customer: None, updated_at: time(&probe.created_at), checkout: None })
}

fn company(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let id = first_id(&[&probe.id, &probe.gid], CompanyId::parse).ok_or(Unreadable::NoId)?;
    Ok(Subject::Company { id, updated_at: time(&probe.updated_at) })
}

fn merge(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let one = |place: &Loose<'_>| first_id(&[place], CustomerId::parse).ok_or(Unreadable::NoId);
    let succeeded = probe.status.text().and_then(|word| succeeded(&word));
    Ok(Subject::Merge { kept: one(&probe.kept_id)?, lost: one(&probe.deleted_id)?, succeeded })
}

/// Shopify publishes the word for a merge that failed and none for one that did not; these are what its other jobs say.
pub(super) fn succeeded(word: &str) -> Option<bool> {
    match word.trim().to_ascii_lowercase().as_str() {
        "completed" | "success" | "succeeded" => Some(true),
        "failed" => Some(false),
        _ => None,
    }
}

/// The published `checkouts/delete` has no token. Without one nobody can act on a checkout, and its body is full of
/// addresses: what is kept then is the keys, not the body.
fn checkout(probe: &Probe<'_>) -> Subject {
    match short(&probe.token) {
        Some(token) => {
            let completed = probe.completed_at != Loose::Nothing;
            Subject::Checkout {
                token,
                customer: inside(probe),
                completed,
                touched_at: time(&probe.updated_at),
            }
        }
        None => other(probe),
    }
}

/// The address is kept only where there is no id, since then it is the only way to know whom it is about. A body with
/// neither travels whole: whoever is meant has a right to it.
fn person(probe: &Probe<'_>) -> Result<Subject, Unreadable> {
    let customer = inside(probe);
    let address = || probe.customer.as_deref().and_then(|customer| short(&customer.email));
    let email = if customer.is_none() { Some(address().ok_or(Unreadable::NoId)?) } else { None };
    let request = probe.data_request.as_deref().and_then(|request| short(&request.id));
    Ok(Subject::Person { customer, email, request })
}

fn first_id<T, E>(places: &[&Loose<'_>], parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
    places.iter().find_map(|place| parse(&place.text()?).ok())
}

fn time(place: &Loose<'_>) -> Option<Timestamp> {
    place.text()?.parse().ok()
}

fn other(probe: &Probe<'_>) -> Subject {
    let named = [
        ("id", &probe.id),
        ("gid", &probe.gid),
        ("order_id", &probe.order_id),
        ("customer_id", &probe.customer_id),
        ("kept_id", &probe.kept_id),
        ("deleted_id", &probe.deleted_id),
        ("status", &probe.status),
        ("token", &probe.token),
        ("cart_token", &probe.cart_token),
        ("shop_id", &probe.shop_id),
        ("updated_at", &probe.updated_at),
    ];
    let customer = probe.customer.as_deref().map(|customer| ("customer.id", &customer.id));
    let keys = named.into_iter().chain(customer);
    Subject::Other { keys: keys.filter_map(|(name, value)| Some((name.to_owned(), short(value)?))).collect() }
}

/// A text that is as short as a key is. A longer one is none of ours, and cut off it would be another's.
fn short(value: &Loose<'_>) -> Option<String> {
    let text = value.text()?;
    let text = text.trim();
    (1..=256).contains(&text.len()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use domain::Topic;

    use super::*;

    /// Above 2^53, where a number of JavaScript's or JSON's usual kind would no longer be exact.
    const LARGE: u64 = 820_982_911_946_154_509;

    fn read(topic: &str, body: &str) -> Subject {
        subject(Topic::new(topic).concern(), body.as_bytes()).unwrap()
    }

    fn holds<const N: usize>(table: [(&str, &str, Subject); N]) {
        for (topic, body, subject) in table {
            assert_eq!(read(topic, body), subject, "{topic} {body}");
        }
    }

    fn customer(id: u64, updated_at: Option<&str>) -> Subject {
        Subject::Customer { id: CustomerId::new(id), updated_at: updated_at.map(|at| at.parse().unwrap()) }
    }

    fn order(id: u64, customer: Option<u64>) -> Subject {
        let customer = customer.map(CustomerId::new);
        Subject::Order { id: OrderId::new(id), customer, updated_at: None, checkout: None }
    }

    fn merge(kept: u64, lost: u64, succeeded: Option<bool>) -> Subject {
        Subject::Merge { kept: CustomerId::new(kept), lost: CustomerId::new(lost), succeeded }
    }

    fn checkout(token: &str, customer: Option<u64>, completed: bool) -> Subject {
        let customer = customer.map(CustomerId::new);
        Subject::Checkout { token: token.into(), customer, completed, touched_at: None }
    }

    fn person(customer: Option<u64>, email: Option<&str>, request: Option<&str>) -> Subject {
        let customer = customer.map(CustomerId::new);
        Subject::Person { customer, email: email.map(Into::into), request: request.map(Into::into) }
    }

    fn keys<const N: usize>(named: [(&str, &str); N]) -> Subject {
        Subject::Other { keys: named.map(|(name, value)| (name.into(), value.into())).into() }
    }

    #[test]
    fn s_067_s_068_and_s_212_a_customer_is_named_by_its_id_and_its_version_is_utc() {
        holds([
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
            ("customers/disable", r#"{"id":5,"state":"disabled"}"#, customer(5, None)),
            (
                "customers/delete",
                r#"{"id":5,"tax_exemptions":[],"admin_graphql_api_id":"gid://shopify/Customer/5"}"#,
                customer(5, None),
            ),
        ]);
    }

    #[test]
    fn what_happened_to_a_customer_names_it_in_three_spellings_and_says_no_version() {
        let summary = r#"{"customerId":"gid://shopify/Customer/1","numberOfOrders":1,"lastOrderId":"gid://shopify/Order/2",
            "occurredAt":"2026-11-20T18:00:00.000Z"}"#;
        let tags = r#"{"customerId":"gid://shopify/Customer/1","tags":["a"],"occurredAt":"2026-11-20T18:00:00.000Z"}"#;
        let email =
            r#"{"customer_id":1,"email_address":"a@b.c","email_marketing_consent":{"state":"subscribed"}}"#;
        let sms = r#"{"id":1,"phone":null,"sms_marketing_consent":{"state":null,"consent_collected_from":"other"}}"#;
        let whats_app =
            r#"{"customer_id":1,"phone_number":null,"whats_app_marketing_consent":{"state":null}}"#;
        holds([
            ("customers/purchasing_summary", summary, customer(1, None)),
            ("customer.tags_added", tags, customer(1, None)),
            ("customer.tags_removed", tags, customer(1, None)),
            ("customers_email_marketing_consent/update", email, customer(1, None)),
            ("customers_marketing_consent/update", sms, customer(1, None)),
            ("customers_whats_app_marketing_consent/update", whats_app, customer(1, None)),
        ]);
    }

    #[test]
    fn s_069_to_s_071_an_order_is_named_by_its_id_and_its_customer_where_there_is_one() {
        let with_gid = r#"{"customer":{"admin_graphql_api_id":"gid://shopify/Customer/7"},"id":11}"#;
        holds([
            ("orders/create", r#"{"id":11,"customer":{"id":7,"email":"x"},"id_x":3}"#, order(11, Some(7))),
            ("orders/create", r#"{"id":11,"customer":null}"#, order(11, None)),
            ("orders/updated", r#"{"id":"11","customer":[]}"#, order(11, None)),
            ("orders/fulfilled", with_gid, order(11, Some(7))),
            ("orders/partially_fulfilled", with_gid, order(11, Some(7))),
            ("orders/paid", r#"{"id":11}"#, order(11, None)),
            (
                "orders/cancelled",
                r#"{"id":11,"cancelled_at":"2026-11-20T18:00:00Z","customer":{"id":7}}"#,
                order(11, Some(7)),
            ),
            ("orders/delete", r#"{"id":11}"#, order(11, None)),
        ]);
    }

    #[test]
    fn s_072_an_order_is_named_by_its_refund_and_its_edit_and_is_at_least_as_new() {
        let at = "2026-11-20T13:00:00-05:00";
        let refund = format!(
            r#"{{"id":9,"admin_graphql_api_id":"gid://shopify/Refund/9","order_id":11,"created_at":"{at}"}}"#
        );
        let edit = format!(
            r#"{{"order_edit":{{"id":9,"order_id":11,"created_at":"{at}","line_items":{{"additions":[{{"id":5}}]}}}}}}"#
        );
        let updated_at = Some("2026-11-20T18:00:00Z".parse().unwrap());
        let expected = Subject::Order { id: OrderId::new(11), customer: None, updated_at, checkout: None };
        assert_eq!(read("refunds/create", &refund), expected);
        assert_eq!(read("orders/edited", &edit), expected);
    }

    #[test]
    fn a_merge_names_both_and_says_whether_it_came_to_that() {
        let words = [
            (r#""failed""#, Some(false)),
            (r#""FAILED""#, Some(false)),
            (r#""completed""#, Some(true)),
            (r#""Success""#, Some(true)),
            (r#""SUCCEEDED""#, Some(true)),
            (r#""in_progress""#, None),
            (r#""""#, None),
            ("null", None),
            ("true", None),
        ];
        for (word, succeeded) in words {
            let body = format!(
                r#"{{"admin_graphql_api_customer_kept_id":"gid://shopify/Customer/1","admin_graphql_api_job_id":null,
                "admin_graphql_api_customer_deleted_id":"gid:\/\/shopify\/Customer\/{LARGE}","status":{word},"errors":[]}}"#
            );
            assert_eq!(read("customers/merge", &body), merge(1, LARGE, succeeded), "{word}");
        }
    }

    #[test]
    fn s_122_a_checkout_is_named_by_its_token_and_says_whether_it_was_completed() {
        let large =
            format!(r#"{{"token":"t","customer":{{"id":{LARGE}}},"completed_at":"2026-11-20T18:00:00Z"}}"#);
        holds([
            (
                "checkouts/create",
                r#"{"token":"t","email":null,"customer":null,"completed_at":null}"#,
                checkout("t", None, false),
            ),
            (
                "checkouts/update",
                r#"{"token":"t","cart_token":"c","shipping_address":[]}"#,
                checkout("t", None, false),
            ),
            ("checkouts/update", &large, checkout("t", Some(LARGE), true)),
            ("checkouts/delete", r#"{"token":"t"}"#, checkout("t", None, false)),
            ("checkouts/delete", r#"{"id":3,"cart_token":"c"}"#, keys([("id", "3"), ("cart_token", "c")])),
            ("checkouts/create", r#"{"token":"","cart_token":null}"#, keys([])),
        ]);
    }

    #[test]
    fn s_122_an_order_says_from_which_checkout_it_came() {
        let from = |token: &str| {
            let (id, customer) = (OrderId::new(11), Some(CustomerId::new(7)));
            Subject::Order { id, customer, updated_at: None, checkout: Some(token.into()) }
        };
        let body = r#"{"id":11,"checkout_token":"t","token":"other","cart_token":"c","customer":{"id":7}}"#;
        holds([
            ("orders/create", body, from("t")),
            ("orders/updated", body, from("t")),
            ("orders/paid", body, from("t")),
            ("orders/create", r#"{"id":11,"checkout_token":null,"token":"other"}"#, order(11, None)),
            ("orders/create", r#"{"id":11,"checkout_token":" "}"#, order(11, None)),
            ("orders/create", r#"{"id":11,"checkout_token":["t"]}"#, order(11, None)),
        ]);
    }

    #[test]
    fn s_122_a_checkout_says_when_somebody_last_did_something_with_it() {
        let at = Some("2022-01-01T00:00:00Z".parse().unwrap());
        let touched = |touched_at| Subject::Checkout {
            token: "t".into(),
            customer: None,
            completed: false,
            touched_at,
        };
        holds([
            ("checkouts/update", r#"{"token":"t","updated_at":"2021-12-31T19:00:00-05:00"}"#, touched(at)),
            ("checkouts/update", r#"{"token":"t","updated_at":"yesterday"}"#, touched(None)),
        ]);
    }

    #[test]
    fn a_person_is_named_by_id_and_only_without_one_by_address() {
        let request = r#"{"shop_id":1,"customer":{"id":7,"email":"ada@example.com"},"orders_requested":[3],"data_request":{"id":9999}}"#;
        let large = format!(r#"{{"customer":{{"id":{LARGE},"phone":"+49"}},"orders_to_redact":[3]}}"#);
        holds([
            ("customers/redact", &large, person(Some(LARGE), None, None)),
            ("customers/data_request", request, person(Some(7), None, Some("9999"))),
            (
                "customers/redact",
                r#"{"shop_id":1,"customer":{"email":" ada@example.com"}}"#,
                person(None, Some("ada@example.com"), None),
            ),
            (
                "customers/data_request",
                r#"{"customer":{"id":null,"email":"ada@example.com"},"data_request":{"id":9}}"#,
                person(None, Some("ada@example.com"), Some("9")),
            ),
        ]);
    }

    #[test]
    fn what_the_topic_says_enough_of_keeps_its_keys() {
        let bulk =
            r#"{"admin_graphql_api_id":"gid://shopify/BulkOperation/1","status":"completed","type":"query"}"#;
        let left =
            r#"{"id":548380009,"name":"Super Toys","email":"super@example.com","myshopify_domain":null}"#;
        let scopes = r#"{"id":1,"shop_id":"gid://shopify/Shop/4","previous":[],"current":["read_orders"]}"#;
        holds([
            (
                "bulk_operations/finish",
                bulk,
                keys([("gid", "gid://shopify/BulkOperation/1"), ("status", "completed")]),
            ),
            ("app/uninstalled", left, keys([("id", "548380009")])),
            ("shop/redact", r#"{"shop_id":4,"shop_domain":"x"}"#, keys([("shop_id", "4")])),
            ("app/scopes_update", scopes, keys([("id", "1"), ("shop_id", "gid://shopify/Shop/4")])),
            (
                "nobody/knows",
                r#"{"customer":{"id":7,"email":"x"},"token":"t"}"#,
                keys([("customer.id", "7"), ("token", "t")]),
            ),
        ]);
    }

    #[test]
    fn ids_above_two_to_the_53_stay_exact_wherever_they_stand() {
        let bodies = [
            ("customers/update", format!(r#"{{"id":{LARGE}}}"#), customer(LARGE, None)),
            (
                "customers_email_marketing_consent/update",
                format!(r#"{{"customer_id":{LARGE}}}"#),
                customer(LARGE, None),
            ),
            (
                "orders/create",
                format!(r#"{{"id":{LARGE},"customer":{{"id":{LARGE}}}}}"#),
                order(LARGE, Some(LARGE)),
            ),
            ("refunds/create", format!(r#"{{"order_id":{LARGE}}}"#), order(LARGE, None)),
            ("orders/edited", format!(r#"{{"order_edit":{{"order_id":{LARGE}}}}}"#), order(LARGE, None)),
        ];
        for (topic, body, subject) in bodies {
            assert_eq!(read(topic, &body), subject, "{topic}");
        }
    }

    #[test]
    fn a_key_that_comes_twice_is_read_once() {
        assert_eq!(read("refunds/create", r#"{"order_id":1,"order_id":2}"#), order(2, None));
    }

    #[test]
    fn a_text_that_is_too_long_for_a_key_is_none() {
        let body = format!(r#"{{"token":"{}","id":1}}"#, "x".repeat(257));
        assert_eq!(read("nobody/knows", &body), keys([("id", "1")]));
        assert_eq!(read("checkouts/update", &body), keys([("id", "1")]));
    }
}
