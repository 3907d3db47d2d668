//! What would be done about an event, in words: read as the worker reads, decided as it decides, and nothing is written, leased or
//! sent.

mod acts;
mod fields;
mod request;
mod whom;

use std::collections::BTreeSet;

use domain::{ActionKey, CustomerKey, Event, SignalState};
use jiff::Timestamp;
use serde::Serialize;
use store::{Deeds, Holding, Inbox, Links, StoreError};

pub use self::request::PreviewRequest;

use self::whom::{Whom, whom};
use super::figures::{Medians, medians};
use super::matter::{Group, Matter};
use super::settle::{Truths, decide, truth};
use super::signals::facts;
use super::{Case, Delivered, Doing, Outcome, Terms, World, read, refunds};
use crate::failure::Failure;

/// What would be done, line by line. It has the contact's values in it, old and new: it is for the one who asks, and never for
/// a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// To be read from top to bottom.
    pub lines: Vec<String>,
}

/// What became of actions before.
pub trait PastDeeds: Send + Sync {
    /// [`Deeds::outcome`].
    fn was_done<'a>(
        &'a self,
        action: &'a ActionKey,
        now: Timestamp,
    ) -> Doing<'a, Result<Option<String>, StoreError>>;
}

impl<D: Deeds> PastDeeds for D {
    fn was_done<'a>(
        &'a self,
        action: &'a ActionKey,
        now: Timestamp,
    ) -> Doing<'a, Result<Option<String>, StoreError>> {
        Box::pin(self.outcome(action, now))
    }
}

/// Tells what would be done if the event came now, or the one that is asked for by its customer or order.
pub async fn preview<I: Inbox, L: Links, P: Sync, R: Sync>(
    asked: &PreviewRequest,
    world: &World<'_, I, L, P, R>,
    deeds: &dyn PastDeeds,
    terms: &Terms,
) -> Result<Preview, Failure> {
    let now = (world.clock)();
    let event = match asked.event(now) {
        Ok(event) => event,
        Err(mend) => return Ok(Preview { lines: vec![mend] }),
    };
    let mut lines = vec![head(&event, now)];
    let case = case(event);
    if asked.event.is_some() && concluded(&case, world, now).await? {
        lines.push("the delivery was concluded before: it is skipped. If it were not:".to_owned());
    }
    match whom(case, world, terms, now).await? {
        Whom::Nobody(why) => lines.push(why),
        Whom::Customer(customer, case) => {
            lines.push(format!("customer {customer}"));
            lines.extend(of_customer(customer, *case, world, deeds, terms, now).await?);
        }
    }
    Ok(Preview { lines })
}

fn head(event: &Event, now: Timestamp) -> String {
    let raised_at = event.triggered_at.unwrap_or(event.received_at);
    let quiet = if event.quiet { ", which only sets things right" } else { "" };
    format!("{} of {}, raised at {raised_at}{quiet}, as of {now}", event.topic.as_str(), event.shop)
}

fn case(event: Event) -> Case {
    let delivered = Delivered {
        message_id: "preview".to_owned(),
        receipt: String::new(),
        body: String::new(),
        receives: 1,
    };
    Case { delivered, event, is_concluded: false, inherits: None }
}

async fn concluded<I: Inbox, L: Sync, P: Sync, R: Sync>(
    case: &Case,
    world: &World<'_, I, L, P, R>,
    now: Timestamp,
) -> Result<bool, Failure> {
    Ok(world.inbox.concluded(&[case.delivery()], now).await?.contains(&true))
}

async fn of_customer<I: Sync, L: Links, P: Sync, R: Sync>(
    customer: CustomerKey,
    case: Case,
    world: &World<'_, I, L, P, R>,
    deeds: &dyn PastDeeds,
    terms: &Terms,
    now: Timestamp,
) -> Result<Vec<String>, Failure> {
    let link = world.links.link(&customer).await?;
    let claimant = terms.claimant(&[], now);
    let group = Group { customer, cases: vec![case], claimant };
    let matter = Matter::new(0, &group, Holding { link, ..Holding::default() });
    let truths = truths(&matter, world, terms, now).await?;
    let medians = medians(&truths, world, terms).await;
    let (wish, after) = match decide(&matter, &truths, &medians, world, terms, now) {
        Ok(decided) => decided,
        Err(verdict) => return over(verdict, &matter, &truths),
    };
    let mut lines = Vec::new();
    let is_clear = fields::told(&matter, &wish, world, terms, &mut lines).await?;
    lines.extend(signals(&matter, &truths, &medians, &after, terms, now));
    if is_clear {
        lines.extend(acts::told(&matter, wish, after, &truths, &medians, deeds, terms, now).await?);
    } else {
        lines.push("no action is done before a person has chosen the record".to_owned());
    }
    Ok(lines)
}

/// What the worker would read of the shop.
async fn truths<I: Sync, L: Sync, P: Sync, R: Sync>(
    matter: &Matter<'_>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Result<Truths, Failure> {
    let CustomerKey { shop, customer } = &matter.group.customer;
    let orders: Vec<_> = matter.orders().into_iter().collect();
    let mut truth = read(world.shops.read(shop, &[*customer], &orders, now)).await?;
    let looked = BTreeSet::from_iter(matter.looks_at_the_record().then_some(*customer));
    refunds::complete(&mut truth, shop, &looked, terms.rules.of(shop), world, now).await;
    Ok(Truths::from([(shop.clone(), Ok(truth))]))
}

/// There is nothing to write, for a reason that can be told.
fn over(
    verdict: Result<Outcome, Failure>,
    matter: &Matter<'_>,
    truths: &Truths,
) -> Result<Vec<String>, Failure> {
    let is_there = truth(matter, truths)
        .is_some_and(|truth| truth.customers.contains_key(&matter.group.customer.customer));
    match verdict {
        Ok(Outcome::CustomerGone) | Err(Failure::StaleRead) if !is_there => {
            Ok(vec!["they are not in the shop, or not yet: nothing is written".to_owned()])
        }
        Ok(outcome) => Ok(vec![format!("nothing is written: {}", outcome.code())]),
        Err(Failure::StaleRead) => Ok(vec![
            "the shop answers with an older state than the event's: it is read again later".to_owned(),
        ]),
        Err(failure) => Err(failure),
    }
}

fn signals(
    matter: &Matter<'_>,
    truths: &Truths,
    medians: &Medians,
    after: &SignalState,
    terms: &Terms,
    now: Timestamp,
) -> Vec<String> {
    let CustomerKey { shop, customer } = &matter.group.customer;
    let read = truth(matter, truths).and_then(|truth| truth.customers.get(customer));
    let Some(Ok(read)) = read else { return vec![] };
    let were = matter.heard();
    let facts = facts(read, &were, medians.get(shop).copied(), now);
    let explained = terms.signals.of_shop(shop).explain(&facts, &were.on());
    let mut lines: Vec<_> = explained.iter().map(fields::signal).collect();
    lines.extend(after.due_at.map(|at| format!("by time alone this changes at {at}")));
    lines
}
