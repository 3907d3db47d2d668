//! What a batch must look like before any of its rows is looked at.

use std::collections::BTreeSet;

use crate::{
    email,
    endpoint::BatchOp,
    kind::Kind,
    refusal::{Problem, Refusal},
    row::Input,
    state::State,
};

const MOST_INPUTS: usize = 100;

/// Refuses an empty batch and one of more than 100 inputs.
pub(crate) fn check_size(inputs: usize) -> Result<(), Refusal> {
    match inputs {
        0 => Err(Refusal::validation("inputs must not be empty")),
        1..=MOST_INPUTS => Ok(()),
        more => Err(Refusal::too_many_inputs(more)),
    }
}

pub(crate) fn check_shape(op: BatchOp, inputs: &[Input]) -> Result<(), Refusal> {
    for input in inputs {
        if op != BatchOp::Archive {
            input.values()?;
        }
        if op != BatchOp::Create {
            input.id()?;
        } else if input.id.is_some() {
            return Err(Refusal::validation("id must not be set in a batch create"));
        }
        if op != BatchOp::Upsert && input.id_property.is_some() {
            return Err(Refusal::validation("idProperty is not supported here: address records by id"));
        }
        if op != BatchOp::Create && !input.associations.is_empty() {
            return Err(Refusal::validation("associations are only supported in a create"));
        }
    }
    Ok(())
}

pub(crate) fn check_traces(inputs: &[Input]) -> Result<(), Refusal> {
    let traces: Vec<_> = inputs.iter().filter_map(|input| input.object_write_trace_id.as_ref()).collect();
    let different: BTreeSet<_> = traces.iter().collect();
    if different.len() < traces.len() {
        return Err(Refusal::validation("objectWriteTraceId must be unique in a batch"));
    }
    Ok(())
}

/// Whether each input has a trace id, which is what switches partial success on.
pub(crate) fn is_traced(inputs: &[Input]) -> bool {
    inputs.iter().all(|input| input.object_write_trace_id.is_some())
}

/// Refuses a batch that names an id twice, with all such ids.
pub(crate) fn check_duplicates(inputs: &[Input]) -> Result<(), Refusal> {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for input in inputs {
        let by_email = input.id_property.as_deref() == Some("email");
        let id = input
            .id
            .as_deref()
            .map(|id| if by_email { email::normal(id).unwrap_or_default() } else { id.into() });
        if let Some(id) = id.filter(|id| !seen.insert(id.clone())) {
            twice.insert(id);
        }
    }
    let twice: Vec<String> = twice.into_iter().collect();
    if twice.is_empty() { Ok(()) } else { Err(Refusal::duplicate_ids(&twice)) }
}

impl State {
    /// Refuses an `idProperty` that does not exist or has no unique values.
    pub(crate) fn check_id_property(&self, kind: Kind, property: &str) -> Result<(), Refusal> {
        let table = self.table(kind);
        if table.schema.get(property).is_none() {
            let words = format!("Property \"{property}\" does not exist");
            return Err(Refusal::invalid_values(&[Problem::new(property, "PROPERTY_DOESNT_EXIST", words)]));
        }
        if !table.shelf.is_unique(property) {
            return Err(Refusal::validation(format!("idProperty {property} does not have unique values")));
        }
        Ok(())
    }
}
