//! Orders as deals and notes are made from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Money, Order, OrderId, Refund, RefundId, RefundItem, ShopDomain};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Admin;
use super::admin::{MAX_IDS, MAX_POINTS, incomplete};
use super::answer::Data;
use super::error::ShopError;
use super::page_info::PageInfo;
use super::query;

/// Orders by id. One that could not be read says why, and its neighbours are read all the same.
pub type Orders = BTreeMap<OrderId, Result<Order, Arc<ShopError>>>;

/// What an order costs: itself, its total, the money of it (shopify.dev/docs/api/usage/limits).
pub(super) const PLAIN_POINTS: usize = 3;
/// What a refund of it costs: itself, its total, the money of it, a page of ten items, each with its line, and their page.
const REFUND_POINTS: usize = 26;
/// How many refunds an order is asked for at first.
const FEW: usize = 10;
/// How many it is asked for where it has that many: what fits into a query.
const MANY: usize = (MAX_POINTS - PLAIN_POINTS) / REFUND_POINTS;

/// What an order costs in one read, in points.
pub(super) fn points(refunds: bool) -> usize {
    if refunds { asked_points(FEW) } else { PLAIN_POINTS }
}

fn asked_points(refunds: usize) -> usize {
    PLAIN_POINTS + refunds * REFUND_POINTS
}

impl Admin {
    /// Reads orders by id, as few calls as their number allows. With `refunds` an order costs as many points as eighty
    /// without, so they are only asked for where they are needed.
    pub async fn read_orders(
        &self,
        shop: &ShopDomain,
        orders: &[OrderId],
        refunds: bool,
        now: Timestamp,
    ) -> Result<Orders, ShopError> {
        if !refunds {
            return self.ask_orders(shop, orders, None, now).await;
        }
        let mut read = self.ask_orders(shop, orders, Some(FEW), now).await?;
        let has =
            |order: &Result<Order, _>, count| matches!(order, Ok(order) if order.refunds.len() >= count);
        let more: Vec<_> = read.iter().filter(|(_, order)| has(order, FEW)).map(|(id, _)| *id).collect();
        read.extend(self.ask_orders(shop, &more, Some(MANY), now).await?);
        // What is beyond must not be overlooked in silence.
        for order in read.values_mut().filter(|order| has(order, MANY)) {
            *order = Err(Arc::new(incomplete("refunds")));
        }
        Ok(read)
    }

    async fn ask_orders(
        &self,
        shop: &ShopDomain,
        orders: &[OrderId],
        refunds: Option<usize>,
        now: Timestamp,
    ) -> Result<Orders, ShopError> {
        let query = if refunds.is_some() { query::REFUNDS } else { query::ORDERS };
        let mut read = Orders::new();
        for some in orders.chunks((MAX_POINTS / asked_points(refunds.unwrap_or(0))).min(MAX_IDS)) {
            let ids: Vec<_> = some.iter().map(|order| order.gid()).collect();
            let variables = match refunds {
                Some(most) => json!({ "ids": ids, "most": most }),
                None => json!({ "ids": ids }),
            };
            take(some, self.ask(shop, query, variables, now).await?, &mut read)?;
        }
        Ok(read)
    }
}

fn take(ids: &[OrderId], data: Data, read: &mut Orders) -> Result<(), ShopError> {
    for (id, node) in data.nodes("Order", ids, "order")? {
        read.insert(id, node.and_then(|node| order(id, node)).map_err(Arc::new));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderNode {
    name: String,
    updated_at: Timestamp,
    processed_at: Timestamp,
    cancelled_at: Option<Timestamp>,
    test: bool,
    display_financial_status: Option<String>,
    display_fulfillment_status: String,
    current_total_price_set: Bag,
    #[serde(default)]
    refunds: Vec<RefundNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundNode {
    id: String,
    processed_at: Timestamp,
    note: Option<String>,
    total_refunded_set: Bag,
    refund_line_items: Items,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Items {
    nodes: Vec<Item>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    quantity: u64,
    line_item: Line,
}

#[derive(Deserialize)]
struct Line {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bag {
    shop_money: Shop,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shop {
    amount: String,
    currency_code: String,
}

pub(super) fn order(id: OrderId, node: Value) -> Result<Order, ShopError> {
    // The cause would quote the value that did not fit, so it stays out.
    let node: OrderNode = serde_json::from_value(node).map_err(|_| incomplete("order"))?;
    let refunds = node.refunds.into_iter().map(refund).collect::<Result<_, _>>()?;
    Ok(Order {
        id,
        name: node.name,
        updated_at: node.updated_at,
        processed_at: node.processed_at,
        cancelled_at: node.cancelled_at,
        is_test: node.test,
        total: node.current_total_price_set.money("currentTotalPriceSet")?,
        financial: node.display_financial_status,
        fulfilment: node.display_fulfillment_status,
        refunds,
    })
}

fn refund(node: RefundNode) -> Result<Refund, ShopError> {
    let item = |item: Item| RefundItem { name: item.line_item.name, quantity: item.quantity };
    Ok(Refund {
        id: RefundId::parse(&node.id).map_err(|_| incomplete("refund.id"))?,
        created_at: node.processed_at,
        amount: node.total_refunded_set.money("totalRefundedSet")?,
        reason: node.note,
        items: node.refund_line_items.nodes.into_iter().map(item).collect(),
        has_more_items: node.refund_line_items.page_info.has_next_page,
    })
}

impl Bag {
    /// What it is in the shop's currency.
    pub(super) fn money(&self, field: &'static str) -> Result<Money, ShopError> {
        let Shop { amount, currency_code } = &self.shop_money;
        Money::parse(amount, currency_code).map_err(|e| incomplete(field).because(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Value {
        let bag = |amount: &str| json!({"shopMoney": {"amount": amount, "currencyCode": "USD"}});
        json!({
            "__typename": "Order", "id": "gid://shopify/Order/820982911946154508", "name": "#1001",
            "updatedAt": "2026-11-20T10:00:00Z", "processedAt": "2026-11-20T09:00:00Z", "cancelledAt": null,
            "test": false, "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
            "currentTotalPriceSet": bag("49.9"),
            "refunds": [{
                "id": "gid://shopify/Refund/5", "processedAt": "2026-11-20T10:00:00Z", "note": "late",
                "totalRefundedSet": bag("9.9"),
                "refundLineItems": {
                    "nodes": [{"quantity": 2, "lineItem": {"name": "Socks - Red"}}],
                    "pageInfo": {"hasNextPage": true},
                },
            }],
        })
    }

    fn read(nodes: &Value, withheld: Vec<super::super::answer::Path>) -> Orders {
        let mut read = Orders::new();
        let ids: Vec<_> = (0..nodes.as_array().unwrap().len() as u64).map(OrderId::new).collect();
        take(&ids, Data { data: json!({ "nodes": nodes }), withheld }, &mut read).unwrap();
        read
    }

    #[test]
    fn an_order_is_read_exactly() {
        let read = read(&json!([node()]), vec![]);
        let order = read[&OrderId::new(0)].as_ref().unwrap();
        assert_eq!((order.name.as_str(), order.paid()), ("#1001", "PAID"));
        assert_eq!(order.total, Money::parse("49.90", "USD").unwrap());
        let refund = &order.refunds[0];
        assert_eq!((refund.id, refund.reason.as_deref()), (RefundId::new(5), Some("late")));
        assert_eq!(refund.items, [RefundItem { name: "Socks - Red".into(), quantity: 2 }]);
        assert!(refund.has_more_items);
    }

    #[test]
    fn what_is_missing_or_withheld_is_an_error_and_what_is_gone_is_not_there() {
        for field in ["currentTotalPriceSet", "name", "refunds", "test", "displayFulfillmentStatus"] {
            let mut broken = node();
            broken[field] = Value::Null;
            let read = read(&json!([broken, null, node()]), vec![]);
            assert!(read[&OrderId::new(0)].is_err(), "{field}");
            assert!(!read.contains_key(&OrderId::new(1)) && read[&OrderId::new(2)].is_ok());
        }
        let withheld = vec![vec!["nodes".into(), 0.into(), "refunds".into(), 0.into(), "note".into()]];
        assert!(read(&json!([node(), node()]), withheld)[&OrderId::new(0)].is_err());
    }

    #[test]
    fn no_query_costs_more_than_a_thousand_points() {
        assert!(asked_points(MANY) <= MAX_POINTS && MANY > FEW);
        assert_eq!([points(false), points(true)], [3, 263]);
    }
}
