//! The in-memory stores keep every promise, and break them only when they are told to.

#![allow(clippy::unwrap_used, reason = "what a test sets up either works or fails the test")]

use std::time::Duration;

use domain::{
    Breaker, CustomerId, CustomerKey, DeliveryKey, Envelope, Event, Fingerprints, Lane, Rate, RecordId,
    Reservation, ShopDomain, Signal, SignalState, Subject, Topic, Why,
};
use jiff::Timestamp;
use store::memory::{
    Clock, Faults, MemoryActions, MemoryArchive, MemoryBudgets, MemoryDeeds, MemoryDue, MemoryFigures,
    MemoryInbox, MemoryLinks, MemoryQueues, MemoryRuns, Moment, Operation, Redrive,
};
use store::{
    Account, ActionQueue, Budgets, Claimant, DeadLetters, Delivery, Held, Inbox, Kept, Link, Links, Note,
    Outbox, ParkedQueue, Redelivery, Source, StoreErrorKind, conformance,
};

struct InMemory {
    queues: MemoryQueues,
    clock: Clock,
}

impl conformance::Stage for InMemory {
    const MAX_RECEIVES: u32 = 3;

    fn outbox(&self) -> &impl Outbox {
        &self.queues
    }
    fn redelivery(&self) -> &impl Redelivery {
        &self.queues
    }
    fn parked(&self) -> &impl ParkedQueue {
        &self.queues
    }
    fn dead_letters(&self) -> &impl DeadLetters {
        &self.queues
    }
    async fn receive(&self) -> Vec<Held> {
        self.queues.receive_events(10).into_iter().map(|received| received.held).collect()
    }
    async fn delete(&self, held: &Held) {
        assert!(self.queues.delete_event(&held.receipt), "the receipt is the latest one");
    }
    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }
}

struct ActionsInMemory {
    actions: MemoryActions,
    clock: Clock,
}

impl conformance::ActionsStage for ActionsInMemory {
    fn actions(&self) -> &impl ActionQueue {
        &self.actions
    }
    fn redelivery(&self) -> &impl Redelivery {
        &self.actions
    }
    async fn receive(&self) -> Vec<Held> {
        self.actions.receive(10).into_iter().map(|received| received.held).collect()
    }
    async fn delete(&self, held: &Held) {
        assert!(self.actions.delete(&held.receipt), "the receipt is the latest one");
    }
    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }
}

fn start() -> Timestamp {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

fn stage() -> InMemory {
    let clock = Clock::at(start());
    let redrive = Redrive { visibility: Duration::from_mins(1), max_receives: 3 };
    InMemory { queues: MemoryQueues::new(clock.clone(), redrive, Faults::default()), clock }
}

fn shop() -> ShopDomain {
    ShopDomain::parse("demo.myshopify.com").unwrap()
}

fn claimant(owner: &str) -> Claimant {
    Claimant { owner: owner.into(), now: start(), until: start() + Duration::from_mins(1) }
}

fn envelope() -> Envelope {
    Envelope::V1(Event {
        shop: shop(),
        topic: Topic::new("customers/update"),
        delivery_id: "w-1".into(),
        event_id: None,
        triggered_at: None,
        received_at: start(),
        api_version: None,
        replays: 0,
        quiet: false,
        subject: Subject::Customer { id: CustomerId::new(1), updated_at: None },
    })
}

#[tokio::test]
async fn the_inbox_in_memory_keeps_every_promise() {
    conformance::inbox(&MemoryInbox::default()).await;
}

#[tokio::test]
async fn s_156_the_links_in_memory_keep_every_promise() {
    conformance::links(&MemoryLinks::default()).await;
}

#[tokio::test]
async fn the_budgets_in_memory_keep_every_promise() {
    conformance::budgets(&MemoryBudgets::default()).await;
}

#[tokio::test]
async fn the_archive_keeps_every_promise() {
    let archive = MemoryArchive::default();
    let read =
        async |name: &str| archive.sheets().remove(name).map(|sheet| (sheet.content_type, sheet.bytes));
    conformance::archive(&archive, read).await;
}

#[tokio::test]
async fn the_memory_of_runs_keeps_every_promise() {
    conformance::runs(&MemoryRuns::default()).await;
}

#[tokio::test]
async fn the_queues_in_memory_keep_every_promise() {
    conformance::queues(&stage()).await;
}

#[tokio::test]
async fn f_11_the_actions_in_memory_keep_every_promise() {
    conformance::deeds(&MemoryDeeds::default()).await;
}

#[tokio::test]
async fn the_index_in_memory_keeps_every_promise() {
    let links = MemoryLinks::default();
    conformance::due(&links, &MemoryDue::over(links.clone(), Faults::default())).await;
}

#[tokio::test]
async fn the_figures_in_memory_keep_every_promise() {
    conformance::figures(&MemoryFigures::default()).await;
}

#[tokio::test]
async fn the_queue_of_actions_in_memory_keeps_every_promise() {
    let InMemory { clock, .. } = stage();
    let redrive = Redrive { visibility: Duration::from_mins(1), max_receives: 3 };
    let actions = MemoryActions::new(clock.clone(), redrive, Faults::default());
    conformance::actions(&ActionsInMemory { actions, clock }).await;
}

#[tokio::test]
async fn a_fault_before_the_effect_leaves_everything_as_it_was() {
    let (faults, key) = (Faults::default(), DeliveryKey::new(&shop(), "w-1"));
    let inbox = MemoryInbox::with_faults(faults.clone());
    let note = Note { delivery: Delivery { key, replays: 0 }, done: true, outcome: "created".into() };
    faults.next(Operation::Note, 2, Moment::Before);
    for _ in 0..2 {
        let failed = inbox.note(std::slice::from_ref(&note), start()).await.remove(0).unwrap_err();
        assert_eq!(failed.kind(), StoreErrorKind::Unavailable);
    }
    assert!(inbox.trails().is_empty() && faults.left() == 0);
    inbox.note(std::slice::from_ref(&note), start()).await.remove(0).unwrap();
    assert_eq!(inbox.concluded(&[note.delivery], start()).await.unwrap(), [true]);
}

#[tokio::test]
async fn a_fault_after_the_effect_loses_only_the_answer() {
    let (faults, customer) = (Faults::default(), CustomerKey { shop: shop(), customer: CustomerId::new(1) });
    let links = MemoryLinks::with_faults(faults.clone());
    let link = Link {
        record: RecordId::new("r"),
        version: start(),
        written: Fingerprints::new(),
        newest_order: None,
        signals: SignalState::default(),
    };
    links.lease(&customer, &claimant("a")).await.unwrap();
    assert_eq!(links.leased(start()), vec![customer.clone()]);
    faults.next(Operation::Keep, 1, Moment::After);
    assert!(links.keep(&customer, &claimant("a"), Some(&link), 0).await.is_err());
    assert_eq!(links.links()[&customer], link);
    assert_eq!(links.ways_back()[&link.record], customer);
    assert_eq!(links.keep(&customer, &claimant("a"), Some(&link), 0).await.unwrap(), Kept::Kept);
}

#[tokio::test]
async fn a_reservation_whose_answer_got_lost_has_taken_its_units() {
    let (faults, account) = (Faults::default(), Account::crm("hubspot"));
    let budgets = MemoryBudgets::with_faults(faults.clone());
    let ask = Rate::per_second(1, 1).unwrap().ask(Lane::Live, 1).unwrap();
    faults.next(Operation::Reserve, 1, Moment::After);
    assert!(budgets.reserve(&account, &ask, start()).await.is_err());
    assert_eq!(budgets.budgets()[&account].whole_at, start() + Duration::from_secs(1));
    let until = start() + Duration::from_secs(1);
    let again = budgets.reserve(&account, &ask, start()).await.unwrap();
    assert_eq!(again, Reservation::Wait { until, why: Why::Rate });
    faults.next(Operation::Heard, 1, Moment::Before);
    assert!(budgets.heard(&account, Signal::Failed, start()).await.is_err());
    assert_eq!(budgets.budgets()[&account].breaker, Breaker::default());
}

#[tokio::test]
async fn a_send_whose_answer_got_lost_leaves_a_message_behind() {
    let (clock, faults) = (Clock::at(start()), Faults::default());
    let redrive = Redrive { visibility: Duration::from_mins(1), max_receives: 3 };
    let queues = MemoryQueues::new(clock, redrive, faults.clone());
    faults.next(Operation::Send, 1, Moment::After);
    assert!(queues.send(&envelope()).await.is_err());
    assert_eq!(queues.waiting()[0].envelope(), Some(envelope()));
    assert_eq!(queues.waiting()[0].shop, Some(shop()));
}

#[tokio::test]
async fn an_older_receipt_has_no_power() {
    let InMemory { queues, clock } = stage();
    queues.send(&envelope()).await.unwrap();
    let first = queues.receive_events(10).remove(0).held;
    assert_eq!(queues.in_flight().len(), 1);
    assert_eq!(queues.next_at(), Some(start() + Duration::from_mins(1)));
    clock.advance_to(queues.next_at().unwrap());
    let second = queues.receive_events(10).remove(0).held;
    assert!(!queues.delete_event(&first.receipt), "the message is somebody else's by now");
    assert!(queues.come_back_after(&first.receipt, Duration::ZERO).await.is_err());
    assert!(queues.delete_event(&second.receipt));
    assert_eq!(queues.next_at(), None);
}

#[tokio::test]
async fn a_message_that_nobody_deletes_dies_with_its_id_and_its_age() {
    let InMemory { queues, clock } = stage();
    queues.send(&envelope()).await.unwrap();
    let id = queues.waiting()[0].id.clone();
    for _ in 0..3 {
        assert_eq!(queues.receive_events(10).len(), 1);
        clock.advance(Duration::from_mins(1));
    }
    assert!(queues.receive_events(10).is_empty() && queues.waiting().is_empty());
    let dead = queues.take(Source::Dead, Duration::from_secs(1)).await.unwrap();
    assert_eq!((&dead[0].id, dead[0].sent_at, dead[0].receives), (&id, start(), 1));
    assert_eq!(queues.dead().len(), 1);
}
