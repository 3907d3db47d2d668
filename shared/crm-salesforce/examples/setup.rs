//! Makes an org ready: `cargo run -p crm-salesforce --example setup`. Can be run again.
//!
//! The org is named by `SALESFORCE_MY_DOMAIN`, `SALESFORCE_CLIENT_ID` and `SALESFORCE_CLIENT_SECRET`; the objects are those
//! that `infra/sync.toml` chooses.

use std::env::var;
use std::error::Error;
use std::fmt;

use crm_salesforce::{Prepared, Salesforce, SalesforceConfig, setup, setup_orders};
use outbound::{Outbound, Timeouts};
use secrecy::SecretString;

const MANIFEST: &str = include_str!("../../../infra/sync.toml");

/// An error as it is told to whoever runs it.
struct Told(Box<dyn Error>);

impl<E: Into<Box<dyn Error>>> From<E> for Told {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        self.0.source().map_or(Ok(()), |cause| write!(f, ": {cause}"))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Told> {
    let secret = SecretString::from(var("SALESFORCE_CLIENT_SECRET")?);
    let config =
        SalesforceConfig::with_secret(&var("SALESFORCE_MY_DOMAIN")?, &var("SALESFORCE_CLIENT_ID")?, secret)?;
    let config = match var("SALESFORCE_ENDPOINT") {
        Ok(endpoint) => config.at(&endpoint)?,
        Err(_) => config,
    };
    let salesforce = Salesforce::new(
        Outbound::new(Timeouts::default())?,
        config.keeping(manifest::parse(MANIFEST)?.layout),
    );
    tell(&setup(&salesforce).await?);
    tell(&setup_orders(&salesforce).await?);
    Ok(())
}

#[allow(clippy::print_stdout, reason = "it is for whoever runs it")]
fn tell(prepared: &Prepared) {
    for (what, fields) in
        [("made", &prepared.created), ("there", &prepared.existing), ("shown", &prepared.granted)]
    {
        println!("{what}: {}", if fields.is_empty() { "nothing".to_owned() } else { fields.join(", ") });
    }
}
