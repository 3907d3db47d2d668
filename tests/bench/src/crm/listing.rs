//! How many calls it takes to see everybody, as a clean night does, beside the fewest that the API allows.

use crm::Crm as _;
use crm_hubspot::{HubSpot, HubSpotConfig};
use outbound::Outbound;
use secrecy::SecretString;
use tokio::runtime::Runtime;
use twin_hubspot::{Portal, Settings};

use super::harness;
use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal};
use crate::workspace::say;

const CONTACTS: u64 = 100_000;
/// What HubSpot gives in one call (<https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/basic/get-contacts>).
const PAGE: u64 = 100;
const TOKEN: &str = "pat-bench";

/// Lists a portal of a hundred thousand contacts, and counts what the portal was asked.
pub(super) fn measure(outbound: &Outbound, runtime: &Runtime) -> Result<Figure, Failure> {
    say(&format!("crm: a portal of {CONTACTS} contacts is listed"));
    let portal = inhabited(CONTACTS)?;
    let calls = runtime.block_on(listed(outbound, &portal, CONTACTS))?;
    let fewest = CONTACTS.div_ceil(PAGE);
    let beside =
        format!("the fewest: {fewest} pages of {PAGE}; a night makes one more, to see the key's field");
    let name = format!("crm: HubSpot: calls of a clean night over {CONTACTS} contacts");
    #[allow(clippy::cast_precision_loss, reason = "some thousands")]
    let (calls, fewest) = (calls as f64, fewest as f64);
    Ok(Figure::new(name, Some(calls), "calls").goal(Goal::AtMost(fewest)).beside(beside))
}

fn inhabited(contacts: u64) -> Result<Portal, Failure> {
    let portal = Portal::new(7);
    portal.set_token(TOKEN);
    portal.define_counterfoil_properties();
    let (burst_max, daily_max) = (u32::MAX, u32::MAX);
    portal.set_settings(Settings { burst_max, daily_max, ..portal.settings() });
    for n in 0..contacts {
        let (email, key) = (format!("customer{n}@example.com"), (6_000_000_000_000 + n).to_string());
        let made = portal.rep_creates(&[("email", &email), ("shopify_customer_id", &key)]);
        made.map_err(|cause| harness("a contact that is none", cause))?;
    }
    Ok(portal)
}

/// How many calls it took.
async fn listed(outbound: &Outbound, portal: &Portal, contacts: u64) -> Result<u64, Failure> {
    let listening = portal.listen(0).await.map_err(|cause| harness("no port for the twin", cause))?;
    let config =
        HubSpotConfig::new(&SecretString::from(TOKEN)).and_then(|config| config.at(&listening.url()));
    let config = config.map_err(|cause| harness("a configuration that is none", cause))?;
    let (crm, mut seen, mut after) = (HubSpot::new(outbound.clone(), config), 0, None);
    loop {
        let page = crm.page(after.as_ref()).await;
        let page = page.map_err(|cause| harness("a page that did not come", cause))?;
        seen += page.records.len() as u64;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let short = || Failure::new(FailureKind::Answer, format!("{seen} of {contacts} contacts were listed"));
    if seen == contacts { Ok(portal.calls().values().sum()) } else { Err(short()) }
}

#[cfg(test)]
mod tests {
    use outbound::Timeouts;

    use super::*;

    #[tokio::test]
    async fn a_portal_of_three_pages_is_listed_in_three_calls() {
        let outbound = Outbound::new(Timeouts::default()).unwrap();
        let portal = inhabited(250).unwrap();
        assert_eq!(listed(&outbound, &portal, 250).await.unwrap(), 3);
        assert!(listed(&outbound, &portal, 251).await.is_err(), "somebody is missing");
    }
}
