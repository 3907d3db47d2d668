//! Nobody is asked faster than they allow, or while they do not work.

use std::time::Duration;

use crm::memory::{Calls, Fault as CrmFault, MemoryCrm, Operation};
use crm::{Crm, CrmErrorKind};
use domain::{Breaker, Lane, Rate, RecordId};
use flows::{Alarm, Pace, PacedCrm, PacedShops, Worked};
use jiff::Timestamp;
use shopify::ReadShop;
use store::Account;
use store::memory::MemoryBudgets;
use twin_hubspot::{Fault, FaultKind};

use super::living::{ada, buys, person};
use crate::world::{World, shop};

/// The clock stands still in a story, so whoever waits here has to be told to come back.
pub(super) fn pace<'a>(
    budgets: &'a MemoryBudgets,
    world: &'a World,
    alarm: &'a Ring<'a>,
) -> Pace<'a, MemoryBudgets> {
    Pace { budgets, lane: Lane::Live, clock: world.now.as_ref(), alarm, patience: Duration::from_secs(5) }
}

pub(super) type Ring<'a> = dyn Fn(Timestamp) -> Alarm + Sync + 'a;

/// Waiting moves the world's clock.
pub(super) fn waits(world: &World) -> impl Fn(Timestamp) -> Alarm + Sync {
    let clock = world.clock.clone();
    move |at| {
        clock.advance_to(at);
        Box::pin(std::future::ready(()))
    }
}

fn an_hour_for_each() -> Rate {
    Rate::new(2, Duration::from_hours(2), 2).unwrap()
}

fn codes(worked: &[Worked]) -> Vec<&str> {
    worked.iter().filter_map(Worked::failure).map(flows::Failure::code).collect()
}

#[tokio::test]
async fn what_the_account_does_not_allow_now_comes_back_and_nobody_was_asked() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let crm = PacedCrm::new(world.side.crm.as_ref(), "hubspot", an_hour_for_each(), &pace);
    let ada = ada(&world.shop);
    world.all_arrive().await;
    let before = world.portal.calls();
    let worked = world.work_with(&crm).await;
    assert_eq!(codes(&worked), ["crm_rate_limited"; 1], "looking takes both, so writing has to wait");
    assert!(worked[0].verdict.as_ref().is_err_and(|(_, after)| *after >= Duration::from_mins(59)));
    assert_eq!(world.portal.contacts().len(), 0);
    assert!(world.portal.calls() > before, "it looked");

    let looked = world.portal.calls();
    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    assert!(!codes(&world.work_with(&crm).await).is_empty());
    assert_eq!(world.portal.calls(), looked, "nobody was asked");
    world.settle().await;
    world.assert_both_halves_match(&[ada]);
}

#[tokio::test]
async fn a_short_wait_is_waited_for_here() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let crm = PacedCrm::new(world.side.crm.as_ref(), "hubspot", Rate::per_second(1, 2).unwrap(), &pace);
    let (ada, began) = (ada(&world.shop), world.clock.now());
    world.all_arrive().await;
    assert!(codes(&world.work_with(&crm).await).is_empty());
    world.assert_both_halves_match(&[ada]);
    assert!(world.clock.now() > began, "it waited for its third unit");
}

#[tokio::test]
async fn s_019_a_crm_that_does_not_work_is_left_alone_and_one_finds_out_when_it_works_again() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let rate = Rate::per_second(100, 100).unwrap();
    let crm = PacedCrm::new(world.side.crm.as_ref(), "hubspot", rate, &pace);
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    world.portal.set_faults(vec![Fault::new(FaultKind::Unavailable).times(1000)]).unwrap();
    let breaker = || budgets.budgets().get(&Account::crm("hubspot")).map(|budget| budget.breaker);
    for _ in 0..3 * Breaker::OPENS_AFTER {
        if matches!(breaker(), Some(Breaker::Open { .. })) {
            break;
        }
        world.clock.advance(Duration::from_mins(1));
        buys(&world.shop, ada, "10.00");
        buys(&world.shop, bob, "10.00");
        world.all_arrive().await;
        world.work_with(&crm).await;
    }
    let Some(Breaker::Open { until, .. }) = breaker() else { panic!("{:?}", breaker()) };

    world.clock.advance_to(until - Duration::from_secs(6));
    let calls = world.portal.calls();
    buys(&world.shop, ada, "10.00");
    world.all_arrive().await;
    assert!(codes(&world.work_with(&crm).await).iter().all(|code| *code == "crm_rate_limited"));
    assert_eq!(world.portal.calls(), calls, "nobody asks a CRM that does not work");

    world.portal.forget_faults();
    while let Some(next) = world.queues.next_at() {
        world.clock.advance_to(next.max(world.clock.now()));
        world.work_with(&crm).await;
    }
    world.assert_both_halves_match(&[ada]);
    assert_eq!(breaker(), Some(Breaker::default()), "it works again");
}

#[tokio::test]
async fn a_wrong_token_is_told_once_and_then_nobody_asks_until_it_is_renewed() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let rate = Rate::per_second(100, 100).unwrap();
    let crm = PacedCrm::new(world.side.crm.as_ref(), "hubspot", rate, &pace);
    let ada = ada(&world.shop);
    world.portal.set_token("another");
    world.all_arrive().await;
    assert!(codes(&world.work_with(&crm).await).iter().all(|code| *code == "crm_unauthorized"));
    let calls = world.portal.calls();
    for _ in 0..5 {
        buys(&world.shop, ada, "10.00");
    }
    world.all_arrive().await;
    assert!(codes(&world.work_with(&crm).await).iter().all(|code| *code == "crm_rate_limited"));
    assert_eq!(world.portal.calls(), calls, "nothing is burned");

    world.portal.set_token("pat");
    while let Some(next) = world.queues.next_at() {
        world.clock.advance_to(next.max(world.clock.now()));
        world.work_with(&crm).await;
    }
    world.assert_both_halves_match(&[ada]);
    assert!(world.parked().is_empty(), "nobody had to do anything but renew it");
}

#[tokio::test]
async fn a_record_that_fails_alone_does_not_stop_all_others() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let rate = Rate::per_second(100, 100).unwrap();
    let ada = ada(&world.shop);
    let poison = Fault::new(FaultKind::Unavailable).for_row("shopify_customer_id", &ada.to_string());
    world.portal.set_faults(vec![poison.times(1000)]).unwrap();
    world.all_arrive().await;
    while let Some(next) = world.queues.next_at() {
        world.clock.advance_to(next.max(world.clock.now()));
        let crm = PacedCrm::new(world.side.crm.as_ref(), "hubspot", rate, &pace);
        world.work_with(&crm).await;
    }
    assert!(!world.queues.dead().is_empty(), "it was tried to the end");
    assert_eq!(budgets.budgets()[&Account::crm("hubspot")].breaker, Breaker::default());
}

#[tokio::test]
async fn s_165_a_throttled_shop_is_left_alone_by_all_until_it_said() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let shops = PacedShops::new(&world.admin, Rate::per_second(100, 1000).unwrap(), &pace);
    let (ada, shop) = (ada(&world.shop), shop());
    let ids = [domain::CustomerId::new(ada)];
    world.shop.set_faults(twin_shopify::Faults { throttle_next: 1, ..Default::default() }).unwrap();
    assert!(shops.read(&shop, &ids, &[], world.clock.now()).await.is_err());
    let closed = budgets.budgets()[&Account::shop(&shop)].closed_until;
    assert!(closed > world.clock.now(), "all know that it wants nothing before then");
    assert_eq!(shops.read(&shop, &ids, &[], world.clock.now()).await.unwrap().customers.len(), 1);
    assert!(world.clock.now() >= closed, "and wait for it");
}

#[tokio::test]
async fn a_read_that_costs_more_than_a_burst_is_granted_in_pieces() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let shops = PacedShops::new(&world.admin, Rate::per_second(10, 10).unwrap(), &pace);
    let shop = shop();
    let (ids, began) = ([1, 2, 3].map(domain::CustomerId::new), world.clock.now());
    shops.read(&shop, &ids, &[], began).await.unwrap();
    let waited = world.clock.now().duration_since(began).as_secs_f64();
    let points = f64::from(shops.points(&shop, 3, 0));
    assert!((waited - (points - 10.0) / 10.0).abs() < 0.2, "{waited} s for {points} points");
}

#[tokio::test]
async fn tasks_companies_and_pages_take_from_the_same_allowance() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let account = MemoryCrm::default();
    let rate = Rate::new(3, Duration::from_hours(2), 3).unwrap();
    let crm = PacedCrm::new(&account, "hubspot", rate, &pace);
    assert!(crm.page(None).await.is_ok(), "one");
    assert!(crm.write_tasks(&[]).await.is_empty(), "two");
    assert!(crm.write_companies(&[]).await.is_empty(), "three: here each method is a call");
    let error = crm.page(None).await.unwrap_err();
    assert!(matches!(error.kind(), CrmErrorKind::RateLimited { retry_after: Some(_) }), "{error}");
    assert_eq!(account.calls(), Calls { page: 1, write_tasks: 1, write_companies: 1, ..Calls::default() });
}

#[tokio::test]
async fn s_193_a_merge_that_wants_a_permission_of_its_own_keeps_nobody_from_the_account() {
    let world = World::new().await;
    let (budgets, alarm) = (MemoryBudgets::default(), waits(&world));
    let pace = pace(&budgets, &world, &alarm);
    let account = MemoryCrm::default();
    let crm = PacedCrm::new(&account, "hubspot", Rate::per_second(100, 100).unwrap(), &pace);
    account.fail(CrmFault::refuse(CrmErrorKind::Unauthorized).at(Operation::Merge));
    let error = crm.merge(&RecordId::new("1"), &RecordId::new("2")).await.unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Unauthorized);
    assert!(crm.page(None).await.is_ok(), "the account works for all others");
    account.fail(CrmFault::refuse(CrmErrorKind::RateLimited { retry_after: Some(Duration::from_mins(9)) }));
    assert!(crm.merge(&RecordId::new("1"), &RecordId::new("2")).await.is_err());
    let error = crm.page(None).await.unwrap_err();
    assert!(
        matches!(error.kind(), CrmErrorKind::RateLimited { .. }),
        "what is one too many is so for all: {error}"
    );
}
