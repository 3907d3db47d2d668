//! The stores, the queue, the CRM and the shop, seen from a worker: far away.

use std::time::Duration;

use crm::memory::MemoryCrm;
use crm::{
    CompanyOutcome, CompanyWrite, Crm, CrmError, CrmErrorKind, CrmFuture, Cursor, DealOutcome, DealSpan,
    DealWrite, Errand, Merged, NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite, Wanted, Written,
};
use domain::{
    CompanyId, Customer, CustomerId, CustomerKey, DeliveryKey, ExternalKey, Field, Firing, Match, Mention,
    OrderId, Parked, Record, RecordId, ShopDomain, Write,
};
use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use shopify::{
    Companies, Customers, CustomersRefunds, Orders, ReadShop, Reading, ShopError, ShopErrorKind, Truth,
};
use store::memory::{MemoryActions, MemoryInbox, MemoryLinks, MemoryQueues};
use store::{
    ActionQueue, Asking, Claimant, Delivery, HandedOver, Inbox, Keeping, Kept, Lease, Link, Links, Note,
    ParkedQueue, Redelivery, StoreError, StoreErrorKind, Trail,
};

use super::net::{Away, LATE_MS, Net, SOON_MS};
use super::shop::Shop;

/// Something in memory, far away.
#[derive(Clone)]
pub(super) struct Far<T> {
    pub(super) here: T,
    pub(super) net: Net,
    /// Of a hundred calls, so many are refused, and so many are done without an answer.
    pub(super) percent: u64,
    /// Which worker calls.
    pub(super) worker: u64,
}

/// What is in memory answers at once.
fn at_once<T>(call: impl Future<Output = T>) -> T {
    call.now_or_never().expect("what is in memory answers at once")
}

/// What a trace tells of a customer.
fn said(customer: &Customer) -> String {
    let (spent, name) = (customer.amount_spent.amount, &customer.last_name);
    format!("{spent} {name:?} {:?} of {}", customer.tags, customer.updated_at)
}

/// What a trace tells of a write.
fn brief(write: &Write) -> String {
    let shown = [Field::CustomerKey, Field::TotalSpent, Field::LastName, Field::Tags];
    let fields: Vec<_> =
        shown.iter().filter_map(|field| Some((field.name(), write.fields().get(field)?))).collect();
    match write {
        Write::Create { .. } => format!("a new record: {fields:?}"),
        Write::Update { record, .. } => format!("record {record}: {fields:?}"),
    }
}

impl<S: Clone + Send + 'static> Far<S> {
    async fn call<T: Send + 'static>(
        &self,
        name: &'static str,
        effect: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Away> {
        self.net.call(SOON_MS, self.worker, name, self.percent, effect).await
    }

    /// What is sent to a store may be so late that its sender has long given up, and others have taken its place.
    async fn ask<T: Send + 'static>(
        &self,
        name: &'static str,
        effect: impl FnOnce(S) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let here = self.here.clone();
        let most_ms = if self.net.strikes(self.percent / 4) { LATE_MS } else { SOON_MS };
        let answer = self.net.call(most_ms, self.worker, name, self.percent, move || effect(here)).await;
        answer.unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Unavailable, "away")))
    }
}

impl Inbox for Far<MemoryInbox> {
    async fn concluded(&self, deliveries: &[Delivery], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let deliveries = deliveries.to_vec();
        self.ask("concluded", move |here| at_once(here.concluded(&deliveries, now))).await
    }

    /// In one call, or in several: each note has a fate of its own.
    async fn note(&self, notes: &[Note], now: Timestamp) -> Vec<Result<(), StoreError>> {
        let each = notes
            .iter()
            .cloned()
            .map(|note| self.ask("note", move |here| at_once(here.note(&[note], now)).remove(0)));
        join_all(each).await
    }

    async fn trail(&self, key: &DeliveryKey, now: Timestamp) -> Result<Option<Trail>, StoreError> {
        let key = key.clone();
        self.ask("trail", move |here| at_once(here.trail(&key, now))).await
    }
}

impl Links for Far<MemoryLinks> {
    async fn lease(&self, customer: &CustomerKey, who: &Claimant) -> Result<Lease, StoreError> {
        let (customer, who) = (customer.clone(), who.clone());
        self.net.tell(|| format!("#{} asks for {} as {}", self.worker, customer, who.owner));
        self.ask("lease", move |here| at_once(here.lease(&customer, &who))).await
    }

    async fn lease_all(&self, asked: &[Asking<'_>]) -> Vec<Result<Lease, StoreError>> {
        join_all(asked.iter().map(|asked| self.lease(asked.customer, asked.claimant))).await
    }

    async fn keep_all(&self, keepings: &[Keeping<'_>]) -> Vec<Result<Kept, StoreError>> {
        join_all(keepings.iter().map(|k| self.keep(k.customer, k.claimant, k.link, k.seen))).await
    }

    async fn hand_over(
        &self,
        customer: &CustomerKey,
        owner: &str,
        mentions: &[Mention],
        now: Timestamp,
    ) -> Result<HandedOver, StoreError> {
        self.net.tell(|| {
            format!("#{} leaves {} mentions of {customer} for {owner}", self.worker, mentions.len())
        });
        let (customer, owner, mentions) = (customer.clone(), owner.to_owned(), mentions.to_vec());
        self.ask("hand_over", move |here| at_once(here.hand_over(&customer, &owner, &mentions, now))).await
    }

    async fn keep(
        &self,
        customer: &CustomerKey,
        who: &Claimant,
        link: Option<&Link>,
        seen: usize,
    ) -> Result<Kept, StoreError> {
        let (customer, who, link) = (customer.clone(), who.clone(), link.cloned());
        self.ask("keep", move |here| at_once(here.keep(&customer, &who, link.as_ref(), seen))).await
    }

    async fn release(&self, customer: &CustomerKey, who: &Claimant) -> Result<Kept, StoreError> {
        let (customer, who) = (customer.clone(), who.clone());
        self.ask("release", move |here| at_once(here.release(&customer, &who))).await
    }

    async fn abandon(&self, customer: &CustomerKey, who: &Claimant) -> Result<Kept, StoreError> {
        let (customer, who) = (customer.clone(), who.clone());
        self.ask("abandon", move |here| at_once(here.abandon(&customer, &who))).await
    }

    async fn link(&self, customer: &CustomerKey) -> Result<Option<Link>, StoreError> {
        let customer = customer.clone();
        self.ask("link", move |here| at_once(here.link(&customer))).await
    }

    async fn customer_of(&self, record: &RecordId) -> Result<Option<CustomerKey>, StoreError> {
        let record = record.clone();
        self.ask("customer_of", move |here| at_once(here.customer_of(&record))).await
    }
}

impl ParkedQueue for Far<MemoryQueues> {
    async fn park(&self, parked: &Parked) -> Result<(), StoreError> {
        let parked = parked.clone();
        self.ask("park", move |here| at_once(here.park(&parked))).await
    }
}

impl ActionQueue for Far<MemoryActions> {
    async fn fire(&self, firings: &[Firing]) -> Vec<Result<(), StoreError>> {
        let (all, count) = (firings.to_vec(), firings.len());
        let answer = self.ask("fire", move |here| Ok(at_once(here.fire(&all)))).await;
        answer.unwrap_or_else(|error| vec![Err(error); count])
    }
}

impl Redelivery for Far<MemoryQueues> {
    async fn come_back_after(&self, receipt: &str, after: Duration) -> Result<(), StoreError> {
        let receipt = receipt.to_owned();
        self.ask("come_back", move |here| at_once(here.come_back_after(&receipt, after))).await
    }
}

impl Far<MemoryCrm> {
    fn error(away: Away) -> CrmError {
        let kind = match away {
            Away::Refused => CrmErrorKind::Unavailable,
            Away::Lost => CrmErrorKind::Unanswered,
        };
        CrmError::new(kind, "away")
    }

    /// One row of a call that went well otherwise: done and not spoken of, or refused for now or for good.
    fn spoil<T>(&self, outcome: Result<T, CrmError>) -> Result<T, CrmError> {
        if self.net.strikes(self.percent) { Err(Self::error(Away::Lost)) } else { outcome }
    }

    /// Rows that are done there all at once, each spoken of or not.
    async fn rows<T: Send + 'static>(
        &self,
        name: &'static str,
        rows: usize,
        effect: impl FnOnce() -> Vec<Result<T, CrmError>> + Send + 'static,
    ) -> Vec<Result<T, CrmError>> {
        match self.call(name, effect).await {
            Ok(outcomes) => outcomes.into_iter().map(|outcome| self.spoil(outcome)).collect(),
            Err(away) => (0..rows).map(|_| Err(Self::error(away))).collect(),
        }
    }
}

impl Crm for Far<MemoryCrm> {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        let (here, asked) = (self.here.clone(), wanted.to_vec());
        Box::pin(async move {
            let found = self.call("find", move || at_once(here.find(&asked))).await;
            found.unwrap_or_else(|away| Err(Self::error(away)))
        })
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>> {
        let (here, sent) = (self.here.clone(), writes.to_vec());
        Box::pin(async move {
            for write in &sent {
                self.net.tell(|| format!("#{} writes {}", self.worker, brief(write)));
            }
            // A row that is refused is not sent; its neighbours are.
            let refused: Vec<bool> = sent.iter().map(|_| self.net.strikes(self.percent)).collect();
            let go: Vec<Write> =
                sent.into_iter().zip(&refused).filter(|(_, no)| !**no).map(|(w, _)| w).collect();
            let answer = self.call("apply", move || at_once(here.apply(&go))).await;
            let mut outcomes = match answer {
                Ok(outcomes) => outcomes.into_iter().map(|outcome| self.spoil(outcome)).collect(),
                Err(away) => writes.iter().map(|_| Err(Self::error(away))).collect::<Vec<_>>(),
            }
            .into_iter();
            let row = |no: bool| if no { Err(Self::error(Away::Refused)) } else { outcomes.next().unwrap() };
            refused.into_iter().map(row).collect()
        })
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        self.here.read(keys)
    }

    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        let (here, asked) = (self.here.clone(), records.to_vec());
        Box::pin(async move {
            let read = self.call("fetch", move || at_once(here.fetch(&asked))).await;
            read.unwrap_or_else(|away| Err(Self::error(away)))
        })
    }

    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>> {
        self.here.holders(keys)
    }

    fn merge<'a>(
        &'a self,
        primary: &'a RecordId,
        other: &'a RecordId,
    ) -> CrmFuture<'a, Result<Merged, CrmError>> {
        Crm::merge(&self.here, primary, other)
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        let (here, sent) = (self.here.clone(), deals.to_vec());
        for write in deals {
            self.net.tell(|| format!("#{} deals {:?}", self.worker, write.deal));
        }
        Box::pin(self.rows("deals", deals.len(), move || at_once(here.write_deals(&sent))))
    }

    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>> {
        self.here.count_deals(span)
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        let (here, sent) = (self.here.clone(), notes.to_vec());
        Box::pin(self.rows("notes", notes.len(), move || at_once(here.write_notes(&sent))))
    }

    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>> {
        let (here, sent) = (self.here.clone(), tasks.to_vec());
        Box::pin(self.rows("tasks", tasks.len(), move || at_once(here.write_tasks(&sent))))
    }

    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>> {
        let (here, sent) = (self.here.clone(), companies.to_vec());
        Box::pin(self.rows("companies", companies.len(), move || at_once(here.write_companies(&sent))))
    }

    fn cost(&self, errand: Errand<'_>) -> usize {
        self.here.cost(errand)
    }

    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>> {
        let (here, after) = (self.here.clone(), after.cloned());
        Box::pin(async move {
            let page = self.call("page", move || at_once(here.page(after.as_ref()))).await;
            page.unwrap_or_else(|away| Err(Self::error(away)))
        })
    }
}

impl ReadShop for Far<Shop> {
    fn read<'a>(
        &'a self,
        _: &'a ShopDomain,
        customers: &'a [CustomerId],
        orders: &'a [OrderId],
        _: Timestamp,
    ) -> Reading<'a, Truth> {
        let (here, customers, orders) = (self.here.clone(), customers.to_vec(), orders.to_vec());
        // A replica may lag behind by some seconds.
        let lag = if self.net.strikes(20) { self.net.ms(4000) } else { Duration::ZERO };
        let clock = self.net.timers.clock.clone();
        let (net, worker) = (self.net.clone(), self.worker);
        let effect = move || {
            let as_of = clock.now() - jiff::SignedDuration::try_from(lag).unwrap();
            let truth = here.as_of(as_of, &customers, &orders);
            for customer in truth.customers.values().flatten() {
                net.tell(|| {
                    format!("#{worker} reads {} as of {as_of}: {}", customer.key.customer, said(customer))
                });
            }
            truth
        };
        Box::pin(async move {
            let truth = self.call("shop", effect).await;
            truth.map_err(|_| ShopError::new(ShopErrorKind::Unavailable, "away"))
        })
    }

    fn orders<'a>(
        &'a self,
        _: &'a ShopDomain,
        orders: &'a [OrderId],
        _: bool,
        _: Timestamp,
    ) -> Reading<'a, Orders> {
        let (here, orders) = (self.here.clone(), orders.to_vec());
        let lag = if self.net.strikes(20) { self.net.ms(4000) } else { Duration::ZERO };
        let clock = self.net.timers.clock.clone();
        let effect = move || {
            let as_of = clock.now() - jiff::SignedDuration::try_from(lag).unwrap();
            here.orders_as_of(as_of, &orders)
        };
        Box::pin(async move {
            let orders = self.call("orders", effect).await;
            orders.map_err(|_| ShopError::new(ShopErrorKind::Unavailable, "away"))
        })
    }

    fn refunds<'a>(
        &'a self,
        _: &'a ShopDomain,
        customers: &'a [CustomerId],
        _: Timestamp,
    ) -> Reading<'a, CustomersRefunds> {
        let (here, customers) = (self.here.clone(), customers.to_vec());
        // An index lags further behind than a replica.
        let lag = if self.net.strikes(20) { self.net.ms(60_000) } else { Duration::ZERO };
        let clock = self.net.timers.clock.clone();
        let effect = move || {
            let as_of = clock.now() - jiff::SignedDuration::try_from(lag).unwrap();
            here.refunds_as_of(as_of, &customers)
        };
        Box::pin(async move {
            let refunds = self.call("refunds", effect).await;
            refunds.map_err(|_| ShopError::new(ShopErrorKind::Unavailable, "away"))
        })
    }

    /// Nobody buys for a company here.
    fn companies<'a>(
        &'a self,
        _: &'a ShopDomain,
        _: &'a [CompanyId],
        _: Timestamp,
    ) -> Reading<'a, Companies> {
        Box::pin(std::future::ready(Ok(Companies::new())))
    }

    /// Everybody has an account here.
    fn by_email<'a>(&'a self, _: &'a ShopDomain, _: &'a [String], _: Timestamp) -> Reading<'a, Customers> {
        Box::pin(std::future::ready(Ok(Customers::new())))
    }

    fn points(&self, _: &ShopDomain, customers: usize, orders: usize) -> u32 {
        u32::try_from(7 * customers + 2 * orders).unwrap()
    }

    fn key_prefix<'a>(&'a self, _: &'a ShopDomain) -> &'a str {
        ""
    }
}
