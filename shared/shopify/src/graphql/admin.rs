//! The reads themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Customer, CustomerId, OrderId, ShopDomain};
use jiff::Timestamp;
use outbound::{Method, Outbound};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{self, Data, Path};
use super::credentials::Credentials;
use super::customer::Node;
use super::error::{ShopError, ShopErrorKind};
use super::query;
use super::token::Tokens;

/// Where and how we read.
#[derive(Debug, Clone)]
pub struct AdminConfig {
    /// The address of a shop's admin; `{shop}` stands for its domain. `https://{shop}` but in tests.
    pub endpoint: String,
    /// The API version, such as `2026-10`.
    pub version: String,
}

/// Reads shops through the Admin GraphQL API. One for all shops.
#[derive(Debug)]
pub struct Admin {
    outbound: Outbound,
    config: AdminConfig,
    credentials: Arc<Credentials>,
    tokens: Tokens,
}

/// An order, as far as it says whose customer it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its version, UTC.
    pub updated_at: Timestamp,
    /// Its customer; none for a guest's order that Shopify tied to nobody, or where the customer was deleted.
    pub customer: Option<CustomerId>,
}

/// What the shop has, of what was asked for. What is not here does not exist there. One that could not be read says
/// why, and its neighbours are read all the same.
#[derive(Debug, Default)]
pub struct Truth {
    /// Customers by id, those of the orders too.
    pub customers: BTreeMap<CustomerId, Result<Customer, Arc<ShopError>>>,
    /// Orders by id.
    pub orders: BTreeMap<OrderId, Order>,
}

/// A page of customers.
#[derive(Debug)]
pub struct CustomerPage {
    /// Those that could be read, and why the others could not.
    pub customers: Vec<Result<Customer, ShopError>>,
    /// Where the next page begins, where there is one.
    pub next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderNode {
    id: String,
    updated_at: Timestamp,
}

impl Admin {
    /// A query costs at most 1,000 points (shopify.dev/docs/api/usage/limits): an order with its customer costs six.
    pub const MAX_IDS: usize = 150;

    /// `credentials` are those of all configured shops.
    pub fn new(outbound: Outbound, config: AdminConfig, credentials: Arc<Credentials>) -> Self {
        Self { outbound, config, credentials, tokens: Tokens::default() }
    }

    /// The credentials it reads with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Reads customers and orders by id, as few calls as their number allows.
    pub async fn read(
        &self,
        shop: &ShopDomain,
        customers: &[CustomerId],
        orders: &[OrderId],
        now: Timestamp,
    ) -> Result<Truth, ShopError> {
        let ids: Vec<_> =
            customers.iter().map(|id| id.gid()).chain(orders.iter().map(|id| id.gid())).collect();
        let mut truth = Truth::default();
        for some in ids.chunks(Self::MAX_IDS) {
            let data = self.ask(shop, query::TRUTH, json!({ "ids": some }), now).await?;
            take_nodes(shop, data, &mut truth)?;
        }
        Ok(truth)
    }

    /// Reads a page of at most `first` customers, the last changed first.
    pub async fn customers(
        &self,
        shop: &ShopDomain,
        first: usize,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<CustomerPage, ShopError> {
        let first = first.clamp(1, Self::MAX_IDS);
        let data = self.ask(shop, query::CUSTOMERS, json!({ "first": first, "after": after }), now).await?;
        take_page(shop, data)
    }

    /// One query. A token that is refused is asked for anew once, where it can be.
    async fn ask(
        &self,
        shop: &ShopDomain,
        query: &str,
        variables: Value,
        now: Timestamp,
    ) -> Result<Data, ShopError> {
        let body = json!({ "query": query, "variables": variables });
        match self.ask_once(shop, &body, now).await {
            Err(e) if *e.kind() == ShopErrorKind::Unauthorized && self.tokens.forget(shop) => {
                self.ask_once(shop, &body, now).await
            }
            answer => answer,
        }
    }

    async fn ask_once(&self, shop: &ShopDomain, body: &Value, now: Timestamp) -> Result<Data, ShopError> {
        let of_shop = self
            .credentials
            .of(shop)
            .ok_or_else(|| ShopError::new(ShopErrorKind::NotConfigured, "not configured"))?;
        let base = self.config.endpoint.replace("{shop}", shop.as_str());
        let token = self.tokens.token(&self.outbound, shop, &of_shop.grant, &base, now).await?;
        let url = format!("{base}/admin/api/{}/graphql.json", self.config.version);
        let secret = Some(("x-shopify-access-token", &token));
        let answer = self.outbound.json(Method::POST, &url, secret, Some(body)).await;
        answer::sort(&answer.map_err(ShopError::no_answer)?)
    }
}

fn incomplete(field: &'static str) -> ShopError {
    ShopError::new(ShopErrorKind::Incomplete { field }, "an answer of another shape")
}

fn take_nodes(shop: &ShopDomain, data: Data, truth: &mut Truth) -> Result<(), ShopError> {
    let Data { mut data, withheld } = data;
    let Some(Value::Array(nodes)) = data.get_mut("nodes").map(Value::take) else {
        return Err(incomplete("nodes"));
    };
    for (index, mut node) in nodes.into_iter().enumerate() {
        match node["__typename"].as_str() {
            Some("Customer") => {
                let hidden =
                    |field: &str| is_withheld(&withheld, &["nodes".into(), index.into(), field.into()]);
                take_customer(shop, node, hidden, truth);
            }
            Some("Order") => {
                let inside = node["customer"].take();
                let hidden = |field: &str| {
                    is_withheld(&withheld, &["nodes".into(), index.into(), "customer".into(), field.into()])
                };
                let customer = take_customer(shop, inside, hidden, truth);
                take_order(node, customer, truth)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a path that was reported begins this one, or lies inside it.
fn is_withheld(withheld: &[Path], path: &[Value]) -> bool {
    withheld.iter().any(|reported| reported.starts_with(path))
}

fn customer_id(node: &Value) -> Option<CustomerId> {
    CustomerId::parse(node["id"].as_str()?).ok()
}

fn take_customer(
    shop: &ShopDomain,
    node: Value,
    withheld: impl Fn(&str) -> bool,
    truth: &mut Truth,
) -> Option<CustomerId> {
    let id = customer_id(&node)?;
    truth.customers.insert(id, read_customer(shop, node, withheld).map_err(Arc::new));
    Some(id)
}

fn read_customer(
    shop: &ShopDomain,
    node: Value,
    withheld: impl Fn(&str) -> bool,
) -> Result<Customer, ShopError> {
    // The cause would quote the value that did not fit, so it stays out.
    serde_json::from_value::<Node>(node).map_err(|_| incomplete("customer"))?.read(shop, withheld)
}

fn take_order(node: Value, customer: Option<CustomerId>, truth: &mut Truth) -> Result<(), ShopError> {
    let node: OrderNode = serde_json::from_value(node).map_err(|_| incomplete("order"))?;
    let id = OrderId::parse(&node.id).map_err(|_| incomplete("order.id"))?;
    truth.orders.insert(id, Order { updated_at: node.updated_at, customer });
    Ok(())
}

fn take_page(shop: &ShopDomain, data: Data) -> Result<CustomerPage, ShopError> {
    let Data { mut data, withheld } = data;
    let connection = &mut data["customers"];
    let Some(Value::Array(nodes)) = connection.get_mut("nodes").map(Value::take) else {
        return Err(incomplete("customers"));
    };
    let page = &connection["pageInfo"];
    let next = page["endCursor"].as_str().filter(|_| page["hasNextPage"] == true).map(ToOwned::to_owned);
    let customers = nodes.into_iter().enumerate().map(|(index, node)| {
        let place = |field: &str| ["customers".into(), "nodes".into(), index.into(), field.into()];
        read_customer(shop, node, |field| is_withheld(&withheld, &place(field)))
    });
    Ok(CustomerPage { customers: customers.collect(), next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> ShopDomain {
        ShopDomain::parse("demo.myshopify.com").unwrap()
    }

    fn customer(id: u64) -> Value {
        json!({
            "__typename": "Customer", "id": CustomerId::new(id).gid(), "createdAt": "2025-01-01T00:00:00Z",
            "updatedAt": "2026-11-20T10:00:00Z", "firstName": null, "lastName": null, "verifiedEmail": true,
            "tags": [], "numberOfOrders": "0", "amountSpent": {"amount": "0.0", "currencyCode": "USD"},
            "lastOrder": null, "defaultEmailAddress": null, "defaultPhoneNumber": null,
        })
    }

    #[test]
    fn customers_orders_and_what_is_gone_are_told_apart() {
        let order = json!({"__typename": "Order", "id": "gid://shopify/Order/5", "updatedAt": "2026-11-20T10:00:00Z",
            "customer": customer(2)});
        let guest = json!({"__typename": "Order", "id": "gid://shopify/Order/6", "updatedAt": "2026-11-20T10:00:00Z",
            "customer": null});
        let data = json!({"nodes": [customer(1), null, order, guest]});
        let mut truth = Truth::default();
        take_nodes(&shop(), Data { data, withheld: vec![] }, &mut truth).unwrap();
        assert_eq!(truth.customers.keys().map(|id| id.get()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(truth.orders[&OrderId::new(5)].customer, Some(CustomerId::new(2)));
        assert_eq!(truth.orders[&OrderId::new(6)].customer, None);
    }

    #[test]
    fn what_is_withheld_from_one_customer_is_not_withheld_from_another() {
        let data = json!({"nodes": [customer(1), customer(2)]});
        let withheld =
            vec![vec!["nodes".into(), 1.into(), "defaultEmailAddress".into(), "emailAddress".into()]];
        let mut truth = Truth::default();
        take_nodes(&shop(), Data { data, withheld }, &mut truth).unwrap();
        let email = |id| truth.customers[&CustomerId::new(id)].as_ref().unwrap().email.clone();
        assert_eq!((email(1), email(2)), (domain::Seen::Known(None), domain::Seen::Withheld));
    }

    #[test]
    fn one_customer_that_cannot_be_read_does_not_hide_the_others() {
        let mut broken = customer(1);
        broken["amountSpent"] = Value::Null;
        let data = json!({"nodes": [broken, customer(2)]});
        let mut truth = Truth::default();
        take_nodes(&shop(), Data { data, withheld: vec![] }, &mut truth).unwrap();
        assert!(
            truth.customers[&CustomerId::new(1)].is_err() && truth.customers[&CustomerId::new(2)].is_ok()
        );
    }
}
