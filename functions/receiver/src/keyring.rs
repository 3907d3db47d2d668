//! The client secrets, out of Secrets Manager.

use std::error::Error;
use std::sync::Arc;

use flows::{Keyring, NoSecrets};
use jiff::Timestamp;
use lambda_host::SecretCache;
use shopify::ClientSecrets;

pub(crate) fn parse(json: &str) -> Result<ClientSecrets, Box<dyn Error + Send + Sync>> {
    Ok(ClientSecrets::parse(json)?)
}

#[derive(Debug)]
pub(crate) struct SecretsManagerKeyring {
    secret: Arc<SecretCache<ClientSecrets>>,
}

impl SecretsManagerKeyring {
    pub(crate) fn new(secret: Arc<SecretCache<ClientSecrets>>) -> Self {
        Self { secret }
    }
}

impl Keyring for SecretsManagerKeyring {
    async fn current(&self, now: Timestamp) -> Result<Arc<ClientSecrets>, NoSecrets> {
        self.secret.current(now).await.map_err(|error| NoSecrets(error.into()))
    }

    async fn doubted(&self, now: Timestamp) -> Option<Arc<ClientSecrets>> {
        self.secret.doubted(now).await
    }
}
