//! Taking objects out of any payload: whatever names a customer or an order puts it into the shop.

mod customer;
mod figures;
mod order;
mod reading;
mod refund;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{clock::whole_seconds, gid, shop::Shop};
use reading::Reading;

/// What a payload named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Ids of customers.
    pub customers: Vec<u64>,
    /// Ids of orders.
    pub orders: Vec<u64>,
}

impl Taken {
    fn customer(&mut self, id: u64) {
        if !self.customers.contains(&id) {
            self.customers.push(id);
        }
    }

    fn order(&mut self, id: u64) {
        if !self.orders.contains(&id) {
            self.orders.push(id);
        }
    }
}

/// One payload on its way in.
struct Taking<'a> {
    shop: &'a mut Shop,
    topic: &'a str,
    now: Timestamp,
    taken: Taken,
}

impl Shop {
    /// Takes what `payload` names; anything that is JSON is fine, and what is not understood is left alone.
    pub(crate) fn take(&mut self, topic: &str, payload: &Value, now: Timestamp) -> Taken {
        self.begin();
        let mut taking = Taking { shop: self, topic, now: whole_seconds(now), taken: Taken::default() };
        taking.any(payload);
        taking.taken
    }
}

impl Taking<'_> {
    fn any(&mut self, payload: &Value) {
        match payload {
            Value::Array(items) => items.iter().for_each(|item| self.any(item)),
            Value::Object(_) => self.object(&Reading(payload)),
            _ => {}
        }
    }

    fn object(&mut self, read: &Reading<'_>) {
        match self.kind(read) {
            Kind::Customer => drop(self.customer(read, true)),
            Kind::Order => self.order(read),
            Kind::Refund => self.refund(read),
            Kind::Merge => self.merge(read),
            Kind::CustomerGone => self.customer_gone(read),
            Kind::OrderGone => self.order_gone(read),
            Kind::Notice => self.notice(read),
            Kind::Other => self.parts(read),
        }
    }

    /// The topic decides where it is known; the shape decides for the rest (an unknown topic, a wrapped payload).
    fn kind(&self, read: &Reading<'_>) -> Kind {
        let gid = read.text("admin_graphql_api_id").or_else(|| read.text("id"));
        let named = gid.as_deref().and_then(gid::parse).map(|(kind, _)| kind);
        if read.has("admin_graphql_api_customer_kept_id") {
            return Kind::Merge;
        }
        match self.topic {
            "customers/delete" => Kind::CustomerGone,
            "orders/delete" => Kind::OrderGone,
            _ if read.has("customerId") => Kind::Notice,
            "customers/data_request" | "customers/redact" | "customers/merge" => Kind::Other,
            _ if named == Some("Customer") => Kind::Customer,
            _ if named == Some("Order") => Kind::Order,
            _ if named == Some("Refund") => Kind::Refund,
            _ if named.is_some() => Kind::Other,
            topic => by_topic(topic, read),
        }
    }

    /// Whatever holds a customer or an order, or names one by id.
    fn parts(&mut self, read: &Reading<'_>) {
        for name in ["customers", "orders", "order", "payload", "data", "refund"] {
            if let Some(part) = read.0.get(name) {
                self.any(part);
            }
        }
        let buyer = read.part("customer").and_then(|part| self.customer(&part, false));
        if buyer.is_none() {
            self.named_customer(read);
        }
        if let Some(id) = read.id("Order", &["order_id", "orderId"]) {
            self.named_order(id);
        }
    }

    /// A customer named by its id only.
    fn named_customer(&mut self, read: &Reading<'_>) {
        if let Some(id) = read.id("Customer", &["customer_id", "customerId", "customer_admin_graphql_api_id"])
        {
            self.ensure_customer(id);
        }
    }

    fn merge(&mut self, read: &Reading<'_>) {
        let kept = read.id("Customer", &["admin_graphql_api_customer_kept_id"]);
        let lost = read.id("Customer", &["admin_graphql_api_customer_deleted_id"]);
        let (Some(kept), Some(lost)) = (kept, lost) else { return };
        let survivor = self.ensure_customer(kept);
        let failed = read.text("status").is_some_and(|status| status.to_lowercase().contains("fail"));
        let leaving = self.ensure_customer(lost);
        if !failed && kept != lost {
            self.shop.unite(survivor, &leaving);
        }
    }

    fn customer_gone(&mut self, read: &Reading<'_>) {
        if let Some(id) = read.own_id("Customer") {
            self.shop.drop_customer(id);
            self.taken.customer(id);
        }
    }

    fn order_gone(&mut self, read: &Reading<'_>) {
        if let Some(id) = read.own_id("Order") {
            self.shop.drop_order(id);
            self.taken.order(id);
        }
    }
}

enum Kind {
    Customer,
    Order,
    Refund,
    Merge,
    CustomerGone,
    OrderGone,
    Notice,
    Other,
}

fn by_topic(topic: &str, read: &Reading<'_>) -> Kind {
    let order_shaped = ["line_items", "financial_status", "order_number", "current_total_price"]
        .iter()
        .any(|name| read.has(name));
    let customer_shaped =
        ["first_name", "last_name", "verified_email", "orders_count"].iter().any(|name| read.has(name));
    let family = topic.split(['/', '.']).next().unwrap_or_default();
    let wrapped =
        ["customer", "order"].iter().any(|name| read.part(name).is_some()) && read.own_id("Order").is_none();
    match family {
        _ if wrapped => Kind::Other,
        "customers_email_marketing_consent" | "customers_marketing_consent" => Kind::Notice,
        "customers" => Kind::Customer,
        "orders" if !read.has("order_edit") => Kind::Order,
        "refunds" => Kind::Refund,
        "checkouts" | "draft_orders" | "fulfillments" | "carts" | "app" | "shop" | "products"
        | "companies" => Kind::Other,
        _ if read.has("refund_line_items") => Kind::Refund,
        _ if order_shaped && !read.has("abandoned_checkout_url") => Kind::Order,
        _ if customer_shaped => Kind::Customer,
        _ => Kind::Other,
    }
}
