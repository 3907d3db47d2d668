//! HubSpot made ready.

use crm_hubspot::{HubSpot, setup, setup_keys, setup_pipeline};

use crate::set_up::{Needs, NotSetUp, SetUp};

/// Contact properties, the keys of what else is written, and the pipelines with their stages.
pub(crate) async fn set_up(hubspot: &HubSpot, needs: &Needs) -> Result<SetUp, NotSetUp> {
    let mut done = SetUp::default();
    let contacts = setup(hubspot).await.map_err(NotSetUp::crm)?;
    let keys = setup_keys(hubspot, &needs.keyed()).await.map_err(NotSetUp::crm)?;
    for prepared in [contacts, keys] {
        done.created.extend(prepared.created.into_iter().map(str::to_owned));
        done.existing.extend(prepared.existing.into_iter().map(str::to_owned));
    }
    for pipeline in needs.pipelines()? {
        let prepared = setup_pipeline(hubspot, &pipeline).await.map_err(NotSetUp::crm)?;
        let stage = |name: String| format!("deal stage {name}");
        done.created.extend(prepared.created.into_iter().map(stage));
        done.existing.extend(prepared.existing.into_iter().map(stage));
    }
    Ok(done)
}
