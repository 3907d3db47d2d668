//! What went back to customers, over all their orders.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Currency, CustomerId, Money, OrderId, Refunds, ShopDomain};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Admin;
use super::admin::{MAX_POINTS, incomplete};
use super::answer::Data;
use super::error::ShopError;
use super::orders::Bag;
use super::page_info::PageInfo;
use super::query;

/// What went back to each customer. One that could not be read says why; one who is not there is not in it.
pub type CustomersRefunds = BTreeMap<CustomerId, Result<RefundsRead, Arc<ShopError>>>;

/// What went back to a customer, and which orders were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundsRead {
    /// What went back.
    pub refunds: Refunds,
    /// The versions of the orders of which money went back, UTC. One that is not among them was not counted: the shop's
    /// index is behind.
    pub orders: BTreeMap<OrderId, Timestamp>,
}

/// How many orders of a customer a page has: most who sent something back did so once or twice, and what a page may hold is
/// paid for whether it is there or not.
const ORDERS: usize = 2;
/// How many refunds of an order are read with it. One that has as many is read by itself.
const REFUNDS: usize = 4;
/// What a customer costs: themselves, their spend, a page of orders, each with its refunds, their total and its money
/// (shopify.dev/docs/api/usage/limits).
pub(super) const POINTS: usize = 2 + 2 + ORDERS * (1 + REFUNDS * 3);

/// A customer's page, or why it cannot be read.
type CustomersPage = (CustomerId, Result<Page, ShopError>);

/// One customer as far as they were read: their currency, the orders, and where the next page begins.
struct Page {
    currency: Currency,
    orders: Vec<(OrderId, Timestamp, Vec<Money>)>,
    next: Option<String>,
}

impl Admin {
    /// Reads what went back to these customers.
    pub async fn read_refunds(
        &self,
        shop: &ShopDomain,
        customers: &[CustomerId],
        now: Timestamp,
    ) -> Result<CustomersRefunds, ShopError> {
        let mut read = CustomersRefunds::new();
        for some in customers.chunks(MAX_POINTS / POINTS) {
            for (customer, page) in self.refund_pages(shop, some, None, now).await? {
                let refunds = match page {
                    Ok(page) => self.all_refunds(shop, customer, page, now).await?,
                    Err(error) => Err(error),
                };
                read.insert(customer, refunds.map_err(Arc::new));
            }
        }
        Ok(read)
    }

    /// The further pages of a customer, and the further refunds of an order. An outer error is one of the call.
    async fn all_refunds(
        &self,
        shop: &ShopDomain,
        customer: CustomerId,
        page: Page,
        now: Timestamp,
    ) -> Result<Result<RefundsRead, ShopError>, ShopError> {
        let Page { currency, mut orders, mut next } = page;
        while let Some(after) = next {
            let mut pages = self.refund_pages(shop, &[customer], Some(&after), now).await?;
            match pages.pop() {
                Some((_, Ok(page))) => {
                    orders.extend(page.orders);
                    next = page.next.filter(|next| *next != after);
                }
                Some((_, Err(error))) => return Ok(Err(error)),
                None => return Ok(Err(incomplete("customer"))),
            }
        }
        let many: Vec<_> =
            orders.iter().filter(|order| order.2.len() >= REFUNDS).map(|order| order.0).collect();
        let mut whole = self.read_orders(shop, &many, true, now).await?;
        let mut all = Vec::new();
        for (order, _, refunds) in &mut orders {
            match whole.remove(order) {
                Some(Ok(order)) => all.extend(order.refunds.iter().map(|refund| refund.amount)),
                Some(Err(_)) => return Ok(Err(incomplete("refunds"))),
                None => all.append(refunds),
            }
        }
        let refunds = Refunds::of(&with_money(all), currency);
        let orders = orders.into_iter().map(|(order, updated_at, _)| (order, updated_at)).collect();
        Ok(Ok(RefundsRead { refunds, orders }))
    }

    async fn refund_pages(
        &self,
        shop: &ShopDomain,
        customers: &[CustomerId],
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<CustomersPage>, ShopError> {
        let ids: Vec<_> = customers.iter().map(|customer| customer.gid()).collect();
        let variables = json!({ "ids": ids, "orders": ORDERS, "refunds": REFUNDS, "after": after });
        take(customers, self.ask(shop, query::CUSTOMER_REFUNDS, variables, now).await?)
    }
}

/// What only put goods back into stock is no refund.
fn with_money(all: Vec<Money>) -> Vec<Money> {
    all.into_iter().filter(|refund| !refund.amount.is_zero()).collect()
}

/// One that was withheld in part is an error, and no fewer refunds.
fn take(customers: &[CustomerId], data: Data) -> Result<Vec<CustomersPage>, ShopError> {
    let nodes = data.nodes("Customer", customers, "orders")?;
    Ok(nodes.into_iter().map(|(customer, node)| (customer, node.and_then(page))).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    amount_spent: Spent,
    orders: Orders,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spent {
    currency_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Orders {
    nodes: Vec<OrderNode>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderNode {
    id: String,
    updated_at: Timestamp,
    test: bool,
    refunds: Vec<RefundNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundNode {
    total_refunded_set: Bag,
}

fn page(node: Value) -> Result<Page, ShopError> {
    // The cause would quote the value that did not fit, so it stays out.
    let Node { amount_spent, orders } = serde_json::from_value(node).map_err(|_| incomplete("orders"))?;
    let currency =
        Currency::parse(&amount_spent.currency_code).map_err(|e| incomplete("amountSpent").because(e))?;
    let next = orders.page_info.next();
    let orders = orders.nodes.iter().map(order).collect::<Result<_, _>>()?;
    Ok(Page { currency, orders, next })
}

/// Of a test order nothing went back, but it was seen.
fn order(node: &OrderNode) -> Result<(OrderId, Timestamp, Vec<Money>), ShopError> {
    let id = OrderId::parse(&node.id).map_err(|e| incomplete("order.id").because(e))?;
    let refunds = node.refunds.iter().filter(|_| !node.test);
    let refunds = refunds.map(|refund| refund.total_refunded_set.money("totalRefundedSet"));
    Ok((id, node.updated_at, refunds.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Value {
        let refund = |amount: &str| json!({"totalRefundedSet": {"shopMoney": {"amount": amount, "currencyCode": "USD"}}});
        let order = |id: u64, test: bool, refunds: Vec<Value>| json!({"id": OrderId::new(id).gid(), "updatedAt": "2026-11-20T10:00:00Z", "test": test, "refunds": refunds});
        let orders =
            vec![order(5, false, vec![refund("9.9"), refund("0.0")]), order(6, true, vec![refund("1")])];
        json!({
            "__typename": "Customer", "amountSpent": {"currencyCode": "USD"},
            "orders": {"nodes": orders, "pageInfo": {"hasNextPage": false, "endCursor": "x"}},
        })
    }

    fn taken(nodes: &Value, withheld: Vec<super::super::answer::Path>) -> Vec<CustomersPage> {
        let ids: Vec<_> = (0..nodes.as_array().unwrap().len() as u64).map(CustomerId::new).collect();
        take(&ids, Data { data: json!({ "nodes": nodes }), withheld }).unwrap()
    }

    #[test]
    fn a_page_has_each_order_with_what_went_back_and_of_a_test_nothing() {
        let (_, page) = taken(&json!([node()]), vec![]).remove(0);
        let page = page.unwrap();
        let amounts: Vec<_> = page.orders.iter().map(|(id, _, refunds)| (id.get(), refunds.len())).collect();
        assert_eq!((amounts, page.next), (vec![(5, 2), (6, 0)], None));
        let all = page.orders.into_iter().flat_map(|order| order.2).collect();
        assert_eq!(Refunds::of(&with_money(all), page.currency).count, 1, "nothing is no refund");
    }

    #[test]
    fn what_is_missing_or_withheld_is_an_error_and_never_fewer_refunds() {
        for field in ["amountSpent", "orders"] {
            let mut broken = node();
            broken[field] = Value::Null;
            let pages = taken(&json!([broken, null, node()]), vec![]);
            let is_ok: Vec<_> = pages.iter().map(|(id, page)| (id.get(), page.is_ok())).collect();
            assert_eq!(is_ok, [(0, false), (2, true)], "{field}");
        }
        let withheld = vec![vec!["nodes".into(), 0.into(), "orders".into(), "nodes".into(), 0.into()]];
        assert!(taken(&json!([node()]), withheld)[0].1.is_err());
    }

    #[test]
    fn no_query_costs_more_than_a_thousand_points() {
        assert_eq!((POINTS, MAX_POINTS / POINTS), (30, 33));
    }
}
