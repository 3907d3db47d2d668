//! The pipeline of deals and its stages: made where they are missing, and never changed.

use std::error::Error;
use std::fmt;

use outbound::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::SetupError;
use super::definition::unless_it_exists;
use crate::client::HubSpot;
use crate::error::Refusal;

/// A stage that deals are put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealStage {
    name: String,
    tenths: u8,
}

/// A stage that HubSpot would not take: its name is empty or not of one word, or it is won by more than ten tenths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidStage;

impl fmt::Display for InvalidStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a deal stage: use a name of letters, digits, - and _, and a probability of 0 to 10 tenths",
        )
    }
}

impl Error for InvalidStage {}

impl DealStage {
    /// `name` is the internal name, which people read too until they give it another; `tenths` is how likely the deal is
    /// won there: 0 is lost, 10 is won (developers.hubspot.com, pipelines guide).
    pub fn new(name: &str, tenths: u8) -> Result<Self, InvalidStage> {
        let is_name = is_name(name) && tenths <= 10;
        if is_name { Ok(Self { name: name.to_owned(), tenths }) } else { Err(InvalidStage) }
    }

    fn body(&self, place: usize) -> Value {
        let probability = format!("{}.{}", self.tenths / 10, self.tenths % 10);
        let metadata = json!({ "probability": probability });
        json!({"stageId": self.name, "label": self.name, "displayOrder": place, "metadata": metadata})
    }
}

/// The pipeline that deals should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    name: String,
    stages: Vec<DealStage>,
}

impl Pipeline {
    /// The one that every account has, by its internal name.
    pub const DEFAULT: &'static str = "default";

    /// `name` is the internal name.
    pub fn new(name: &str, stages: Vec<DealStage>) -> Result<Self, InvalidStage> {
        if is_name(name) { Ok(Self { name: name.to_owned(), stages }) } else { Err(InvalidStage) }
    }
}

/// It becomes a part of addresses.
fn is_name(name: &str) -> bool {
    (1..=36).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What a set-up of a pipeline did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedPipeline {
    /// Whether the pipeline is new.
    pub is_new: bool,
    /// The stages that were made.
    pub created: Vec<String>,
    /// The stages that were there.
    pub existing: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Pipelines {
    results: Vec<Held>,
}

#[derive(Debug, Deserialize)]
struct Held {
    id: String,
    #[serde(default)]
    stages: Vec<HeldStage>,
}

#[derive(Debug, Deserialize)]
struct HeldStage {
    id: String,
}

/// Makes the pipeline and those of its stages that are not there. What is there keeps its label, its place and its
/// probability. Can be done again. Needs `crm.schemas.deals.write`; a further pipeline is not for every subscription.
pub async fn setup_pipeline(hubspot: &HubSpot, wanted: &Pipeline) -> Result<PreparedPipeline, SetupError> {
    let before = stages(hubspot, &wanted.name).await?;
    let known = before.as_deref().unwrap_or_default();
    let (existing, missing): (Vec<&DealStage>, Vec<_>) =
        wanted.stages.iter().partition(|stage| known.contains(&stage.name));
    match &before {
        None => create(hubspot, wanted).await?,
        Some(there) => add(hubspot, &wanted.name, there.len(), &missing).await?,
    }
    if before.is_none() || !missing.is_empty() {
        check(hubspot, wanted).await?;
    }
    let names = |stages: Vec<&DealStage>| stages.into_iter().map(|stage| stage.name.clone()).collect();
    Ok(PreparedPipeline { is_new: before.is_none(), created: names(missing), existing: names(existing) })
}

/// The stages of a pipeline of deals, by internal name; none where there is no such pipeline.
async fn stages(hubspot: &HubSpot, pipeline: &str) -> Result<Option<Vec<String>>, Refusal> {
    let answer = hubspot.call::<Value>(Method::GET, &hubspot.pipelines("deals"), None).await;
    let answer = answer.map_err(Refusal::about_no_record)?;
    let said: Pipelines = answer.json().map_err(|_| Refusal::unanswered(answer.status()))?;
    let held = said.results.into_iter().find(|held| held.id == pipeline);
    Ok(held.map(|held| held.stages.into_iter().map(|stage| stage.id).collect()))
}

async fn create(hubspot: &HubSpot, wanted: &Pipeline) -> Result<(), Refusal> {
    let stages: Vec<_> = wanted.stages.iter().enumerate().map(|(place, stage)| stage.body(place)).collect();
    let name = &wanted.name;
    let body = json!({"pipelineId": name, "label": name, "displayOrder": 0, "stages": stages});
    unless_it_exists(hubspot.post(&hubspot.pipelines("deals"), &body).await)
}

/// Behind those that are there.
async fn add(
    hubspot: &HubSpot,
    pipeline: &str,
    places: usize,
    missing: &[&DealStage],
) -> Result<(), Refusal> {
    let url = hubspot.pipelines(&format!("deals/{pipeline}/stages"));
    for (place, stage) in (places..).zip(missing) {
        unless_it_exists(hubspot.post(&url, &stage.body(place)).await)?;
    }
    Ok(())
}

/// Whether HubSpot gave what it made the names that deals are given.
async fn check(hubspot: &HubSpot, wanted: &Pipeline) -> Result<(), SetupError> {
    let there = stages(hubspot, &wanted.name).await?.unwrap_or_default();
    match wanted.stages.iter().find(|stage| !there.contains(&stage.name)) {
        None => Ok(()),
        Some(stage) => {
            Err(SetupError::MissingStage { pipeline: wanted.name.clone(), stage: stage.name.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_says_how_likely_it_is_won() {
        let stage =
            |tenths| DealStage::new("won", tenths).unwrap().body(2)["metadata"]["probability"].clone();
        assert_eq!([0, 4, 10].map(stage), ["0.0", "0.4", "1.0"]);
        assert!(DealStage::new("won", 11).is_err() && DealStage::new("", 1).is_err());
        assert!(Pipeline::new("a/b", vec![]).is_err(), "it becomes a part of an address");
    }
}
