//! How many orders were placed within some time, and which.
//!
//! A filter that the shop does not know it ignores in silence, and its index may lag behind: whoever needs to know reads the
//! orders themselves, and looks at each.

use domain::{CustomerId, OrderId, ShopDomain};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::{Admin, incomplete};
use super::answer::Data;
use super::error::ShopError;
use super::page_info::PageInfo;
use super::query;

/// Orders that were placed within some time. Tests are none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSpan {
    /// From this moment on, UTC.
    pub since: Timestamp,
    /// Before this moment, UTC.
    pub until: Timestamp,
}

/// What is asked of an order to know whether it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub id: OrderId,
    /// Its customer; none for a guest's order that Shopify tied to nobody.
    pub customer: Option<CustomerId>,
    /// Whether it was cancelled.
    pub is_cancelled: bool,
    /// The status of its payment, as Shopify says it; `none` where there is none.
    pub financial: String,
    /// The status of its goods, as Shopify says it.
    pub fulfilment: String,
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedPage {
    /// The orders, in the order in which they were placed.
    pub orders: Vec<Placed>,
    /// Where the next page begins, where there is one.
    pub next: Option<String>,
}

/// Many on a page: each costs two points, and the page itself two.
const A_PAGE: u32 = 250;

impl Admin {
    /// What a count costs, in points.
    pub const COUNT_POINTS: u32 = 1;
    /// What a page of orders costs at most, in points.
    pub const PLACED_POINTS: u32 = 2 * A_PAGE + 2;

    /// Counts the orders of a span that were not cancelled, and whose payment has none of these statuses (Shopify's words in
    /// lower case). A count that is not exact is an error.
    pub async fn orders_count(
        &self,
        shop: &ShopDomain,
        span: &OrderSpan,
        without: &[&str],
        now: Timestamp,
    ) -> Result<u64, ShopError> {
        let payment = |status: &&str| format!(" -financial_status:{status}");
        let payments: String = without.iter().map(payment).collect();
        let filter = format!("{} -status:cancelled{payments}", span.filter());
        let Data { data, .. } = self.ask(shop, query::ORDERS_COUNT, json!({"filter": filter}), now).await?;
        counted(&data)
    }

    /// Reads a page of the orders of a span, those that were cancelled too.
    pub async fn placed(
        &self,
        shop: &ShopDomain,
        span: &OrderSpan,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<PlacedPage, ShopError> {
        let variables = json!({"first": A_PAGE, "after": after, "filter": span.filter()});
        let Data { data, withheld } = self.ask(shop, query::PLACED, variables, now).await?;
        if !withheld.is_empty() {
            return Err(incomplete("orders"));
        }
        page(data, span)
    }
}

impl OrderSpan {
    fn filter(&self) -> String {
        format!("test:false processed_at:>='{}' processed_at:<'{}'", self.since, self.until)
    }
}

fn counted(data: &Value) -> Result<u64, ShopError> {
    let said = &data["ordersCount"];
    if said["precision"] != "EXACT" {
        return Err(incomplete("ordersCount.precision"));
    }
    said["count"].as_u64().ok_or_else(|| incomplete("ordersCount.count"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    nodes: Vec<Node>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    processed_at: Timestamp,
    cancelled_at: Option<Timestamp>,
    test: bool,
    display_financial_status: Option<String>,
    display_fulfillment_status: String,
    customer: Option<Whose>,
}

#[derive(Deserialize)]
struct Whose {
    id: String,
}

fn page(mut data: Value, span: &OrderSpan) -> Result<PlacedPage, ShopError> {
    // The cause would quote the value that did not fit, so it stays out.
    let read: Connection = serde_json::from_value(data["orders"].take()).map_err(|_| incomplete("orders"))?;
    let is_in = |node: &Node| !node.test && span.since <= node.processed_at && node.processed_at < span.until;
    let orders = read.nodes.into_iter().filter(is_in).map(placed).collect::<Result<_, _>>()?;
    Ok(PlacedPage { orders, next: read.page_info.next() })
}

fn placed(node: Node) -> Result<Placed, ShopError> {
    let customer = node.customer.map(|whose| CustomerId::parse(&whose.id)).transpose();
    Ok(Placed {
        id: OrderId::parse(&node.id).map_err(|_| incomplete("order.id"))?,
        customer: customer.map_err(|_| incomplete("order.customer"))?,
        is_cancelled: node.cancelled_at.is_some(),
        financial: node.display_financial_status.unwrap_or_else(|| "none".to_owned()),
        fulfilment: node.display_fulfillment_status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span() -> OrderSpan {
        OrderSpan {
            since: "2026-11-15T00:00:00Z".parse().unwrap(),
            until: "2026-11-22T00:00:00Z".parse().unwrap(),
        }
    }

    fn node(id: u64, placed: &str, test: bool) -> Value {
        json!({
            "id": OrderId::new(id).gid(), "processedAt": placed, "cancelledAt": null, "test": test,
            "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
            "customer": {"id": CustomerId::new(7).gid()},
        })
    }

    #[test]
    fn s_194_only_an_exact_count_is_one() {
        let count = |count: Value, precision: &str| {
            counted(&json!({"ordersCount": {"count": count, "precision": precision}})).ok()
        };
        assert_eq!(count(12.into(), "EXACT"), Some(12));
        assert_eq!([count(10_000.into(), "AT_LEAST"), count(Value::Null, "EXACT")], [None, None]);
        assert!(counted(&json!({"ordersCount": null})).is_err());
    }

    #[test]
    fn a_filter_that_the_shop_ignored_is_made_up_for() {
        let nodes = [
            node(1, "2026-11-14T23:59:59Z", false),
            node(2, "2026-11-15T00:00:00Z", false),
            node(3, "2026-11-16T00:00:00Z", true),
            node(4, "2026-11-22T00:00:00Z", false),
        ];
        let data = json!({"orders": {"nodes": nodes, "pageInfo": {"hasNextPage": true, "endCursor": "c"}}});
        let page = page(data, &span()).unwrap();
        let ids: Vec<_> = page.orders.iter().map(|order| (order.id.get(), order.customer)).collect();
        assert_eq!((ids, page.next.as_deref()), (vec![(2, Some(CustomerId::new(7)))], Some("c")));
    }

    #[test]
    fn an_order_that_cannot_be_read_is_not_left_out() {
        let mut broken = node(1, "2026-11-16T00:00:00Z", false);
        broken["displayFulfillmentStatus"] = Value::Null;
        let data =
            json!({"orders": {"nodes": [broken], "pageInfo": {"hasNextPage": false, "endCursor": null}}});
        assert!(page(data, &span()).is_err());
    }

    #[test]
    fn a_span_is_asked_for_in_the_shops_own_words() {
        let expected =
            "test:false processed_at:>='2026-11-15T00:00:00Z' processed_at:<'2026-11-22T00:00:00Z'";
        assert_eq!(span().filter(), expected);
    }
}
