//! A repair is an event like any other, but quiet: the worker reads the truth, and holds the record against it.

use domain::{CustomerId, Envelope, Event, OrderId, ShopDomain, Subject, Topic};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use store::{Outbox, StoreError};

/// How many are sent at a time.
const AT_A_TIME: usize = 16;

/// Sends one event for each customer. Sent twice, for the same run, it is one delivery: the second counts for nothing.
pub(super) async fn send(
    shop: &ShopDomain,
    run: &str,
    customers: &[CustomerId],
    outbox: &impl Outbox,
    now: Timestamp,
) -> Result<(), StoreError> {
    let envelopes: Vec<_> = customers.iter().map(|customer| repair(shop, run, *customer, now)).collect();
    send_all(&envelopes, outbox).await
}

/// The same for orders, each with its customer.
pub(super) async fn send_orders(
    shop: &ShopDomain,
    run: &str,
    orders: &[(OrderId, CustomerId)],
    outbox: &impl Outbox,
    now: Timestamp,
) -> Result<(), StoreError> {
    let order = |(id, customer): &(OrderId, CustomerId)| {
        let subject = Subject::Order { id: *id, customer: Some(*customer), updated_at: None, checkout: None };
        quiet(shop, format!("repair {run} order {id}"), subject, now)
    };
    send_all(&orders.iter().map(order).collect::<Vec<_>>(), outbox).await
}

async fn send_all(envelopes: &[Envelope], outbox: &impl Outbox) -> Result<(), StoreError> {
    let sent = stream::iter(envelopes).map(|envelope| outbox.send(envelope)).buffer_unordered(AT_A_TIME);
    sent.collect::<Vec<_>>().await.into_iter().collect()
}

fn repair(shop: &ShopDomain, run: &str, customer: CustomerId, now: Timestamp) -> Envelope {
    let subject = Subject::Customer { id: customer, updated_at: None };
    quiet(shop, format!("repair {run} {customer}"), subject, now)
}

fn quiet(shop: &ShopDomain, delivery_id: String, subject: Subject, now: Timestamp) -> Envelope {
    Envelope::V1(Event {
        shop: shop.clone(),
        topic: Topic::repair(),
        delivery_id,
        event_id: None,
        triggered_at: None,
        received_at: now,
        api_version: None,
        replays: 0,
        quiet: true,
        subject,
    })
}
