//! Pipelines of deals, their stages, and which stage a deal may be in.

use crate::{
    kind::Kind,
    record::{Record, Values},
    refusal::{Problem, Refusal},
    state::State,
};

/// The pipeline every account has.
pub(crate) const DEFAULT: &str = "default";

/// HubSpot's own stages of it, with their probabilities.
const STAGES: [(&str, &str); 7] = [
    ("appointmentscheduled", "0.2"),
    ("qualifiedtobuy", "0.4"),
    ("presentationscheduled", "0.6"),
    ("decisionmakerboughtin", "0.8"),
    ("contractsent", "0.9"),
    ("closedwon", "1.0"),
    ("closedlost", "0.0"),
];

/// A stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Internal name, unique in the account.
    pub id: String,
    /// Shown to people, unique in the pipeline.
    pub label: String,
    /// From `0.0` (lost) to `1.0` (won).
    pub probability: String,
    /// Where it is shown.
    pub display_order: i64,
}

/// A pipeline of deals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Internal name.
    pub id: String,
    /// Shown to people, unique in the account.
    pub label: String,
    /// Where it is shown.
    pub display_order: i64,
    /// In the order of their making.
    pub stages: Vec<Stage>,
}

/// All of an account.
#[derive(Debug)]
pub(crate) struct Pipelines(Vec<Pipeline>);

impl Pipelines {
    pub(crate) fn standard() -> Self {
        let stage = |(place, (id, probability)): (i64, (&str, &str))| Stage {
            id: id.into(),
            label: id.into(),
            probability: probability.into(),
            display_order: place,
        };
        let stages = (0..).zip(STAGES).map(stage).collect();
        Self(vec![Pipeline { id: DEFAULT.into(), label: "Sales Pipeline".into(), display_order: 0, stages }])
    }

    pub(crate) fn all(&self) -> &[Pipeline] {
        &self.0
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Pipeline> {
        self.0.iter().find(|pipeline| pipeline.id == id)
    }

    pub(crate) fn add(&mut self, pipeline: Pipeline) -> Result<(), Refusal> {
        if self.0.iter().any(|held| held.id == pipeline.id || held.label == pipeline.label) {
            return Err(Refusal::already_defined("pipeline", &pipeline.label));
        }
        if pipeline.stages.is_empty() {
            return Err(Refusal::validation("stages must not be empty"));
        }
        let (mut new, stages) = (Pipeline { stages: vec![], ..pipeline.clone() }, pipeline.stages);
        for stage in stages {
            self.check_stage(&new, &stage)?;
            new.stages.push(stage);
        }
        self.0.push(new);
        Ok(())
    }

    pub(crate) fn add_stage(&mut self, pipeline: &str, stage: Stage) -> Result<(), Refusal> {
        let held = self.get(pipeline).ok_or_else(Refusal::not_found)?;
        self.check_stage(held, &stage)?;
        let held = self.0.iter_mut().find(|held| held.id == pipeline);
        held.map(|held| held.stages.push(stage)).ok_or_else(Refusal::not_found)
    }

    /// A stage's id is unique in the account, its label in the pipeline, and a deal's must say how likely it is won.
    fn check_stage(&self, pipeline: &Pipeline, stage: &Stage) -> Result<(), Refusal> {
        let elsewhere = self.0.iter().flat_map(|held| &held.stages).chain(&pipeline.stages);
        let taken = elsewhere.filter(|held| held.id == stage.id).count() > 0
            || pipeline.stages.iter().any(|held| held.label == stage.label);
        if taken {
            return Err(Refusal::already_defined("stage", &stage.label));
        }
        let tenths = |text: &str| text.parse::<f64>().is_ok_and(|number| (0.0..=1.0).contains(&number));
        if tenths(&stage.probability) {
            Ok(())
        } else {
            Err(Refusal::validation("metadata.probability must be from 0.0 to 1.0 in a stage of deals"))
        }
    }
}

impl State {
    /// A deal is in a stage of its pipeline; one that names no pipeline is in the default one.
    pub(crate) fn settle_stage(
        &self,
        kind: Kind,
        values: &mut Values,
        held: Option<&Record>,
    ) -> Result<(), Refusal> {
        if kind != Kind::Deal || !(values.contains_key("dealstage") || values.contains_key("pipeline")) {
            return Ok(());
        }
        let value = |name: &str| {
            let held = held.and_then(|record| record.value(name)).map(str::to_owned);
            values.get(name).cloned().or(held).filter(|value| !value.is_empty())
        };
        let (pipeline, stage) = (value("pipeline").unwrap_or_else(|| DEFAULT.into()), value("dealstage"));
        let stages = self.pipelines.get(&pipeline).map(|pipeline| &pipeline.stages);
        let stages = stages.ok_or_else(|| unknown("pipeline", &pipeline))?;
        if let Some(stage) = stage.filter(|stage| stages.iter().all(|known| known.id != *stage)) {
            return Err(unknown("dealstage", &stage));
        }
        values.insert("pipeline".into(), pipeline);
        Ok(())
    }
}

fn unknown(property: &str, value: &str) -> Refusal {
    let words = format!("{value} was not one of the allowed options");
    Refusal::invalid_values(&[Problem::new(property, "INVALID_OPTION", words)])
}
