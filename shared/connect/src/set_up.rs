//! The chosen CRM made ready: our fields, our keys and the stages of deals.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;

use crm_hubspot::{DealStage, HubSpot, Keyed, Pipeline};
use crm_salesforce::Salesforce;
use domain::{Act, Field, OrderRules, OrdersMode, Rulebook, Rules};
use outbound::Outbound;

use crate::crm_secret::{Chosen, InvalidCrmSecret, Stored};
use crate::{CrmAddresses, set_up_hubspot as hubspot};

/// What a set-up did, in the CRM's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetUp {
    /// What was made.
    pub created: Vec<String>,
    /// What was there.
    pub existing: Vec<String>,
    /// What a person has to do now.
    pub to_do: Vec<String>,
}

/// Why the CRM is not ready. What was made until then stays; the set-up can be done again.
#[derive(Debug)]
pub enum NotSetUp {
    /// The secret opens no CRM.
    Secret(InvalidCrmSecret),
    /// The CRM cannot be used as it is, or refused a call.
    Crm(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for NotSetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(error) => error.fmt(f),
            Self::Crm(error) => error.fmt(f),
        }
    }
}

impl Error for NotSetUp {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Secret(error) => error.source(),
            Self::Crm(error) => error.source(),
        }
    }
}

impl NotSetUp {
    pub(crate) fn crm(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Crm(Box::new(error))
    }
}

/// Makes what these rules need in the CRM that the secret names, and nothing that they do not. What is there is looked at
/// and never changed, so it can be done again.
pub async fn set_up(
    outbound: &Outbound,
    at: &CrmAddresses,
    rules: &Rulebook,
    secret: &str,
) -> Result<SetUp, NotSetUp> {
    let stored = Stored::parse(secret).map_err(NotSetUp::Secret)?;
    match stored.chosen(at, rules).map_err(NotSetUp::Secret)? {
        Chosen::HubSpot(config) => {
            hubspot::set_up(&HubSpot::new(outbound.clone(), config), &Needs::of(rules)).await
        }
        Chosen::Salesforce(config) => {
            set_up_salesforce(&Salesforce::new(outbound.clone(), config), &Needs::of(rules)).await
        }
    }
}

async fn set_up_salesforce(salesforce: &Salesforce, needs: &Needs) -> Result<SetUp, NotSetUp> {
    let mut done = SetUp::default();
    let people = crm_salesforce::setup(salesforce).await.map_err(NotSetUp::crm)?;
    let mut all = vec![people];
    if !needs.keyed().is_empty() {
        all.push(crm_salesforce::setup_orders(salesforce).await.map_err(NotSetUp::crm)?);
    }
    for prepared in all {
        done.created.extend(prepared.created);
        done.existing.extend(prepared.existing);
    }
    let stages = needs.stages();
    if !stages.is_empty() {
        done.to_do.push(format!("see that these stages are in the org: {}", stages.join(", ")));
    }
    Ok(done)
}

/// What the rules of all shops write beside contacts.
pub(crate) struct Needs {
    pub(crate) notes: bool,
    pub(crate) tasks: bool,
    pub(crate) companies: bool,
    /// The stages of each pipeline, with how likely a deal is won there, in tenths; none where no deals are written.
    pub(crate) pipelines: BTreeMap<String, BTreeMap<String, u8>>,
}

impl Needs {
    pub(crate) fn of(rules: &Rulebook) -> Self {
        let all: Vec<&Rules> = std::iter::once(&rules.usual).chain(rules.shops.values()).collect();
        let any = |writes: &dyn Fn(&Rules) -> bool| all.iter().any(|rules| writes(rules));
        let mut pipelines: BTreeMap<String, BTreeMap<String, u8>> = BTreeMap::new();
        for orders in all.iter().map(|rules| &rules.orders).filter(|orders| has_deals(orders)) {
            let name = orders.pipeline.clone().unwrap_or_else(|| Pipeline::DEFAULT.to_owned());
            pipelines.entry(name).or_default().extend(stages(orders));
        }
        let acts = |is: fn(&Act) -> bool| any(&|rules| rules.actions.values().any(|rule| is(&rule.act)));
        for (name, stage) in all.iter().flat_map(|rules| action_stages(rules)) {
            pipelines.entry(name).or_default().entry(stage).or_insert(5);
        }
        Self {
            notes: any(&|rules| rules.orders.refund_notes) || acts(|act| matches!(act, Act::Note { .. })),
            tasks: acts(|act| matches!(act, Act::Task { .. })),
            companies: any(&|rules| rules.writes(Field::Companies)),
            pipelines,
        }
    }

    /// All stages of deals, each once.
    fn stages(&self) -> Vec<String> {
        let all: BTreeSet<_> = self.pipelines.values().flat_map(BTreeMap::keys).cloned().collect();
        all.into_iter().collect()
    }

    /// What is found by a key, beside contacts.
    pub(crate) fn keyed(&self) -> Vec<Keyed> {
        let deals = !self.pipelines.is_empty();
        let wanted = [
            (Keyed::Deals, deals),
            (Keyed::Notes, self.notes),
            (Keyed::Tasks, self.tasks),
            (Keyed::Companies, self.companies),
        ];
        wanted.into_iter().filter(|(_, is_wanted)| *is_wanted).map(|(object, _)| object).collect()
    }

    /// The pipelines as HubSpot takes them.
    pub(crate) fn pipelines(&self) -> Result<Vec<Pipeline>, NotSetUp> {
        let pipeline = |(name, stages): (&String, &BTreeMap<String, u8>)| {
            let stages = stages.iter().map(|(stage, tenths)| DealStage::new(stage, *tenths));
            Pipeline::new(name, stages.collect::<Result<_, _>>().map_err(NotSetUp::crm)?)
                .map_err(NotSetUp::crm)
        };
        self.pipelines.iter().map(pipeline).collect()
    }
}

/// The pipelines and stages of deals that actions make: nobody knows yet what becomes of them.
fn action_stages(rules: &Rules) -> Vec<(String, String)> {
    let pipeline = || rules.orders.pipeline.clone().unwrap_or_else(|| Pipeline::DEFAULT.to_owned());
    let stage = |act: &Act| match act {
        Act::Deal { stage, .. } => Some((pipeline(), stage.clone())),
        _ => None,
    };
    rules.actions.values().filter_map(|rule| stage(&rule.act)).collect()
}

fn has_deals(orders: &OrderRules) -> bool {
    orders.mode != OrdersMode::Aggregate
}

/// What is paid is won, what came to nothing is lost, and between them nobody knows.
fn stages(orders: &OrderRules) -> BTreeMap<String, u8> {
    let mut stages = BTreeMap::new();
    for (status, stage) in orders.stages.iter() {
        let tenths = match status.split('/').next() {
            Some("paid") => 10,
            Some("cancelled" | "refunded" | "voided" | "expired") => 0,
            _ => 5,
        };
        let known = stages.entry(stage.to_owned()).or_insert(tenths);
        // One that is reached in several ways is what most of it says: won, or else open.
        *known = tenths.max(*known);
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_033_only_what_the_rules_write_is_made() {
        let mut rules = Rulebook::default();
        let needs = Needs::of(&rules);
        assert_eq!(needs.keyed(), [Keyed::Notes, Keyed::Tasks], "what an action makes is keyed too");
        assert!(needs.pipelines.is_empty() && needs.stages().is_empty());
        rules.usual.orders.mode = OrdersMode::Deals;
        let needs = Needs::of(&rules);
        assert_eq!(needs.keyed(), [Keyed::Deals, Keyed::Notes, Keyed::Tasks]);
        let stages = BTreeMap::from([("lost".to_owned(), 0), ("open".to_owned(), 5), ("won".to_owned(), 10)]);
        assert_eq!(needs.pipelines, BTreeMap::from([("default".to_owned(), stages)]));
        assert_eq!(needs.pipelines().unwrap().len(), 1);
    }

    #[test]
    fn s_098_a_stage_with_a_name_of_two_words_is_refused_for_hubspot() {
        let mut rules = Rulebook::default();
        rules.usual.orders.mode = OrdersMode::HighValue;
        rules.usual.orders.stages.set("paid", "Closed Won");
        assert!(Needs::of(&rules).pipelines().unwrap_err().to_string().contains("not a deal stage"));
        assert_eq!(Needs::of(&rules).stages(), ["Closed Won", "lost", "open", "won"]);
    }
}
