//! What no figure tells: links that got lost, and rules that changed.

use std::time::Duration;

use drift::{Cause, Purpose};
use flows::Ask;
use store::memory::MemoryLinks;
use store::{Due, DueIndex as _};

use super::night::{Night, causes};
use crate::world::{key, shop};

const IMPORT: Ask = Ask::Begin { purpose: Purpose::Import, dry_run: false, window: None };
const WIN_BACK: &str = "customer.days_since_last_order > 90";

fn days(night: &Night, days: u64) {
    night.world.clock.advance(Duration::from_hours(24 * days));
}

#[tokio::test]
async fn s_192_a_link_that_got_lost_is_found_within_a_week_although_every_figure_is_right() {
    let (mut night, customers) = Night::after(21).await;
    night.world.links = MemoryLinks::default();
    let mut found = 0;
    for _ in 0..7 {
        let report = night.passes().await;
        let lost = report.tally.causes.get(&Cause::MissingLink).copied().unwrap_or_default();
        assert_eq!((report.tally.links, report.tally.queued, report.tally.left), (lost, lost, 0));
        found += lost;
        days(&night, 1);
    }
    assert_eq!(found, 21, "each had its turn once");
    let linked = night.world.links.links();
    for customer in &customers {
        assert_eq!(linked[&key(*customer)].record.as_str(), night.world.contact(*customer).id);
    }
    assert_eq!(night.world.portal.contacts().len(), 21, "nobody is made twice");
    for _ in 0..7 {
        assert_eq!(causes(&night.passes().await), []);
        days(&night, 1);
    }
}

#[tokio::test]
async fn an_import_looks_for_every_link_at_once() {
    let (mut night, _) = Night::after(9).await;
    night.world.links = MemoryLinks::default();
    let report = night.runs(IMPORT).await;
    assert_eq!((causes(&report), report.tally.links), (vec![(Cause::MissingLink, 9)], 9));
    night.world.settle().await;
    night.later();
    let again = night.runs(IMPORT).await;
    assert_eq!((causes(&again), again.tally.links), (vec![], 9));
}

/// A shop of nine whose rules called nobody back until now.
async fn under_other_rules() -> (Night, Vec<u64>) {
    let mut night = Night::new().await;
    night.world.rules_with(&[(WIN_BACK, "customer.days_since_last_order > 900")]);
    let customers = night.lives(9).await;
    assert_eq!(
        night.passes().await.tally.refreshed,
        0,
        "of the rules before the first proof nothing is known"
    );
    days(&night, 1);
    assert_eq!(night.passes().await.tally.refreshed, 0, "they are the same");
    (night, customers)
}

fn labels(night: &Night, customer: u64) -> String {
    night.world.contact(customer).properties.get("shopify_signals").cloned().unwrap_or_default()
}

#[tokio::test]
async fn s_115_a_rule_that_changed_reaches_everybody_with_the_next_night_and_once() {
    let (mut night, customers) = under_other_rules().await;
    days(&night, 100);
    night.world.rules_with(&[]);
    let dry = night.runs(Ask::Begin { purpose: Purpose::Proof, dry_run: true, window: None }).await;
    assert_eq!((dry.tally.refreshed, night.world.queues.next_at()), (9, None), "told, and nobody is synced");
    assert_eq!(labels(&night, customers[1]), "First Purchase");

    let fired = night.world.stores.actions.fired().len();
    let report = night.passes().await;
    assert_eq!((causes(&report), report.tally.refreshed), (vec![], 9), "nobody differs");
    assert_eq!(labels(&night, customers[0]), "", "without an order there is nobody to win back");
    assert_eq!(labels(&night, customers[1]), "First Purchase; Win Back");
    let so_far = night.world.stores.actions.fired().len();
    assert_eq!(so_far, fired, "it is quiet: nobody is called about the past");
    assert_eq!(night.passes().await.tally.refreshed, 0);
}

#[tokio::test]
async fn s_117_and_by_a_new_rule_somebody_is_due_who_never_has_another_event() {
    let (mut night, customers) = under_other_rules().await;
    night.world.rules_with(&[]);
    night.passes().await;
    let (since, until) = (night.world.clock.now(), night.world.clock.now() + Duration::from_hours(24 * 95));
    let page = night.world.stores.due.due(&shop(), since, until, None).await.unwrap();
    let is_due = |customer: u64| {
        page.due.iter().any(|due| matches!(due, Due::Customer { customer: who, .. } if *who == key(customer)))
    };
    let due: Vec<_> = customers.iter().map(|customer| is_due(*customer)).collect();
    assert_eq!(due, [false, true, true, false, true, true, false, true, true], "who ever ordered");
}

#[tokio::test]
async fn s_164_killed_at_every_step_the_night_of_new_rules_reaches_everybody_once() {
    let (mut night, customers) = under_other_rules().await;
    days(&night, 100);
    night.world.rules_with(&[]);
    night.each_dies_after = Some(2);
    let report = night.passes().await;
    assert!(report.is_whole() && report.tally.hops > 3, "{:?}", report.tally);
    assert!(
        customers.iter().skip(1).step_by(3).all(|customer| labels(&night, *customer).contains("Win Back"))
    );
    night.each_dies_after = None;
    assert_eq!((causes(&night.passes().await), night.world.portal.contacts().len()), (vec![], 9));
}
