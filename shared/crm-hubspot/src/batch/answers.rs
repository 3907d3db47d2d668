//! Which row of a batch was answered how.

use std::collections::BTreeMap;

use domain::MetafieldName;
use outbound::Answer;
use serde_json::Value;

use super::Outcome;
use crate::decode::{Results, Row};
use crate::error::{self, Refusal};

/// What a row may be known by beside its trace id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    /// Its value of the unique property.
    pub(crate) key: Option<&'a str>,
    /// Its record's id.
    pub(crate) record: Option<&'a str>,
}

/// What a row of a batch is told apart by; with one in each row, a bad row fails alone.
pub(crate) fn trace(row: usize) -> String {
    format!("row-{row}")
}

/// The outcome of each row, the first of which is number `first`. Results come in any order, so each is found by its trace
/// id, or by its value of the unique property `key`, or by its record; a row that the answer does not speak of is
/// unanswered.
pub(crate) fn outcomes<'a>(
    first: usize,
    rows: impl Iterator<Item = Named<'a>>,
    key: &str,
    answer: &Answer,
    metafields: &[MetafieldName],
) -> Vec<Outcome> {
    let said: Results = answer.json().unwrap_or_default();
    let mut told = Told::about(first, rows);
    for row in &said.results {
        told.done(row, key);
    }
    let mut nameless: Vec<_> = said.errors.iter().filter(|error| !told.refused(error, metafields)).collect();
    if let ([last], Some(error)) = (&told.open()[..], nameless.pop().filter(|_| nameless.is_empty())) {
        told.outcomes[*last] = Some(Err(Refusal::of_row(error, metafields)));
    }
    let unanswered = || Err(Refusal::unanswered(answer.status()));
    told.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unanswered)).collect()
}

#[derive(Default)]
struct Told {
    by_trace: BTreeMap<String, usize>,
    by_key: BTreeMap<String, usize>,
    by_record: BTreeMap<String, usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl Told {
    fn about<'a>(first: usize, rows: impl Iterator<Item = Named<'a>>) -> Self {
        let mut told = Self::default();
        for (n, row) in rows.enumerate() {
            told.by_trace.insert(trace(first + n), n);
            told.by_key.extend(row.key.map(|key| (key.to_owned(), n)));
            told.by_record.extend(row.record.map(|record| (record.to_owned(), n)));
            told.outcomes.push(None);
        }
        told
    }

    fn done(&mut self, row: &Row, key: &str) {
        let traced = row.object_write_trace_id.as_ref().and_then(|trace| self.by_trace.get(trace));
        let keyed = || row.value(key).and_then(|key| self.by_key.get(key));
        let found = traced.or_else(keyed).or_else(|| self.by_record.get(row.id.as_ref()?));
        if let (Some(n), Some(written)) = (found, row.written()) {
            self.outcomes[*n] = Some(Ok(written));
        }
    }

    /// Whether the error says whom it is about. A row that is also among the results was refused all the same.
    fn refused(&mut self, error: &Value, metafields: &[MetafieldName]) -> bool {
        let (traces, ids) = error::named(error);
        let by_trace = traces.iter().filter_map(|trace| self.by_trace.get(trace));
        let by_id = ids.iter().filter_map(|id| self.by_record.get(id).or_else(|| self.by_key.get(id)));
        let found: Vec<_> = by_trace.chain(by_id).copied().collect();
        for n in &found {
            self.outcomes[*n] = Some(Err(Refusal::of_row(error, metafields)));
        }
        !found.is_empty()
    }

    fn open(&self) -> Vec<usize> {
        (0..self.outcomes.len()).filter(|n| self.outcomes[*n].is_none()).collect()
    }
}
