//! One batch of writes: what is sent, and which row was answered how.

use std::collections::BTreeMap;

use crm::Written;
use domain::{MetafieldName, Write};
use outbound::Answer;

use crate::decode::{Results, Row};
use crate::encode::{Input, Inputs, Properties};
use crate::error::{self, Refusal};
use crate::property;

pub(crate) type Outcome = Result<Written, Refusal>;

/// Which endpoint a write goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// `batch/upsert`, by our own unique property.
    Upsert,
    /// `batch/update`, by record id.
    Update,
}

impl Door {
    pub(crate) fn of(write: &Write) -> Self {
        match write {
            Write::Create { .. } => Self::Upsert,
            Write::Update { .. } => Self::Update,
        }
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Upsert => "batch/upsert",
            Self::Update => "batch/update",
        }
    }
}

/// What a write is addressed by.
pub(crate) fn address(write: &Write) -> &str {
    match write {
        Write::Create { key, .. } => key.as_str(),
        Write::Update { record, .. } => record.as_str(),
    }
}

/// The rows of `indices` into `writes`.
pub(crate) fn inputs<'a>(writes: &'a [Write], indices: &[usize]) -> Inputs<'a> {
    Inputs { inputs: indices.iter().map(|index| input(&writes[*index], *index)).collect() }
}

fn input(write: &Write, index: usize) -> Input<'_> {
    let key = matches!(write, Write::Create { .. }).then(|| address(write));
    Input {
        id: address(write),
        id_property: key.map(|_| property::KEY),
        object_write_trace_id: trace(index),
        properties: Properties { key, fields: write.fields() },
    }
}

/// What a row of a batch is told apart by.
pub(crate) fn trace(index: usize) -> String {
    format!("row-{index}")
}

/// The outcome of each of `indices`, in their order. Results come in any order, so each is found by its trace id, or
/// by what its row was addressed by; a row that the answer does not speak of is unanswered.
pub(crate) fn outcomes(
    writes: &[Write],
    indices: &[usize],
    answer: &Answer,
    metafields: &[MetafieldName],
) -> Vec<Outcome> {
    let said: Results = answer.json().unwrap_or_default();
    let mut rows = Rows::new(writes, indices);
    for row in &said.results {
        rows.done(row);
    }
    let mut nameless: Vec<_> = said.errors.iter().filter(|error| !rows.refused(error, metafields)).collect();
    if let ([last], Some(error)) = (&rows.open()[..], nameless.pop().filter(|_| nameless.is_empty())) {
        rows.outcomes[*last] = Some(Err(Refusal::of_row(error, metafields)));
    }
    let unanswered = || Err(Refusal::unanswered(answer.status()));
    rows.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unanswered)).collect()
}

struct Rows {
    by_trace: BTreeMap<String, usize>,
    by_address: BTreeMap<String, usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl Rows {
    fn new(writes: &[Write], indices: &[usize]) -> Self {
        let all = || indices.iter().enumerate();
        Self {
            by_trace: all().map(|(n, index)| (trace(*index), n)).collect(),
            by_address: all().map(|(n, index)| (address(&writes[*index]).to_owned(), n)).collect(),
            outcomes: indices.iter().map(|_| None).collect(),
        }
    }

    fn done(&mut self, row: &Row) {
        let traced = row.object_write_trace_id.as_ref().and_then(|trace| self.by_trace.get(trace));
        let addressed = || [row.value(property::KEY), row.id.as_deref()].into_iter().flatten();
        let found = traced.or_else(|| addressed().find_map(|address| self.by_address.get(address)));
        if let (Some(n), Some(written)) = (found, row.written()) {
            self.outcomes[*n] = Some(Ok(written));
        }
    }

    /// Whether the error says whom it is about. A row that is also among the results was refused all the same.
    fn refused(&mut self, error: &serde_json::Value, metafields: &[MetafieldName]) -> bool {
        let (traces, ids) = error::named(error);
        let by_trace = traces.iter().filter_map(|trace| self.by_trace.get(trace));
        let found: Vec<_> =
            by_trace.chain(ids.iter().filter_map(|id| self.by_address.get(id))).copied().collect();
        for n in &found {
            self.outcomes[*n] = Some(Err(Refusal::of_row(error, metafields)));
        }
        !found.is_empty()
    }

    fn open(&self) -> Vec<usize> {
        (0..self.outcomes.len()).filter(|n| self.outcomes[*n].is_none()).collect()
    }
}
