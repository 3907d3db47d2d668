//! The reads themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{AliasPolicy, Customer, CustomerId, OrderId, Rulebook, ShopDomain};
use jiff::Timestamp;
use outbound::{Method, Outbound};
use serde_json::{Value, json};

use super::answer::{self, Data, Path};
use super::asked::Asked;
use super::company;
use super::credentials::Credentials;
use super::customer::Node;
use super::error::{ShopError, ShopErrorKind};
use super::metafield;
use super::orders::{PLAIN_POINTS, order};
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
    rules: Arc<Rulebook>,
}

/// An order, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The order itself, without what went back.
    pub details: domain::Order,
    /// Its customer; none for a guest's order that Shopify tied to nobody, or where the customer was deleted.
    pub customer: Option<CustomerId>,
    /// The address that was given with it, in lower case; none where there is none or it was withheld.
    pub email: Option<String>,
}

impl Order {
    /// Its version, UTC.
    pub fn updated_at(&self) -> Timestamp {
        self.details.updated_at
    }

    /// Whether money of it went back.
    pub fn is_refunded(&self) -> bool {
        ["REFUNDED", "PARTIALLY_REFUNDED"].contains(&self.details.paid())
    }
}

/// What the shop has, of what was asked for. What is not here does not exist there. One that could not be read says
/// why, and its neighbours are read all the same.
#[derive(Debug, Default, Clone)]
pub struct Truth {
    /// Customers by id.
    pub customers: BTreeMap<CustomerId, Result<Customer, Arc<ShopError>>>,
    /// Orders by id.
    pub orders: BTreeMap<OrderId, Result<Order, Arc<ShopError>>>,
}

/// A page of customers.
#[derive(Debug)]
pub struct CustomerPage {
    /// Those that could be read, and why the others could not.
    pub customers: Vec<Result<Customer, ShopError>>,
    /// Where the next page begins, where there is one.
    pub next: Option<String>,
}

impl Admin {
    /// `credentials` are those of all configured shops.
    pub fn new(outbound: Outbound, config: AdminConfig, credentials: Arc<Credentials>) -> Self {
        Self { outbound, config, credentials, tokens: Tokens::default(), rules: Arc::default() }
    }

    /// The same, asking for the metafields that each shop's rules write (S-214); without, for none.
    #[must_use]
    pub fn with_rules(self, rules: Arc<Rulebook>) -> Self {
        Self { rules, ..self }
    }

    /// What is asked for of each customer of a shop.
    pub(super) fn asked<'a>(&'a self, shop: &'a ShopDomain) -> Asked<'a> {
        Asked::by(shop, self.rules.of(shop))
    }

    /// At most so many customers of this shop on a page: 140, and fewer where metafields make each dearer.
    pub fn max_page(&self, shop: &ShopDomain) -> usize {
        PAGE_POINTS / self.asked(shop).points()
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
        let asked = self.asked(shop);
        let query = asked.document(query::TRUTH);
        let mut truth = Truth::default();
        for (customers, orders) in queries(customers, orders, asked.points()) {
            let variables = json!({ "customers": customers, "orders": orders });
            let mut data = self.ask(shop, &query, variables, now).await?;
            for (list, ids) in [("customers", &customers), ("orders", &orders)] {
                take_nodes(&asked, list, ids, &mut data, &mut truth)?;
            }
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
        let asked = self.asked(shop);
        let query = asked.document(query::CUSTOMERS);
        let first = first.clamp(1, self.max_page(shop));
        let data = self.ask(shop, &query, json!({ "first": first, "after": after }), now).await?;
        take_page(&asked, data)
    }

    /// One query. A token that is refused is asked for anew once, where it can be.
    pub(super) async fn ask(
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

pub(super) fn incomplete(field: &'static str) -> ShopError {
    ShopError::new(ShopErrorKind::Incomplete { field }, "an answer of another shape")
}

/// What an order costs with its customer: what a deal is made from, and the customer.
pub(super) const ORDER_POINTS: usize = PLAIN_POINTS + 1;
/// What the customers of a page may cost: the page itself costs something too.
const PAGE_POINTS: usize = 980;
/// What a query may cost, and how many ids one list of it may hold.
pub(super) const MAX_POINTS: usize = 1000;
pub(super) const MAX_IDS: usize = 250;

/// As few queries as the limits allow: the ids of customers and of orders in each.
fn queries(
    customers: &[CustomerId],
    orders: &[OrderId],
    customer_points: usize,
) -> Vec<(Vec<String>, Vec<String>)> {
    let mut queries = vec![(vec![], vec![])];
    let mut left = MAX_POINTS;
    let costs = customers.iter().map(|id| (id.gid(), customer_points, true));
    for (id, points, is_customer) in costs.chain(orders.iter().map(|id| (id.gid(), ORDER_POINTS, false))) {
        let full = |query: &(Vec<String>, Vec<String>)| query.0.len().max(query.1.len()) == MAX_IDS;
        if points > left || queries.last().is_some_and(full) {
            queries.push((vec![], vec![]));
            left = MAX_POINTS;
        }
        left -= points;
        if let Some((customers, orders)) = queries.last_mut() {
            if is_customer { customers.push(id) } else { orders.push(id) }
        }
    }
    queries.retain(|(customers, orders)| !customers.is_empty() || !orders.is_empty());
    queries
}

fn take_nodes(
    asked: &Asked<'_>,
    list: &'static str,
    ids: &[String],
    Data { data, withheld }: &mut Data,
    truth: &mut Truth,
) -> Result<(), ShopError> {
    let Some(Value::Array(nodes)) = data.get_mut(list).map(Value::take) else {
        return Err(incomplete(list));
    };
    for (index, (id, mut node)) in ids.iter().zip(nodes).enumerate() {
        let place: [Value; 2] = [list.into(), index.into()];
        let hidden = |rest: &[&str]| is_withheld(withheld, &place, rest);
        match node["__typename"].as_str() {
            Some("Customer") => take_customer(asked, node, |field| hidden(&[field]), truth),
            Some("Order") => {
                let inside = node["customer"].take();
                let untold = inside.is_null() && hidden(&["customer"]);
                let customer =
                    if untold { Err(incomplete("order.customer")) } else { Ok(customer_id(&inside)) };
                take_order(id, node, customer, truth);
            }
            // What we may not see is not what is not there.
            _ if hidden(&[]) => take_hidden(id, truth),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a place, or what lies in it, or what it lies in, was withheld.
pub(super) fn is_withheld(withheld: &[Path], place: &[Value], rest: &[&str]) -> bool {
    let path: Vec<Value> = place.iter().cloned().chain(rest.iter().map(|part| (*part).into())).collect();
    withheld.iter().any(|reported| reported.starts_with(&path) || path.starts_with(reported))
}

fn take_hidden(id: &str, truth: &mut Truth) {
    if let Ok(customer) = CustomerId::parse(id) {
        truth.customers.insert(customer, Err(Arc::new(incomplete("customer"))));
    } else if let Ok(order) = OrderId::parse(id) {
        truth.orders.insert(order, Err(Arc::new(incomplete("order"))));
    }
}

fn customer_id(node: &Value) -> Option<CustomerId> {
    CustomerId::parse(node["id"].as_str()?).ok()
}

fn take_customer(asked: &Asked<'_>, node: Value, withheld: impl Fn(&str) -> bool, truth: &mut Truth) {
    if let Some(id) = customer_id(&node) {
        truth.customers.insert(id, read_customer(asked, node, withheld).map_err(Arc::new));
    }
}

fn read_customer(
    asked: &Asked<'_>,
    mut node: Value,
    withheld: impl Fn(&str) -> bool,
) -> Result<Customer, ShopError> {
    let metafields = metafield::take(&asked.metafields, &mut node, &withheld)?;
    let companies = asked.companies.then(|| company::take(&mut node, &withheld)).transpose()?;
    // The cause would quote the value that did not fit, so it stays out.
    let node = serde_json::from_value::<Node>(node).map_err(|_| incomplete("customer"))?;
    Ok(Customer { companies, ..node.read(asked.shop, metafields, withheld)? })
}

/// One order that cannot be read does not hide the others.
fn take_order(id: &str, node: Value, customer: Result<Option<CustomerId>, ShopError>, truth: &mut Truth) {
    let Ok(id) = OrderId::parse(id) else { return };
    let read = customer.and_then(|customer| {
        let email = node["email"].as_str().map(|email| AliasPolicy::Exact.plain(email));
        let email = email.filter(|email| !email.is_empty());
        Ok(Order { details: order(id, node)?, customer, email })
    });
    truth.orders.insert(id, read.map_err(Arc::new));
}

fn take_page(asked: &Asked<'_>, data: Data) -> Result<CustomerPage, ShopError> {
    let Data { mut data, withheld } = data;
    let connection = &mut data["customers"];
    let Some(Value::Array(nodes)) = connection.get_mut("nodes").map(Value::take) else {
        return Err(incomplete("customers"));
    };
    let page = &connection["pageInfo"];
    let next = page["endCursor"].as_str().filter(|_| page["hasNextPage"] == true).map(ToOwned::to_owned);
    let customers = nodes.into_iter().enumerate().map(|(index, node)| {
        let place: [Value; 3] = ["customers".into(), "nodes".into(), index.into()];
        read_customer(asked, node, |field| is_withheld(&withheld, &place, &[field]))
    });
    Ok(CustomerPage { customers: customers.collect(), next })
}

#[cfg(test)]
mod tests {
    use domain::Rules;

    use super::super::asked::customer_points;

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

    fn taken(
        customers: &[&str],
        their_nodes: &Value,
        orders: &[&str],
        order_nodes: &Value,
        withheld: Vec<Path>,
    ) -> Truth {
        let mut truth = Truth::default();
        let mut data = Data { data: json!({"customers": their_nodes, "orders": order_nodes}), withheld };
        for (list, ids) in [("customers", customers), ("orders", orders)] {
            let ids: Vec<_> = ids.iter().map(|id| format!("gid://shopify/{id}")).collect();
            take_nodes(
                &Asked { shop: &shop(), metafields: vec![], companies: false },
                list,
                &ids,
                &mut data,
                &mut truth,
            )
            .unwrap();
        }
        truth
    }

    #[test]
    fn a_query_keeps_to_a_thousand_points_and_250_ids_and_names_each_once() {
        let all = |customers: u64, orders: u64, metafields: usize| {
            let customers: Vec<_> = (0..customers).map(CustomerId::new).collect();
            let orders: Vec<_> = (0..orders).map(OrderId::new).collect();
            queries(&customers, &orders, customer_points(metafields, false))
        };
        for (customers, orders, metafields, least) in [
            (0, 0, 0, 0),
            (1, 0, 0, 1),
            (0, 1, 0, 1),
            (40, 60, 0, 1),
            (100, 75, 0, 1),
            (100, 76, 0, 2),
            (142, 1, 0, 1),
            (142, 2, 0, 2),
            (0, 251, 0, 2),
            (400, 600, 0, 6),
            (100, 0, 3, 1),
            (100, 1, 3, 2),
            (17, 7, Rules::MAX_METAFIELDS, 1),
            (18, 0, Rules::MAX_METAFIELDS, 2),
        ] {
            let queries = all(customers, orders, metafields);
            assert_eq!(queries.len(), least, "{customers} customers, {orders} orders");
            let each = customer_points(metafields, false);
            let points = |(c, o): &(Vec<String>, Vec<String>)| c.len() * each + o.len() * ORDER_POINTS;
            assert!(queries.iter().all(|query| points(query) <= MAX_POINTS && query.1.len() <= MAX_IDS));
            let named: std::collections::BTreeSet<_> =
                queries.iter().flat_map(|(c, o)| c.iter().chain(o)).collect();
            assert_eq!(named.len() as u64, customers + orders);
        }
    }

    fn order(id: u64, customer: &Value) -> Value {
        json!({
            "__typename": "Order", "id": format!("gid://shopify/Order/{id}"), "name": "#1001",
            "updatedAt": "2026-11-20T10:00:00Z", "processedAt": "2026-11-20T09:00:00Z", "cancelledAt": null,
            "test": false, "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED",
            "currentTotalPriceSet": {"shopMoney": {"amount": "49.9", "currencyCode": "USD"}},
            "email": null, "customer": customer,
        })
    }

    #[test]
    fn an_order_whose_customer_is_withheld_is_not_an_order_without_a_customer() {
        let order = order(5, &Value::Null);
        let withheld: Vec<Path> =
            vec![vec!["orders".into(), 0.into(), "customer".into()], vec!["customers".into(), 0.into()]];
        let truth = taken(
            &["Customer/7", "Customer/8"],
            &json!([null, null]),
            &["Order/5"],
            &json!([order]),
            withheld,
        );
        assert!(truth.orders[&OrderId::new(5)].is_err(), "we may not see whose it is");
        assert!(truth.customers[&CustomerId::new(7)].is_err(), "we may not see them");
        assert!(!truth.customers.contains_key(&CustomerId::new(8)), "not there");
    }

    #[test]
    fn customers_orders_and_what_is_gone_are_told_apart() {
        let (guest, order) = (order(6, &Value::Null), order(5, &json!({"id": "gid://shopify/Customer/2"})));
        let truth = taken(
            &["Customer/1", "Customer/9"],
            &json!([customer(1), null]),
            &["Order/5", "Order/6"],
            &json!([order, guest]),
            vec![],
        );
        assert_eq!(truth.customers.keys().map(|id| id.get()).collect::<Vec<_>>(), [1]);
        assert_eq!(truth.orders[&OrderId::new(5)].as_ref().unwrap().customer, Some(CustomerId::new(2)));
        assert_eq!(truth.orders[&OrderId::new(6)].as_ref().unwrap().customer, None);
    }

    #[test]
    fn what_is_withheld_from_one_customer_is_not_withheld_from_another() {
        let both = json!([customer(1), customer(2)]);
        let withheld =
            vec![vec!["customers".into(), 1.into(), "defaultEmailAddress".into(), "emailAddress".into()]];
        let truth = taken(&["Customer/1", "Customer/2"], &both, &[], &json!([]), withheld);
        let email = |id| truth.customers[&CustomerId::new(id)].as_ref().unwrap().email.clone();
        assert_eq!((email(1), email(2)), (domain::Seen::Known(None), domain::Seen::Withheld));
    }

    #[test]
    fn one_customer_that_cannot_be_read_does_not_hide_the_others() {
        let mut broken = customer(1);
        broken["amountSpent"] = Value::Null;
        let both = json!([broken, customer(2)]);
        let truth = taken(&["Customer/1", "Customer/2"], &both, &[], &json!([]), vec![]);
        assert!(
            truth.customers[&CustomerId::new(1)].is_err() && truth.customers[&CustomerId::new(2)].is_ok()
        );
    }
}
