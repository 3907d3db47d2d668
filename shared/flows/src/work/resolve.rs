//! Whose customer is it? What an event names becomes a customer, or an answer.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Concern, CustomerId, CustomerKey, Freshness, OrderId, RecordId, ShopDomain, Subject, Topic};
use jiff::Timestamp;
use shopify::{Customers, Truth};
use store::{Holding, Lease, Links};

use super::matter::Verdict;
use super::{Case, Outcome, Settled, Terms, World, read};
use crate::failure::Failure;

/// Cases with their customers, and those that have an answer already.
pub(super) struct Resolved {
    pub(super) customers: Vec<(CustomerKey, Case)>,
    pub(super) settled: Vec<Settled>,
}

pub(super) enum Named {
    Customer(CustomerId),
    /// One who goes on, and one who went up in them.
    Merge(CustomerId, CustomerId),
    Order(OrderId),
    /// A bulk operation of the shop is done.
    Done,
    /// A person who asks us for something.
    Person(Option<CustomerId>),
    Nobody(Verdict),
}

pub(super) fn named(case: &Case) -> Named {
    match &case.event.subject {
        Subject::Customer { id, .. } | Subject::Order { customer: Some(id), .. } => Named::Customer(*id),
        Subject::Order { id, customer: None, .. } => Named::Order(*id),
        Subject::Merge { succeeded: Some(false), .. } => nothing("the merge did not come about"),
        Subject::Merge { kept, lost, .. } => Named::Merge(*kept, *lost),
        Subject::Company { .. } => nothing("a company"),
        Subject::Checkout { customer: Some(id), .. } if case.event.topic == Topic::abandoned() => {
            Named::Customer(*id)
        }
        Subject::Checkout { .. } => nothing("a checkout changes nothing of a contact"),
        Subject::Person { customer, .. } => Named::Person(*customer),
        Subject::Unreadable { why, .. } => Named::Nobody(Err(Failure::Unreadable(*why))),
        Subject::Other { .. } if case.event.topic.concern() == Concern::BulkFinished => Named::Done,
        Subject::Other { .. } => about_the_app(case.event.topic.concern()),
    }
}

fn about_the_app(concern: Concern) -> Named {
    Named::Nobody(Err(match concern {
        Concern::ShopLeft => Failure::ShopLeft,
        Concern::ShopErased => Failure::ShopErased,
        Concern::ScopesChanged => Failure::ScopesChanged,
        Concern::Unknown => Failure::UnknownTopic,
        _ => Failure::NotActedOn,
    }))
}

fn nothing(why: &'static str) -> Named {
    Named::Nobody(Ok(Outcome::Nothing { why }))
}

/// Finds the customer of each case. Orders whose payload named none (a refund, a guest) are read, once for each shop.
pub(super) async fn resolve<I: Sync, L: Links, P: Sync, R: Sync>(
    cases: Vec<Case>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Resolved {
    let (mut customers, mut settled) = (Vec::new(), Vec::new());
    let mut unnamed: BTreeMap<ShopDomain, Vec<(OrderId, Case)>> = BTreeMap::new();
    for mut case in cases {
        let shop = case.event.shop.clone();
        match named(&case) {
            Named::Customer(id) => customers.push((key(&shop, id), case)),
            Named::Order(id) => unnamed.entry(shop).or_default().push((id, case)),
            Named::Merge(kept, lost) => match inherited(&key(&shop, lost), world, terms).await {
                Ok(record) => {
                    case.inherits = record;
                    customers.push((key(&shop, kept), case));
                }
                Err(failure) => settled.push((case, Err(failure))),
            },
            Named::Person(customer) => {
                let asked = asks(customer.map(|id| key(&shop, id)), &case, world).await;
                settled.push((case, Err(asked)));
            }
            Named::Done => {
                let woken = world.beside.wake(&shop).await.map_err(Failure::from);
                let why = "the run that waits for it goes on";
                settled.push((case, woken.map(|()| Outcome::Nothing { why })));
            }
            Named::Nobody(verdict) => settled.push((case, verdict)),
        }
    }
    for (shop, orders) in unnamed {
        read_orders(&shop, orders, world, &mut customers, &mut settled).await;
    }
    Resolved { customers, settled }
}

/// The record of one who went up in another. Who has the row knows that nobody makes a record for them any more: whoever
/// reads them after this does not find them in the shop.
async fn inherited<I: Sync, L: Links, P: Sync, R: Sync>(
    lost: &CustomerKey,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Result<Option<RecordId>, Failure> {
    let claimant = terms.claimant(&[], (world.clock)());
    let Lease::Granted(Holding { link, in_doubt, .. }) = world.links.lease(lost, &claimant).await? else {
        return Err(Failure::Held);
    };
    // Where it is not given back, it runs out.
    drop(if in_doubt {
        world.links.abandon(lost, &claimant).await
    } else {
        world.links.release(lost, &claimant).await
    });
    Ok(link.map(|link| link.record))
}

/// What a person asks for is done by a person; they are told which record it is about.
async fn asks<I: Sync, L: Links, P: Sync, R: Sync>(
    customer: Option<CustomerKey>,
    case: &Case,
    world: &World<'_, I, L, P, R>,
) -> Failure {
    let link = match &customer {
        Some(customer) => world.links.link(customer).await,
        None => Ok(None),
    };
    match link {
        Ok(link) => {
            let record = link.map(|link| link.record);
            let erase = case.event.topic.concern() == Concern::Erasure;
            if erase { Failure::Erasure { record } } else { Failure::DataRequest { record } }
        }
        Err(error) => error.into(),
    }
}

pub(super) fn key(shop: &ShopDomain, customer: CustomerId) -> CustomerKey {
    CustomerKey { shop: shop.clone(), customer }
}

async fn read_orders<I, L, P, R>(
    shop: &ShopDomain,
    orders: Vec<(OrderId, Case)>,
    world: &World<'_, I, L, P, R>,
    customers: &mut Vec<(CustomerKey, Case)>,
    settled: &mut Vec<Settled>,
) {
    let now = (world.clock)();
    let ids: BTreeSet<_> = orders.iter().map(|(id, _)| *id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let read = match read(world.shops.read(shop, &[], &ids, now)).await {
        Ok(truth) => guests(shop, &truth, world, now).await.map(|guests| (truth, guests)),
        Err(failure) => Err(failure),
    };
    match read {
        Ok((truth, guests)) => {
            for (id, case) in orders {
                match customer_of(id, &case, &truth, &guests, now) {
                    Ok(Some(customer)) => customers.push((key(shop, customer), case)),
                    Ok(None) => settled.push((case, Ok(Outcome::NoCustomer))),
                    Err(failure) => settled.push((case, Err(failure))),
                }
            }
        }
        Err(failure) => {
            settled.extend(orders.into_iter().map(|(_, case)| (case, Err(failure.clone()))));
        }
    }
}

/// The customers whose verified address was given with an order that is nobody's (S-210). None is asked for where there is
/// no such order.
pub(super) async fn guests<I, L, P, R>(
    shop: &ShopDomain,
    truth: &Truth,
    world: &World<'_, I, L, P, R>,
    now: Timestamp,
) -> Result<Customers, Failure> {
    let guests = truth.orders.values().flatten().filter(|order| order.customer.is_none());
    let emails: BTreeSet<_> = guests.filter_map(|order| order.email.clone()).collect();
    if emails.is_empty() {
        return Ok(Customers::new());
    }
    let emails = Vec::from_iter(emails);
    read(world.shops.by_email(shop, &emails, now)).await
}

pub(super) fn customer_of(
    id: OrderId,
    case: &Case,
    truth: &Truth,
    guests: &Customers,
    now: Timestamp,
) -> Result<Option<CustomerId>, Failure> {
    let order = truth.orders.get(&id).map(Result::as_ref).transpose().map_err(Failure::unreadable)?;
    match case.event.mention().freshness(order.map(shopify::Order::updated_at), now) {
        Freshness::Stale | Freshness::Missing => Err(Failure::StaleRead),
        Freshness::Fresh | Freshness::Gone => Ok(order.and_then(|order| {
            let guest = || order.email.as_ref().and_then(|email| guests.get(email).copied());
            order.customer.or_else(guest)
        })),
    }
}
