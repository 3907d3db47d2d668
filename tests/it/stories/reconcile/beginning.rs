//! The first import and the backfill, by the same engine.

use domain::CustomerId;
use drift::{Cause, End, Purpose};
use flows::{Ask, Outcome, Pursued, backfill};
use twin_hubspot::Portal;

use super::night::{Night, PROOF, causes};
use crate::stories::living::{buys, person};
use crate::world::{hubspot_at, shop};

#[tokio::test]
async fn s_146_and_s_163_the_first_import_makes_everybody_and_the_first_night_finds_nothing() {
    let night = Night::new().await;
    let customers: Vec<_> = (0..150)
        .map(|n| person(&night.world.shop, "Ada", "L", &format!("customer{n}@example.com")))
        .collect();
    buys(&night.world.shop, customers[5], "10.00");
    night.loses_all();
    night.later();
    let import = Ask::Begin { purpose: Purpose::Import, dry_run: false, window: None };
    let report = night.runs(import).await;
    assert_eq!(causes(&report), [(Cause::MissingInCrm, 150)]);
    assert_eq!(report.tally.shop_points, 0, "whom nobody remembers is not read twice");
    night.world.settle().await;
    night.later();
    assert_eq!(night.world.portal.contacts().len(), 150);
    assert_eq!(causes(&night.passes().await), []);
}

#[tokio::test]
async fn s_016_nothing_is_imported_into_a_crm_without_a_field_for_the_key() {
    let night = Night::new().await;
    person(&night.world.shop, "Ada", "L", "ada@example.com");
    night.loses_all();
    // An account that was never set up.
    let portal = Portal::with_clock(7, twin_hubspot::Clock::asking(|| 0));
    portal.set_token("pat");
    let listening = portal.listen(0).await.unwrap();
    let import = Ask::Begin { purpose: Purpose::Import, dry_run: false, window: None };
    let mut pursued = night.call_with(import, hubspot_at(listening.url()).as_ref()).await.unwrap();
    for _ in 0..20 {
        if let Pursued::Ended(report) = &pursued {
            assert_eq!(report.end, Some(End::Failed("crm_field_missing".into())));
            assert_eq!((report.tally.queued, report.tally.shop_calls), (0, 0));
            return;
        }
        pursued = night.call_with(Ask::GoOn, hubspot_at(listening.url()).as_ref()).await.unwrap();
    }
    panic!("it never fails");
}

#[tokio::test]
async fn s_196_customers_who_are_named_are_synced_again_once_however_often_they_are_asked_for() {
    let (night, customers) = Night::after(5).await;
    let ids: Vec<_> = customers[..2].iter().map(|id| CustomerId::new(*id)).collect();
    let contact = night.world.contact(customers[0]);
    night.world.portal.rep_edits(&contact.id, &[("orders_count", "9")]).unwrap();
    for _ in 0..2 {
        backfill(&shop(), "asked-1", &ids, &night.world.queues, night.world.clock.now()).await.unwrap();
    }
    let worked = night.world.settle().await;
    let twice = worked.iter().filter(|one| matches!(one.verdict, Ok(Outcome::Duplicate)));
    assert_eq!(twice.count(), 2);
    night.world.assert_both_halves_match(&customers);
}

#[tokio::test]
async fn s_196_customers_who_changed_within_some_days_are_synced_again_and_no_others() {
    let (night, customers) = Night::after(6).await;
    night.world.clock.advance(std::time::Duration::from_hours(48));
    for id in &customers[..2] {
        night.world.shop.change_customer(*id, |customer| customer.first_name = Some("New".into())).unwrap();
    }
    night.loses_all();
    night.later();
    let report = night.runs(Night::window("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z")).await;
    assert_eq!((report.tally.queued, report.is_whole()), (2, true));
    night.world.settle().await;
    assert_eq!(night.world.contact(customers[0]).properties["firstname"], "New");
}

#[tokio::test]
async fn a_run_that_somebody_cancels_is_over_and_told() {
    let (night, _) = Night::after(3).await;
    night.world.shop.set_faults(stalled()).unwrap();
    assert!(matches!(night.call(PROOF).await, Ok(Pursued::Waits(_))));
    let Ok(Pursued::Ended(report)) = night.call(Ask::Cancel).await else { panic!("not cancelled") };
    assert_eq!(report.end, Some(End::Cancelled));
    assert!(matches!(night.call(Ask::GoOn).await, Ok(Pursued::Idle)));
    assert!(matches!(night.call(Ask::Cancel).await, Ok(Pursued::Idle)));
}

fn stalled() -> twin_shopify::Faults {
    twin_shopify::Faults {
        bulk_next: vec![twin_shopify::BulkFault::Stalled],
        ..twin_shopify::Faults::default()
    }
}
