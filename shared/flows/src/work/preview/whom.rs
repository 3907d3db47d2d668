//! Whom an event is about, found as the worker finds it, without a lease.

use domain::{CustomerKey, OrderId, Subject, Topic};
use jiff::{SignedDuration, Timestamp};
use store::Links;

use super::super::resolve::{Named, customer_of, guests, key, named};
use super::super::{Case, Outcome, Terms, World, checkouts, read};
use crate::failure::Failure;

/// A customer, or why it is nobody.
pub(super) enum Whom {
    Customer(CustomerKey, Box<Case>),
    Nobody(String),
}

pub(super) async fn whom<I: Sync, L: Links, P: Sync, R: Sync>(
    case: Case,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Result<Whom, Failure> {
    let mut case = match checkout(case, world, terms, now).await? {
        Ok(case) => case,
        Err(nobody) => return Ok(Whom::Nobody(nobody)),
    };
    let shop = case.event.shop.clone();
    let id = match named(&case) {
        Named::Customer(id) => id,
        Named::Order(order) => match buyer(order, &case, world, now).await {
            Ok(Some(id)) => id,
            Ok(None) => return nobody("the order is not there, or is tied to no customer"),
            Err(Failure::StaleRead) => {
                return nobody("the order is not there yet as the event says: it is read again");
            }
            Err(failure) => return Err(failure),
        },
        Named::Merge(kept, lost) => {
            case.inherits = world.links.link(&key(&shop, lost)).await?.map(|link| link.record);
            kept
        }
        Named::Done => return nobody("the run that waits for a bulk operation goes on"),
        Named::Person(_) => return nobody("a person asks for something, and a person does it: it is parked"),
        Named::Nobody(Ok(Outcome::Nothing { why })) => return nobody(why),
        Named::Nobody(Ok(_)) => return nobody("it is of no customer"),
        Named::Nobody(Err(failure)) => return nobody(&format!("it is parked: {failure}")),
    };
    Ok(Whom::Customer(key(&shop, id), Box::new(case)))
}

#[allow(clippy::unnecessary_wraps, reason = "each end of a search that may fail")]
fn nobody(why: &str) -> Result<Whom, Failure> {
    Ok(Whom::Nobody(format!("Nothing is written: {why}.")))
}

async fn buyer<I: Sync, L: Links, P: Sync, R: Sync>(
    order: OrderId,
    case: &Case,
    world: &World<'_, I, L, P, R>,
    now: Timestamp,
) -> Result<Option<domain::CustomerId>, Failure> {
    let shop = &case.event.shop;
    let truth = read(world.shops.read(shop, &[], &[order], now)).await?;
    let guests = guests(shop, &truth, world, now).await?;
    customer_of(order, case, &truth, &guests, now)
}

/// What only concerns a checkout is told at once; one that came due is its customer's, as it is remembered.
async fn checkout<I: Sync, L: Sync, P: Sync, R: Sync>(
    mut case: Case,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    now: Timestamp,
) -> Result<Result<Case, String>, Failure> {
    let Subject::Checkout { token, completed, .. } = &case.event.subject else { return Ok(Ok(case)) };
    let (event, quiet) = (&case.event, checkouts::quiet(terms, &case.event));
    if !checkouts::asks(&event.shop, terms) {
        return Ok(Err("No signal asks for checkouts: nothing is remembered.".to_owned()));
    }
    if event.topic != Topic::abandoned() {
        let over = *completed || event.topic.as_str() == "checkouts/delete";
        return Ok(Err(words(over, quiet)));
    }
    let known = world.beside.checkout(&event.shop, token).await?.filter(|checkout| !checkout.is_over);
    let Some(known) = known else {
        return Ok(Err("Nothing is written: the checkout became an order, or was dealt with.".to_owned()));
    };
    if known.touched_at.saturating_add(quiet).is_ok_and(|due_at| due_at > now) {
        return Ok(Err("Nothing is written: somebody goes on with the checkout.".to_owned()));
    }
    let (token, customer, touched_at) = (known.token, known.customer, Some(known.touched_at));
    case.event.subject = Subject::Checkout { token, customer, completed: false, touched_at };
    Ok(Ok(case))
}

fn words(is_over: bool, quiet: SignedDuration) -> String {
    if is_over {
        return "The checkout is over: it is forgotten.".to_owned();
    }
    let minutes = quiet.as_mins();
    format!(
        "The checkout is remembered until it becomes an order, and looked at after {minutes} minutes of quiet."
    )
}
