//! Writing: batches, their halves where one record spoils a whole, and single updates where records were merged.

use std::collections::{BTreeMap, VecDeque};

use crm::{CrmError, CrmErrorKind, Written};
use domain::{RecordId, Write};
use outbound::Method;

use crate::batch::{self, Door, Outcome, address};
use crate::client::HubSpot;
use crate::decode::Row;
use crate::encode::{Properties, Single};
use crate::error::{Refusal, Scope};
use crate::limits::{MAX_INPUTS, MAX_UNNAMED};

/// One outcome for each write, in their order.
pub(crate) async fn apply(hubspot: &HubSpot, writes: &[Write]) -> Vec<Result<Written, CrmError>> {
    let outcomes = writes.iter().map(|_| Err(Refusal::unanswered(0))).collect();
    let mut run = Run { hubspot, writes, outcomes, stop: None };
    for (door, indices) in calls(writes) {
        run.batch(door, indices).await;
    }
    run.outcomes.into_iter().map(|outcome| outcome.map_err(Refusal::error)).collect()
}

/// The batches to send, in order. A record that is written twice has each write in a batch of its own, since HubSpot
/// refuses a batch that names a record twice.
fn calls(writes: &[Write]) -> Vec<(Door, Vec<usize>)> {
    let mut seen: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    let mut rounds: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    for (index, write) in writes.iter().enumerate() {
        let is_update = Door::of(write) == Door::Update;
        let before = seen.entry((is_update, address(write))).or_default();
        rounds.entry((*before, is_update)).or_default().push(index);
        *before += 1;
    }
    let chunked = |((_, is_update), indices): ((usize, bool), Vec<usize>)| {
        let door = if is_update { Door::Update } else { Door::Upsert };
        indices.chunks(MAX_INPUTS).map(|chunk| (door, chunk.to_vec())).collect::<Vec<_>>()
    };
    rounds.into_iter().flat_map(chunked).collect()
}

struct Run<'a> {
    hubspot: &'a HubSpot,
    writes: &'a [Write],
    outcomes: Vec<Outcome>,
    /// Why no further call is made: nothing was sent, so nothing was written.
    stop: Option<Refusal>,
}

impl Run<'_> {
    async fn batch(&mut self, door: Door, indices: Vec<usize>) {
        let mut parts = VecDeque::from([indices.clone()]);
        while let Some(part) = parts.pop_front() {
            if let Err(halves) = self.part(door, &part).await {
                halves.into_iter().rev().for_each(|half| parts.push_front(half));
            }
            self.give_up_on_a_hopeless(&indices);
        }
        // What is hopeless here may be well at the other door.
        self.stop = self.stop.take().filter(Refusal::stops);
        self.tell_whose_fault(&indices);
        if door == Door::Update {
            self.one_by_one(&indices).await;
        }
    }

    /// Sends a part of a batch, or gives it back in halves: it was refused for one of its records, and not told which.
    async fn part(&mut self, door: Door, part: &[usize]) -> Result<(), [Vec<usize>; 2]> {
        let sent = match &self.stop {
            Some(stop) => Err(stop.clone()),
            None => self.send(door, part).await,
        };
        match sent {
            Ok(outcomes) => part.iter().zip(outcomes).for_each(|(n, outcome)| self.outcomes[*n] = outcome),
            Err(refusal) if part.len() > 1 && self.stop.is_none() && is_for_halves(&refusal) => {
                let (first, second) = part.split_at(part.len() / 2);
                return Err([first.to_vec(), second.to_vec()]);
            }
            Err(refusal) => self.refuse(part, &refusal),
        }
        Ok(())
    }

    async fn send(&self, door: Door, part: &[usize]) -> Result<Vec<Outcome>, Refusal> {
        let url = self.hubspot.contacts(door.path());
        let answer = self.hubspot.call(Method::POST, &url, Some(&batch::inputs(self.writes, part))).await;
        let answer = answer.map_err(|refusal| match door {
            // A 404 may be one of the records: each is asked for by itself.
            Door::Update => refusal,
            Door::Upsert => refusal.about_no_record(),
        })?;
        Ok(batch::outcomes(self.writes, part, &answer, self.hubspot.metafields()))
    }

    fn refuse(&mut self, part: &[usize], refusal: &Refusal) {
        if refusal.stops() {
            self.stop = Some(refusal.clone());
        }
        for n in part {
            self.outcomes[*n] = Err(refusal.clone());
        }
    }

    /// Where one record after the other is refused without a reason, and none was written, it is not the records.
    fn give_up_on_a_hopeless(&mut self, indices: &[usize]) {
        if indices.len() == 1 || self.any_written(indices) {
            return;
        }
        let mut unnamed = indices.iter().filter_map(|n| unnamed(&self.outcomes[*n]));
        if let Some(last) = unnamed.nth(MAX_UNNAMED - 1).cloned() {
            self.stop = Some(last);
        }
    }

    /// A record that was refused without a reason beside others that were written was refused for what it says.
    fn tell_whose_fault(&mut self, indices: &[usize]) {
        if self.any_written(indices) {
            for n in indices {
                if let Err(refusal) = &mut self.outcomes[*n] {
                    *refusal = refusal.clone().about_a_record();
                }
            }
        }
    }

    fn any_written(&self, indices: &[usize]) -> bool {
        indices.iter().any(|n| self.outcomes[*n].is_ok())
    }

    /// A batch does not follow merges, a single update does.
    async fn one_by_one(&mut self, indices: &[usize]) {
        for n in indices {
            if self.outcomes[*n].as_ref().is_err_and(may_be_merged) && self.stop.is_none() {
                self.outcomes[*n] = single(self.hubspot, &self.writes[*n]).await;
                self.stop = self.outcomes[*n].as_ref().err().filter(|refusal| refusal.stops()).cloned();
            }
        }
    }
}

fn is_for_halves(refusal: &Refusal) -> bool {
    refusal.scope != Scope::Everyone && refusal.kind != CrmErrorKind::Gone
}

/// How a merged record is refused in a batch is not documented: not found, or without a reason.
fn may_be_merged(refusal: &Refusal) -> bool {
    let gives_no_reason = refusal.kind == CrmErrorKind::Rejected { field: None };
    refusal.kind == CrmErrorKind::Gone || refusal.scope == Scope::Unnamed || gives_no_reason
}

fn unnamed(outcome: &Outcome) -> Option<&Refusal> {
    outcome.as_ref().err().filter(|refusal| refusal.scope == Scope::Unnamed)
}

/// Updates one record by its id; the answer names the survivor where it was merged away.
async fn single(hubspot: &HubSpot, write: &Write) -> Outcome {
    let id = address(write);
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::no_such_id());
    }
    let body = Single { properties: Properties { key: None, fields: write.fields() } };
    let answer = hubspot.call(Method::PATCH, &hubspot.contacts(id), Some(&body)).await;
    let answer = answer.map_err(Refusal::about_a_record)?;
    let row: Row = answer.json().unwrap_or_default();
    let record = row.id.ok_or_else(|| Refusal::unanswered(answer.status()))?;
    Ok(Written { record: RecordId::new(record), created: false })
}
