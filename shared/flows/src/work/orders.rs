//! The orders of the customers that were just written: deals, and notes about refunds, for all of them together.

use std::collections::{BTreeMap, BTreeSet};

use crm::{Crm, CrmErrorKind, DealWrite, NoteWrite, Written};
use domain::{
    Deal, Mention, Order, OrderId, OrderRules, OrdersMode, RecordId, ShopDomain, UnmappedStatus,
    desired_deal, desired_note, lost_deal,
};
use jiff::Timestamp;
use shopify::Truth;

use super::commit::{End, Ended};
use super::matter::Matter;
use super::settle::{OFTEN, Truths, truth};
use super::together::together;
use super::write::Errand;
use super::{Outcome, Settled, Terms, World};
use crate::failure::Failure;

/// An order of one customer of the batch.
type Slot = (usize, OrderId);

/// What was written in an earlier round: only what was left meanwhile has to be written again.
pub(super) type Done = BTreeSet<Slot>;

/// What went wrong with the orders. The contacts are right all the same.
#[derive(Default)]
pub(super) struct Orders {
    failures: BTreeMap<Slot, Failure>,
}

/// An order that is to be written.
struct Named<'m> {
    slot: Slot,
    shop: &'m ShopDomain,
    /// The record of its customer.
    contact: &'m RecordId,
    rules: &'m OrderRules,
    seen: Seen<'m>,
    /// Whether its refunds become notes.
    notes: bool,
    /// Whether its customer failed often, so that it goes in calls of its own.
    alone: bool,
}

/// What was read of an order with its customer.
enum Seen<'m> {
    /// What it is, without what went back.
    There(&'m Order),
    /// It is not in the shop any more.
    Deleted,
    /// It cannot be told.
    Untold(Failure),
}

/// What is to be written, each with the order that it is of.
#[derive(Default)]
struct Wishes {
    deals: Vec<(Slot, DealWrite)>,
    notes: Vec<(Slot, NoteWrite)>,
}

/// Writes the orders that the deliveries name, and what was left in the rows. By the usual rules that is nothing, and no
/// call is made, but where money went back.
pub(super) async fn write<I: Sync, L: Sync, P: Sync, R: Sync>(
    matters: &[Matter<'_>],
    errands: &[Errand],
    truths: &Truths,
    done: &mut Done,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Orders {
    let mut named: Vec<Named<'_>> = Vec::new();
    for (matter, errand) in matters.iter().zip(errands) {
        named.extend(all_named(matter, errand, truths, done, terms));
    }
    let mut orders = Orders::default();
    let (alone, together): (Vec<_>, Vec<_>) = named.into_iter().partition(|one| one.alone);
    for some in std::iter::once(together).chain(alone.into_iter().map(|one| vec![one])) {
        let read = read(&some, world, now).await;
        let wishes = wishes(&some, &read, world, &mut orders);
        send(wishes, world.crm, &mut orders).await;
        done.extend(some.iter().map(|one| one.slot).filter(|slot| !orders.failures.contains_key(slot)));
    }
    orders
}

/// The orders of a customer whose contact is right now, each once.
fn all_named<'m>(
    matter: &'m Matter<'_>,
    errand: &'m Errand,
    truths: &'m Truths,
    done: &Done,
    terms: &'m Terms,
) -> Vec<Named<'m>> {
    let Some(Ok(Outcome::Written { record, .. } | Outcome::AlreadyTrue { record })) = &errand.verdict else {
        return vec![];
    };
    let Some(truth) = truth(matter, truths) else { return vec![] };
    let shop = &matter.group.customer.shop;
    let rules = &terms.rules.of(shop).orders;
    let is_refunded =
        || matter.own().chain(matter.holding.mentions.iter().cloned()).any(|mention| mention.refunded);
    if rules.mode == OrdersMode::Aggregate && !is_refunded() {
        return vec![];
    }
    let alone = matter.group.receives() >= OFTEN;
    let to_do = to_do(matter, done).into_iter().filter_map(|(order, mention)| {
        let notes = mention.refunded && rules.refund_notes;
        let seen = seen(matter, order, &mention, truth)?;
        let is_asked = notes || rules.mode != OrdersMode::Aggregate;
        let slot = (matter.index, order);
        is_asked.then_some(Named { slot, shop, contact: record, rules, seen, notes, alone })
    });
    to_do.collect()
}

/// What was left is written whatever was written before. All that was said of one order is one mention.
fn to_do(matter: &Matter<'_>, done: &Done) -> BTreeMap<OrderId, Mention> {
    let is_new =
        |mention: &Mention| mention.order.is_some_and(|order| !done.contains(&(matter.index, order)));
    let left = matter.holding.mentions.iter().cloned();
    let mut all: BTreeMap<OrderId, Mention> = BTreeMap::new();
    for mention in matter.own().filter(is_new).chain(left) {
        let Some(order) = mention.order else { continue };
        let known = all.entry(order).or_insert_with(|| mention.clone());
        known.refunded |= mention.refunded;
        known.deleted |= mention.deleted;
    }
    all
}

/// None for one that is not there yet, which comes back by itself, and for another customer's, which is another's to
/// write.
fn seen<'m>(matter: &Matter<'_>, order: OrderId, mention: &Mention, truth: &'m Truth) -> Option<Seen<'m>> {
    match truth.orders.get(&order) {
        // A replica that lags still has what was deleted.
        Some(_) if mention.deleted => Some(Seen::Untold(Failure::StaleRead)),
        Some(Ok(read)) => is_theirs(read, matter, truth).then_some(Seen::There(&read.details)),
        Some(Err(error)) => Some(Seen::Untold(Failure::unreadable(error))),
        None => mention.deleted.then_some(Seen::Deleted),
    }
}

/// A guest's order is theirs whose verified address was given with it.
pub(super) fn is_theirs(order: &shopify::Order, matter: &Matter<'_>, truth: &Truth) -> bool {
    let customer = matter.group.customer.customer;
    let verified = || {
        let email = truth.customers.get(&customer)?.as_ref().ok()?.email.value()?;
        Some(email.normalised()).filter(|_| email.verified)
    };
    match order.customer {
        Some(theirs) => theirs == customer,
        None => order.email.is_some() && order.email == verified(),
    }
}

type Read = BTreeMap<Slot, Result<Order, Failure>>;

/// One read for each shop, of those whose refunds become notes: they cost many points. The others came with their customers.
async fn read<I, L, P, R>(named: &[Named<'_>], world: &World<'_, I, L, P, R>, now: Timestamp) -> Read {
    let mut asked: BTreeMap<&ShopDomain, Vec<&Named<'_>>> = BTreeMap::new();
    for one in named.iter().filter(|one| one.notes && matches!(one.seen, Seen::There(_))) {
        asked.entry(one.shop).or_default().push(one);
    }
    let mut read = Read::new();
    for (shop, some) in asked {
        let ids: Vec<_> = some.iter().map(|one| one.slot.1).collect();
        let orders = super::read(world.shops.orders(shop, &ids, true, now)).await;
        for one in some {
            let order = match &orders {
                Ok(orders) => new_enough(one, orders.get(&one.slot.1)),
                Err(failure) => Err(failure.clone()),
            };
            read.insert(one.slot, order);
        }
    }
    read
}

/// A read that is older than that of the customer is a replica's that lags.
fn new_enough(
    named: &Named<'_>,
    read: Option<&Result<Order, std::sync::Arc<shopify::ShopError>>>,
) -> Result<Order, Failure> {
    let order = read.ok_or(Failure::StaleRead)?.as_ref().map_err(Failure::unreadable)?;
    let is_old = matches!(named.seen, Seen::There(seen) if order.updated_at < seen.updated_at);
    if is_old { Err(Failure::StaleRead) } else { Ok(order.clone()) }
}

/// What the orders should be in the CRM. A status that has no stage keeps its deal from being written, and nothing else.
fn wishes<I, L, P, R>(
    named: &[Named<'_>],
    read: &Read,
    world: &World<'_, I, L, P, R>,
    orders: &mut Orders,
) -> Wishes {
    let mut wishes = Wishes::default();
    for one in named {
        let prefix = world.shops.key_prefix(one.shop);
        let (slot, contact) = (one.slot, one.contact);
        let deal = match (&one.seen, read.get(&slot)) {
            (Seen::Deleted, _) => lost_deal(slot.1, prefix, one.rules),
            (Seen::Untold(failure), _) | (_, Some(Err(failure))) => {
                orders.fails(slot, failure.clone());
                continue;
            }
            (Seen::There(order), None) => desired_deal(order, prefix, one.rules),
            (_, Some(Ok(order))) => {
                let notes = order.refunds.iter().map(|refund| desired_note(refund, order, prefix));
                wishes.notes.extend(notes.map(|note| (slot, NoteWrite { note, contact: contact.clone() })));
                desired_deal(order, prefix, one.rules)
            }
        };
        wishes.deals.extend(wanted(slot, deal, contact, orders));
    }
    wishes
}

fn wanted(
    slot: Slot,
    deal: Result<Option<Deal>, UnmappedStatus>,
    contact: &RecordId,
    orders: &mut Orders,
) -> Option<(Slot, DealWrite)> {
    match deal {
        Ok(deal) => Some((slot, DealWrite { deal: deal?, contact: Some(contact.clone()) })),
        Err(unmapped) => {
            orders.fails(slot, unmapped.into());
            None
        }
    }
}

/// All deals in one call, and all notes in another.
async fn send(Wishes { deals, notes }: Wishes, crm: &dyn Crm, orders: &mut Orders) {
    let (slots, deals): (Vec<_>, Vec<_>) = deals.into_iter().unzip();
    orders.fail(&slots, send_deals(&deals, crm).await);
    let (slots, notes): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
    let put = async |some: &[NoteWrite]| {
        let outcomes = crm.write_notes(some).await;
        outcomes.into_iter().map(|outcome| outcome.map_err(Failure::from)).collect()
    };
    orders.fail(&slots, together(&notes, put).await);
}

async fn send_deals(deals: &[DealWrite], crm: &dyn Crm) -> Vec<Result<Option<Written>, Failure>> {
    together(deals, async |some: &[DealWrite]| {
        let outcomes = crm.write_deals(some).await;
        outcomes.into_iter().map(|outcome| outcome.map_err(Failure::from)).collect()
    })
    .await
}

/// A deletion names no customer, and the shop cannot tell whose the order was: the deals of such orders are moved by
/// their keys alone.
pub(super) async fn deleted<I: Sync, L: Sync, P: Sync, R: Sync>(
    mut settled: Vec<Settled>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Vec<Settled> {
    let (mut verdicts, mut deals) = (Vec::new(), Vec::new());
    for (case, verdict) in &mut settled {
        let mention = case.event.mention();
        let Some(order) =
            mention.order.filter(|_| mention.deleted && matches!(verdict, Ok(Outcome::NoCustomer)))
        else {
            continue;
        };
        let shop = &case.event.shop;
        match lost_deal(order, world.shops.key_prefix(shop), &terms.rules.of(shop).orders) {
            Ok(Some(deal)) => {
                deals.push(DealWrite { deal, contact: None });
                verdicts.push(verdict);
            }
            Ok(None) => {}
            Err(unmapped) => *verdict = Err(unmapped.into()),
        }
    }
    for (verdict, outcome) in verdicts.into_iter().zip(send_deals(&deals, world.crm).await) {
        *verdict =
            outcome.map(|_| Outcome::Nothing { why: "the order was deleted; its deal, if any, is lost" });
    }
    settled
}

impl Orders {
    /// The first failure of an order tells enough.
    fn fails(&mut self, slot: Slot, failure: Failure) {
        self.failures.entry(slot).or_insert(failure);
    }

    fn fail<T>(&mut self, slots: &[Slot], outcomes: Vec<Result<T, Failure>>) {
        for (slot, outcome) in slots.iter().zip(outcomes) {
            if let Err(failure) = outcome {
                self.fails(*slot, failure);
            }
        }
    }

    /// A delivery whose order could not be written fails for it. What was left by others stays in the row, and all of the
    /// customer's deliveries fail for it, since nobody else would come for it.
    pub(super) fn told<'a>(&self, mut ended: Ended<'a>) -> Ended<'a> {
        if self.failures.is_empty() {
            return ended;
        }
        let index = ended.matter.index;
        let failure =
            |mention: &Mention| mention.order.and_then(|order| self.failures.get(&(index, order))).cloned();
        let left = ended.matter.holding.mentions.iter().find_map(failure);
        let mut abandons = left.is_some();
        for (case, verdict) in ended.matter.group.cases.iter().zip(&mut ended.verdicts) {
            let of_order = failure(&case.event.mention()).or_else(|| left.clone());
            if let Some(failure) = of_order.filter(|_| verdict.is_ok()) {
                abandons |= gone(&failure);
                *verdict = Err(failure);
            }
        }
        // The contact is written anew the next time, so one that is gone is found out about.
        if abandons && matches!(ended.end, End::Keep(_)) {
            ended.end = End::Abandon;
        }
        ended
    }
}

fn gone(failure: &Failure) -> bool {
    matches!(failure, Failure::Crm(error) if *error.kind() == CrmErrorKind::Gone)
}
