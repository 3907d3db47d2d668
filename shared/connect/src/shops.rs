//! The shops' half.

use std::sync::Arc;

use domain::Rulebook;
use outbound::Outbound;
use shopify::{Admin, AdminConfig, Credentials, InvalidCredentials};

/// Opens the Admin API of every shop that the secret names.
pub fn shops(
    outbound: &Outbound,
    config: &AdminConfig,
    rules: &Arc<Rulebook>,
    secret: &str,
) -> Result<Admin, InvalidCredentials> {
    let credentials = Arc::new(Credentials::parse(secret)?);
    Ok(Admin::new(outbound.clone(), config.clone(), credentials).with_rules(Arc::clone(rules)))
}
