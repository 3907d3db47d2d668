//! What the environment says.

use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use lambda_host::{Env, InvalidEnv, Patience, SecretCache, sdk_config};
use shopify::Credentials;
use store_aws::{DynamoDb, EventQueue, Records, Sqs};

pub(crate) struct Config {
    /// `QUEUE_URL`.
    pub(crate) queue: EventQueue,
    /// `RECORDS_TABLE`.
    pub(crate) records: Records,
    /// `SHOPIFY_SECRET_ARN`.
    pub(crate) shops: Arc<SecretCache<Credentials>>,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, InvalidEnv> {
        let env = Env::of_process();
        let aws = sdk_config(&env, Patience::NOBODY_WAITS);
        let secret = env.required("SHOPIFY_SECRET_ARN");
        let config = Self {
            queue: Sqs::new(&aws).events(env.required("QUEUE_URL")),
            records: DynamoDb::new(&aws).records(env.required("RECORDS_TABLE")),
            shops: SecretCache::shared(Client::new(&aws), secret, |text| Ok(Credentials::parse(text)?)),
        };
        env.checked(config)
    }
}
