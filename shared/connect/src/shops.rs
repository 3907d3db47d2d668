//! The shops' half.

use std::sync::Arc;

use outbound::Outbound;
use shopify::{Admin, AdminConfig, Credentials, InvalidCredentials};

/// Opens the Admin API of every shop that the secret names.
pub fn shops(outbound: &Outbound, config: &AdminConfig, secret: &str) -> Result<Admin, InvalidCredentials> {
    let credentials = Arc::new(Credentials::parse(secret)?);
    Ok(Admin::new(outbound.clone(), config.clone(), credentials))
}
