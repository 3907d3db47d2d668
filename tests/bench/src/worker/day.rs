//! A shop's day: customers, and bursts of deliveries as a real shop sends them.

use jiff::SignedDuration;
use rust_decimal::Decimal;
use twin_shopify::{Delivery, HandClock, HeaderFamily, NewOrder, ShopHandle, TwinError};

use crate::event::{self, SECRET};
use crate::failure::{Failure, FailureKind};
use crate::runtime_api::Event;

/// How many actions a delivery may come late by: what a shop raises at once does not arrive together.
const STRAYS: u64 = 6;

/// A shop and those who buy in it.
pub(super) struct Day {
    shop: ShopHandle,
    /// Moved on with every action, where the shop's clock is moved by hand.
    hands: Option<HandClock>,
    pub(super) customers: Vec<u64>,
    chance: fastrand::Rng,
    /// How much has happened.
    acts: u32,
}

impl Day {
    /// That many customers, of whom nothing was told yet.
    pub(super) fn open(shop: &ShopHandle, hands: Option<HandClock>, customers: u32) -> Result<Self, Failure> {
        let chance = fastrand::Rng::with_seed(7);
        let mut day = Self { shop: shop.clone(), hands, customers: Vec::new(), chance, acts: 0 };
        for number in 0..customers {
            day.moves_on();
            let made = day.shop.create_customer(|customer| {
                customer.first_name = Some(format!("First {number}"));
                customer.last_name = Some(format!("Last {number}"));
                customer.email = Some(format!("customer-{number}@example.com"));
                customer.phone = Some(format!("+1212555{number:04}"));
                customer.tags = vec!["newsletter".to_owned(), format!("tier-{}", number % 5)];
            });
            day.customers.push(made.map_err(refused)?);
        }
        day.shop.take_pending().map_err(refused)?;
        Ok(day)
    }

    /// Something happens to everyone, see [`Day::actions`]. In the order in which it arrives.
    pub(super) fn burst(&mut self, ordering: usize) -> Result<Vec<Delivery>, Failure> {
        let mut arriving = Vec::new();
        for (place, (customer, orders)) in (0..).zip(self.actions(ordering, 1)) {
            for delivery in self.act(customer, orders)? {
                arriving.push((place + self.chance.u64(..STRAYS), delivery));
            }
        }
        arriving.sort_by_key(|(at, _)| *at);
        Ok(arriving.into_iter().map(|(_, delivery)| delivery).collect())
    }

    /// Everyone, so many times, in any order; whether they order, which sends four deliveries, as the first `ordering` do,
    /// or one field of theirs changes, which sends one.
    pub(super) fn actions(&mut self, ordering: usize, times: usize) -> Vec<(u64, bool)> {
        let customers = self.customers.iter().enumerate();
        let once: Vec<_> = customers.map(|(place, customer)| (*customer, place < ordering)).collect();
        let mut actions = once.repeat(times);
        self.chance.shuffle(&mut actions);
        actions
    }

    /// One action, and the deliveries that the shop raises for it.
    pub(super) fn act(&mut self, customer: u64, orders: bool) -> Result<Vec<Delivery>, Failure> {
        self.moves_on();
        self.acts += 1;
        if orders { self.buys(customer) } else { self.marries(customer) }.map_err(refused)?;
        Ok(with_update(self.shop.take_pending().map_err(refused)?, &mut self.chance))
    }

    fn buys(&mut self, customer: u64) -> Result<(), TwinError> {
        let total = Decimal::new(self.chance.i64(100..50_000), 2);
        self.shop.create_order(NewOrder { customer: Some(customer), total, ..NewOrder::default() }).map(drop)
    }

    fn marries(&self, customer: u64) -> Result<(), TwinError> {
        let name = format!("Last {customer}-{}", self.acts);
        self.shop.change_customer(customer, |customer| customer.last_name = Some(name))
    }

    fn moves_on(&self) {
        if let Some(hands) = &self.hands {
            hands.advance(SignedDuration::from_secs(1));
        }
    }
}

/// A shop says orders/updated right after orders/create; the twin, which is only true to what changed, does not.
fn with_update(raised: Vec<Delivery>, chance: &mut fastrand::Rng) -> Vec<Delivery> {
    let created = raised.iter().filter(|delivery| delivery.topic == "orders/create");
    let updated: Vec<_> = created.cloned().map(|created| updated(created, chance)).collect();
    raised.into_iter().chain(updated).collect()
}

fn updated(created: Delivery, chance: &mut fastrand::Rng) -> Delivery {
    let webhook_id = format!("{:08x}-0000-4000-8000-{:012x}", chance.u32(..), chance.u64(..1 << 48));
    Delivery { topic: "orders/updated".to_owned(), webhook_id, ..created }
}

/// The event of API Gateway that brings this delivery.
pub(super) fn webhook(delivery: &Delivery) -> Event {
    let headers = delivery.sign(SECRET, HeaderFamily::Classic);
    event::of_webhook(&headers, &String::from_utf8_lossy(&delivery.body)).into()
}

fn refused(cause: TwinError) -> Failure {
    Failure::caused(FailureKind::Harness, "the shop of the bench refuses", cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::vendors::yesterday;
    use std::collections::{BTreeMap, BTreeSet};
    use twin_shopify::{ShopSettings, Twin};

    #[test]
    fn a_thousand_deliveries_over_four_hundred_customers_as_a_shop_sends_them() {
        let hands = yesterday();
        let shop =
            Twin::with_clock(1, hands.clock()).open_shop("demo.myshopify.com", ShopSettings::default());
        let mut day = Day::open(&shop, Some(hands), 400).expect("a day");
        let burst = day.burst(200).expect("a burst");
        let mut topics = BTreeMap::new();
        for delivery in &burst {
            *topics.entry(delivery.topic.as_str()).or_insert(0) += 1;
        }
        let expected = [
            ("customers/purchasing_summary", 200),
            ("customers/update", 400),
            ("orders/create", 200),
            ("orders/updated", 200),
        ];
        assert_eq!(topics, expected.into());
        let ids: BTreeSet<_> = burst.iter().map(|delivery| &delivery.webhook_id).collect();
        assert_eq!(ids.len(), burst.len());
    }
}
