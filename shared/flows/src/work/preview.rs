//! What would be done about a customer now, in words: read as the worker reads, decided as it decides, and nothing is written,
//! leased or sent.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CustomerId, CustomerKey, Desired, Field, Identity, OrderId, Plan, Record, RecordId, ShopDomain, Value,
    desired, identify, plan,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shopify::Truth;
use store::{Link, Links};

use super::figures::{Medians, medians};
use super::firing::{By, News, firings, why_not};
use super::observe::{Sight, wanted};
use super::outcome::reason;
use super::settle::Truths;
use super::signals::{facts, signalled};
use super::{Terms, World, read, refunds};
use crate::failure::Failure;

/// Whom to look at: a customer, or whoever made an order; with the order, what is done for it is told too.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The shop.
    pub shop: ShopDomain,
    /// The customer's id.
    #[serde(default)]
    pub customer: Option<CustomerId>,
    /// An order's id.
    #[serde(default)]
    pub order: Option<OrderId>,
}

/// What would be done, line by line. It has the contact's values in it, old and new: it is for the one who asks, and never for
/// a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// To be read from top to bottom.
    pub lines: Vec<String>,
}

/// Tells what would be done if an event came now. Whether an action was done before is not looked up.
pub async fn preview<I: Sync, L: Links, P: Sync, R: Sync>(
    asked: &PreviewRequest,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Result<Preview, Failure> {
    let (shop, now) = (&asked.shop, (world.clock)());
    if asked.customer.is_none() && asked.order.is_none() {
        return Ok(Preview { lines: vec!["Say of whom: add \"customer\" or \"order\" with an id.".into()] });
    }
    let orders: Vec<_> = asked.order.into_iter().collect();
    let Some(id) = customer(asked, &orders, world, now).await? else {
        return Ok(Preview {
            lines: vec!["Nobody: the order is not there, or is tied to no customer.".into()],
        });
    };
    let mut truth = read(world.shops.read(shop, &[id], &orders, now)).await?;
    refunds::complete(&mut truth, shop, &BTreeSet::new(), terms.rules.of(shop), world, now).await;
    let truths = Truths::from([(shop.clone(), Ok(truth))]);
    let medians = medians(&truths, world, terms).await;
    let customer = CustomerKey { shop: shop.clone(), customer: id };
    let link = world.links.link(&customer).await?;
    let Some(Ok(truth)) = truths.get(shop) else { return Err(Failure::StaleRead) };
    told(&customer, &orders, truth, &medians, link, world, terms, now).await
}

async fn customer<I, L, P, R>(
    asked: &PreviewRequest,
    orders: &[OrderId],
    world: &World<'_, I, L, P, R>,
    now: Timestamp,
) -> Result<Option<CustomerId>, Failure> {
    if asked.customer.is_some() || orders.is_empty() {
        return Ok(asked.customer);
    }
    let truth = read(world.shops.read(&asked.shop, &[], orders, now)).await?;
    Ok(truth.orders.into_values().flatten().find_map(|order| order.customer))
}

#[allow(clippy::too_many_arguments, reason = "what was read, each of another kind")]
async fn told<I: Sync, L: Links, P: Sync, R: Sync>(
    customer: &CustomerKey,
    orders: &[OrderId],
    truth: &Truth,
    medians: &Medians,
    link: Option<Link>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Result<Preview, Failure> {
    let Some(known) = truth.customers.get(&customer.customer) else {
        return Ok(Preview { lines: vec![format!("{customer} is not in the shop: nothing is written.")] });
    };
    let known = known.as_ref().map_err(Failure::unreadable)?;
    let (rules, signals) = (terms.rules.of(&customer.shop), terms.signals.of_shop(&customer.shop));
    let before = link.as_ref().map(|link| link.signals.clone()).unwrap_or_default();
    let facts = facts(known, &before, medians.get(&customer.shop).copied(), now);
    let wish = desired(known, world.shops.key_prefix(&customer.shop), rules);
    let (wish, after) = signalled(wish, &facts, signals, &before, rules, now);

    let mut lines = vec![format!("Customer {customer}, as of {now}")];
    let (sight, there) = sight(&wish, link, world).await?;
    lines.push(sight.1);
    if let Some(sight) = &sight.0 {
        let key = &terms.fingerprint_key;
        let by_memory = plan(&wish, sight.observed(), key, rules);
        // What only goes forward is held against the record itself, as the worker does.
        let plan = if by_memory.is_unsure() {
            plan(&wish, sight.beside(there.as_ref()), key, rules)
        } else {
            by_memory
        };
        lines.extend(writes(&plan, there.as_ref()));
    }
    for explained in signals.explain(&facts, &before.on()) {
        let saw: Vec<_> = explained.saw.iter().map(|(name, value)| format!("{name} is {value}")).collect();
        let was = explained.was.map(|was| format!("{} -> ", quoted(&was))).unwrap_or_default();
        let (name, is) = (explained.signal.as_str(), quoted(&explained.is));
        let rules = explained.expressions.iter().map(|(part, text)| format!("{}: {text}", part.name()));
        let rules = rules.collect::<Vec<_>>().join("; ");
        lines.push(format!("signal {name}: {was}{is}, by {rules}, where {}", saw.join(", ")));
    }
    lines.extend(after.due_at.map(|at| format!("by time alone this changes at {at}")));
    if sight.0.is_none() {
        lines.push("no action is done before a person has chosen the record".to_owned());
        return Ok(Preview { lines });
    }
    let read = orders.iter().filter_map(|order| truth.orders.get(order)?.as_ref().ok());
    let read = read.filter(|order| order.customer.is_none_or(|theirs| theirs == customer.customer));
    let orders: Vec<_> = read.map(|order| &order.details).filter(|order| !order.is_test).collect();
    let (before, after, raised_at) = (&before, &after, Some(now));
    let news = News { customer: known, facts: &facts, before, after, orders, raised_at, now };
    let by = By { rules, signals, key: &terms.fingerprint_key };
    let nobody = RecordId::new("");
    let fire: BTreeMap<_, _> =
        firings(&news, &by, &nobody).into_iter().map(|firing| (firing.action.clone(), firing)).collect();
    for (name, rule) in rules.actions.iter().filter(|(_, rule)| !rule.act.stands()) {
        lines.push(match fire.get(name) {
            Some(firing) => format!("action {}: {} ({})", name.as_str(), firing.deed.name(), firing.key),
            None => format!("action {}: not done, {}", name.as_str(), why_not(&news, &by, rule)),
        });
    }
    Ok(Preview { lines })
}

type Found = ((Option<Sight>, String), Option<Record>);

/// The record, how it is known, and what it says.
async fn sight<I: Sync, L: Links, P: Sync, R: Sync>(
    wish: &Desired,
    link: Option<Link>,
    world: &World<'_, I, L, P, R>,
) -> Result<Found, Failure> {
    if let Some(link) = link {
        let there = world.crm.fetch(std::slice::from_ref(&link.record)).await?.pop().flatten();
        if there.is_some() {
            let told = format!("record {}, which was written before", link.record);
            return Ok(((Some(Sight::Remembered(link)), told), there));
        }
    }
    let candidates = world.crm.find(&[wanted(wish)]).await?.pop().unwrap_or_default();
    Ok(match identify(wish, candidates) {
        Identity::New => ((Some(Sight::Nothing), "no record: one is made".to_owned()), None),
        Identity::Found(found) => {
            let told = format!("record {}, found by {:?}", found.record.id, found.by);
            let there = found.record.clone();
            ((Some(Sight::Read(found.record)), told), Some(there))
        }
        Identity::Ambiguous(records) => {
            let names: Vec<_> = records.iter().map(RecordId::as_str).collect();
            let told =
                format!("records {} may be it: a person is asked, and nothing is written", names.join(", "));
            ((None, told), None)
        }
    })
}

fn writes(plan: &Plan, there: Option<&Record>) -> Vec<String> {
    let old = |field: &Field| there.and_then(|record| record.fields.get(field)).map_or("", |_| " -> ");
    let was = |field: &Field| {
        let value = there.and_then(|record| record.fields.get(field));
        value.map(words).unwrap_or_default()
    };
    let fields = plan.writes.iter().flat_map(domain::Write::fields);
    let mut lines: Vec<_> = fields
        .map(|(field, value)| format!("field {}: {}{}{}", field.name(), was(field), old(field), words(value)))
        .collect();
    if lines.is_empty() {
        lines.push("no field would be written".to_owned());
    }
    lines.extend(plan.skipped.iter().filter_map(reason).map(|why| format!("left: {why}")));
    lines
}

fn words(value: &Value) -> String {
    match value {
        Value::Empty => quoted(""),
        Value::Text(text) => quoted(text),
        Value::List(list) => quoted(&list.join("; ")),
        Value::Number(number) => number.to_string(),
        Value::Time(time) => time.to_string(),
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("{text:?}") }
}
