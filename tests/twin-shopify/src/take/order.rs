//! Orders in payloads.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    Taking,
    customer::{address, later},
    reading::Reading,
};
use crate::order::{Line, Order};

impl Taking<'_> {
    /// Takes an order and its customer. A payload that is older than what is here adds what is missing only.
    pub(super) fn order(&mut self, read: &Reading<'_>) {
        let Some(id) = read.own_id("Order") else { return };
        let known = self.shop.orders.get(&id).filter(|held| !held.named_only).map(|held| held.updated_at);
        let mut held = self.named_order(id);
        let stated = read.time(&["updated_at", "created_at"]);
        let newer = known.is_none_or(|known| stated.is_none_or(|time| time >= known));
        if newer {
            self.overwrite_order(&mut held, read, known);
        }
        held.named_only = false;
        self.add_refunds(&mut held, read);
        let buyer = self.buyer(read, &held);
        held.customer = buyer.or(held.customer);
        self.shop.put_order(held);
    }

    /// The order as it is here, made with its id alone if it was not.
    pub(super) fn named_order(&mut self, id: u64) -> Order {
        self.taken.order(id);
        if let Some(held) = self.shop.orders.get(&id) {
            return (**held).clone();
        }
        let made = Order::unknown(id, &self.shop.settings.currency, self.now);
        self.shop.put_order(made.clone());
        made
    }

    /// Who bought: the customer inside, or one named by id. Null, absent, `[]` and a customer without an id are a guest.
    fn buyer(&mut self, read: &Reading<'_>, order: &Order) -> Option<u64> {
        let inside = read.part("customer").and_then(|part| {
            let id = self.customer(&part, false)?;
            self.claim_with(&part, id, order);
            Some(id)
        });
        inside.or_else(|| {
            let id = read.id("Customer", &["customer_id", "customerId"])?;
            Some(self.ensure_customer(id).id)
        })
    }

    /// Figures inside an order's customer already count this order.
    fn claim_with(&mut self, part: &Reading<'_>, id: u64, order: &Order) {
        let mut held = self.ensure_customer(id);
        if part.has("orders_count") || part.has("total_spent") {
            let as_of = later(later(order.created_at, part.time(&["updated_at"])), Some(order.updated_at));
            self.claim(&mut held, part, as_of);
            self.shop.put_customer(held);
        }
    }

    fn overwrite_order(&self, held: &mut Order, read: &Reading<'_>, known: Option<Timestamp>) {
        dates(held, read, self.now, known.is_some());
        words(held, read);
        amounts(held, read);
        held.test = read.flag("test").unwrap_or(held.test);
        held.number = read.count("order_number").unwrap_or(held.number);
        if read.has("line_items") {
            held.lines = read.list("line_items").iter().map(line).collect();
        }
        if let Some(names) = read.words("payment_gateway_names") {
            held.gateways = names;
        }
        if let Some(tags) = read.words("tags") {
            held.tags = tags;
        }
        held.shipping_address = address(read, "shipping_address").or(held.shipping_address.take());
        held.billing_address = address(read, "billing_address").or(held.billing_address.take());
        held.discount_codes =
            read.list("discount_codes").iter().filter_map(|code| code.text("code")).collect();
    }
}

fn dates(held: &mut Order, read: &Reading<'_>, now: Timestamp, known: bool) {
    let made = read.time(&["created_at"]).or_else(|| known.then_some(held.created_at));
    held.created_at = made.or_else(|| read.time(&["processed_at", "updated_at"])).unwrap_or(now);
    held.updated_at = read.time(&["updated_at"]).unwrap_or(if known { now } else { held.created_at });
    let placed = read.time(&["processed_at"]).or_else(|| known.then_some(held.processed_at));
    held.processed_at = placed.unwrap_or(held.created_at);
    for (name, slot) in [("cancelled_at", &mut held.cancelled_at), ("closed_at", &mut held.closed_at)] {
        if read.has(name) {
            *slot = read.time(&[name]);
        }
    }
}

fn words(held: &mut Order, read: &Reading<'_>) {
    held.name = read.text_of(&["name"]).unwrap_or_else(|| held.name.clone());
    held.currency = read.text_of(&["currency"]).unwrap_or_else(|| held.currency.clone());
    held.source_name = read.text_of(&["source_name"]).unwrap_or_else(|| held.source_name.clone());
    held.token = read.text_of(&["token"]).unwrap_or_else(|| held.token.clone());
    held.email = read.text_of(&["email", "contact_email"]).or_else(|| held.email.take());
    for (name, slot) in [
        ("phone", &mut held.phone),
        ("financial_status", &mut held.financial),
        ("fulfillment_status", &mut held.fulfilment),
        ("cancel_reason", &mut held.cancel_reason),
        ("checkout_token", &mut held.checkout_token),
        ("cart_token", &mut held.cart_token),
        ("note", &mut held.note),
        ("browser_ip", &mut held.browser_ip),
    ] {
        if read.has(name) {
            *slot = read.text_of(&[name]);
        }
    }
}

fn amounts(held: &mut Order, read: &Reading<'_>) {
    let zero = Decimal::ZERO;
    let total =
        read.amount(&["total_price", "total_price_set", "current_total_price", "current_total_price_set"]);
    held.total = total.unwrap_or(held.total);
    held.tax = read.amount(&["total_tax", "total_tax_set"]).unwrap_or(zero);
    held.discounts = read.amount(&["total_discounts", "total_discounts_set"]).unwrap_or(zero);
    held.shipping = read.amount(&["total_shipping_price_set"]).unwrap_or(zero);
}

/// More of one thing than anybody buys; keeps the sums of strange payloads in bounds.
const MOST_OF_ONE: u64 = 1_000_000_000;

fn line(read: &Reading<'_>) -> Line {
    Line {
        id: read.own_id("LineItem").unwrap_or(0),
        title: read.text_of(&["title", "name"]).unwrap_or_default(),
        variant_title: read.text_of(&["variant_title"]),
        sku: read.text_of(&["sku"]),
        quantity: read.count("quantity").unwrap_or(1).min(MOST_OF_ONE),
        price: read.amount(&["price", "price_set"]).unwrap_or(Decimal::ZERO),
        discount: read.amount(&["total_discount"]).unwrap_or(Decimal::ZERO),
        vendor: read.text_of(&["vendor"]),
        product_id: read.id("Product", &["product_id"]),
        variant_id: read.id("ProductVariant", &["variant_id"]),
    }
}
