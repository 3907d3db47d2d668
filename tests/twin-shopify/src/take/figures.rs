//! Figures that payloads state: old customers with counts and spend, purchasing summaries, tag notices, consents.

use jiff::Timestamp;

use super::{Taking, customer, reading::Reading};
use crate::customer::{Claim, Customer};

impl Taking<'_> {
    /// Remembers `orders_count`, `total_spent`, `last_order_id` of a payload, if it is not older than what was claimed.
    pub(super) fn claim(&mut self, held: &mut Customer, read: &Reading<'_>, as_of: Timestamp) {
        let orders = read.count("orders_count").or_else(|| read.count("numberOfOrders"));
        let spent = read.amount(&["total_spent", "amountSpent"]);
        let last_order = read.id("Order", &["last_order_id", "lastOrderId"]);
        let older = held.claim.as_ref().is_some_and(|claim| claim.as_of > as_of);
        if older || (orders.is_none() && spent.is_none() && last_order.is_none()) {
            return;
        }
        if let Some(id) = last_order {
            self.last_order(id, held.id, read, as_of);
        }
        held.claim = Some(Claim { as_of, orders, spent, last_order });
    }

    fn last_order(&mut self, id: u64, customer: u64, read: &Reading<'_>, as_of: Timestamp) {
        if self.shop.orders.contains_key(&id) {
            return;
        }
        let mut order = crate::order::Order::unknown(id, &self.shop.settings.currency, as_of);
        order.customer = Some(customer);
        order.name = read.text_of(&["last_order_name"]).unwrap_or(order.name);
        self.shop.put_order(order);
        self.taken.order(id);
    }

    /// `customers/purchasing_summary`, `customer.tags_added` and removed, the consent topics: a customer by id, and a change.
    pub(super) fn notice(&mut self, read: &Reading<'_>) {
        let Some(id) = read.id("Customer", &["customerId", "customer_id", "id"]) else { return };
        let mut held = self.ensure_customer(id);
        let at = read.time(&["occurredAt"]).unwrap_or(self.now);
        let tags = read.words("tags").unwrap_or_default();
        match self.topic {
            "customer.tags_removed" => drop(held.remove_tags(&tags)),
            _ => drop(held.add_tags(&tags)),
        }
        customer::consents(&mut held, read);
        self.claim(&mut held, read, at);
        held.updated_at = customer::later(held.updated_at, Some(at));
        self.shop.put_customer(held);
    }
}
