//! A small world: a shop, a CRM account, queues and stores, and a clock that is moved.

pub(crate) mod canned;
mod clerk;
mod office;
pub(crate) mod time;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use connect::{CrmAddresses, CrmSide, NotSetUp, SetUp};
use crm::Crm;
use domain::{Backoff, CustomerId, CustomerKey, IdentityRules, Parked, Rulebook, ShopDomain};
use flows::{
    Alarm, Answer, Delivered, Incoming, PreviewRequest, Received, Stores, Terms, Worked, World as Outside,
    preview, receive, work,
};
use jiff::{SignedDuration, Timestamp};
use outbound::{Outbound, Timeouts};
use shopify::{Admin, AdminConfig, ClientSecrets, Headers};
use signals::SignalBook;
use store::memory::{
    Clock, Faults, MemoryActions, MemoryDeeds, MemoryDue, MemoryFigures, MemoryInbox, MemoryLinks,
    MemoryQueues, MemoryWakes, Redrive,
};
use twin_hubspot::{Contact, Listening, Portal, Settings};
use twin_shopify::{Delivery, HeaderFamily, Running, ShopHandle, ShopSettings, Twin};

pub(crate) use self::clerk::{FixedKeyring, PanickingCrm};
pub(crate) use self::office::Office;

pub(crate) const SHOP: &str = "demo.myshopify.com";
pub(crate) const SECRET: &str = "hush";
/// As in template.yaml.
const MAX_RECEIVES: u32 = 8;

pub(crate) struct World {
    pub(crate) twin: Twin,
    pub(crate) shop: ShopHandle,
    pub(crate) portal: Portal,
    pub(crate) clock: Clock,
    pub(crate) queues: MemoryQueues,
    pub(crate) inbox: MemoryInbox,
    pub(crate) links: MemoryLinks,
    pub(crate) stores: Stores<MemoryActions, MemoryDue, MemoryFigures, MemoryWakes>,
    pub(crate) faults: Faults,
    pub(crate) admin: Admin,
    pub(crate) side: CrmSide,
    pub(crate) keyring: FixedKeyring,
    pub(crate) now: Box<dyn Fn() -> Timestamp + Sync>,
    pub(crate) unlucky: Arc<AtomicBool>,
    chance: Box<dyn Fn() -> u64 + Sync>,
    pub(crate) rings: Arc<AtomicBool>,
    alarm: Box<dyn Fn(Timestamp) -> Alarm + Sync>,
    round: std::cell::Cell<u32>,
    pub(crate) rules: Arc<Rulebook>,
    domains: Vec<String>,
    servers: (Running, Listening),
}

pub(crate) fn settings() -> ShopSettings {
    let (client_secret, access_token) = (SECRET.to_owned(), "shpat".to_owned());
    ShopSettings { client_secret, access_token, bucket_size: 1e9, ..ShopSettings::default() }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_shops(&[SHOP]).await
    }

    /// Several shops get a key prefix each: `a-`, `b-`, ...
    pub(crate) async fn with_shops(domains: &[&str]) -> Self {
        let clock = Clock::at("2026-11-20T12:00:00Z".parse().unwrap());
        let (for_shop, for_portal) = (clock.clone(), clock.clone());
        let twin = Twin::with_clock(7, twin_shopify::Clock::new(move || for_shop.now()));
        let portal =
            Portal::with_clock(7, twin_hubspot::Clock::asking(move || for_portal.now().as_millisecond()));
        portal.set_token("pat");
        portal.define_counterfoil_properties();
        portal.set_settings(Settings {
            burst_max: 1_000_000,
            search_per_second: 1_000_000,
            ..portal.settings()
        });
        let servers = (twin.spawn().await.unwrap(), portal.listen(0).await.unwrap());
        for domain in domains {
            twin.open_shop(domain, settings());
        }
        let outbound = outbound();
        let for_worker = clock.clone();
        let unlucky = Arc::new(AtomicBool::new(false));
        let for_chance = Arc::clone(&unlucky);
        let rings = Arc::new(AtomicBool::new(false));
        let for_alarm = Arc::clone(&rings);
        let faults = Faults::default();
        let redrive = Redrive { visibility: Duration::from_mins(6), max_receives: MAX_RECEIVES };
        let links = MemoryLinks::with_faults(faults.clone());
        Self {
            stores: Stores {
                actions: MemoryActions::new(clock.clone(), redrive, faults.clone()),
                due: MemoryDue::over(links.clone(), faults.clone()),
                figures: MemoryFigures::with_faults(faults.clone()),
                wakes: MemoryWakes::with_faults(faults.clone()),
            },
            shop: twin.shop(domains[0]).unwrap(),
            admin: admin(&outbound, &servers.0, domains, &Arc::default()),
            side: side_at(&outbound, servers.1.url(), &Rulebook::default()),
            keyring: FixedKeyring::of(domains, &[SECRET]),
            queues: MemoryQueues::new(clock.clone(), redrive, faults.clone()),
            inbox: MemoryInbox::with_faults(faults.clone()),
            links,
            now: Box::new(move || for_worker.now()),
            chance: Box::new(move || {
                assert!(!for_chance.load(Relaxed), "chance fell over");
                u64::MAX / 2
            }),
            unlucky,
            // The clock does not move while a worker works, so its alarm rings only where a story says so.
            alarm: Box::new(move |_| {
                if for_alarm.load(Relaxed) {
                    Box::pin(std::future::ready(()))
                } else {
                    Box::pin(std::future::pending())
                }
            }),
            rings,
            round: std::cell::Cell::new(0),
            rules: Arc::default(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            servers,
            twin,
            portal,
            clock,
            faults,
        }
    }

    /// Under a manifest that says something else in these places.
    pub(crate) async fn ruled_by(replaced: &[(&str, &str)]) -> Self {
        let mut world = Self::new().await;
        world.rules_with(replaced);
        world
    }

    /// Time goes by, so that the next change has a newer version than the one before.
    pub(crate) fn a_minute_later(&self) {
        self.clock.advance(Duration::from_mins(1));
    }

    /// What may identify a customer.
    pub(crate) fn identify_by(&mut self, identity: IdentityRules) {
        Arc::make_mut(&mut self.rules).usual.identity = identity;
    }

    /// Works by the default manifest from now on, with these words in it replaced.
    pub(crate) fn rules_with(&mut self, replaced: &[(&str, &str)]) {
        let mut text = include_str!("../../../infra/sync.toml").to_owned();
        for (words, by) in replaced {
            assert!(text.contains(words), "the manifest does not say {words:?}");
            text = text.replacen(words, by, 1);
        }
        self.works_by(&text);
    }

    /// Works by the default manifest from now on, with these sections behind it.
    pub(crate) fn rules_and(&mut self, sections: &str) {
        self.works_by(&format!("{}\n{sections}", include_str!("../../../infra/sync.toml")));
    }

    /// The same functions, deployed with this manifest.
    fn works_by(&mut self, manifest: &str) {
        self.rules = Arc::new(manifest::parse(manifest).unwrap());
        let domains: Vec<_> = self.domains.iter().map(String::as_str).collect();
        self.admin = admin(&outbound(), &self.servers.0, &domains, &self.rules);
        self.side = side_at(&outbound(), self.servers.1.url(), &self.rules);
    }

    /// Makes an org ready, and works with it from now on.
    pub(crate) async fn set_up_salesforce(&mut self, url: &str, secret: &str) -> Result<SetUp, NotSetUp> {
        let at = CrmAddresses { salesforce_endpoint: Some(url.to_owned()), ..addresses(String::new()) };
        self.side = connect::crm_side(&outbound(), &at, &self.rules, secret).unwrap();
        connect::set_up(&outbound(), &at, &self.rules, secret).await
    }

    /// What Shopify would send now, taken out of its hands.
    pub(crate) fn pending(&self) -> Vec<Delivery> {
        self.shop.take_pending().unwrap()
    }

    /// One delivery arrives, signed by the shop.
    pub(crate) async fn arrives(&self, delivery: &Delivery) -> Received {
        self.arrives_with(delivery.sign(SECRET, HeaderFamily::Classic), &delivery.body).await
    }

    /// A request arrives with these headers and this body.
    pub(crate) async fn arrives_with(&self, headers: Vec<(String, String)>, body: &[u8]) -> Received {
        let header =
            |name: &str| headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str());
        let incoming = Incoming { headers: Headers::read(header), body, max_body_bytes: 6 * 1024 * 1024 };
        receive(incoming, &self.keyring, &self.queues, self.clock.now()).await
    }

    /// Everything that is pending arrives, and is accepted.
    pub(crate) async fn all_arrive(&self) {
        for delivery in self.pending() {
            let received = self.arrives(&delivery).await;
            assert!(matches!(received.answer, Answer::Accepted), "{:?}", received.answer);
        }
    }

    /// A worker takes what can be received now, once.
    pub(crate) async fn work_once(&self) -> Vec<Worked> {
        self.work_with(self.side.crm.as_ref()).await
    }

    /// The same, with another CRM in its place.
    pub(crate) async fn work_with(&self, crm: &dyn Crm) -> Vec<Worked> {
        self.work_for(crm, SignedDuration::from_secs(60)).await
    }

    /// The same, by a worker that has almost no time left.
    pub(crate) async fn work_late(&self) -> Vec<Worked> {
        self.work_for(self.side.crm.as_ref(), SignedDuration::from_secs(3)).await
    }

    async fn work_for(&self, crm: &dyn Crm, left: SignedDuration) -> Vec<Worked> {
        let batch = self.queues.receive_events(100);
        self.round.set(self.round.get() + 1);
        let now = self.clock.now();
        let receipts: Vec<_> = batch.iter().map(|m| (m.held.id.clone(), m.held.receipt.clone())).collect();
        let delivered = batch
            .into_iter()
            .map(|received| Delivered {
                message_id: received.held.id,
                receipt: received.held.receipt,
                body: received.held.body,
                receives: received.held.receives,
            })
            .collect();
        let worked = work(delivered, &self.outside(crm), &self.terms(now + left)).await;
        for (id, receipt) in receipts {
            let one = worked.iter().find(|one| one.message_id == id).expect("every message has its answer");
            if !one.comes_back() {
                self.queues.delete_event(&receipt);
            }
        }
        worked
    }

    /// What would be done about somebody now.
    pub(crate) async fn previews(&self, asked: &PreviewRequest) -> Vec<String> {
        self.previews_with(asked, &MemoryDeeds::default()).await
    }

    /// The same, where some actions were done before.
    pub(crate) async fn previews_with(&self, asked: &PreviewRequest, deeds: &MemoryDeeds) -> Vec<String> {
        let terms = self.terms(self.clock.now() + SignedDuration::from_secs(60));
        preview(asked, &self.outside(self.side.crm.as_ref()), deeds, &terms).await.unwrap().lines
    }

    fn outside<'a>(
        &'a self,
        crm: &'a dyn Crm,
    ) -> Outside<'a, MemoryInbox, MemoryLinks, MemoryQueues, MemoryQueues> {
        Outside {
            inbox: &self.inbox,
            links: &self.links,
            parked: &self.queues,
            redelivery: &self.queues,
            shops: &self.admin,
            crm,
            beside: &self.stores,
            clock: self.now.as_ref(),
            chance: self.chance.as_ref(),
            alarm: self.alarm.as_ref(),
        }
    }

    fn terms(&self, deadline: Timestamp) -> Terms {
        Terms {
            owner: format!("round-{}", self.round.get()),
            deadline,
            backoff: Backoff { base: Duration::from_secs(30), cap: Duration::from_hours(1) },
            fingerprint_key: self.side.fingerprint_key.clone(),
            rules: Arc::clone(&self.rules),
            signals: Arc::new(SignalBook::of(&self.rules).unwrap()),
        }
    }

    /// Works until nothing is left, moving the clock to when the next message comes back.
    pub(crate) async fn settle(&self) -> Vec<Worked> {
        let mut worked = Vec::new();
        for _ in 0..1000 {
            let Some(next) = self.queues.next_at() else { return worked };
            self.clock.advance_to(next.max(self.clock.now()));
            worked.extend(self.work_once().await);
        }
        panic!("it never settles");
    }

    /// Everything pending arrives and is worked on.
    pub(crate) async fn live(&self) -> Vec<Worked> {
        self.all_arrive().await;
        self.settle().await
    }

    /// The one contact of a customer.
    pub(crate) fn contact(&self, customer: u64) -> Contact {
        let found = self.portal.contacts_where("shopify_customer_id", &customer.to_string());
        assert_eq!(found.len(), 1, "contacts of customer {customer}: {found:?}");
        found.into_iter().next().unwrap()
    }

    pub(crate) fn parked(&self) -> Vec<Parked> {
        self.queues.parked().iter().map(|message| message.parked().expect("a parked message")).collect()
    }

    /// Does every contact say what the shop says?
    pub(crate) fn assert_both_halves_match(&self, customers: &[u64]) {
        for customer in customers {
            let (contact, figures) = (self.contact(*customer), self.shop.figures(*customer).unwrap());
            let number =
                |name: &str| contact.properties.get(name).map(|text| text.parse::<rust_decimal::Decimal>());
            assert_eq!(number("total_spent"), Some(Ok(figures.spent)), "spend of {customer}");
            assert_eq!(number("orders_count"), Some(Ok(figures.orders.into())), "orders of {customer}");
        }
    }
}

/// A world that is left with work undone hides it.
impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.queues.next_at(), None, "messages are left in the event queue");
        }
    }
}

pub(crate) fn outbound() -> Outbound {
    Outbound::new(Timeouts { connect: Duration::from_secs(1), whole: Duration::from_mins(1) }).unwrap()
}

fn admin(outbound: &Outbound, server: &Running, domains: &[&str], rules: &Arc<Rulebook>) -> Admin {
    let config =
        AdminConfig { endpoint: format!("{}/shops/{{shop}}", server.url()), version: "2026-10".into() };
    connect::shops(outbound, &config, rules, &api_secret(domains)).unwrap()
}

fn api_secret(domains: &[&str]) -> String {
    let prefix = |letter: char| if domains.len() > 1 { format!("{letter}-") } else { String::new() };
    let shops: serde_json::Map<_, _> = domains
        .iter()
        .zip('a'..)
        .map(|(d, letter)| {
            ((*d).to_owned(), serde_json::json!({"access_token": "shpat", "key_prefix": prefix(letter)}))
        })
        .collect();
    serde_json::json!({ "shops": shops }).to_string()
}

/// The shop's own name for itself.
pub(crate) fn shop() -> ShopDomain {
    ShopDomain::parse(SHOP).unwrap()
}

/// A customer of the shop.
pub(crate) fn key(customer: u64) -> CustomerKey {
    CustomerKey { shop: shop(), customer: CustomerId::new(customer) }
}

/// A HubSpot at another address.
pub(crate) fn hubspot_at(url: String) -> Arc<dyn Crm> {
    side_at(&outbound(), url, &Rulebook::default()).crm
}

/// Salesforce at another address.
pub(crate) fn salesforce_at(url: String) -> Arc<dyn Crm> {
    let at = CrmAddresses { salesforce_endpoint: Some(url), ..addresses(String::new()) };
    let secret = r#"{"salesforce":{"my_domain":"acme","client_id":"3MVG9","client_secret":"hush"},"fingerprint_key":"0123456789abcdef"}"#;
    connect::crm_side(&outbound(), &at, &Rulebook::default(), secret).unwrap().crm
}

/// The shop at another address.
pub(crate) fn shopify_at(url: String) -> Admin {
    let config = AdminConfig { endpoint: url, version: "2026-10".into() };
    connect::shops(&outbound(), &config, &Arc::default(), &api_secret(&[SHOP])).unwrap()
}

fn side_at(outbound: &Outbound, url: String, rules: &Rulebook) -> CrmSide {
    let at = addresses(url);
    let secret = r#"{"hubspot":{"token":"pat"},"fingerprint_key":"0123456789abcdef"}"#;
    connect::crm_side(outbound, &at, rules, secret).unwrap()
}

fn addresses(hubspot_endpoint: String) -> CrmAddresses {
    CrmAddresses {
        hubspot_endpoint,
        hubspot_version: "2026-03".into(),
        salesforce_endpoint: None,
        salesforce_version: "v68.0".into(),
    }
}

pub(crate) fn secrets(domains: &[&str], secrets: &[&str]) -> Arc<ClientSecrets> {
    let shops: serde_json::Map<_, _> =
        domains.iter().map(|d| ((*d).to_owned(), serde_json::json!({ "client_secrets": secrets }))).collect();
    Arc::new(ClientSecrets::parse(&serde_json::json!({ "shops": shops }).to_string()).unwrap())
}
