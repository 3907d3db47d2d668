//! What Shopify sends by way of EventBridge: the same payloads in another envelope, and without a signature.

use std::collections::BTreeMap;
use std::fmt;

use domain::Event;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Headers;
use super::loose::Loose;
use super::payload::event;

/// Why what EventBridge delivered is no event of ours. Never what was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAnEvent {
    /// Its source is not Shopify's.
    ForeignSource,
    /// It is Shopify's, but no webhook.
    UnknownKind,
    /// The headers, which stand in its metadata, are missing or not readable.
    NoMetadata,
    /// The headers name no shop.
    NoShop,
}

impl NotAnEvent {
    /// A stable code for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::ForeignSource => "partner_event_of_another_source",
            Self::UnknownKind => "partner_event_of_unknown_kind",
            Self::NoMetadata => "partner_event_without_metadata",
            Self::NoShop => "partner_event_without_shop",
        }
    }
}

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForeignSource => {
                "the event's source is not aws.partner/shopify.com (is the rule too wide?)"
            }
            Self::UnknownKind => "the event's detail-type is not shopifyWebhook",
            Self::NoMetadata => {
                "the event has no metadata in its detail (does the rule transform its input?)"
            }
            Self::NoShop => "the event's metadata name no shop by its permanent domain",
        })
    }
}

impl std::error::Error for NotAnEvent {}

/// Reads a message's body as an event of Shopify's partner event source; `None` where it is none of EventBridge's at
/// all, such as an envelope of our own. Gives the same event as [`read`](super::read) would of the same payload, through
/// the same allow-list. A payload that cannot be read makes an unreadable event, which carries the payload alone.
///
/// Nothing here is signed: EventBridge delivers the payload as an object, so the bytes that Shopify signed are gone. It
/// is safe all the same because of the way on which it came. Only a partner can put an event with a source of
/// `aws.partner/` on a bus, and only Shopify one with its own. **This must hold**: besides our own receiver nobody but
/// EventBridge may send to the queue, and only from the rule on that bus (a queue policy for `events.amazonaws.com` with
/// the rule's `aws:SourceArn`). Whoever else could send could have customers erased.
///
/// The shop is whoever the metadata say; that it is a configured one is for the caller to see, as it is with a webhook.
/// Above the size limit the payload is `{"id": ...}`, which is enough for an order or a customer, since both are read
/// anew anyway.
///
/// The time at which EventBridge took it in counts as received, never `now` while it is older: a message that is read
/// again must not seem to be younger each time.
pub fn read_partner_event(body: &str, now: Timestamp) -> Option<Result<Event, NotAnEvent>> {
    let Ok(outside) = serde_json::from_str::<Outside<'_>>(body) else {
        // Is it broken only inside? Then it is EventBridge's, and somebody should know.
        return serde_json::from_str::<Label<'_>>(body).ok().map(|label| Err(label.trouble()));
    };
    Some(outside.read(now))
}

/// What tells an event of EventBridge's from anything else.
#[derive(Deserialize)]
struct Label<'a> {
    #[serde(borrow, rename = "detail-type")]
    kind: Loose<'a>,
    #[serde(borrow)]
    source: Loose<'a>,
}

impl Label<'_> {
    fn trouble(&self) -> NotAnEvent {
        check(&self.source, &self.kind).err().unwrap_or(NotAnEvent::NoMetadata)
    }
}

#[derive(Deserialize)]
struct Outside<'a> {
    #[serde(borrow, rename = "detail-type")]
    kind: Loose<'a>,
    #[serde(borrow)]
    source: Loose<'a>,
    #[serde(borrow, default)]
    time: Loose<'a>,
    #[serde(borrow, default)]
    detail: Option<Detail<'a>>,
}

/// The payload stays raw, so that it is read once, by those who know what may be kept of it.
#[derive(Deserialize)]
struct Detail<'a> {
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    metadata: Option<BTreeMap<String, Loose<'a>>>,
}

impl Outside<'_> {
    fn read(&self, now: Timestamp) -> Result<Event, NotAnEvent> {
        check(&self.source, &self.kind)?;
        let detail = self.detail.as_ref().ok_or(NotAnEvent::NoMetadata)?;
        let headers = headers(detail.metadata.as_ref().ok_or(NotAnEvent::NoMetadata)?);
        let shop = headers.shop.as_ref().ok_or(NotAnEvent::NoShop)?;
        let payload = detail.payload.map_or("", RawValue::get);
        Ok(event(shop, &headers, payload.as_bytes(), self.taken_in(now)))
    }

    fn taken_in(&self, now: Timestamp) -> Timestamp {
        let time = self.time.as_str().and_then(|text| text.parse().ok());
        time.map_or(now, |time: Timestamp| time.min(now))
    }
}

fn check(source: &Loose<'_>, kind: &Loose<'_>) -> Result<(), NotAnEvent> {
    if !source.as_str().is_some_and(|source| source.starts_with("aws.partner/shopify.com/")) {
        return Err(NotAnEvent::ForeignSource);
    }
    if kind.as_str() == Some("shopifyWebhook") { Ok(()) } else { Err(NotAnEvent::UnknownKind) }
}

/// The metadata are the headers, in whatever case they were written.
fn headers(metadata: &BTreeMap<String, Loose<'_>>) -> Headers {
    Headers::read(|name| {
        metadata
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| value.as_str())
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use domain::{CustomerId, OrderId, ShopDomain, Subject, Topic, Unreadable};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const LARGE: u64 = 820_982_911_946_154_509;

    fn now() -> Timestamp {
        "2026-11-20T18:06:40Z".parse().unwrap()
    }

    fn partner_event(payload: &Value) -> Value {
        json!({
            "version": "0", "id": "e-1", "detail-type": "shopifyWebhook", "account": "000000000000",
            "source": "aws.partner/shopify.com/580111/counterfoil", "time": "2026-11-20T18:06:35Z",
            "region": "eu-central-1", "resources": [],
            "detail": { "payload": payload, "metadata": {
                "Content-Type": "application/json", "X-Shopify-Topic": "orders/create",
                "X-Shopify-Shop-Domain": "Demo.myshopify.com", "X-Shopify-Webhook-Id": "w-1",
                "X-Shopify-Event-Id": "a-1", "X-Shopify-API-Version": "2026-10",
                "X-Shopify-Triggered-At": "2026-11-20T18:06:33.5Z", "X-Shopify-Hmac-SHA256": "not-checked",
            }},
        })
    }

    fn read(event: &Value) -> Result<Event, NotAnEvent> {
        read_partner_event(&event.to_string(), now()).unwrap()
    }

    fn order(customer: Option<u64>) -> Subject {
        let customer = customer.map(CustomerId::new);
        Subject::Order { id: OrderId::new(LARGE), customer, updated_at: None, checkout: None }
    }

    #[test]
    fn an_event_of_the_partner_bus_is_the_same_as_the_webhook_would_have_been() {
        let payload = json!({ "id": LARGE, "customer": { "id": LARGE - 2, "email": "ada@example.com" } });
        let expected = Event {
            shop: ShopDomain::parse("demo.myshopify.com").unwrap(),
            topic: Topic::new("orders/create"),
            delivery_id: "w-1".into(),
            event_id: Some("a-1".into()),
            triggered_at: Some("2026-11-20T18:06:33.5Z".parse().unwrap()),
            received_at: "2026-11-20T18:06:35Z".parse().unwrap(),
            api_version: Some("2026-10".into()),
            replays: 0,
            quiet: false,
            subject: order(Some(LARGE - 2)),
        };
        assert_eq!(read(&partner_event(&payload)).unwrap(), expected);
    }

    #[test]
    fn both_families_of_headers_count_in_any_case() {
        let classic = partner_event(&json!({ "id": LARGE }));
        let spelled = |spell: fn(&str) -> String| {
            let mut event = classic.clone();
            let metadata = event["detail"]["metadata"].as_object_mut().unwrap();
            *metadata =
                std::mem::take(metadata).into_iter().map(|(name, value)| (spell(&name), value)).collect();
            read(&event).unwrap()
        };
        let expected = read(&classic).unwrap();
        let spellings: [fn(&str) -> String; 4] = [
            str::to_lowercase,
            str::to_uppercase,
            |name| name.trim_start_matches("X-").to_owned(),
            |name| name.to_lowercase().trim_start_matches("x-").to_owned(),
        ];
        for spell in spellings {
            assert_eq!(spelled(spell), expected);
        }
    }

    #[test]
    fn above_the_size_limit_the_id_alone_is_enough() {
        assert_eq!(read(&partner_event(&json!({ "id": LARGE }))).unwrap().subject, order(None));
    }

    #[test]
    fn a_payload_that_cannot_be_read_travels_alone() {
        let table = [
            (json!([{ "id": 1 }]), Unreadable::NotAnObject),
            (json!("{\"id\":1}"), Unreadable::NotAnObject),
            (json!(42), Unreadable::NotAnObject),
            (json!({ "name": "#1001" }), Unreadable::NoId),
        ];
        for (payload, why) in table {
            let body_base64 = STANDARD.encode(payload.to_string());
            let subject = read(&partner_event(&payload)).unwrap().subject;
            assert_eq!(subject, Subject::Unreadable { why, body_base64 });
        }
    }

    #[test]
    fn a_payload_that_is_missing_is_an_empty_body() {
        let mut without = partner_event(&Value::Null);
        let empty = Subject::Unreadable { why: Unreadable::Empty, body_base64: String::new() };
        assert_eq!(read(&without).unwrap().subject, empty);
        without["detail"].as_object_mut().unwrap().remove("payload");
        assert_eq!(read(&without).unwrap().subject, empty);
    }

    #[test]
    fn what_is_no_event_of_ours_says_why() {
        let table = [
            ("/source", json!("custom.shopify.com"), NotAnEvent::ForeignSource),
            ("/source", json!("aws.partner/shopify.com.example.org/1/x"), NotAnEvent::ForeignSource),
            ("/source", Value::Null, NotAnEvent::ForeignSource),
            ("/detail-type", json!("Scheduled Event"), NotAnEvent::UnknownKind),
            ("/detail-type", json!(1), NotAnEvent::UnknownKind),
            ("/detail", Value::Null, NotAnEvent::NoMetadata),
            ("/detail", json!("text"), NotAnEvent::NoMetadata),
            ("/detail", json!({}), NotAnEvent::NoMetadata),
            ("/detail/metadata", Value::Null, NotAnEvent::NoMetadata),
            ("/detail/metadata", json!([]), NotAnEvent::NoMetadata),
            ("/detail/metadata", json!({}), NotAnEvent::NoShop),
            ("/detail/metadata/X-Shopify-Shop-Domain", json!("shop.example.com"), NotAnEvent::NoShop),
            ("/detail/metadata/X-Shopify-Shop-Domain", json!({ "of": 1 }), NotAnEvent::NoShop),
        ];
        for (place, value, why) in table {
            let mut event = partner_event(&json!({ "id": LARGE }));
            *event.pointer_mut(place).unwrap() = value;
            assert_eq!(read(&event).unwrap_err(), why, "{place}");
        }
    }

    #[test]
    fn a_body_that_is_not_from_eventbridge_is_left_to_others() {
        let envelope = r#"{"v1":{"shop":"demo.myshopify.com"}}"#;
        for body in
            ["", "{}", "[]", "null", "not json", envelope, r#"{"source":"aws.partner/shopify.com/1/x"}"#]
        {
            assert_eq!(read_partner_event(body, now()), None, "{body}");
        }
    }

    #[test]
    fn a_topic_that_the_metadata_do_not_name_is_unknown_and_its_keys_are_kept() {
        let mut event = partner_event(&json!({ "id": 3, "email": "ada@example.com" }));
        event["detail"]["metadata"].as_object_mut().unwrap().remove("X-Shopify-Topic");
        let subject = read(&event).unwrap().subject;
        assert_eq!(subject, Subject::Other { keys: BTreeMap::from([("id".into(), "3".into())]) });
    }

    #[test]
    fn a_topic_of_ours_that_the_metadata_claim_is_unknown() {
        let mut event = partner_event(&json!({ "id": 3 }));
        event["detail"]["metadata"]["X-Shopify-Topic"] = "counterfoil/repair".into();
        let read = read(&event).unwrap();
        assert_eq!(read.topic.as_str(), "claimed:counterfoil/repair");
        assert!(matches!(read.subject, Subject::Other { .. }));
    }

    #[test]
    fn a_message_that_is_read_again_is_the_same_event_and_no_younger() {
        let mut event = partner_event(&json!({ "id": LARGE }));
        let metadata = event["detail"]["metadata"].as_object_mut().unwrap();
        metadata.retain(|name, _| !name.ends_with("-Id") && !name.ends_with("-At"));
        let again = read_partner_event(&event.to_string(), "2026-11-20T19:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(read(&event), again);
        assert!(again.unwrap().delivery_id.starts_with("sha256-"));
    }

    #[test]
    fn a_time_that_is_missing_or_to_come_is_now() {
        for time in [json!("2026-11-20T19:00:00Z"), json!("yesterday"), Value::Null] {
            let mut event = partner_event(&json!({ "id": LARGE }));
            event["time"] = time;
            assert_eq!(read(&event).unwrap().received_at, now());
        }
    }

    #[test]
    fn s_206_nothing_but_ids_and_versions_gets_through_on_this_way_either() {
        let payload = json!({ "id": 1, "email": "ada@example.com", "note": "secret", "token": "t",
            "customer": { "id": 7, "first_name": "Ada" }, "shipping_address": { "address1": "1 Main St" } });
        for topic in ["orders/create", "checkouts/update", "customers/redact", "Order"] {
            let mut event = partner_event(&payload);
            event["detail"]["metadata"]["X-Shopify-Topic"] = topic.into();
            event["detail"]["metadata"]["X-Shopify-Customer"] = "Ada".into();
            let text = serde_json::to_string(&read(&event).unwrap()).unwrap();
            for leak in ["ada", "Ada", "secret", "Main", "not-checked", "580111"] {
                assert!(!text.contains(leak), "{topic}: {leak} in {text}");
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        let key = "id|token|customer|order_id|X-Shopify-Topic|shopify-shop-domain|payload|metadata|.{0,4}";
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key, inner, 0..4).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(body in ".{0,200}") {
            let _ = read_partner_event(&body, now());
        }

        #[test]
        fn no_value_in_any_place_makes_it_panic(
            value in any_json(),
            place in "/source|/time|/detail-type|/detail|/detail/payload|/detail/metadata|/detail/metadata/X-Shopify-Topic|/detail/metadata/X-Shopify-Triggered-At",
        ) {
            let mut event = partner_event(&json!({ "id": 1 }));
            *event.pointer_mut(&place).unwrap() = value;
            prop_assert!(read_partner_event(&event.to_string(), now()).is_some());
        }

        #[test]
        fn no_cut_and_no_byte_changed_makes_it_panic(at: prop::sample::Index, with: char, keep: bool) {
            let whole: Vec<char> = partner_event(&json!({ "id": 1 })).to_string().chars().collect();
            let at = at.index(whole.len());
            let rest = if keep { &whole[at + 1..] } else { &[] };
            let body: String = whole[..at].iter().chain([&with]).chain(rest).collect();
            let _ = read_partner_event(&body, now());
        }
    }
}
