//! The webhook subscriptions of a shop, as far as they were made through the API: those of the app's own file are in force
//! and are not listed (shopify.dev/docs/apps/build/webhooks/subscribe).

use domain::ShopDomain;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Admin;
use super::admin::incomplete;
use super::error::{ShopError, ShopErrorKind};
use super::query;

/// The topics that we need in every shop, as GraphQL writes them.
pub const TOPICS_NEEDED: [&str; 11] = [
    "CUSTOMERS_CREATE",
    "CUSTOMERS_UPDATE",
    "CUSTOMERS_DELETE",
    "CUSTOMERS_MERGE",
    "CUSTOMERS_PURCHASING_SUMMARY",
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_FULFILLED",
    "ORDERS_CANCELLED",
    "ORDERS_DELETE",
    "REFUNDS_CREATE",
];

/// Those that only some shops want: of companies, of abandoned checkouts, and of a bulk operation's end.
pub const TOPICS_OPTIONAL: [&str; 7] = [
    "COMPANIES_CREATE",
    "COMPANIES_UPDATE",
    "COMPANY_CONTACTS_CREATE",
    "CHECKOUTS_CREATE",
    "CHECKOUTS_UPDATE",
    "CHECKOUTS_DELETE",
    "BULK_OPERATIONS_FINISH",
];

/// A subscription as the shop lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subscription {
    /// Such as `ORDERS_CREATE`.
    pub topic: String,
    /// Where it delivers to.
    pub uri: String,
}

/// More pages than any app has topics; a list that goes on beyond is no list.
const MOST_PAGES: usize = 50;

impl Admin {
    /// All subscriptions of this app in the shop that were made through the API. Errors as of every call; a list that
    /// cannot be read, or has a part that was withheld, is `Incomplete`, and never a shorter list.
    pub async fn subscriptions(
        &self,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Vec<Subscription>, ShopError> {
        let (mut all, mut after) = (vec![], None);
        for _ in 0..MOST_PAGES {
            let data = self.ask(shop, query::SUBSCRIPTIONS, json!({ "after": after }), now).await?;
            if !data.withheld.is_empty() {
                return Err(incomplete("webhookSubscriptions"));
            }
            after = take(data.data, &mut all)?;
            if after.is_none() {
                return Ok(all);
            }
        }
        Err(incomplete("webhookSubscriptions.pageInfo"))
    }

    /// Has a topic delivered to an address, in JSON. Where it is so already, nothing changes. Errors, beside those of every
    /// call: `Refused` where the shop will not have it.
    pub async fn subscribe(
        &self,
        shop: &ShopDomain,
        topic: &str,
        uri: &str,
        now: Timestamp,
    ) -> Result<(), ShopError> {
        let variables = json!({ "topic": topic, "subscription": { "uri": uri, "format": "JSON" } });
        let answer = self.ask(shop, query::SUBSCRIBE, variables, now).await?;
        let Some(refused) = refused(answer.data)? else { return Ok(()) };
        // An error has no code, and its words are not to be trusted: whether it is there already, the list says.
        let is_there = |held: &Subscription| held.topic == topic && held.uri == uri;
        if self.subscriptions(shop, now).await?.iter().any(is_there) { Ok(()) } else { Err(refused) }
    }
}

/// Takes a page; gives where the next one begins.
fn take(mut data: Value, all: &mut Vec<Subscription>) -> Result<Option<String>, ShopError> {
    let missing = |_| incomplete("webhookSubscriptions");
    let list = &mut data["webhookSubscriptions"];
    let page: Vec<Subscription> = serde_json::from_value(list["nodes"].take()).map_err(missing)?;
    all.extend(page);
    let page = &list["pageInfo"];
    let has_next = page["hasNextPage"].as_bool().ok_or_else(|| incomplete("pageInfo.hasNextPage"))?;
    match page["endCursor"].as_str() {
        Some(end) if has_next => Ok(Some(end.to_owned())),
        None if has_next => Err(incomplete("pageInfo.endCursor")),
        _ => Ok(None),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    webhook_subscription: Option<Value>,
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
struct UserError {
    field: Option<Vec<String>>,
}

/// None where it was made. An answer that says neither is an error.
fn refused(mut data: Value) -> Result<Option<ShopError>, ShopError> {
    let payload = serde_json::from_value(data["webhookSubscriptionCreate"].take());
    let payload: Payload = payload.map_err(|_| incomplete("webhookSubscriptionCreate"))?;
    match payload.user_errors.into_iter().next() {
        Some(error) => {
            let kind = ShopErrorKind::Refused { field: error.field.unwrap_or_default().join(".") };
            Ok(Some(ShopError::new(kind, "no code")))
        }
        None if payload.webhook_subscription.is_some() => Ok(None),
        None => Err(incomplete("webhookSubscription")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_cannot_be_read_is_no_empty_list() {
        let page =
            |nodes: Value, info: Value| json!({"webhookSubscriptions": {"nodes": nodes, "pageInfo": info}});
        let one = json!([{"topic": "ORDERS_CREATE", "uri": "https://a.example"}]);
        let mut all = vec![];
        let next = json!({"hasNextPage": true, "endCursor": "c"});
        assert_eq!(take(page(one.clone(), next), &mut all).unwrap(), Some("c".into()));
        assert_eq!(
            take(page(json!([]), json!({"hasNextPage": false, "endCursor": null})), &mut all).unwrap(),
            None
        );
        assert_eq!((all.len(), all[0].topic.as_str()), (1, "ORDERS_CREATE"));
        for broken in [
            json!({"webhookSubscriptions": null}),
            page(json!([{"topic": "ORDERS_CREATE"}]), json!({"hasNextPage": false})),
            page(one.clone(), json!({})),
            page(one, json!({"hasNextPage": true, "endCursor": null})),
        ] {
            assert!(matches!(take(broken, &mut all).unwrap_err().kind(), ShopErrorKind::Incomplete { .. }));
        }
    }

    #[test]
    fn made_refused_and_not_said_are_told_apart() {
        let payload = |made: Value, errors: Value| {
            refused(json!({"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": errors}}))
        };
        assert!(payload(json!({"id": "1"}), json!([])).unwrap().is_none());
        let errors = json!([{"field": ["webhookSubscription", "callbackUrl"]}]);
        let error = payload(Value::Null, errors).unwrap().unwrap();
        assert_eq!(*error.kind(), ShopErrorKind::Refused { field: "webhookSubscription.callbackUrl".into() });
        assert!(matches!(
            payload(Value::Null, json!([])).unwrap_err().kind(),
            ShopErrorKind::Incomplete { .. }
        ));
    }

    #[test]
    fn the_topics_are_those_that_the_guide_says_to_subscribe() {
        let guide = include_str!("../../../../infra/README.md").replace('/', "_");
        for topic in TOPICS_NEEDED.iter().chain(&TOPICS_OPTIONAL) {
            assert!(guide.contains(&format!("`{}`", topic.to_lowercase())), "{topic}");
        }
    }
}
