//! A shop that remembers what it was, so that a replica of it can lag behind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::{
    Consent, Customer, CustomerId, CustomerKey, Email, Event, Money, OrderId, OrderSummary, Refunds, Seen,
    ShopDomain, Subject, Topic,
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use shopify::{CustomersRefunds, Order, RefundsRead, Truth};

use super::net::Net;

/// All states of one thing, oldest first.
type History<T> = Vec<(Timestamp, T)>;

/// Clones share it.
#[derive(Clone, Default)]
pub(super) struct Shop(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    customers: BTreeMap<CustomerId, History<Customer>>,
    orders: BTreeMap<OrderId, History<Order>>,
    details: BTreeMap<OrderId, History<domain::Order>>,
    events: u64,
}

pub(super) fn domain() -> ShopDomain {
    ShopDomain::parse("sim.myshopify.com").unwrap()
}

fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap()
}

fn then<T: Clone>(history: &History<T>, at: Timestamp) -> Option<T> {
    history.iter().rev().find(|(since, _)| *since <= at).map(|(_, state)| state.clone())
}

impl Shop {
    /// What a replica that has everything up to `at` answers.
    pub(super) fn as_of(&self, at: Timestamp, customers: &[CustomerId], orders: &[OrderId]) -> Truth {
        let state = self.0.lock().unwrap();
        let customer = |id: &CustomerId| Some((*id, Ok(then(state.customers.get(id)?, at)?)));
        let order = |id: &OrderId| Some((*id, Ok(then(state.orders.get(id)?, at)?)));
        Truth {
            customers: customers.iter().filter_map(customer).collect(),
            orders: orders.iter().filter_map(order).collect(),
        }
    }

    /// What a replica that has everything up to `at` answers about orders.
    pub(super) fn orders_as_of(&self, at: Timestamp, orders: &[OrderId]) -> shopify::Orders {
        let state = self.0.lock().unwrap();
        let order = |id: &OrderId| Some((*id, Ok(then(state.details.get(id)?, at)?)));
        orders.iter().filter_map(order).collect()
    }

    /// What a replica that has everything up to `at` answers about what went back.
    pub(super) fn refunds_as_of(&self, at: Timestamp, customers: &[CustomerId]) -> CustomersRefunds {
        let state = self.0.lock().unwrap();
        let read = |id: &CustomerId| Some((*id, Ok(state.refunds(*id, at)?)));
        customers.iter().filter_map(read).collect()
    }

    /// Every order as it is at last, with its customer.
    pub(super) fn orders(&self) -> Vec<(CustomerId, domain::Order)> {
        let state = self.0.lock().unwrap();
        let newest = |(id, history): (&OrderId, &History<domain::Order>)| {
            let customer = state.orders[id].last()?.1.customer?;
            Some((customer, history.last()?.1.clone()))
        };
        state.details.iter().filter_map(newest).collect()
    }

    /// Every customer as they are at last, and what went back to them where something did.
    pub(super) fn customers(&self) -> Vec<Customer> {
        let state = self.0.lock().unwrap();
        let newest = |(id, history): (&CustomerId, &History<Customer>)| {
            let mut customer = history.last()?.1.clone();
            customer.refunds = state
                .refunds(*id, Timestamp::MAX)
                .map(|read| read.refunds)
                .filter(|refunds| refunds.count > 0);
            Some(customer)
        };
        state.customers.iter().filter_map(newest).collect()
    }

    /// Something changes about one of `people`, and the shop says so in one event or more.
    pub(super) fn lives(&self, net: &Net, people: u64) -> Vec<Event> {
        let mut state = self.0.lock().unwrap();
        let id = CustomerId::new(1 + net.below(people));
        if !state.customers.contains_key(&id) {
            return state.comes(id, net.now());
        }
        match net.below(4) {
            0 => state.renamed(id, net),
            1 => state.touched(id, net),
            _ => state.buys(id, net),
        }
    }
}

impl State {
    fn event(&mut self, topic: &str, subject: Subject, now: Timestamp) -> Event {
        self.events += 1;
        Event {
            shop: domain(),
            topic: Topic::new(topic),
            delivery_id: format!("w-{}", self.events),
            event_id: None,
            triggered_at: Some(now),
            received_at: now,
            api_version: None,
            replays: 0,
            quiet: false,
            subject,
        }
    }

    fn refunds(&self, id: CustomerId, at: Timestamp) -> Option<RefundsRead> {
        let customer = then(self.customers.get(&id)?, at)?;
        let of_theirs = |(order, history): (&OrderId, &History<Order>)| {
            (then(history, at)?.customer? == id).then_some(*order)
        };
        let orders =
            self.orders.iter().filter_map(of_theirs).filter_map(|order| then(&self.details[&order], at));
        let orders: Vec<_> = orders.filter(|order| !order.refunds.is_empty()).collect();
        let amounts: Vec<_> =
            orders.iter().flat_map(|order| &order.refunds).map(|refund| refund.amount).collect();
        let refunds = Refunds::of(&amounts, customer.amount_spent.currency);
        Some(RefundsRead {
            refunds,
            orders: orders.iter().map(|order| (order.id, order.updated_at)).collect(),
        })
    }

    fn now_is(&mut self, customer: Customer, now: Timestamp) {
        self.customers.entry(customer.key.customer).or_default().push((now, customer));
    }

    fn newest(&self, id: CustomerId) -> Customer {
        self.customers[&id].last().unwrap().1.clone()
    }

    fn customer_event(&mut self, topic: &str, id: CustomerId, now: Timestamp) -> Event {
        let updated_at = Some(second(now));
        self.event(topic, Subject::Customer { id, updated_at }, now)
    }

    fn comes(&mut self, id: CustomerId, now: Timestamp) -> Vec<Event> {
        let email = Email { address: format!("person-{id}@example.com"), verified: true };
        let customer = Customer {
            key: CustomerKey { shop: domain(), customer: id },
            created_at: second(now),
            updated_at: second(now),
            first_name: Seen::Known(Some(format!("First {id}"))),
            last_name: Seen::Known(None),
            email: Seen::Known(Some(email)),
            phone: Seen::Known(None),
            place: domain::Place::default(),
            tags: vec![],
            orders_count: 0,
            amount_spent: Money::parse("0", "EUR").unwrap(),
            last_order: None,
            refunds: None,
            companies: None,
            email_consent: Seen::Known(Some(Consent::Subscribed)),
            sms_consent: Seen::Known(None),
            metafields: BTreeMap::new(),
        };
        self.now_is(customer, now);
        vec![
            self.customer_event("customers/create", id, now),
            self.customer_event("customers/update", id, now),
        ]
    }

    /// `updated_at` has steps of a second, and the change is told by it: two changes of one object within a second,
    /// read from a replica that has only the first, cannot be told apart by anybody. So nothing changes twice in one.
    fn may_change(&self, id: CustomerId, now: Timestamp) -> bool {
        second(self.customers[&id].last().unwrap().0) < second(now)
    }

    fn renamed(&mut self, id: CustomerId, net: &Net) -> Vec<Event> {
        let now = net.now();
        if !self.may_change(id, now) {
            return vec![];
        }
        let mut customer = self.newest(id);
        // Among three names, so that a change is often undone.
        customer.last_name = Seen::Known(Some(format!("Name {}", net.below(3))));
        customer.tags = if net.below(2) == 0 { vec!["vip".into()] } else { vec![] };
        customer.updated_at = second(now);
        self.now_is(customer, now);
        vec![self.customer_event("customers/update", id, now)]
    }

    /// An order changes, and with it what was spent; the customer's own version may stay as it was.
    fn touched(&mut self, id: CustomerId, net: &Net) -> Vec<Event> {
        let now = net.now();
        let of_theirs = |(_, h): &(&OrderId, &History<Order>)| {
            let (at, order) = h.last().unwrap();
            order.customer == Some(id) && second(*at) < second(now)
        };
        let Some(order) = self.orders.iter().find(of_theirs).map(|(order, _)| *order) else { return vec![] };
        if !self.may_change(id, now) {
            return vec![];
        }
        let mut customer = self.newest(id);
        customer.amount_spent.amount -= Decimal::ONE;
        self.spends(customer, order, net, "refunds/create")
    }

    fn buys(&mut self, id: CustomerId, net: &Net) -> Vec<Event> {
        let now = net.now();
        if !self.may_change(id, now) {
            return vec![];
        }
        let mut customer = self.newest(id);
        let order = OrderId::new(1000 + self.orders.len() as u64);
        customer.orders_count += 1;
        customer.amount_spent.amount += Decimal::from(10 + net.below(90));
        customer.last_order =
            Some(OrderSummary { id: order, name: format!("#{order}"), processed_at: second(now) });
        self.spends(customer, order, net, "orders/create")
    }

    /// What it is worth tells its versions apart.
    fn order_is_now(&mut self, id: OrderId, is_refunded: bool, total: Money, now: Timestamp) {
        let history = self.details.entry(id).or_default();
        let before = history.last().map(|(_, order)| order.clone());
        let mut order = before.unwrap_or_else(|| domain::Order {
            id,
            name: format!("#{id}"),
            updated_at: second(now),
            processed_at: second(now),
            cancelled_at: None,
            is_test: false,
            total,
            financial: Some("PAID".into()),
            fulfilment: "UNFULFILLED".into(),
            refunds: vec![],
        });
        (order.updated_at, order.total) = (second(now), total);
        if is_refunded {
            order.financial = Some("PARTIALLY_REFUNDED".into());
            let number = id.get() * 1000 + order.refunds.len() as u64;
            order.refunds.push(domain::Refund {
                id: domain::RefundId::new(number),
                created_at: second(now),
                amount: total,
                reason: None,
                items: vec![],
                has_more_items: false,
            });
        }
        history.push((now, order));
    }

    fn spends(&mut self, mut customer: Customer, id: OrderId, net: &Net, topic: &str) -> Vec<Event> {
        let now = net.now();
        let who = customer.key.customer;
        if net.below(2) == 0 {
            customer.updated_at = second(now);
        }
        self.now_is(customer, now);
        let spent = self.newest(who).amount_spent;
        self.order_is_now(id, topic == "refunds/create", spent, now);
        let details = domain::Order { refunds: vec![], ..self.details[&id].last().unwrap().1.clone() };
        let order = Order { details, customer: Some(who), email: None };
        self.orders.entry(id).or_default().push((now, order));
        let updated_at = Some(second(now));
        let named = if topic == "refunds/create" { None } else { Some(who) };
        let mut events = vec![
            self.event(topic, Subject::Order { id, customer: named, updated_at, checkout: None }, now),
            self.event(
                "orders/updated",
                Subject::Order { id, customer: Some(who), updated_at, checkout: None },
                now,
            ),
        ];
        let summary = Subject::Customer { id: who, updated_at: None };
        events.push(self.event("customers/purchasing_summary", summary, now));
        events
    }
}
