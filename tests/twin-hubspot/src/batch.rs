//! `batch/{upsert,create,update,archive}`: rows one by one, and what the batch answers as a whole.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    batch_shape::{check_duplicates, check_shape, check_size, check_traces, is_traced},
    endpoint::BatchOp,
    fault::Fate,
    kind::Kind,
    record::Values,
    refusal::{Problem, Refusal},
    row::{self, BatchBody, InlineAssociation, Input},
    settings::EmailConflict,
    state::State,
    value::shown_time,
    write::Hand,
};

/// One batch of writes in the making.
struct Batch<'a> {
    state: &'a mut State,
    kind: Kind,
    op: BatchOp,
    fate: &'a Fate,
    now_ms: i64,
    /// Made when the whole batch has gone well.
    links: Vec<(u64, Vec<InlineAssociation>)>,
}

/// A row that was written: the record's id, whether it is new, and what was sent.
type Written = (u64, Option<bool>, Values);

/// Answers a batch of writes. With a trace id in every input a bad row is an entry of a 207; without, it
/// refuses the whole batch and nothing is written.
pub(crate) fn answer(
    state: &mut State,
    kind: Kind,
    op: BatchOp,
    body: &[u8],
    fate: &Fate,
    now_ms: i64,
) -> Result<Answer, Refusal> {
    let BatchBody { inputs } = row::parsed(body)?;
    check_size(inputs.len())?;
    check_shape(op, &inputs)?;
    let mut batch = Batch { state, kind, op, fate, now_ms, links: Vec::new() };
    batch.check_ids(&inputs)?;
    check_traces(&inputs)?;
    batch.state.shelf_mut(kind).begin();
    let done = batch.run(&inputs);
    match &done {
        Ok(_) => batch.keep(),
        Err(_) => batch.state.shelf_mut(kind).undo(now_ms),
    }
    done
}

impl Batch<'_> {
    fn keep(&mut self) {
        self.state.shelf_mut(self.kind).keep();
        for (id, associations) in &self.links {
            self.state.associate_inline(self.kind, *id, associations);
        }
    }

    fn check_ids(&self, inputs: &[Input]) -> Result<(), Refusal> {
        let by = inputs.first().and_then(|input| input.id_property.as_deref());
        if inputs.iter().any(|input| input.id_property.as_deref() != by) {
            return Err(Refusal::validation("All inputs of a batch must have the same idProperty"));
        }
        if let Some(property) = by {
            self.state.check_id_property(self.kind, property)?;
            if self.kind == Kind::Contact && property == "email" && inputs.len() > 1 {
                return Err(Refusal::validation(
                    "Partial upserts are not supported when using email as idProperty",
                ));
            }
        }
        check_duplicates(inputs)
    }

    fn run(&mut self, inputs: &[Input]) -> Result<Answer, Refusal> {
        // An archive answers 204, which has no room for the errors of rows.
        let traced = is_traced(inputs) && self.op != BatchOp::Archive;
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for (index, input) in inputs.iter().enumerate().filter(|(index, _)| !self.fate.drops(*index)) {
            match self.row(index, input) {
                Ok(written) => results.push(self.shown(input, &written)),
                Err(refusal) if !traced || self.is_whole(&refusal) => return Err(refusal),
                Err(refusal) => {
                    errors.push(refusal.of_row(input.object_write_trace_id.as_deref().unwrap_or_default()));
                }
            }
        }
        self.state.chance.shuffle(&mut results);
        Ok(self.told(results, errors))
    }

    /// A contact that exists refuses a batch create as a whole; and, by choice, an upsert too.
    fn is_whole(&self, refusal: &Refusal) -> bool {
        let by_choice =
            self.op == BatchOp::Upsert && self.state.settings.email_conflict == EmailConflict::WholeConflict;
        refusal.status == 409 && (self.op == BatchOp::Create || by_choice)
    }

    fn row(&mut self, index: usize, input: &Input) -> Result<Written, Refusal> {
        if self.fate.rejects(index) {
            return Err(rejected());
        }
        match self.op {
            BatchOp::Upsert => self.upsert(input),
            BatchOp::Create => self.create(input),
            BatchOp::Update => self.update(input),
            BatchOp::Archive | BatchOp::Read => self.archive(input),
        }
    }

    fn upsert(&mut self, input: &Input) -> Result<Written, Refusal> {
        let (id, mut values) = (input.id()?, input.values()?);
        let Some(property) = input.id_property.as_deref() else {
            return self.update(input);
        };
        let key = if property == "email" { id.to_lowercase() } else { id.to_owned() };
        if let Some(held) = self.state.shelf(self.kind).holder(property, &key) {
            self.state.update(self.kind, held, &values, Hand::Api, self.now_ms)?;
            return Ok((held, Some(false), values));
        }
        values.entry(property.to_owned()).or_insert(key);
        let new = self.state.create(self.kind, &values, Hand::Api, self.now_ms)?;
        Ok((new, Some(true), values))
    }

    fn create(&mut self, input: &Input) -> Result<Written, Refusal> {
        let values = input.values()?;
        self.state.check_associations(self.kind, &input.associations)?;
        let id = self.state.create(self.kind, &values, Hand::Api, self.now_ms)?;
        self.links.push((id, input.associations.clone()));
        Ok((id, None, values))
    }

    /// By this very id: a batch does not follow merges.
    fn update(&mut self, input: &Input) -> Result<Written, Refusal> {
        let (id, values) = (row::id(input.id()?)?, input.values()?);
        self.state.update(self.kind, id, &values, Hand::Api, self.now_ms)?;
        Ok((id, (self.op == BatchOp::Upsert).then_some(false), values))
    }

    fn archive(&mut self, input: &Input) -> Result<Written, Refusal> {
        let id = row::id(input.id()?)?;
        self.state.archive(self.kind, id, self.now_ms)?;
        Ok((id, None, Values::new()))
    }

    fn shown(&self, input: &Input, (id, new, sent): &Written) -> Value {
        let record = self.state.shelf(self.kind).any(*id);
        let mut shown = record.map_or(Value::Null, |record| record.written(self.kind, sent));
        if let Some(new) = new {
            shown["new"] = json!(new);
        }
        if let Some(trace) = &input.object_write_trace_id {
            shown["objectWriteTraceId"] = json!(trace);
        }
        shown
    }

    fn told(&self, results: Vec<Value>, errors: Vec<Value>) -> Answer {
        if self.op == BatchOp::Archive {
            return Answer::NoContent;
        }
        let status = if self.op == BatchOp::Create { 201 } else { 200 };
        complete(status, results, errors, self.now_ms)
    }
}

/// The frame of a batch answer: 207 when there are errors.
pub(crate) fn complete(status: u16, results: Vec<Value>, errors: Vec<Value>, now_ms: i64) -> Answer {
    let at = shown_time(now_ms);
    let mut body =
        json!({"status": "COMPLETE", "results": Value::Array(results), "startedAt": at, "completedAt": at});
    if errors.is_empty() {
        return Answer::Json { status, body };
    }
    body["numErrors"] = json!(errors.len());
    body["errors"] = Value::Array(errors);
    Answer::Json { status: 207, body }
}

/// The refusal of the fault `rejected`.
pub(crate) fn rejected() -> Refusal {
    let words = "lastname was refused by a validation rule of this account";
    Refusal::invalid_values(&[Problem::new("lastname", "INVALID_VALUE", words.to_owned())])
}
