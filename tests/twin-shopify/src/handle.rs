//! One shop, for those who act in it.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use crate::{
    actions::NewOrder,
    customer::Customer,
    delivery::Delivery,
    discount::Discount,
    error::TwinError,
    faults::{Faults, REDACTABLE},
    graphql,
    listed::ListedSubscription,
    order::Order,
    sending::{Delivered, Manner, Sender, Subscription},
    take::Taken,
    twin::Twin,
    versions::Version,
    view::{Figures, View},
};

/// A shop of the twin. Every action may refuse with a [`TwinError`] that names the field or the id.
#[derive(Clone)]
pub struct ShopHandle {
    twin: Twin,
    domain: String,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Customers.
    pub customers: usize,
    /// Orders.
    pub orders: usize,
    /// Deliveries that wait.
    pub pending: usize,
}

impl ShopHandle {
    pub(crate) fn new(twin: Twin, domain: &str) -> Self {
        Self { twin, domain: domain.to_owned() }
    }

    /// A customer comes; `fill` says who. Raises customers/create. Gives the id.
    pub fn create_customer(&self, fill: impl FnOnce(&mut Customer)) -> Result<u64, TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.create_customer(fill, now))?
    }

    /// A customer changes. Raises customers/update, and the tag topics where tags differ.
    pub fn change_customer(&self, id: u64, change: impl FnOnce(&mut Customer)) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.change_customer(id, change, now))?
    }

    /// A customer without orders goes. Raises customers/delete.
    pub fn delete_customer(&self, id: u64) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.delete_customer(id, now))?
    }

    /// Two customers become one. Raises customers/merge, customers/update and `customers/purchasing_summary`.
    pub fn merge_customers(&self, kept: u64, lost: u64) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.merge_customers(kept, lost, now))?
    }

    /// A company comes. Raises companies/create. Gives the id.
    pub fn create_company(&self, name: &str) -> Result<u64, TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.create_company(name, now))
    }

    /// A company has another name from now on. Raises companies/update.
    pub fn rename_company(&self, id: u64, name: &str) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.rename_company(id, name, now))?
    }

    /// A company goes. Raises companies/delete.
    pub fn delete_company(&self, id: u64) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.delete_company(id, now))?
    }

    /// A customer buys for a company from now on. Raises `company_contacts/create`.
    pub fn buys_for(&self, customer: u64, company: u64) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.buys_for(customer, company, now))?
    }

    /// An order is placed. Raises orders/create, customers/update and `customers/purchasing_summary`. Gives the id.
    pub fn create_order(&self, order: NewOrder) -> Result<u64, TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.create_order(order, now))?
    }

    /// An order is sent. Raises orders/fulfilled and orders/updated.
    pub fn fulfil(&self, order: u64) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.fulfil(order, now))?
    }

    /// Money goes back. Raises refunds/create, orders/updated and the customer's topics. Gives the refund's id.
    pub fn refund(&self, order: u64, amount: Decimal, note: Option<String>) -> Result<u64, TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.refund(order, amount, note, now))?
    }

    /// An order is cancelled and what was paid goes back. `reason` is REST's word; `other`, if absent.
    pub fn cancel(&self, order: u64, reason: Option<String>) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.cancel(order, reason, now))?
    }

    /// An order is deleted. Raises orders/delete and the customer's topics.
    pub fn delete_order(&self, order: u64) -> Result<(), TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.delete_order(order, now))?
    }

    /// Takes the customers and orders any payload names, without raising anything.
    pub fn take(&self, topic: &str, payload: &Value) -> Result<Taken, TwinError> {
        self.twin.within(&self.domain, |shop, now| shop.take(topic, payload, now))
    }

    /// A customer as the shop holds it.
    pub fn customer(&self, id: u64) -> Result<Customer, TwinError> {
        self.twin.within(&self.domain, |shop, _| shop.known_customer(id))?
    }

    /// What follows from a customer's orders.
    pub fn figures(&self, customer: u64) -> Result<Figures, TwinError> {
        self.twin.within(&self.domain, |shop, _| {
            let held = shop.known_customer(customer)?;
            Ok(View::now(shop).figures(&held))
        })?
    }

    /// An order as the shop holds it.
    pub fn order(&self, id: u64) -> Result<Order, TwinError> {
        self.twin.within(&self.domain, |shop, _| shop.known_order(id))?
    }

    /// The discounts that were made, the oldest first.
    pub fn discounts(&self) -> Result<Vec<Discount>, TwinError> {
        self.twin.within(&self.domain, |shop, _| shop.discounts.values().cloned().collect())
    }

    /// What was subscribed through the API, the oldest first.
    pub fn listed(&self) -> Result<Vec<ListedSubscription>, TwinError> {
        self.twin.within(&self.domain, |shop, _| shop.listed.values().cloned().collect())
    }

    /// Takes a topic's subscriptions off the list, as Shopify does after eight deliveries that failed. Gives how many.
    pub fn unlist(&self, topic: &str) -> Result<usize, TwinError> {
        self.twin.within(&self.domain, |shop, _| {
            let before = shop.listed.len();
            shop.listed.retain(|_, held| held.topic != topic);
            before - shop.listed.len()
        })
    }

    /// How much there is.
    pub fn counts(&self) -> Result<Counts, TwinError> {
        self.twin.within(&self.domain, |shop, _| Counts {
            customers: shop.customers.len(),
            orders: shop.orders.len(),
            pending: shop.pending.len(),
        })
    }

    /// Says where deliveries go.
    pub fn subscribe(&self, subscription: Subscription) -> Result<(), TwinError> {
        Sender::new(&subscription, "", &Manner::default())?;
        self.twin.within(&self.domain, |shop, _| shop.subscription = Some(subscription))
    }

    /// What happens in `before` happened before the app was installed: it raises nothing.
    pub fn without_app<T>(&self, before: impl FnOnce() -> T) -> Result<T, TwinError> {
        let is_without = |is: bool| self.twin.within(&self.domain, |shop, _| shop.is_without_app = is);
        is_without(true)?;
        let done = before();
        is_without(false)?;
        Ok(done)
    }

    /// Replaces the faults.
    pub fn set_faults(&self, faults: Faults) -> Result<(), TwinError> {
        if let Some(unknown) = faults.redact.iter().find(|kind| !REDACTABLE.contains(&kind.as_str())) {
            return Err(TwinError::invalid(format!("`redact` has {unknown:?}; known are {REDACTABLE:?}")));
        }
        self.twin.within(&self.domain, |shop, _| shop.faults = faults)
    }

    /// What waits to be sent, in the order in which it happened.
    pub fn pending(&self) -> Result<Vec<Delivery>, TwinError> {
        self.twin.within(&self.domain, |shop, _| shop.pending.iter().cloned().collect())
    }

    /// Takes what waits, for those who carry it themselves.
    pub fn take_pending(&self) -> Result<Vec<Delivery>, TwinError> {
        self.twin.within(&self.domain, |shop, _| shop.pending.drain(..).collect())
    }

    /// Sends everything that waits. Without `retry`, what was not accepted waits on; with it, it is dropped after nine
    /// attempts.
    pub async fn deliver(&self, manner: &Manner) -> Result<Vec<Delivered>, TwinError> {
        let (mut sender, waiting) = self.twin.within(&self.domain, |shop, _| {
            let missing =
                || TwinError::conflict("no subscription; PUT .../subscription says where deliveries go");
            let subscription = shop.subscription.as_ref().ok_or_else(missing)?;
            let sender = Sender::new(subscription, &shop.settings.client_secret, manner)?;
            Ok::<_, TwinError>((sender, shop.pending.drain(..).collect::<Vec<_>>()))
        })??;
        let mut results = Vec::new();
        for delivery in copies(&waiting, manner) {
            results.push(sender.send(delivery).await);
        }
        self.keep_refused(waiting, &results, manner)?;
        Ok(results)
    }

    fn keep_refused(
        &self,
        waiting: Vec<Delivery>,
        results: &[Delivered],
        manner: &Manner,
    ) -> Result<(), TwinError> {
        let accepted = |delivery: &Delivery| {
            results.iter().any(|result| result.webhook_id == delivery.webhook_id && result.accepted())
        };
        let refused: Vec<Delivery> =
            waiting.into_iter().filter(|delivery| !manner.retry && !accepted(delivery)).collect();
        self.twin.within(&self.domain, |shop, _| {
            for delivery in refused.into_iter().rev() {
                shop.pending.push_front(delivery);
            }
        })
    }

    /// Answers a GraphQL request `{query, variables, operationName}` in process, without token, latency and lost answers.
    pub fn graphql(&self, version: &str, request: &Value) -> Result<Value, TwinError> {
        let unknown = || TwinError::not_found(format!("API version {version:?} was never served"));
        let version = Version::serving(version).ok_or_else(unknown)?;
        self.twin.within(&self.domain, |shop, now| graphql::answer(shop, request, &version, now))
    }
}

/// Each delivery as often as asked, in the order or disorder asked for.
fn copies<'a>(waiting: &'a [Delivery], manner: &Manner) -> Vec<&'a Delivery> {
    let mut copies: Vec<&Delivery> =
        waiting.iter().flat_map(|delivery| std::iter::repeat_n(delivery, 1 + manner.duplicate)).collect();
    if let Some(seed) = manner.reorder {
        crate::chance::Chance::new(seed).shuffle(&mut copies);
    }
    copies
}
