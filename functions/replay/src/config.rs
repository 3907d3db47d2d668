//! What the environment says.

use lambda_host::{Env, InvalidEnv, Patience, sdk_config};
use store_aws::{DeadLetterQueues, DynamoDb, EventQueue, FiringQueue, Keys, Sqs};

pub(crate) struct Config {
    /// `QUEUE_URL`.
    pub(crate) queue: EventQueue,
    /// `ACTIONS_QUEUE_URL`.
    pub(crate) actions: FiringQueue,
    /// `DEAD_LETTER_QUEUE_URL`, `PARKED_QUEUE_URL`.
    pub(crate) letters: DeadLetterQueues,
    /// `KEYS_TABLE`.
    pub(crate) keys: Keys,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, InvalidEnv> {
        let env = Env::of_process();
        let aws = sdk_config(&env, Patience::NOBODY_WAITS);
        let sqs = Sqs::new(&aws);
        let config = Self {
            queue: sqs.events(env.required("QUEUE_URL")),
            actions: sqs.actions(env.required("ACTIONS_QUEUE_URL")),
            letters: sqs
                .dead_letters(env.required("DEAD_LETTER_QUEUE_URL"), env.required("PARKED_QUEUE_URL")),
            keys: DynamoDb::new(&aws).keys(env.required("KEYS_TABLE")),
        };
        env.checked(config)
    }
}
