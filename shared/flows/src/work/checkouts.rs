//! Checkouts: remembered until they become an order, and dealt with where nobody goes on with them.

use domain::{Concern, Event, ShopDomain, Subject, Topic};
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
    let (cases, mut settled) = ordered(cases, world, terms).await;
    let seen = stream::iter(cases).map(|case| one(case, world, terms)).buffered(AT_A_TIME);
    let mut cases = Vec::new();
    for seen in seen.collect::<Vec<_>>().await {
        match seen {
            Seen::GoesOn(case) => cases.push(*case),
            Seen::Over(over) => settled.push(*over),
        }
    }
    (cases, settled)
}

pub(super) fn asks(shop: &ShopDomain, terms: &Terms) -> bool {
    terms.signals.of_shop(shop).ask(Fact::DaysSinceAbandonedCheckout)
}

/// The checkout that an order of this case came from, where one was just made of it.
fn token<'c>(case: &'c Case, terms: &Terms) -> Option<(&'c ShopDomain, &'c str)> {
    let Event { shop, topic, subject, .. } = &case.event;
    match subject {
        Subject::Order { checkout: Some(token), .. } if topic.as_str() == "orders/create" => {
            asks(shop, terms).then_some((shop, token.as_str()))
        }
        _ => None,
    }
}

/// Checkouts that became orders are over. Of most nobody was told, so it is asked first, once for all: a read costs less than
/// a write. One that is heard of only later comes due, and then something was ordered since.
async fn ordered<I: Sync, L: Sync, P: Sync, R: Sync>(
    cases: Vec<Case>,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> (Vec<Case>, Vec<Settled>) {
    let tokens: Vec<_> = cases.iter().filter_map(|case| token(case, terms)).collect();
    if tokens.is_empty() {
        return (cases, vec![]);
    }
    let mut open = match world.beside.open(&tokens).await {
        Ok(open) => open.into_iter(),
        Err(error) => {
            let failure = Failure::from(error);
            let (theirs, others): (Vec<_>, Vec<_>) =
                cases.into_iter().partition(|case| token(case, terms).is_some());
            return (others, theirs.into_iter().map(|case| (case, Err(failure.clone()))).collect());
        }
    };
    let (mut go_on, mut settled) = (Vec::new(), Vec::new());
    for case in cases {
        let over = match token(&case, terms).filter(|_| open.next() == Some(true)) {
            Some((shop, token)) => world.beside.over(shop, token, (world.clock)()).await,
            None => Ok(()),
        };
        match over {
            Ok(()) => go_on.push(case),
            Err(error) => settled.push((case, Err(error.into()))),
        }
    }
    (go_on, settled)
}

async fn one<I: Sync, L: Sync, P: Sync, R: Sync>(
    case: Case,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
) -> Seen {
    let Event { shop, topic, subject, .. } = &case.event;
    match subject {
        _ if !asks(shop, terms) => Seen::GoesOn(Box::new(case)),
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
pub(super) fn quiet(terms: &Terms, event: &Event) -> SignedDuration {
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
