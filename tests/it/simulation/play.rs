//! One play: a shop lives for a while, its deliveries come doubled and out of order, workers die, everything that is
//! called fails now and then; in the end both halves must match.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crm::memory::MemoryCrm;
use domain::{
    ActionKey, Backoff, Envelope, Event, Field, FingerprintKey, Once, OrdersMode, ParkedMessage, Period,
    Rulebook, Rules, Value, desired, desired_deal,
};
use flows::Stores;
use flows::{Delivered, Terms, World, work};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use signals::{Facts, SignalBook};
use store::Outbox;
use store::memory::{
    Clock, Faults, MemoryActions, MemoryDue, MemoryFigures, MemoryInbox, MemoryLinks, MemoryQueues,
    MemoryWakes, Redrive,
};

use super::engine::{Engine, Timers};
use super::far::Far;
use super::net::Net;
use super::shop::Shop;

/// As in template.yaml.
const MAX_RECEIVES: u32 = 8;
/// How long a function may run, and how long a message it took is hidden.
const RUNS_FOR: Duration = Duration::from_mins(1);
const HIDDEN_FOR: Duration = Duration::from_mins(6);
/// A play that lasts longer never ends.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 14);

pub(super) struct Play {
    net: Net,
    shop: Shop,
    crm: MemoryCrm,
    queues: MemoryQueues,
    inbox: MemoryInbox,
    links: MemoryLinks,
    actions: MemoryActions,
    people: u64,
    percent: u64,
    workers: u64,
    key: FingerprintKey,
}

fn send(queues: &MemoryQueues, event: Event) {
    let envelope = Envelope::V1(event);
    queues.send(&envelope).now_or_never().expect("what is in memory answers at once").unwrap();
}

impl Play {
    pub(super) fn new(seed: u64, traced: bool) -> Self {
        let clock = Clock::at("2026-11-20T12:00:00Z".parse().unwrap());
        let net = Net::new(Timers::new(clock.clone()), seed, traced);
        let redrive = Redrive { visibility: HIDDEN_FOR, max_receives: MAX_RECEIVES };
        let (people, percent, workers) = (1 + net.below(4), net.below(8), 1 + net.below(4));
        let play = Self {
            shop: Shop::default(),
            crm: MemoryCrm::default(),
            actions: MemoryActions::new(clock.clone(), redrive, Faults::default()),
            queues: MemoryQueues::new(clock, redrive, Faults::default()),
            inbox: MemoryInbox::default(),
            links: MemoryLinks::default(),
            key: FingerprintKey::new(b"simulation"),
            people,
            percent,
            workers,
            net,
        };
        play.a_rep_knows_somebody();
        play
    }

    /// A rep made a record of the first customer's address before the shop knew them.
    fn a_rep_knows_somebody(&self) {
        if self.net.below(3) == 0 {
            let email = Value::Text("person-1@example.com".into());
            self.crm.rep_creates(&BTreeMap::from([(Field::Email, email)]), &[]);
        }
    }

    pub(super) fn trace(&self) -> Vec<String> {
        self.net.trace()
    }

    /// Plays to the end; what is wrong then.
    pub(super) fn run(self: &Rc<Self>) -> Result<(), String> {
        let mut engine = Engine::new(self.net.timers.clone());
        let began = self.net.now();
        self.net.calm_down_at(began + SignedDuration::from_secs(90));
        engine.start(None, Rc::clone(self).shop_lives());
        self.until_quiet(&mut engine, began)?;
        self.nothing_is_lost()?;
        self.somebody_replays();
        self.until_quiet(&mut engine, began)?;
        self.both_halves_match(|_| true)
    }

    /// The shop's day: a change now and then, and the deliveries that tell of it.
    async fn shop_lives(self: Rc<Self>) {
        for _ in 0..4 + self.net.below(10) {
            let events = self.shop.lives(&self.net, self.people);
            for event in events {
                self.net.tell(|| format!("EVENT {} {:?}", event.topic.as_str(), event.subject));
                let copies = if self.net.strikes(15) { 2 } else { 1 };
                for _ in 0..copies {
                    let most = if self.net.strikes(10) { 60_000 } else { 2_000 };
                    let (queues, event) = (self.queues.clone(), event.clone());
                    let at = self.net.timers.after(self.net.ms(most));
                    self.net.timers.happen(at, move || send(&queues, event));
                }
            }
            self.net.sleep(self.net.ms(3_000)).await;
        }
    }

    /// Moves on until nothing is left to do; workers are there whenever there is something to take.
    fn until_quiet(self: &Rc<Self>, engine: &mut Engine, began: Timestamp) -> Result<(), String> {
        let mut round = 0;
        loop {
            if self.net.now().duration_since(began) > LONGEST {
                return Err("it never ends".to_owned());
            }
            let is_idle = !engine.step();
            let waits = self.queues.next_at();
            if is_idle && waits.is_none() && engine.running() == 0 {
                return Ok(());
            }
            if let Some(at) = waits.filter(|at| is_idle && *at > self.net.now()) {
                self.net.timers.clock.advance_to(at);
            }
            if !self.queues.waiting().is_empty() && (engine.running() as u64) < self.workers {
                round += 1;
                self.a_worker_starts(engine, round);
            }
        }
    }

    fn a_worker_starts(self: &Rc<Self>, engine: &mut Engine, round: u64) {
        let dies = self.net.strikes(15);
        let left = if dies { self.net.ms(2_500) } else { RUNS_FOR };
        if dies {
            self.net.tell(|| format!("worker {round} will die"));
        }
        let owner = format!("{}-{round}", self.net.now());
        engine.start(Some(self.net.timers.after(left)), Rc::clone(self).a_worker(round, owner));
    }

    async fn a_worker(self: Rc<Self>, number: u64, owner: String) {
        let batch = self.queues.receive_events(1 + usize::try_from(self.net.below(10)).unwrap());
        let receipts: BTreeMap<_, _> =
            batch.iter().map(|one| (one.held.id.clone(), one.held.receipt.clone())).collect();
        let delivered = batch.into_iter().map(|one| Delivered {
            message_id: one.held.id,
            receipt: one.held.receipt,
            body: one.held.body,
            receives: one.held.receives,
        });
        for done in self.works(delivered.collect(), number, owner).await {
            // The platform deletes what did not fail; that may get lost too.
            if !done.comes_back() && !self.net.strikes(self.percent) {
                self.queues.delete_event(&receipts[&done.message_id]);
            }
        }
    }

    fn far<T>(&self, worker: u64, here: T) -> Far<T> {
        Far { here, net: self.net.clone(), percent: self.percent, worker }
    }

    async fn works(&self, batch: Vec<Delivered>, number: u64, owner: String) -> Vec<flows::Worked> {
        let (inbox, links) = (self.far(number, self.inbox.clone()), self.far(number, self.links.clone()));
        let (queues, shop) = (self.far(number, self.queues.clone()), self.far(number, self.shop.clone()));
        let crm = self.far(number, self.crm.clone());
        let (clock, chance, alarms) = (self.net.timers.clock.clone(), self.net.clone(), self.net.clone());
        let stores = Stores {
            actions: self.far(number, self.actions.clone()),
            due: MemoryDue::over(self.links.clone(), Faults::default()),
            figures: MemoryFigures::default(),
            wakes: MemoryWakes::default(),
        };
        let world = World {
            inbox: &inbox,
            links: &links,
            parked: &queues,
            redelivery: &queues,
            shops: &shop,
            crm: &crm,
            beside: &stores,
            clock: &move || clock.now(),
            chance: &move || chance.bits(),
            alarm: &move |at| Box::pin(alarms.timers.sleep_until(at)),
        };
        let terms = Terms {
            owner,
            deadline: self.net.timers.after(RUNS_FOR),
            backoff: Backoff { base: Duration::from_secs(30), cap: Duration::from_hours(1) },
            fingerprint_key: self.key.clone(),
            rules: Arc::new(with_deals()),
            signals: Arc::new(SignalBook::of(&with_deals()).unwrap()),
        };
        let worked = work(batch, &world, &terms).await;
        for one in &worked {
            let said = one.verdict.as_ref().map_or_else(|(f, _)| f.code().to_owned(), ToString::to_string);
            self.net.tell(|| format!("#{number} {} ({}): {said}", one.message_id, one.receives));
        }
        worked
    }

    /// What is neither parked nor dead is right; and nothing waits in a row that nobody will come for.
    fn nothing_is_lost(&self) -> Result<(), String> {
        let told: Vec<_> = self.queues.dead().into_iter().chain(self.queues.parked()).collect();
        if !told.is_empty() {
            return Ok(());
        }
        let mentioned = self.links.mentioned();
        if !mentioned.is_empty() {
            return Err(format!("something was left for {mentioned:?} and nobody comes for it"));
        }
        let undone: Vec<_> = self.inbox.trails().into_iter().filter(|(_, trail)| !trail.done).collect();
        if !undone.is_empty() {
            return Err(format!("deliveries that are neither done, parked nor dead: {undone:?}"));
        }
        self.both_halves_match(|_| true)
    }

    /// Somebody mends the cause and replays all that is dead or parked.
    fn somebody_replays(&self) {
        let dead = self.queues.dead().into_iter().map(|message| message.body);
        let parked = self.queues.parked().into_iter().map(|message| {
            let ParkedMessage::V1(parked) = serde_json::from_str(&message.body).unwrap();
            parked.message
        });
        for body in dead.chain(parked) {
            let Envelope::V1(mut event) = serde_json::from_str(&body).unwrap();
            event.replays += 1;
            send(&self.queues, event);
        }
    }

    fn both_halves_match(&self, concerns: impl Fn(u64) -> bool) -> Result<(), String> {
        let records = self.crm.records();
        for customer in self.shop.customers() {
            let id = customer.key.customer.get();
            if !concerns(id) {
                continue;
            }
            let wish = desired(&customer, "", &Rules::default());
            let theirs: Vec<_> = records
                .iter()
                .filter(|r| r.fields.get(&Field::Email) == wish.fields.get(&Field::Email))
                .collect();
            let [record] = &theirs[..] else {
                return Err(format!("customer {id} has {} records", theirs.len()));
            };
            for (field, value) in &wish.fields {
                let there = record.fields.get(field).unwrap_or(&Value::Empty);
                if there != value {
                    return Err(format!("customer {id}: {} is {there:?} and not {value:?}", field.name()));
                }
            }
        }
        self.signals_match(&concerns)?;
        self.orders_match(&concerns)
    }

    /// Each contact says which flags are on, they are those of the customer as they are now, and each time that one went on
    /// its actions were sent: none is lost, and each is one and the same however often it was sent.
    fn signals_match(&self, concerns: &impl Fn(u64) -> bool) -> Result<(), String> {
        let (rules, signals) = (with_deals().usual, SignalBook::of(&with_deals()).unwrap());
        let fired: BTreeSet<_> = self.actions.fired().into_iter().map(|firing| firing.key).collect();
        let links = self.links.links();
        for customer in self.shop.customers().into_iter().filter(|one| concerns(one.key.customer.get())) {
            let Some(link) = links.get(&customer.key) else { continue };
            let (state, now) = (&link.signals, self.net.now());
            let facts = Facts::of(&customer, now).remembering(state);
            let reading = signals.of_shop(&customer.key.shop).read(&facts, &state.on());
            let record = self.crm.records().into_iter().find(|record| record.id == link.record);
            let said = record.and_then(|record| record.fields.get(&Field::Signals).cloned());
            let labels = Some(reading.labels).filter(|labels| !labels.is_empty()).map(Value::List);
            if reading.on != state.on() || said.filter(|said| *said != Value::Empty) != labels {
                return Err(format!("{}: {:?} and not {:?}", customer.key, state.on(), reading.on));
            }
            for (name, rule) in rules.actions.iter().filter(|(_, rule)| !rule.act.stands()) {
                for time in 1..=state.times(rule.on) {
                    let may = !rule.act.reaches_customer();
                    let period = if rule.once == Once::Ever { Period::Ever } else { Period::Time(time) };
                    let key = ActionKey::new(name, &customer.key, period);
                    if may && !fired.contains(&key) {
                        return Err(format!("{key} was never sent"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Each order is a deal that says what the order says now, and each refund a note; both of the customer's record.
    fn orders_match(&self, concerns: &impl Fn(u64) -> bool) -> Result<(), String> {
        let (rules, records) = (with_deals().usual.orders, self.crm.records());
        let (deals, notes) = (self.crm.deals(), self.crm.notes());
        for (customer, order) in
            self.shop.orders().into_iter().filter(|(customer, _)| concerns(customer.get()))
        {
            let record = records
                .iter()
                .find(|r| r.key.as_ref().is_some_and(|key| key.as_str() == customer.to_string()));
            let record = record.map(|record| record.id.clone()).into_iter().collect::<Vec<_>>();
            let wish = desired_deal(&order, "", &rules).unwrap().unwrap();
            let deal = deals.iter().find(|deal| deal.key == wish.key);
            if deal.is_none_or(|deal| deal.facts != wish.facts || deal.contacts != record) {
                return Err(format!("order {} is {deal:?} and not {wish:?} of {record:?}", order.id));
            }
            for refund in &order.refunds {
                let key = domain::ExternalKey::of_refund("", refund.id);
                let note = notes.iter().find(|note| note.key == key);
                if note.is_none_or(|note| note.contacts != record) {
                    return Err(format!("refund {} is {note:?}", refund.id));
                }
            }
        }
        Ok(())
    }
}

/// Every order becomes a deal.
fn with_deals() -> Rulebook {
    let mut rules = Rulebook::default();
    rules.usual.orders.mode = OrdersMode::Deals;
    rules
}
