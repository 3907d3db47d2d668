//! The shop and the CRM of the bench: the twins in this process, which count what they are asked.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::runtime::Runtime;
use twin_hubspot::{Contact, Listening, Portal, Settings};
use twin_shopify::{Clock, HandClock, ShopHandle, ShopSettings, Twin};

use crate::environment::ACCESS_TOKEN;
use crate::event::{SECRET, SHOP};
use crate::failure::{Failure, FailureKind};
use crate::wire::{self, Exchange};

/// Ids, tokens and the order of results follow from it.
const SEED: u64 = 1;
/// More than anything here asks for: the limits of the vendors are not what is measured.
const NO_LIMIT: f64 = 1e12;

/// Both, each on a port of its own. They end with this value.
pub(super) struct Vendors {
    pub(super) shop: ShopHandle,
    pub(super) portal: Portal,
    desk: Arc<Desk>,
    shop_port: u16,
    listening: Listening,
    _runtime: Runtime,
}

struct Desk {
    shop: ShopHandle,
    reads: AtomicU64,
}

/// What the vendors were asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) shop_reads: u64,
    /// Searches among them.
    pub(super) crm_reads: u64,
    pub(super) crm_searches: u64,
    pub(super) crm_writes: u64,
}

/// A clock by which everything has happened a day ago: what is young is read twice, which is right and would be counted.
pub(super) fn yesterday() -> HandClock {
    HandClock::at(Timestamp::now().saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN))
}

impl Vendors {
    /// Opens both. The shop goes by `clock`.
    pub(super) fn open(clock: Clock) -> Result<Self, Failure> {
        let failed = |cause| Failure::caused(FailureKind::Harness, "no port for the twins", cause);
        let shop = Twin::with_clock(SEED, clock).open_shop(SHOP, settings());
        let desk = Arc::new(Desk { shop: shop.clone(), reads: AtomicU64::new(0) });
        let shop_port = wire::serve(Arc::clone(&desk), Desk::serve).map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let portal = furnished();
        let listening = runtime.block_on(portal.listen(0)).map_err(failed)?;
        Ok(Self { shop, portal, desk, shop_port, listening, _runtime: runtime })
    }

    pub(super) fn shop_port(&self) -> u16 {
        self.shop_port
    }

    pub(super) fn shop_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.shop_port)
    }

    pub(super) fn crm_port(&self) -> u16 {
        self.listening.address().port()
    }

    pub(super) fn crm_url(&self) -> String {
        self.listening.url()
    }

    /// What was asked since the last time this was called.
    pub(super) fn take_asked(&self) -> Asked {
        let mut asked = Asked { shop_reads: self.desk.reads.swap(0, Ordering::Relaxed), ..Asked::default() };
        for (endpoint, calls) in self.portal.calls() {
            let reads = ["read", "search", "get", "list"].iter().any(|word| endpoint.ends_with(word));
            *(if reads { &mut asked.crm_reads } else { &mut asked.crm_writes }) += calls;
            asked.crm_searches += if endpoint.ends_with("search") { calls } else { 0 };
        }
        self.portal.forget_calls();
        asked
    }

    /// How many customers have one contact that says what the shop says.
    pub(super) fn right(&self, customers: &[u64]) -> Result<usize, Failure> {
        let mut contacts: HashMap<String, Vec<Contact>> = HashMap::new();
        for contact in self.portal.contacts().into_iter().filter(|contact| !contact.archived) {
            let key = contact.properties.get("shopify_customer_id").cloned().unwrap_or_default();
            contacts.entry(key).or_default().push(contact);
        }
        let mut right = 0;
        for id in customers {
            let says = contacts.get(&id.to_string());
            right += usize::from(self.is_right(*id, says.map(Vec::as_slice).unwrap_or_default())?);
        }
        Ok(right)
    }

    fn is_right(&self, id: u64, contacts: &[Contact]) -> Result<bool, Failure> {
        let refused = |cause| Failure::caused(FailureKind::Harness, "the shop lost a customer", cause);
        let (customer, figures) =
            (self.shop.customer(id).map_err(refused)?, self.shop.figures(id).map_err(refused)?);
        let [contact] = contacts else { return Ok(false) };
        let says = |name: &str| contact.properties.get(name).map(String::as_str).unwrap_or_default();
        let spent = says("total_spent").parse::<rust_decimal::Decimal>();
        Ok(spent.is_ok_and(|spent| spent == figures.spent)
            && says("orders_count") == figures.orders.to_string()
            && says("lastname") == customer.last_name.as_deref().unwrap_or_default()
            && says("last_order_id") == figures.last_order.map(|id| id.to_string()).unwrap_or_default())
    }
}

impl Desk {
    fn serve(&self, exchange: &mut Exchange) -> io::Result<()> {
        while let Some(request) = exchange.next_request()? {
            self.reads.fetch_add(1, Ordering::Relaxed);
            let version = request.path.split('/').rev().nth(1).unwrap_or_default();
            match (request.header("x-shopify-access-token") == ACCESS_TOKEN)
                .then(|| self.answer(version, &request.body))
            {
                Some(Some(answer)) => {
                    let headers =
                        format!("Content-Type: application/json\r\nX-Shopify-Api-Version: {version}\r\n");
                    exchange.answer("200 OK", &headers, answer.to_string().as_bytes())?;
                }
                Some(None) => exchange.answer("404 Not Found", "", br#"{"errors":"Not Found"}"#)?,
                None => exchange.answer("401 Unauthorized", "", br#"{"errors":"Invalid API key"}"#)?,
            }
        }
        Ok(())
    }

    fn answer(&self, version: &str, body: &[u8]) -> Option<Value> {
        self.shop.graphql(version, &serde_json::from_slice(body).ok()?).ok()
    }
}

fn settings() -> ShopSettings {
    ShopSettings {
        client_secret: SECRET.to_owned(),
        access_token: ACCESS_TOKEN.to_owned(),
        bucket_size: NO_LIMIT,
        restore_rate: NO_LIMIT,
        ..ShopSettings::default()
    }
}

fn furnished() -> Portal {
    let portal = Portal::new(SEED);
    portal.define_counterfoil_properties();
    let (burst_max, daily_max, search_per_second) = (u32::MAX, u32::MAX, u32::MAX);
    portal.set_settings(Settings { burst_max, daily_max, search_per_second, ..portal.settings() });
    portal
}
