//! What the environment says.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use connect::{Addresses, CrmSide};
use domain::{Backoff, Rate, Rulebook};
use flows::Stores;
use lambda_host::{Env, Patience, SecretCache, sdk_config};
use outbound::{Outbound, Timeouts};
use shopify::Admin;
use signals::SignalBook;
use store_aws::{
    AccountBudgets, ActionDeeds, DynamoDb, EventQueue, FiringQueue, Keys, ParkingQueue, Records, ShopFigures,
    Sqs, WakeQueue,
};

/// What may be written: the deployed file itself, so a function and its rules cannot be of different versions.
const MANIFEST: &str = include_str!("../../../infra/sync.toml");

pub(crate) struct Config {
    /// `QUEUE_URL`.
    pub(crate) queue: EventQueue,
    /// `PARKED_QUEUE_URL`.
    pub(crate) parked: ParkingQueue,
    /// `ACTIONS_QUEUE_URL`, `RECORDS_TABLE`, `WAKES_QUEUE_URL`.
    pub(crate) stores: Stores<FiringQueue, Records, ShopFigures, WakeQueue>,
    /// `KEYS_TABLE`.
    pub(crate) keys: Keys,
    /// In `KEYS_TABLE`: what was done before, for a preview.
    pub(crate) deeds: ActionDeeds,
    /// `RECORDS_TABLE`.
    pub(crate) records: Records,
    /// In `KEYS_TABLE`.
    pub(crate) budgets: AccountBudgets,
    /// `SHOPIFY_POINTS_PER_SECOND`.
    pub(crate) shop_rate: Rate,
    /// `CRM_REQUESTS_PER_TEN_SECONDS`.
    pub(crate) crm_rate: Rate,
    /// `SHOPIFY_SECRET_ARN`, `SHOPIFY_ENDPOINT`, `SHOPIFY_API_VERSION`.
    pub(crate) shops: Arc<SecretCache<Admin>>,
    /// `CRM_SECRET_ARN`, `HUBSPOT_ENDPOINT`, `HUBSPOT_API_VERSION`, `SALESFORCE_ENDPOINT`, `SALESFORCE_API_VERSION`.
    pub(crate) crm: Arc<SecretCache<CrmSide>>,
    /// `RETRY_BASE_SECONDS`, `RETRY_CAP_SECONDS`.
    pub(crate) backoff: Backoff,
    /// What may be written, by shop.
    pub(crate) rules: Arc<Rulebook>,
    /// What is said of customers beyond their figures, by shop.
    pub(crate) signals: Arc<SignalBook>,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let env = Env::of_process();
        let aws = sdk_config(&env, Patience::NOBODY_WAITS);
        let (sqs, tables) = (Sqs::new(&aws), DynamoDb::new(&aws));
        let secrets = Client::new(&aws);
        let (outbound, Addresses { shops, crm }) =
            (Outbound::new(Timeouts::default())?, Addresses::read(|name| env.optional(name)));
        let for_shops = outbound.clone();
        let rules = Arc::new(manifest::parse(MANIFEST)?);
        let signals = Arc::new(SignalBook::of(&rules)?);
        let (shops_rules, crm_rules) = (Arc::clone(&rules), Arc::clone(&rules));
        let config = Self {
            queue: sqs.events(env.required("QUEUE_URL")),
            parked: sqs.parking(env.required("PARKED_QUEUE_URL")),
            stores: Stores {
                actions: sqs.actions(env.required("ACTIONS_QUEUE_URL")),
                due: tables.records(env.required("RECORDS_TABLE")),
                figures: tables.figures(env.required("RECORDS_TABLE")),
                wakes: sqs.wakes(env.required("WAKES_QUEUE_URL")),
            },
            keys: tables.keys(env.required("KEYS_TABLE")),
            deeds: tables.deeds(env.required("KEYS_TABLE")),
            records: tables.records(env.required("RECORDS_TABLE")),
            budgets: tables.budgets(env.required("KEYS_TABLE")),
            shop_rate: connect::shop_rate(env.parsed(
                "SHOPIFY_POINTS_PER_SECOND",
                "a number of points",
                100,
            ))?,
            crm_rate: connect::crm_rate(env.parsed(
                "CRM_REQUESTS_PER_TEN_SECONDS",
                "a number of requests",
                100,
            ))?,
            shops: SecretCache::shared(secrets.clone(), env.required("SHOPIFY_SECRET_ARN"), move |text| {
                Ok(connect::shops(&for_shops, &shops, &shops_rules, text)?)
            }),
            crm: SecretCache::shared(secrets, env.required("CRM_SECRET_ARN"), move |text| {
                Ok(connect::crm_side(&outbound, &crm, &crm_rules, text)?)
            }),
            backoff: Backoff {
                base: Duration::from_secs(env.parsed("RETRY_BASE_SECONDS", "a number of seconds", 30)),
                cap: Duration::from_secs(env.parsed("RETRY_CAP_SECONDS", "a number of seconds", 3600)),
            },
            rules,
            signals,
        };
        Ok(env.checked(config)?)
    }
}
