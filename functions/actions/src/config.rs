//! What the environment says.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use connect::{Addresses, CrmSide};
use domain::{Backoff, Rate};
use lambda_host::{Env, Patience, SecretCache, sdk_config};
use notify_slack::Slack;
use outbound::{Outbound, Timeouts};
use shopify::Admin;
use store_aws::{AccountBudgets, ActionDeeds, DynamoDb, FiringQueue, ParkingQueue, Records, Sqs};

/// What may be written: the deployed file itself, so a function and its rules cannot be of different versions.
const MANIFEST: &str = include_str!("../../../infra/sync.toml");

pub(crate) struct Config {
    /// `QUEUE_URL`.
    pub(crate) queue: FiringQueue,
    /// `PARKED_QUEUE_URL`.
    pub(crate) parked: ParkingQueue,
    /// In `KEYS_TABLE`.
    pub(crate) deeds: ActionDeeds,
    /// `RECORDS_TABLE`.
    pub(crate) records: Records,
    /// In `KEYS_TABLE`.
    pub(crate) budgets: AccountBudgets,
    /// `SHOPIFY_POINTS_PER_SECOND`.
    pub(crate) shop_rate: Rate,
    /// `CRM_REQUESTS_PER_TEN_SECONDS`.
    pub(crate) crm_rate: Rate,
    /// What a channel takes.
    pub(crate) chat_rate: Rate,
    /// `SHOPIFY_SECRET_ARN`, `SHOPIFY_ENDPOINT`, `SHOPIFY_API_VERSION`.
    pub(crate) shops: Arc<SecretCache<Admin>>,
    /// `CRM_SECRET_ARN`, `HUBSPOT_ENDPOINT`, `HUBSPOT_API_VERSION`, `SALESFORCE_ENDPOINT`, `SALESFORCE_API_VERSION`.
    pub(crate) crm: Arc<SecretCache<CrmSide>>,
    /// `SLACK_SECRET_ARN`, `SLACK_ENDPOINT`.
    pub(crate) chat: Option<Arc<SecretCache<Slack>>>,
    /// `RETRY_BASE_SECONDS`, `RETRY_CAP_SECONDS`.
    pub(crate) backoff: Backoff,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let env = Env::of_process();
        let aws = sdk_config(&env, Patience::NOBODY_WAITS);
        let (sqs, tables, secrets) = (Sqs::new(&aws), DynamoDb::new(&aws), Client::new(&aws));
        let outbound = Outbound::new(Timeouts::default())?;
        let Addresses { shops, crm } = Addresses::read(|name| env.optional(name));
        let (for_shops, for_crm) = (outbound.clone(), outbound.clone());
        let rules = Arc::new(manifest::parse(MANIFEST)?);
        let crm_rules = Arc::clone(&rules);
        let points = env.parsed("SHOPIFY_POINTS_PER_SECOND", "a number of points", 100);
        let requests = env.parsed("CRM_REQUESTS_PER_TEN_SECONDS", "a number of requests", 100);
        let config = Self {
            queue: sqs.actions(env.required("QUEUE_URL")),
            parked: sqs.parking(env.required("PARKED_QUEUE_URL")),
            deeds: tables.deeds(env.required("KEYS_TABLE")),
            records: tables.records(env.required("RECORDS_TABLE")),
            budgets: tables.budgets(env.required("KEYS_TABLE")),
            shop_rate: connect::shop_rate(points)?,
            crm_rate: connect::crm_rate(requests)?,
            chat_rate: connect::chat_rate()?,
            shops: SecretCache::shared(secrets.clone(), env.required("SHOPIFY_SECRET_ARN"), move |text| {
                Ok(connect::shops(&for_shops, &shops, &rules, text)?)
            }),
            crm: SecretCache::shared(secrets.clone(), env.required("CRM_SECRET_ARN"), move |text| {
                Ok(connect::crm_side(&for_crm, &crm, &crm_rules, text)?)
            }),
            chat: chat(&env, secrets, outbound),
            backoff: Backoff {
                base: Duration::from_secs(env.parsed("RETRY_BASE_SECONDS", "a number of seconds", 30)),
                cap: Duration::from_secs(env.parsed("RETRY_CAP_SECONDS", "a number of seconds", 3600)),
            },
        };
        Ok(env.checked(config)?)
    }
}

/// None where no secret is named.
fn chat(env: &Env<'_>, secrets: Client, outbound: Outbound) -> Option<Arc<SecretCache<Slack>>> {
    let arn = env.optional("SLACK_SECRET_ARN").filter(|arn| !arn.is_empty())?;
    let endpoint = env.optional("SLACK_ENDPOINT").filter(|endpoint| !endpoint.is_empty());
    Some(SecretCache::shared(secrets, arn, move |text| connect::chat(&outbound, endpoint.as_deref(), text)))
}
