//! One shop: what it holds, what its last change found, and what waits to be sent.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use jiff::{Timestamp, tz::Offset};

use crate::{
    bucket::Bucket, bulk::Bulks, chance::Chance, company::Company, customer::Customer, delivery::Delivery,
    discount::Discount, faults::Faults, listed::ListedSubscription, order::Order, reached::Reached,
    sending::Subscription,
};

/// What an app is allowed unless it is said otherwise.
const SCOPES: [&str; 5] =
    ["read_customers", "read_orders", "read_all_orders", "write_customers", "write_discounts"];
/// The first id given out is just above 2^53, where a float would lose the last digit.
const FIRST_ID: u64 = 9_007_199_254_740_993;

pub(crate) struct Shop {
    pub(crate) domain: String,
    pub(crate) settings: ShopSettings,
    pub(crate) created_at: Timestamp,
    pub(crate) customers: BTreeMap<u64, Arc<Customer>>,
    pub(crate) orders: BTreeMap<u64, Arc<Order>>,
    pub(crate) companies: BTreeMap<u64, Company>,
    pub(crate) discounts: BTreeMap<u64, Discount>,
    /// Which orders each customer has; kept beside `orders` so that a read is not a scan.
    pub(crate) orders_of: HashMap<u64, BTreeSet<u64>>,
    pub(crate) reached: Reached,
    pub(crate) before: Before,
    pub(crate) chance: Chance,
    pub(crate) pending: VecDeque<Delivery>,
    pub(crate) subscription: Option<Subscription>,
    /// Whether what happens is told to nobody, since no app is there yet.
    pub(crate) is_without_app: bool,
    /// What was subscribed through the API, beside where this twin delivers to.
    pub(crate) listed: BTreeMap<u64, ListedSubscription>,
    pub(crate) faults: Faults,
    pub(crate) bucket: Bucket,
    pub(crate) bulks: Bulks,
    /// Tokens of the client credentials grant, with their end.
    pub(crate) grants: HashMap<String, Timestamp>,
    next_id: u64,
    next_number: u64,
}

/// What a merchant and an app agree on before anything is sold.
#[derive(Clone, Debug)]
pub struct ShopSettings {
    /// Signs webhooks, and proves the app at the token endpoint.
    pub client_secret: String,
    /// A token that never ends (legacy admin-created app).
    pub access_token: String,
    /// The app's id at the token endpoint.
    pub client_id: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Offset of the dates in webhooks, minutes east of UTC.
    pub utc_offset_minutes: i32,
    /// Points the query bucket holds.
    pub bucket_size: f64,
    /// Points that come back each second.
    pub restore_rate: f64,
    /// API version webhooks are written in.
    pub webhook_version: String,
    /// What the app may do. Of these only those of discounts are enforced.
    pub scopes: Vec<String>,
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            client_secret: "shpss_twin".to_owned(),
            access_token: "shpat_twin".to_owned(),
            client_id: "twin-client".to_owned(),
            currency: "USD".to_owned(),
            utc_offset_minutes: -300,
            bucket_size: 2000.0,
            restore_rate: 100.0,
            webhook_version: "2026-10".to_owned(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
        }
    }
}

/// What the objects of the last change were like before it; a stale read sees these.
#[derive(Default)]
pub(crate) struct Before {
    pub(crate) customers: HashMap<u64, Option<Arc<Customer>>>,
    pub(crate) orders: HashMap<u64, Option<Arc<Order>>>,
    /// Discounts that were not there.
    pub(crate) discounts: BTreeSet<u64>,
}

impl Shop {
    pub(crate) fn new(domain: &str, settings: ShopSettings, seed: u64, now: Timestamp) -> Self {
        let bucket = Bucket::new(settings.bucket_size, settings.restore_rate, now);
        Self {
            domain: domain.to_owned(),
            settings,
            created_at: now,
            customers: BTreeMap::new(),
            orders: BTreeMap::new(),
            companies: BTreeMap::new(),
            discounts: BTreeMap::new(),
            orders_of: HashMap::new(),
            reached: Reached::default(),
            before: Before::default(),
            chance: Chance::new(seed),
            pending: VecDeque::new(),
            subscription: None,
            is_without_app: false,
            listed: BTreeMap::new(),
            faults: Faults::default(),
            bucket,
            bulks: Bulks::default(),
            grants: HashMap::new(),
            next_id: FIRST_ID,
            next_number: 1001,
        }
    }

    /// Whether the app has a scope. Who may write may read.
    pub(crate) fn allows(&self, scope: &str) -> bool {
        let writing = scope.replacen("read_", "write_", 1);
        self.settings.scopes.iter().any(|held| held == scope || *held == writing)
    }

    /// Starts a change: from here on, stale reads see what is now.
    pub(crate) fn begin(&mut self) {
        self.before = Before::default();
    }

    /// A new id, odd steps apart so that neighbours do not differ in one digit only.
    pub(crate) fn new_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 2 * u64::try_from(self.chance.below(16)).unwrap_or(0) + 31;
        id
    }

    /// The number of the next order.
    pub(crate) fn new_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number - 1
    }

    /// Puts a customer in, or a new state of one.
    pub(crate) fn put_customer(&mut self, customer: Customer) {
        let id = customer.id;
        self.forget_reached(id);
        self.reached.note(&customer);
        let found = self.customers.insert(id, Arc::new(customer));
        self.before.customers.entry(id).or_insert(found);
    }

    /// Takes a customer out.
    pub(crate) fn drop_customer(&mut self, id: u64) -> Option<Arc<Customer>> {
        self.forget_reached(id);
        let found = self.customers.remove(&id);
        self.before.customers.entry(id).or_insert_with(|| found.clone());
        found
    }

    fn forget_reached(&mut self, id: u64) {
        if let Some(held) = self.customers.get(&id) {
            self.reached.forget(held);
        }
    }

    /// Puts an order in, or a new state of one.
    pub(crate) fn put_order(&mut self, order: Order) {
        let (id, customer) = (order.id, order.customer);
        let found = self.orders.insert(id, Arc::new(order));
        self.unlink(id, found.as_deref());
        if let Some(customer) = customer {
            self.orders_of.entry(customer).or_default().insert(id);
        }
        self.before.orders.entry(id).or_insert(found);
    }

    /// Takes an order out.
    pub(crate) fn drop_order(&mut self, id: u64) -> Option<Arc<Order>> {
        let found = self.orders.remove(&id);
        self.unlink(id, found.as_deref());
        self.before.orders.entry(id).or_insert_with(|| found.clone());
        found
    }

    fn unlink(&mut self, id: u64, found: Option<&Order>) {
        if let Some(held) =
            found.and_then(|order| order.customer).and_then(|owner| self.orders_of.get_mut(&owner))
        {
            held.remove(&id);
        }
    }

    /// A date as webhooks write it: the shop's offset, whole seconds.
    pub(crate) fn local(&self, time: Timestamp) -> String {
        let offset = Offset::from_seconds(self.settings.utc_offset_minutes * 60).unwrap_or(Offset::UTC);
        crate::clock::whole_seconds(time).display_with_offset(offset).to_string()
    }
}
