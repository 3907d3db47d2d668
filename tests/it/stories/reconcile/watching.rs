//! The watch over the shop's subscriptions: what Shopify removed comes back, and who changed meanwhile is synced.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::{Envelope, Lane, Rate, ShopDomain};
use drift::{Purpose, Report};
use flows::{Alarm, Ask, DeadEvents, Engine, Failure, Pace, PacedShops, Pursued, Watched, watch};
use shopify::TOPICS_NEEDED;
use store::memory::{MemoryBudgets, MemoryFigures, Message, Moment, Operation};
use store::{Claimant, Figure, Figures, Runs as _, StoreError, StoreErrorKind};

use super::night::Night;
use crate::stories::living::person;
use crate::world::shop;

const URI: &str = "https://counterfoil.example/webhooks";

/// A call of the watch, by an invocation of its own.
async fn watches(night: &Night, owner: &str) -> Result<Watched, Failure> {
    watches_with(night, owner, &night.world.stores.figures).await
}

async fn watches_with(night: &Night, owner: &str, figures: &impl Figures) -> Result<Watched, Failure> {
    let (world, budgets) = (&night.world, MemoryBudgets::default());
    let alarm = |_| -> Alarm { Box::pin(std::future::ready(())) };
    let (clock, patience) = (world.now.as_ref(), Duration::from_mins(2));
    let pace = Pace { budgets: &budgets, lane: Lane::Reconcile, clock, alarm: &alarm, patience };
    let rate = Rate::new(1_000_000, Duration::from_secs(1), 1_000_000).unwrap();
    let shops = PacedShops::new(&world.admin, rate, &pace);
    let engine = Engine {
        admin: &world.admin,
        shops: &shops,
        crm: world.side.crm.as_ref(),
        links: &world.links,
        runs: &night.runs,
        figures: &world.stores.figures,
        outbox: &world.queues,
        dead: &DeadEvents { letters: world.queues.clone(), outbox: world.queues.clone() },
        clock,
        alarm: &alarm,
    };
    let means = flows::Means { owner: owner.to_owned(), ..night.means() };
    watch(&shop(), URI, figures, &engine, &means).await
}

/// What is remembered of the subscriptions, in the hands of an invocation that dies when it keeps it once more.
struct Dying<'n> {
    figures: &'n MemoryFigures,
    /// How often it is kept before.
    keeps: usize,
    /// Whether the last word is kept.
    moment: Moment,
    kept: AtomicUsize,
}

impl Figures for Dying<'_> {
    async fn figure(&self, shop: &ShopDomain, name: &str) -> Result<Option<Figure>, StoreError> {
        self.figures.figure(shop, name).await
    }

    async fn keep_figure(
        &self,
        shop: &ShopDomain,
        name: &str,
        bytes: &[u8],
        before: Option<u64>,
    ) -> Result<bool, StoreError> {
        let dies = self.kept.fetch_add(1, Ordering::Relaxed) == self.keeps;
        if !dies || self.moment == Moment::After {
            let kept = self.figures.keep_figure(shop, name, bytes, before).await;
            return if dies { Err(lost()) } else { kept };
        }
        Err(lost())
    }
}

fn lost() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "it died here")
}

/// A shop of some customers, all of whose topics are subscribed and were seen.
async fn watched(customers: usize) -> (Night, Vec<u64>) {
    let (night, customers) = Night::after(customers).await;
    let first = watches(&night, "first").await.unwrap();
    assert_eq!((first.restored, first.gap), (TOPICS_NEEDED.map(str::to_owned).to_vec(), None));
    night.world.clock.advance(Duration::from_hours(24));
    assert_eq!(watches(&night, "second").await.unwrap(), Watched::default());
    (night, customers)
}

/// The shop removes all that tells of customers, and these change, of which nobody tells us.
fn goes_quiet(night: &Night, changed: &[u64]) {
    night.world.clock.advance(Duration::from_mins(30));
    assert_eq!(night.world.shop.unlist("CUSTOMERS_UPDATE").unwrap(), 1);
    renames(night, changed);
    night.world.clock.advance(Duration::from_mins(30));
}

fn renames(night: &Night, changed: &[u64]) {
    for id in changed {
        night.world.shop.change_customer(*id, |customer| customer.first_name = Some("New".into())).unwrap();
    }
    night.loses_all();
}

/// Who is called so in the CRM once all messages are worked on.
async fn renamed(night: &Night, customers: &[u64]) -> Vec<u64> {
    night.world.settle().await;
    let is_new = |id: &&u64| night.world.contact(**id).properties["firstname"] == "New";
    customers.iter().filter(is_new).copied().collect()
}

fn is_quiet(message: &Message) -> bool {
    message.envelope().is_some_and(|Envelope::V1(event)| event.quiet)
}

#[tokio::test]
async fn s_188_a_removed_subscription_comes_back_and_who_changed_meanwhile_is_synced_and_nobody_else() {
    let (night, customers) = watched(5).await;
    goes_quiet(&night, &customers[1..3]);
    let restored = watches(&night, "third").await.unwrap();
    assert_eq!(restored.missing, ["CUSTOMERS_UPDATE"]);
    assert_eq!((restored.restored, restored.gap), (vec!["CUSTOMERS_UPDATE".into()], None));
    assert!(night.world.shop.listed().unwrap().iter().any(|held| held.topic == "CUSTOMERS_UPDATE"));
    let waiting = night.world.queues.waiting();
    let quiet = waiting.iter().filter(|message| is_quiet(message));
    assert_eq!((waiting.len(), quiet.count()), (2, 2), "quietly, and nobody else");
    assert_eq!(renamed(&night, &customers).await, customers[1..3]);
    assert_eq!(watches(&night, "fourth").await.unwrap(), Watched::default());
    assert!(night.world.queues.waiting().is_empty(), "a gap is pulled once");
}

#[tokio::test]
async fn s_188_while_another_works_on_the_shop_the_gap_stays_open_and_is_pulled_later() {
    let (night, customers) = watched(3).await;
    goes_quiet(&night, &customers[..1]);
    let (now, minute) = (night.world.clock.now(), Duration::from_mins(1));
    let other = Claimant { owner: "other".into(), now, until: now + minute };
    night.runs.lock(&shop(), &other).await.unwrap();
    let held = watches(&night, "third").await.unwrap();
    assert_eq!((held.restored.len(), held.run, night.world.queues.waiting().len()), (1, None, 0));
    assert!(held.gap.is_some());
    night.world.clock.advance(Duration::from_hours(1));
    assert_eq!(watches(&night, "fourth").await.unwrap(), Watched::default());
    assert_eq!(renamed(&night, &customers).await, customers[..1]);
}

#[tokio::test]
async fn s_188_while_another_run_goes_on_the_gap_waits_for_its_end() {
    let (night, customers) = watched(3).await;
    goes_quiet(&night, &customers[..1]);
    stalls(&night);
    let proof = Ask::Begin { purpose: Purpose::Proof, dry_run: true, window: None };
    assert!(matches!(night.call(proof).await, Ok(Pursued::Waits(_))));
    let busy = watches(&night, "third").await.unwrap();
    assert_eq!((busy.gap.is_some(), busy.run), (true, None));
    night.call(Ask::Cancel).await.unwrap();
    assert_eq!(watches(&night, "fourth").await.unwrap().gap, None);
    assert_eq!(renamed(&night, &customers).await, customers[..1]);
}

fn stalls(night: &Night) {
    let stalled = vec![twin_shopify::BulkFault::Stalled];
    let faults = twin_shopify::Faults { bulk_next: stalled, ..twin_shopify::Faults::default() };
    night.world.shop.set_faults(faults).unwrap();
}

#[tokio::test]
async fn s_188_who_dies_on_the_way_leaves_the_gap_to_the_next_calls() {
    for operation in [Operation::KeepFigure, Operation::Lock, Operation::Save, Operation::ConcludeRun] {
        for moment in [Moment::Before, Moment::After] {
            let (night, customers) = watched(3).await;
            goes_quiet(&night, &customers[..2]);
            let of_runs = operation != Operation::KeepFigure;
            let faults = if of_runs { &night.faults } else { &night.world.faults };
            faults.next(operation, 1, moment);
            assert!(watches(&night, "dies").await.is_err(), "{operation:?} {moment:?}");
            let mut gap = None;
            for call in 0..3 {
                night.world.clock.advance(Duration::from_hours(1));
                gap = watches(&night, &format!("next-{call}")).await.unwrap().gap;
            }
            assert_eq!(gap, None, "{operation:?} {moment:?}");
            assert_eq!(renamed(&night, &customers).await, customers[..2], "{operation:?} {moment:?}");
        }
    }
}

/// The windows that were pulled by backfills which ended whole.
async fn pulled(night: &Night) -> usize {
    let reports = night.runs.reports(&shop()).await.unwrap();
    let reports = reports.iter().map(|text| serde_json::from_str::<Report>(text).unwrap());
    reports.filter(|report| report.purpose == Purpose::Backfill && report.is_whole()).count()
}

#[tokio::test]
async fn s_188_whatever_it_keeps_last_a_gap_is_pulled_once() {
    for moment in [Moment::Before, Moment::After] {
        for keeps in 0..3 {
            let (night, customers) = watched(3).await;
            goes_quiet(&night, &customers[..2]);
            let figures = &night.world.stores.figures;
            let dying = Dying { figures, keeps, moment, kept: AtomicUsize::default() };
            assert!(watches_with(&night, "dies", &dying).await.is_err(), "{moment:?} of {keeps}");
            for call in 0..3 {
                night.world.clock.advance(Duration::from_hours(1));
                watches(&night, &format!("next-{call}")).await.unwrap();
            }
            assert_eq!(pulled(&night).await, 1, "{moment:?} of {keeps}");
            assert_eq!(night.world.queues.waiting().len(), 2, "{moment:?} of {keeps}");
            assert_eq!(renamed(&night, &customers).await, customers[..2], "{moment:?} of {keeps}");
            assert_eq!(watches(&night, "last").await.unwrap(), Watched::default());
        }
    }
}

#[tokio::test]
async fn s_188_a_backfill_whose_beginner_died_is_gone_on_with_by_the_next_look() {
    let (night, customers) = watched(3).await;
    goes_quiet(&night, &customers[..1]);
    night.faults.next(Operation::Save, 1, Moment::After);
    assert!(watches(&night, "dies").await.is_err(), "the run is begun, and nobody goes on with it");
    night.world.clock.advance(Duration::from_hours(1));
    assert_eq!(watches(&night, "next").await.unwrap().gap, None);
    assert_eq!((pulled(&night).await, renamed(&night, &customers).await), (1, vec![customers[0]]));
}

#[tokio::test]
async fn s_188_the_subscriptions_of_another_address_are_told_and_left_alone() {
    let (night, _) = watched(1).await;
    let elsewhere = "https://another.example/hook";
    let (domain, now): (ShopDomain, _) = (shop(), night.world.clock.now());
    night.world.admin.subscribe(&domain, "ORDERS_CREATE", elsewhere, now).await.unwrap();
    night.world.admin.subscribe(&domain, "ORDERS_CREATE", elsewhere, now).await.unwrap();
    let seen = watches(&night, "third").await.unwrap();
    assert_eq!((seen.elsewhere, seen.missing.len(), seen.gap), (vec!["ORDERS_CREATE".into()], 0, None));
    let listed = night.world.shop.listed().unwrap();
    assert_eq!(listed.len(), TOPICS_NEEDED.len() + 1);
    assert_eq!(listed.iter().filter(|held| held.uri == elsewhere).count(), 1);
}

#[tokio::test]
async fn s_188_a_topic_that_only_some_shops_want_is_watched_once_it_was_there() {
    let (night, _) = watched(1).await;
    night.world.admin.subscribe(&shop(), "CHECKOUTS_CREATE", URI, night.world.clock.now()).await.unwrap();
    assert_eq!(watches(&night, "third").await.unwrap(), Watched::default());
    night.world.shop.unlist("CHECKOUTS_CREATE").unwrap();
    person(&night.world.shop, "Eve", "L", "eve@example.com");
    night.loses_all();
    assert_eq!(watches(&night, "fourth").await.unwrap().restored, ["CHECKOUTS_CREATE"]);
    night.world.settle().await;
    assert_eq!(night.world.portal.contacts().len(), 2, "whom nobody told of is there");
}
