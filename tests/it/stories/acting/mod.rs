//! What a signal asks for is done, each thing once.

mod dying;
mod laws;
mod refused;
mod shelf;

use std::collections::BTreeMap;
use std::time::Duration;

use crm::memory::MemoryCrm;
use domain::{
    ActionKey, ActionName, Backoff, CustomerId, Deed, ExternalKey, Field, Firing, Money, OrderId, Parked,
    Period, Priority, RecordId, Value,
};
use flows::{ActTerms, Acted, Alarm, Delivered, Desk, Hands, ReplayReport, ReplayRequest, act, replay};
use jiff::{SignedDuration, Timestamp};
use notify::memory::MemoryNotifier;
use notify::{Channel, Notifier};
use shopify::GrantDiscount;
use store::memory::{
    Clock, Faults, MemoryActions, MemoryDeeds, MemoryInbox, MemoryLinks, MemoryQueues, Redrive,
};
use store::{ActionQueue, Claimant, Deeds, Link, Links};

use self::shelf::Shelf;
use crate::world::{key, shop};

/// Everything that acts, in memory.
pub(super) struct Scene {
    clock: Clock,
    faults: Faults,
    deeds: MemoryDeeds,
    links: MemoryLinks,
    queues: MemoryQueues,
    actions: MemoryActions,
    crm: MemoryCrm,
    shelf: Shelf,
    chat: MemoryNotifier,
    ada: RecordId,
    round: std::cell::Cell<u32>,
}

fn sales() -> Channel {
    Channel::new("sales").unwrap()
}

impl Scene {
    pub(super) async fn new() -> Self {
        let clock = Clock::at("2026-11-20T12:00:00Z".parse().unwrap());
        let faults = Faults::default();
        let redrive = Redrive { visibility: Duration::from_mins(6), max_receives: 1000 };
        let crm = MemoryCrm::default();
        let carried = BTreeMap::from([(Field::CustomerKey, Value::Text("7".into()))]);
        let scene = Self {
            ada: crm.rep_creates(&carried, &[]),
            deeds: MemoryDeeds::with_faults(faults.clone()),
            links: MemoryLinks::default(),
            queues: MemoryQueues::new(clock.clone(), redrive, faults.clone()),
            actions: MemoryActions::new(clock.clone(), redrive, faults.clone()),
            shelf: Shelf::default(),
            chat: MemoryNotifier::with_channels([sales()]),
            round: std::cell::Cell::new(0),
            clock,
            faults,
            crm,
        };
        scene.link(&scene.ada).await;
        scene
    }

    /// The customer's record is this one from now on.
    async fn link(&self, record: &RecordId) {
        let now = self.clock.now();
        let until = now + SignedDuration::from_secs(60);
        let claimant = Claimant { owner: "worker".into(), now, until };
        self.links.lease(&key(7), &claimant).await.unwrap();
        let link = Link {
            record: record.clone(),
            version: now,
            written: BTreeMap::new(),
            newest_order: None,
            signals: domain::SignalState::default(),
        };
        self.links.keep(&key(7), &claimant, Some(&link), 0).await.unwrap();
    }

    fn firing(&self, deed: &Deed) -> Firing {
        let action = ActionName::parse(&format!("a_{}", deed.name())).unwrap();
        Firing {
            key: ActionKey::new(&action, &key(7), Period::Time(1)),
            action,
            shop: shop(),
            customer: CustomerId::new(7),
            record: self.ada.clone(),
            order: Some(OrderId::new(11)),
            fired_at: "2026-11-20T11:59:00Z".parse().unwrap(),
            deed: deed.clone(),
        }
    }

    async fn fire(&self, deed: &Deed) {
        for sent in self.actions.fire(&[self.firing(deed)]).await {
            sent.unwrap();
        }
    }

    async fn act(&self) -> Vec<Acted> {
        self.act_with(&self.shelf, Some(&self.chat), SignedDuration::from_secs(60)).await
    }

    async fn act_with(
        &self,
        shops: &dyn GrantDiscount,
        chat: Option<&dyn Notifier>,
        left: SignedDuration,
    ) -> Vec<Acted> {
        self.round.set(self.round.get() + 1);
        let received = self.actions.receive(100);
        let batch = received.iter().map(|one| Delivered {
            message_id: one.held.id.clone(),
            receipt: one.held.receipt.clone(),
            body: one.held.body.clone(),
            receives: one.held.receives,
        });
        let now = || self.clock.now();
        let terms = ActTerms {
            owner: format!("round-{}", self.round.get()),
            deadline: self.clock.now() + left,
            backoff: Backoff { base: Duration::from_secs(30), cap: Duration::from_hours(1) },
        };
        let clock = self.clock.clone();
        let hands = Hands {
            deeds: &self.deeds,
            links: &self.links,
            parked: &self.queues,
            redelivery: &self.actions,
            crm: &self.crm,
            record_url: &|record| Some(format!("https://crm.example.com/{record}")),
            key_of: &|customer| ExternalKey::new("", customer.customer),
            shops,
            chat,
            clock: &move || clock.now(),
            chance: &|| u64::MAX / 2,
            alarm: &|_| -> Alarm { Box::pin(std::future::pending()) },
        };
        let acted = act(batch.collect(), &hands, &terms).await;
        assert!(now() <= terms.deadline);
        for one in &received {
            let answer =
                acted.iter().find(|acted| acted.message_id == one.held.id).expect("each has its answer");
            if !answer.comes_back() {
                self.actions.delete(&one.held.receipt);
            }
        }
        acted
    }

    /// Acts until nothing is left, moving the clock to when the next message comes back.
    async fn settle(&self) -> Vec<Acted> {
        let mut acted = Vec::new();
        for _ in 0..200 {
            let Some(next) = self.actions.next_at() else { return acted };
            self.clock.advance_to(next);
            acted.extend(self.act().await);
        }
        panic!("it never settles: {acted:?}");
    }

    async fn replay(&self, request: serde_json::Value) -> ReplayReport {
        let clock = self.clock.clone();
        let desk = Desk {
            letters: &self.queues,
            outbox: &self.queues,
            actions: &self.actions,
            inbox: &MemoryInbox::default(),
            clock: &move || clock.now(),
            deadline: self.clock.now() + SignedDuration::from_secs(300),
        };
        replay(&ReplayRequest::parse(request).unwrap(), &desk).await.unwrap()
    }

    fn parked(&self) -> Vec<Parked> {
        self.queues.parked().iter().map(|message| message.parked().expect("a parked message")).collect()
    }

    /// What stands in a field of the contact.
    fn word(&self, field: Field) -> Option<Value> {
        self.crm.record(&self.ada)?.fields.get(&field).cloned()
    }

    /// How often a deed was done, as whoever it is meant for sees it.
    fn seen(&self, deed: &Deed) -> usize {
        match deed {
            Deed::Task { .. } => self.crm.tasks().len(),
            Deed::Note { .. } => self.crm.notes().len(),
            Deed::Deal { .. } => self.crm.deals().len(),
            Deed::Message { .. } => self.chat.posted().len(),
            Deed::Invitation { .. } => {
                usize::from(matches!(self.word(Field::Invitation), Some(Value::Text(_))))
            }
            Deed::Discount { code, .. } => {
                let is_written = self.word(Field::DiscountCode) == Some(Value::Text(code.clone()));
                self.shelf.codes().len() * usize::from(is_written)
            }
        }
    }

    /// Somebody began it and died.
    async fn begun_by_the_dead(&self, deed: &Deed) {
        let now = self.clock.now();
        let claimant = Claimant { owner: "dead".into(), now, until: now + SignedDuration::from_secs(80) };
        self.deeds.begin(&self.firing(deed).key, &claimant).await.unwrap();
    }
}

/// One of each kind.
pub(super) fn deeds() -> [Deed; 6] {
    let at: Timestamp = "2026-12-20T12:00:00Z".parse().unwrap();
    [
        Deed::Task {
            subject: "Call".into(),
            lines: vec!["now".into()],
            due_at: at,
            priority: Priority::High,
        },
        Deed::Note { lines: vec!["A VIP".into()] },
        message("sales"),
        Deed::Discount { code: "ADA-15".into(), title: "Thanks".into(), percent: 15.into(), ends_at: at },
        Deed::Invitation { to: "Circle".into() },
        Deed::Deal {
            name: "Upsell".into(),
            stage: "open".into(),
            pipeline: None,
            amount: Money::parse("100", "USD").unwrap(),
        },
    ]
}

fn message(channel: &str) -> Deed {
    Deed::Message { channel: channel.into(), title: "A VIP".into(), lines: vec!["spent much".into()] }
}

fn codes(acted: &[Acted]) -> Vec<&str> {
    acted
        .iter()
        .map(|one| one.failure().map_or_else(|| one.verdict.as_ref().unwrap().code(), flows::Failure::code))
        .collect()
}
