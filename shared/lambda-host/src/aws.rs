//! One set of AWS settings for all clients.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{
    BehaviorVersion, IdentityCache, Region, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;
use aws_types::SdkConfig;

use crate::Env;

/// How long AWS may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For one try.
    pub attempt: Duration,
    /// For all tries together.
    pub operation: Duration,
    /// How many tries.
    pub attempts: u32,
}

impl Patience {
    /// Somebody waits for an answer: Shopify gives a delivery five seconds in all
    /// (shopify.dev/docs/apps/build/webhooks/verify-deliveries).
    pub const SOMEBODY_WAITS: Self = Self {
        connect: Duration::from_millis(800),
        attempt: Duration::from_millis(1200),
        operation: Duration::from_secs(3),
        attempts: 3,
    };

    /// Nobody waits but the queue.
    pub const NOBODY_WAITS: Self = Self {
        connect: Duration::from_secs(2),
        attempt: Duration::from_secs(5),
        operation: Duration::from_secs(12),
        attempts: 3,
    };
}

const AMAZON_ROOTS: &[u8] = include_bytes!("../roots/amazon-trust-services.pem");

/// The settings of this function: region and credentials as Lambda gives them in the environment, rustls with ring.
pub fn sdk_config(env: &Env<'_>, patience: Patience) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(env.required("AWS_REGION")))
        .credentials_provider(credentials(env))
        .http_client(http_client())
        // The credentials are at hand and do not expire, and every try has its own time limit: a cache and a watch on
        // slow streams would be paid for with every call.
        .identity_cache(IdentityCache::no_cache())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(RetryConfig::standard().with_max_attempts(patience.attempts))
        .timeout_config(timeouts(patience));
    if let Some(url) = env.optional("AWS_ENDPOINT_URL") {
        config = config.endpoint_url(url);
    }
    config.build()
}

/// Lambda's credentials live longer than the environment that they are given to.
fn credentials(env: &Env<'_>) -> SharedCredentialsProvider {
    let (key, secret) = (env.required("AWS_ACCESS_KEY_ID"), env.required("AWS_SECRET_ACCESS_KEY"));
    let token = env.optional("AWS_SESSION_TOKEN");
    SharedCredentialsProvider::new(Credentials::new(key, secret, token, None, "environment"))
}

fn timeouts(patience: Patience) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(patience.connect)
        .operation_attempt_timeout(patience.attempt)
        .operation_timeout(patience.operation)
        .build()
}

fn http_client() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    #[allow(clippy::expect_used, reason = "a context of a store alone is complete; every test builds one")]
    let tls =
        TlsContext::builder().with_trust_store(roots).build().expect("a trust store is a whole context");
    let client = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    Unrehearsed(client).into_shared()
}

/// The client as it is, without the rehearsal: for each service the SDK has a connector built at the start and throws it
/// away, to load the machine's certificates early (`validate_base_client_config` of aws-smithy-http-client 1.5). Ours
/// are compiled in, and reading them twice in vain was a seventh of the receiver's start.
#[derive(Debug)]
struct Unrehearsed(SharedHttpClient);

impl HttpClient for Unrehearsed {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_come_from_lambdas_environment() {
        let env = Env::new(|name| Some(format!("{name}-value")));
        let config = sdk_config(&env, Patience::SOMEBODY_WAITS);
        assert_eq!(config.region().map(AsRef::as_ref), Some("AWS_REGION-value"));
        assert_eq!(config.endpoint_url(), Some("AWS_ENDPOINT_URL-value"));
        assert!(env.checked(()).is_ok());
    }

    #[test]
    fn s_021_all_tries_fit_into_the_five_seconds_that_shopify_waits() {
        assert!(Patience::SOMEBODY_WAITS.operation < Duration::from_secs(4));
    }

    #[test]
    fn the_five_roots_of_amazon_are_there() {
        let pem = std::str::from_utf8(AMAZON_ROOTS).unwrap();
        assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 5);
    }
}
