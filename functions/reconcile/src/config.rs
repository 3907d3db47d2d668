//! What the environment says.

use std::error::Error;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use connect::{Addresses, CrmSide};
use domain::{Rate, Rulebook};
use drift::Tolerance;
use flows::DeadEvents;
use lambda_host::{Env, Patience, SecretCache, sdk_config};
use notify::Channel;
use notify_slack::Slack;
use outbound::{Outbound, Timeouts};
use shopify::Admin;
use store_aws::{
    AccountBudgets, Bucket, DeadLetterQueues, DynamoDb, EventQueue, Records, RunTable, ShopFigures, Sqs,
};

/// What may be written, as the worker has it.
const MANIFEST: &str = include_str!("../../../infra/sync.toml");

pub(crate) struct Config {
    /// `SHOPIFY_SECRET_ARN`, `SHOPIFY_ENDPOINT`, `SHOPIFY_API_VERSION`.
    pub(crate) shops: Arc<SecretCache<Admin>>,
    /// `CRM_SECRET_ARN`, `HUBSPOT_ENDPOINT`, `HUBSPOT_API_VERSION`, `SALESFORCE_ENDPOINT`, `SALESFORCE_API_VERSION`.
    pub(crate) crm: Arc<SecretCache<CrmSide>>,
    /// What may be written, by shop.
    pub(crate) rules: Arc<Rulebook>,
    /// `QUEUE_URL`: where repairs are sent.
    pub(crate) queue: EventQueue,
    /// `DEAD_LETTER_QUEUE_URL`: what died, and is sent again where it is missed.
    pub(crate) dead: DeadEvents<DeadLetterQueues, EventQueue>,
    /// `RECORDS_TABLE`: links, which are only read.
    pub(crate) records: Records,
    /// In `RECORDS_TABLE`.
    pub(crate) runs: RunTable,
    /// In `RECORDS_TABLE`.
    pub(crate) figures: ShopFigures,
    /// In `KEYS_TABLE`.
    pub(crate) budgets: AccountBudgets,
    /// `SHOPIFY_POINTS_PER_SECOND`.
    pub(crate) shop_rate: Rate,
    /// `CRM_REQUESTS_PER_TEN_SECONDS`.
    pub(crate) crm_rate: Rate,
    /// `REPORTS_BUCKET`.
    pub(crate) reports: Option<Bucket>,
    /// `SLACK_SECRET_ARN`, `SLACK_ENDPOINT`.
    pub(crate) chat: Option<Arc<SecretCache<Slack>>>,
    /// `SLACK_OPS_CHANNEL`.
    pub(crate) channel: Channel,
    /// What a channel takes.
    pub(crate) chat_rate: Rate,
    /// `DRIFT_ALARM_PARTS_PER_MILLION`.
    pub(crate) tolerance: Tolerance,
    /// `WEBHOOK_URL`: where the shops' subscriptions deliver to; none where nothing is to be watched.
    pub(crate) webhook_url: Option<String>,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let env = Env::of_process();
        let aws = sdk_config(&env, Patience::NOBODY_WAITS);
        let (secrets, tables) = (Client::new(&aws), DynamoDb::new(&aws));
        let (outbound, Addresses { shops, crm }) =
            (Outbound::new(Timeouts::default())?, Addresses::read(|name| env.optional(name)));
        let (for_shops, for_chat) = (outbound.clone(), outbound.clone());
        let rules = Arc::new(manifest::parse(MANIFEST)?);
        let (shops_rules, crm_rules) = (Arc::clone(&rules), Arc::clone(&rules));
        let queue = Sqs::new(&aws).events(env.required("QUEUE_URL"));
        let config = Self {
            shops: SecretCache::shared(secrets.clone(), env.required("SHOPIFY_SECRET_ARN"), move |text| {
                Ok(connect::shops(&for_shops, &shops, &shops_rules, text)?)
            }),
            crm: SecretCache::shared(secrets.clone(), env.required("CRM_SECRET_ARN"), move |text| {
                Ok(connect::crm_side(&outbound, &crm, &crm_rules, text)?)
            }),
            rules,
            dead: DeadEvents {
                letters: Sqs::new(&aws).dead(env.required("DEAD_LETTER_QUEUE_URL")),
                outbox: queue.clone(),
            },
            queue,
            records: tables.records(env.required("RECORDS_TABLE")),
            figures: tables.figures(env.required("RECORDS_TABLE")),
            runs: tables.runs(env.required("RECORDS_TABLE")),
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
            reports: env.optional("REPORTS_BUCKET").map(|bucket| Bucket::new(&aws, bucket)),
            chat: chat(&env, secrets, for_chat),
            channel: Channel::new(&env.parsed("SLACK_OPS_CHANNEL", "a channel", "ops".to_owned()))?,
            chat_rate: connect::chat_rate()?,
            tolerance: Tolerance(env.parsed("DRIFT_ALARM_PARTS_PER_MILLION", "a number of customers", 1_000)),
            webhook_url: env.optional("WEBHOOK_URL"),
        };
        Ok(env.checked(config)?)
    }
}

/// None where no secret is named.
fn chat(env: &Env<'_>, secrets: Client, outbound: Outbound) -> Option<Arc<SecretCache<Slack>>> {
    let (arn, endpoint) = (env.optional("SLACK_SECRET_ARN")?, env.optional("SLACK_ENDPOINT"));
    Some(SecretCache::shared(secrets, arn, move |text| connect::chat(&outbound, endpoint.as_deref(), text)))
}
