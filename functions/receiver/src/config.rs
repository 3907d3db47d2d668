//! What the environment says.

use aws_sdk_secretsmanager::Client;
use lambda_host::{Env, InvalidEnv, Patience, SecretCache, sdk_config};
use store_aws::{EventQueue, Sqs};

use crate::keyring::{SecretsManagerKeyring, parse};

pub(crate) struct Config {
    pub(crate) queue: EventQueue,
    pub(crate) keyring: SecretsManagerKeyring,
    /// `MAX_BODY_BYTES`.
    pub(crate) max_body_bytes: usize,
}

impl Config {
    /// Lambda takes no larger request (docs.aws.amazon.com, gettingstarted-limits).
    const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

    pub(crate) fn from_env() -> Result<Self, InvalidEnv> {
        let env = Env::of_process();
        let aws = sdk_config(&env, Patience::SOMEBODY_WAITS);
        let secret = SecretCache::shared(Client::new(&aws), env.required("WEBHOOK_SECRET_ARN"), parse);
        let config = Self {
            queue: Sqs::new(&aws).events(env.required("QUEUE_URL")),
            keyring: SecretsManagerKeyring::new(secret),
            max_body_bytes: env.parsed("MAX_BODY_BYTES", "a number of bytes", Self::MAX_BODY_BYTES),
        };
        env.checked(config)
    }
}
