//! Checkouts: remembered until they become an order, and dealt with where nobody goes on with them.

use domain::{Concern, Event, Subject, Topic};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use signals::Fact;
use store::Checkout;

use super::{AT_A_TIME, Case, Outcome, Settled, Terms, World};
use crate::failure::Failure;

/// What becomes of a case here.
enum Seen {
    /// It goes on to its customer.
    GoesOn(Box<Case>),
    Over(Box<Settled>),
}

/// Takes out what only concerns checkouts. What came due becomes its customer's.
pub(super) async fn seen<I: Sync, L: Sync, P: Sync, R: Sync>(
    cases: Vec<Case>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Vec<Case>, Vec<Settled>) {
    let seen = stream::iter(cases).map(|case| one(case, world, terms)).buffered(AT_A_TIME);
    let (mut cases, mut settled) = (Vec::new(), Vec::new());
    for seen in seen.collect::<Vec<_>>().await {
        match seen {
            Seen::GoesOn(case) => cases.push(*case),
            Seen::Over(over) => settled.push(*over),
        }
    }
    (cases, settled)
}

async fn one<I: Sync, L: Sync, P: Sync, R: Sync>(
    case: Case,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Seen {
    let Event { shop, topic, subject, .. } = &case.event;
    if !terms.signals.of_shop(shop).ask(Fact::DaysSinceAbandonedCheckout) {
        return Seen::GoesOn(Box::new(case));
    }
    match subject {
        Subject::Order { checkout: Some(token), .. } if topic.as_str() == "orders/create" => {
            match world.beside.over(shop, token, (world.clock)()).await {
                Ok(()) => Seen::GoesOn(Box::new(case)),
                Err(error) => over(case, Err(error.into())),
            }
        }
        Subject::Checkout { .. } if *topic == Topic::abandoned() => left(case, world, terms).await,
        Subject::Checkout { .. } if topic.concern() == Concern::Checkout => {
            let verdict = remembered(&case, world, terms).await;
            over(case, verdict)
        }
        _ => Seen::GoesOn(Box::new(case)),
    }
}

fn over(case: Case, verdict: Result<Outcome, Failure>) -> Seen {
    Seen::Over(Box::new((case, verdict)))
}

fn nothing(case: Case, why: &'static str) -> Seen {
    over(case, Ok(Outcome::Nothing { why }))
}

/// How long nothing has to be done with a checkout before it counts as left.
fn quiet(terms: &Terms, event: &Event) -> SignedDuration {
    SignedDuration::from_mins(i64::from(terms.rules.of(&event.shop).abandoned_after_minutes))
}

async fn remembered<I: Sync, L: Sync, P: Sync, R: Sync>(
    case: &Case,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Result<Outcome, Failure> {
    let event = &case.event;
    let Subject::Checkout { token, customer, completed, touched_at } = &event.subject else {
        return Ok(Outcome::Nothing { why: "no checkout" });
    };
    if *completed || event.topic.as_str() == "checkouts/delete" {
        world.beside.over(&event.shop, token, (world.clock)()).await?;
        return Ok(Outcome::Nothing { why: "the checkout is an order now, or is gone" });
    }
    let touched_at = touched_at.or(event.triggered_at).unwrap_or(event.received_at);
    let (shop, token) = (event.shop.clone(), token.clone());
    let checkout = Checkout { shop, token, customer: *customer, touched_at, is_over: false };
    let due_at = touched_at.saturating_add(quiet(terms, event)).unwrap_or(Timestamp::MAX);
    world.beside.touched(&checkout, due_at).await?;
    Ok(Outcome::Nothing { why: "the checkout is remembered until it becomes an order" })
}

/// It came due. Whose it is and when it was touched last is remembered; a guest whom nobody knows is nobody's lead.
async fn left<I: Sync, L: Sync, P: Sync, R: Sync>(
    mut case: Case,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Seen {
    let Subject::Checkout { token, .. } = &case.event.subject else { return nothing(case, "no checkout") };
    let checkout = match world.beside.checkout(&case.event.shop, token).await {
        Ok(Some(checkout)) if !checkout.is_over => checkout,
        Ok(_) => return nothing(case, "the checkout became an order, or was dealt with"),
        Err(error) => return over(case, Err(error.into())),
    };
    let Checkout { token, customer, touched_at, .. } = checkout;
    if touched_at.saturating_add(quiet(terms, &case.event)).is_ok_and(|due_at| due_at > (world.clock)()) {
        return nothing(case, "somebody goes on with the checkout");
    }
    if customer.is_none() {
        return match world.beside.over(&case.event.shop, &token, (world.clock)()).await {
            Ok(()) => nothing(case, "the checkout was left by somebody whom the shop does not know"),
            Err(error) => over(case, Err(error.into())),
        };
    }
    let touched_at = Some(touched_at);
    case.event.subject = Subject::Checkout { token, customer, completed: false, touched_at };
    Seen::GoesOn(Box::new(case))
}

/// What was left and is written now is dealt with. Where that cannot be remembered it comes due again, as the same delivery,
/// which is concluded.
pub(super) async fn dealt_with<I: Sync, L: Sync, P: Sync, R: Sync>(
    settled: &[Settled],
    world: &World<'_, I, L, P, R>,
) {
    for (case, verdict) in settled.iter().filter(|(case, _)| case.event.topic == Topic::abandoned()) {
        let Subject::Checkout { token, customer: Some(_), .. } = &case.event.subject else { continue };
        if verdict.is_ok() {
            drop(world.beside.over(&case.event.shop, token, (world.clock)()).await);
        }
    }
}
