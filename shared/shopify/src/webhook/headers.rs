//! What the headers say about a delivery.

use domain::{ShopDomain, Topic};
use jiff::Timestamp;

/// The headers of a delivery, with an answer for each that is missing.
///
/// Both families are read, `x-shopify-*` of the classic webhooks and `shopify-*` of the Events
/// (shopify.dev/docs/apps/build/webhooks/delivery-structure); names are lower-case as HTTP/2 delivers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headers {
    /// The signature; missing means refused.
    pub signature: Option<String>,
    /// The shop; missing or not a shop means that none is configured by that name.
    pub shop: Option<ShopDomain>,
    /// The topic; missing means the empty, unknown topic, and so does one that only we may say ([`Topic::new`]).
    pub topic: Topic,
    /// The id of the delivery; missing means that a hash of the delivery takes its place.
    pub delivery_id: Option<String>,
    /// The id of the merchant's action.
    pub event_id: Option<String>,
    /// When it was raised; missing or not a time means unknown.
    pub triggered_at: Option<Timestamp>,
    /// The API version that wrote the body.
    pub api_version: Option<String>,
}

impl Headers {
    /// Reads them; `header` gives the text of a header by its lower-case name.
    pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Self {
        let one = |classic: &str| header(classic).or_else(|| header(classic.strip_prefix("x-")?));
        let short = |classic: &str| {
            let text = one(classic)?.trim();
            (1..=128).contains(&text.len()).then(|| text.to_owned())
        };
        Self {
            signature: one("x-shopify-hmac-sha256").map(ToOwned::to_owned),
            shop: one("x-shopify-shop-domain").and_then(|text| ShopDomain::parse(text).ok()),
            topic: Topic::new(one("x-shopify-topic").unwrap_or_default()),
            delivery_id: short("x-shopify-webhook-id"),
            event_id: short("x-shopify-event-id"),
            triggered_at: one("x-shopify-triggered-at").and_then(|text| text.trim().parse().ok()),
            api_version: short("x-shopify-api-version"),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Concern;

    use super::*;

    fn read(pairs: &[(&str, &'static str)]) -> Headers {
        Headers::read(|name| pairs.iter().find(|(have, _)| *have == name).map(|(_, value)| *value))
    }

    #[test]
    fn both_families_of_headers_say_the_same() {
        let classic = read(&[
            ("x-shopify-topic", "orders/create"),
            ("x-shopify-shop-domain", "Demo.myshopify.com"),
            ("x-shopify-webhook-id", "w"),
            ("x-shopify-triggered-at", "2026-05-11T15:06:59.110521905Z"),
        ]);
        let events = read(&[
            ("shopify-topic", "orders/create"),
            ("shopify-shop-domain", "demo.myshopify.com"),
            ("shopify-webhook-id", "w"),
            ("shopify-triggered-at", "2026-05-11T15:06:59.110521905Z"),
        ]);
        assert_eq!(classic, events);
        assert_eq!(classic.shop.unwrap().as_str(), "demo.myshopify.com");
        assert_eq!(classic.triggered_at.unwrap().to_string(), "2026-05-11T15:06:59.110521905Z");
    }

    #[test]
    fn a_topic_of_ours_in_a_header_is_unknown() {
        for header in ["x-shopify-topic", "shopify-topic"] {
            for claimed in ["counterfoil/due", "counterfoil/abandoned", "counterfoil/repair"] {
                assert_eq!(read(&[(header, claimed)]).topic.concern(), Concern::Unknown, "{claimed}");
            }
        }
    }

    #[test]
    fn a_missing_or_broken_header_has_its_answer() {
        let headers =
            read(&[("x-shopify-shop-domain", "example.com"), ("x-shopify-triggered-at", "yesterday")]);
        assert_eq!((headers.shop, headers.triggered_at, headers.delivery_id), (None, None, None));
        assert_eq!(headers.topic.as_str(), "");
    }
}
