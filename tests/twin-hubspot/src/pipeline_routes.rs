//! `/crm/pipelines/{ver}/deals`: pipelines and their stages.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    endpoint::Endpoint,
    pipeline::{Pipeline, Stage},
    refusal::Refusal,
    row,
    state::State,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewPipeline {
    pipeline_id: Option<String>,
    label: String,
    display_order: i64,
    stages: Vec<NewStage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewStage {
    stage_id: Option<String>,
    label: String,
    display_order: i64,
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    probability: String,
}

/// Answers the endpoints of pipelines.
pub(crate) fn answer(state: &mut State, endpoint: &Endpoint, body: &[u8]) -> Result<Answer, Refusal> {
    match endpoint {
        Endpoint::Pipelines => {
            let all: Vec<_> = state.pipelines.all().iter().map(shown).collect();
            Ok(Answer::ok(json!({ "results": all })))
        }
        Endpoint::Pipeline { id } => {
            state.pipelines.get(id).map(shown).map(Answer::ok).ok_or_else(Refusal::not_found)
        }
        Endpoint::CreatePipeline => create(state, row::parsed(body)?),
        Endpoint::CreateStage { pipeline } => {
            let new = named(state, row::parsed(body)?);
            let shown = shown_stage(&new);
            state.pipelines.add_stage(pipeline, new)?;
            Ok(Answer::created(shown))
        }
        _ => Err(Refusal::not_found()),
    }
}

fn create(state: &mut State, new: NewPipeline) -> Result<Answer, Refusal> {
    let stages = new.stages.into_iter().map(|stage| named(state, stage)).collect();
    let id = new.pipeline_id.unwrap_or_else(|| state.next_id().to_string());
    let pipeline = Pipeline { id, label: new.label, display_order: new.display_order, stages };
    let shown = shown(&pipeline);
    state.pipelines.add(pipeline)?;
    Ok(Answer::created(shown))
}

/// A stage that is not named gets a number, and so does any stage of a portal that names them itself.
fn named(state: &mut State, new: NewStage) -> Stage {
    let wanted = new.stage_id.filter(|_| !state.settings.stages_are_numbered);
    Stage {
        id: wanted.unwrap_or_else(|| state.next_id().to_string()),
        label: new.label,
        probability: new.metadata.probability,
        display_order: new.display_order,
    }
}

fn shown(pipeline: &Pipeline) -> Value {
    json!({
        "id": pipeline.id,
        "label": pipeline.label,
        "displayOrder": pipeline.display_order,
        "stages": pipeline.stages.iter().map(shown_stage).collect::<Vec<_>>(),
        "archived": false,
    })
}

fn shown_stage(stage: &Stage) -> Value {
    let is_closed = matches!(stage.probability.as_str(), "0.0" | "1.0");
    json!({
        "id": stage.id,
        "label": stage.label,
        "displayOrder": stage.display_order,
        "metadata": {"probability": stage.probability, "isClosed": is_closed.to_string()},
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": false,
    })
}
