//! Deals: one opportunity or order for each order of a shop, by an External ID of ours, tied to whose it is.

use std::collections::{BTreeMap, BTreeSet};

use crm::{DealOutcome, DealWrite, Written, spelling};
use domain::{Currencies, Deal, DealFacts, OrdersAs, RecordId};

use crate::client::Salesforce;
use crate::contacts::{People, Somebody, keyed, look};
use crate::encode::{Cell, Row, cut, day};
use crate::error::Refusal;
use crate::limits::{OPPORTUNITY_NAME, ORDER_NAME};
use crate::ours::{CLOSED_AT, CURRENCY, ORDER, TOTAL};
use crate::roles;
use crate::rows::{Collection, Door, Outcome};

/// What became of each key.
type Told = BTreeMap<String, Result<Option<Written>, Refusal>>;

/// One outcome for each deal, in their order. Of several writes of one deal the last one is sent.
pub(crate) async fn write(salesforce: &Salesforce, writes: &[DealWrite]) -> Vec<DealOutcome> {
    let last: BTreeMap<&str, &DealWrite> = writes.iter().map(|write| (key(write), write)).collect();
    let mut told = match put(salesforce, &last).await {
        Ok(told) => told,
        Err(refusal) => last.keys().map(|key| ((*key).to_owned(), Err(refusal.clone()))).collect(),
    };
    writes.iter().map(|write| outcome(&mut told, key(write))).collect()
}

/// What is new is new for the first of its writes.
fn outcome(told: &mut Told, key: &str) -> DealOutcome {
    match told.get_mut(key) {
        Some(Ok(written)) => {
            let outcome = written.clone();
            if let Some(written) = written {
                written.created = false;
            }
            Ok(outcome)
        }
        Some(Err(refusal)) => Err(refusal.clone().error()),
        None => Err(Refusal::unanswered(0).error()),
    }
}

fn key(write: &DealWrite) -> &str {
    write.deal.key.as_str()
}

pub(crate) fn object(salesforce: &Salesforce) -> &'static str {
    match salesforce.config().layout.orders {
        OrdersAs::Opportunities => "Opportunity",
        OrdersAs::Orders => "Order",
    }
}

/// The name of the field that a deal's stage is in.
pub(crate) fn stage(salesforce: &Salesforce) -> &'static str {
    match salesforce.config().layout.orders {
        OrdersAs::Opportunities => "StageName",
        OrdersAs::Orders => "Status",
    }
}

/// Whether a deal says in a role whose it is. An order has its contact in itself, and a person who is an account is the
/// account.
pub(crate) fn has_roles(salesforce: &Salesforce) -> bool {
    object(salesforce) == "Opportunity" && !salesforce.words().are_accounts()
}

async fn put(salesforce: &Salesforce, writes: &BTreeMap<&str, &DealWrite>) -> Result<Told, Refusal> {
    let there = keyed(salesforce, object(salesforce), ORDER, "AccountId", writes.keys().copied()).await?;
    let people = look(salesforce, writes.values().filter_map(|write| write.contact.as_ref())).await?;
    let mut told = Told::new();
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for (key, write) in writes {
        match (somebody(&people, write), there.get(*key)) {
            (Err(refusal), _) => drop(told.insert((*key).to_owned(), Err(refusal))),
            (Ok(whose), Some(place)) => known.push((*write, whose, change(salesforce, write, whose, place))),
            (Ok(whose), None) if write.deal.is_wanted => {
                new.push((*write, whose, create(salesforce, write, whose)));
            }
            (Ok(_), None) => drop(told.insert((*key).to_owned(), Ok(None))),
        }
    }
    let mut stop = None;
    let mut written = send(salesforce, Door::Update, known, &mut stop).await;
    written.extend(send(salesforce, Door::Upsert(ORDER), new, &mut stop).await);
    tie(salesforce, written, &mut told).await;
    Ok(told)
}

fn somebody<'p>(people: &'p People, write: &DealWrite) -> Result<Option<&'p Somebody>, Refusal> {
    write.contact.as_ref().map(|contact| people.get(contact)).transpose()
}

type Sent<'w, 'p> = (&'w DealWrite, Option<&'p Somebody>, Outcome);

async fn send<'w, 'p>(
    salesforce: &Salesforce,
    door: Door,
    rows: Vec<(&'w DealWrite, Option<&'p Somebody>, Row<'w>)>,
    stop: &mut Option<Refusal>,
) -> Vec<Sent<'w, 'p>> {
    let collection = Collection { salesforce, object: object(salesforce), door };
    let (whose, rows): (Vec<_>, Vec<_>) =
        rows.into_iter().map(|(write, whose, row)| ((write, whose), row)).unzip();
    let outcomes = collection.send(&rows, stop).await;
    whose.into_iter().zip(outcomes).map(|((write, whose), outcome)| (write, whose, outcome)).collect()
}

/// A contact of an opportunity has a role in it, which is looked for each time: the answer to the write that made the
/// opportunity may have been lost before.
async fn tie(salesforce: &Salesforce, written: Vec<Sent<'_, '_>>, told: &mut Told) {
    let by_role = has_roles(salesforce);
    let (mut open, mut pairs) = (Vec::new(), Vec::new());
    for (write, whose, outcome) in written {
        match (outcome, whose) {
            (Ok(deal), Some(whose)) if by_role => {
                pairs.push((deal.record.clone(), whose.record.clone()));
                open.push((write, deal));
            }
            (outcome, _) => drop(told.insert(key(write).to_owned(), outcome.map(Some))),
        }
    }
    let new: BTreeSet<RecordId> =
        open.iter().filter(|(_, deal)| deal.created).map(|(_, deal)| deal.record.clone()).collect();
    let tied = roles::tie(salesforce, &pairs, |deal| !new.contains(deal)).await;
    for ((write, deal), tied) in open.into_iter().zip(tied) {
        told.insert(key(write).to_owned(), tied.map(|()| Some(deal)));
    }
}

fn create<'w>(salesforce: &Salesforce, write: &'w DealWrite, whose: Option<&Somebody>) -> Row<'w> {
    let row = said(salesforce, Row::new(object(salesforce)), &write.deal).with(ORDER, Cell::text(key(write)));
    whose.map_or(row.clone(), |whose| of(salesforce, row, whose))
}

/// A deal that a rep moved to another account stays there.
fn change<'w>(
    salesforce: &Salesforce,
    write: &'w DealWrite,
    whose: Option<&Somebody>,
    (record, account): &(RecordId, Option<String>),
) -> Row<'w> {
    let row = said(salesforce, Row::of(object(salesforce), record.as_str().to_owned()), &write.deal);
    match whose.filter(|_| account.is_none()) {
        Some(whose) => of(salesforce, row, whose),
        None => row,
    }
}

fn of<'r>(salesforce: &Salesforce, row: Row<'r>, whose: &Somebody) -> Row<'r> {
    let row = match &whose.account {
        Some(account) => row.with("AccountId", Cell::text(account.clone())),
        None => row,
    };
    match &whose.contact {
        Some(contact) if object(salesforce) == "Order" && !salesforce.words().are_accounts() => {
            row.with("BillToContactId", Cell::text(contact.clone()))
        }
        _ => row,
    }
}

fn said<'r>(salesforce: &Salesforce, row: Row<'r>, deal: &'r Deal) -> Row<'r> {
    let layout = &salesforce.config().layout;
    let (name, longest, amount, date) = match layout.orders {
        OrdersAs::Opportunities => ("Name", OPPORTUNITY_NAME, "Amount", "CloseDate"),
        OrdersAs::Orders => ("Name", ORDER_NAME, TOTAL, "EffectiveDate"),
    };
    let row = row.with(stage(salesforce), Cell::text(deal.stage.as_str()));
    let Some(facts) = &deal.facts else { return row };
    let DealFacts { name: called, amount: worth, closed_at } = facts;
    let row = row
        .with(name, Cell::text(cut(called, longest)))
        .with(amount, Cell::Number(worth.amount))
        .with(CURRENCY, Cell::text(worth.currency.as_str().to_owned()))
        .with(date, Cell::text(day(*closed_at)))
        .with(CLOSED_AT, Cell::text(spelling::moment(*closed_at)));
    match layout.currencies {
        Currencies::One => row,
        Currencies::Several => row.with("CurrencyIsoCode", Cell::text(worth.currency.as_str().to_owned())),
    }
}
