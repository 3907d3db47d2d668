//! Rows on their way: collections of them, and their halves where one row spoils a whole.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use crm::{CrmErrorKind, Written};
use domain::RecordId;
use outbound::{Answer, Method};
use serde::Deserialize;
use serde_json::Value;

use crate::client::Salesforce;
use crate::encode::{Records, Row};
use crate::error::{Of, Refusal};
use crate::limits::{ALL_ALIKE, MAX_ROWS};
use crate::query::{Among, ask_all};
use crate::{id, soql};

pub(crate) type Outcome = Result<Written, Refusal>;

/// How rows are known there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// By an External ID of ours: made, or changed where they are.
    Upsert(&'static str),
    /// By their record id: changed.
    Update,
    /// Not at all: made. By this field they can be told apart afterwards; it is empty where there is none.
    Create(&'static str),
}

impl Door {
    fn path(self, object: &str) -> String {
        match self {
            Self::Upsert(key) => format!("composite/sobjects/{object}/{key}"),
            Self::Update | Self::Create(_) => "composite/sobjects".to_owned(),
        }
    }

    fn method(self) -> Method {
        if matches!(self, Self::Create(_)) { Method::POST } else { Method::PATCH }
    }

    pub(crate) fn of(self) -> Of {
        match self {
            Self::Upsert(key) => Of::Keyed(key),
            Self::Update => Of::Known,
            Self::Create(_) => Of::New,
        }
    }
}

/// A collection of rows of one object.
#[derive(Clone, Copy)]
pub(crate) struct Collection<'a> {
    pub(crate) salesforce: &'a Salesforce,
    pub(crate) object: &'static str,
    pub(crate) door: Door,
}

/// What is said of a row, in the order of the rows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    id: Option<String>,
    success: bool,
    created: Option<bool>,
    errors: Value,
}

impl Told {
    fn outcome(&self, collection: &Collection<'_>, status: u16) -> Outcome {
        match (self.success, self.id.as_deref().and_then(id::record_id)) {
            (true, Some(record)) => {
                let made = matches!(collection.door, Door::Create(_));
                Ok(Written { record, created: self.created.unwrap_or(made) })
            }
            (true, None) => Err(Refusal::unanswered(status)),
            (false, _) => {
                Err(Refusal::of_row(&self.errors, collection.door.of(), collection.salesforce.words()))
            }
        }
    }
}

impl Collection<'_> {
    /// Sends rows. One outcome for each, in their order; no two rows may be known by the same. Of two who make one record at
    /// once the later one is refused: sent once more, it finds the record there.
    pub(crate) async fn send(&self, rows: &[Row<'_>], stop: &mut Option<Refusal>) -> Vec<Outcome> {
        let mut outcomes = self.once(rows, stop).await;
        let is_raced =
            |outcome: &Outcome| outcome.as_ref().is_err_and(|refusal| refusal.reason == "DUPLICATE_VALUE");
        let raced: Vec<usize> = (0..rows.len()).filter(|n| is_raced(&outcomes[*n])).collect();
        if matches!(self.door, Door::Upsert(_)) && !raced.is_empty() && stop.is_none() {
            let again: Vec<_> = raced.iter().map(|n| rows[*n].clone()).collect();
            for (n, outcome) in raced.into_iter().zip(self.once(&again, stop).await) {
                outcomes[n] = outcome;
            }
        }
        outcomes
    }

    /// At most so many rows at once as Salesforce takes. A part that is refused as a whole for one of its own is sent in halves. What would be refused in
    /// the same way is not sent: `stop` is why, and is kept for whoever goes on.
    async fn once(&self, rows: &[Row<'_>], stop: &mut Option<Refusal>) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = rows.iter().map(|_| Err(Refusal::unanswered(0))).collect();
        for whole in parts(rows.len()) {
            let mut parts = VecDeque::from([whole.clone()]);
            while let Some(part) = parts.pop_front() {
                match self.part(&rows[part.clone()], stop).await {
                    Ok(told) => drop(outcomes.splice(part, told)),
                    Err(refusal) if part.len() > 1 && is_for_halves(&refusal, stop.as_ref()) => {
                        let middle = part.start + part.len() / 2;
                        parts.push_front(middle..part.end);
                        parts.push_front(part.start..middle);
                    }
                    Err(refusal) => {
                        let told: Vec<_> = part.clone().map(|_| Err(refusal.clone())).collect();
                        outcomes.splice(part, told);
                        give_up_on_a_hopeless(&outcomes[whole.clone()], stop);
                    }
                }
            }
            tell_whose_fault(&mut outcomes[whole]);
        }
        *stop = stop.take().filter(Refusal::stops);
        outcomes
    }

    async fn part(&self, rows: &[Row<'_>], stop: &mut Option<Refusal>) -> Result<Vec<Outcome>, Refusal> {
        if let Some(stop) = stop {
            return Err(stop.clone());
        }
        let refs: Vec<_> = rows.iter().collect();
        let path = self.door.path(self.object);
        let sent =
            self.salesforce.call(self.door.method(), &path, Some(&Records(&refs)), self.door.of()).await;
        match sent {
            Ok(answer) => self.outcomes(rows, &answer).await,
            Err(refusal) => {
                *stop = Some(refusal.clone()).filter(Refusal::stops);
                Err(refusal)
            }
        }
    }

    /// Results have no name, but they come in the rows' order: so only where there are as many of them they tell by their
    /// place.
    async fn outcomes(&self, rows: &[Row<'_>], answer: &Answer) -> Result<Vec<Outcome>, Refusal> {
        let told: Vec<Told> = answer.json().unwrap_or_default();
        if told.len() == rows.len() {
            let outcomes = rows.iter().zip(&told).map(|(row, told)| {
                let outcome = told.outcome(self, answer.status())?;
                let is_it = row.id.as_ref().is_none_or(|id| id::same(id, outcome.record.as_str()));
                if is_it { Ok(outcome) } else { Err(Refusal::unanswered(answer.status())) }
            });
            return Ok(outcomes.collect());
        }
        self.by_name(rows, &told, answer.status()).await
    }

    /// Of an answer that leaves rows out nothing is believed but what can be found again by its name. What was refused has
    /// none.
    async fn by_name(&self, rows: &[Row<'_>], told: &[Told], status: u16) -> Result<Vec<Outcome>, Refusal> {
        let done = told.iter().filter_map(|told| told.outcome(self, status).ok());
        let done: BTreeMap<String, Written> =
            done.map(|written| (written.record.as_str().to_owned(), written)).collect();
        let names = self.names(&done).await?;
        let outcome = |row: &Row<'_>| {
            let id = match self.door {
                Door::Update => row.id.as_deref().and_then(id::record_id),
                Door::Upsert(key) | Door::Create(key) => names.get(&*row.value(key)?).cloned(),
            };
            done.get(id?.as_str()).cloned()
        };
        Ok(rows.iter().map(|row| outcome(row).ok_or_else(|| Refusal::unanswered(status))).collect())
    }

    /// The records that were written, by the key that each carries now.
    async fn names(&self, done: &BTreeMap<String, Written>) -> Result<BTreeMap<String, RecordId>, Refusal> {
        let (Door::Upsert(key) | Door::Create(key)) = self.door else { return Ok(BTreeMap::new()) };
        if key.is_empty() {
            return Ok(BTreeMap::new());
        }
        let head = format!("SELECT Id,{key} FROM {} WHERE", self.object);
        let questions = soql::listed(&head, "Id", done.keys().map(String::as_str));
        // Whoever cannot be asked has still done it: the rows are unanswered, and not refused.
        let found = ask_all(self.salesforce, Among::Living, questions).await;
        let found = found.map_err(|_| Refusal::unanswered(200))?;
        let named = |one: &crate::decode::Found| Some((one.value(key)?.to_owned(), one.id()?));
        Ok(found.iter().filter_map(named).collect())
    }
}

/// How many calls these rows take.
pub(crate) fn calls(rows: usize) -> usize {
    rows.div_ceil(MAX_ROWS)
}

fn parts(rows: usize) -> Vec<Range<usize>> {
    (0..rows).step_by(MAX_ROWS).map(|start| start..rows.min(start + MAX_ROWS)).collect()
}

/// A whole is refused for one of its rows where that cannot even be read.
fn is_for_halves(refusal: &Refusal, stop: Option<&Refusal>) -> bool {
    use CrmErrorKind::{Misunderstood, Rejected};
    stop.is_none() && matches!(refusal.kind, Misunderstood | Rejected { .. })
}

/// Where one row after the other is refused alone in the same way, and none was written, it is not the rows.
fn give_up_on_a_hopeless(outcomes: &[Outcome], stop: &mut Option<Refusal>) {
    let any_written = outcomes.iter().any(Result::is_ok);
    let mut alone = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    let mut hopeless = alone.by_ref().filter(|refusal| is_for_halves(refusal, None));
    if let (false, None, Some(last)) = (any_written, &stop, hopeless.nth(ALL_ALIKE - 1).cloned()) {
        *stop = Some(last.about_the_org());
    }
}

/// A row that was refused alone beside others that were written was refused for what it says. Rows that are all refused
/// with one code were refused for how the org is set up.
fn tell_whose_fault(outcomes: &mut [Outcome]) {
    if outcomes.iter().any(Result::is_ok) {
        for refusal in outcomes.iter_mut().filter_map(|outcome| outcome.as_mut().err()) {
            *refusal = refusal.clone().about_a_record();
        }
        return;
    }
    let reason = outcomes.first().and_then(|outcome| Some(outcome.as_ref().err()?.reason.clone()));
    let all_alike = outcomes.len() >= ALL_ALIKE
        && outcomes
            .iter()
            .all(|outcome| outcome.as_ref().err().map(|refusal| &refusal.reason) == reason.as_ref());
    for outcome in outcomes.iter_mut().filter(|_| all_alike) {
        if let Err(refusal) = outcome {
            *refusal = refusal.clone().about_the_org();
        }
    }
}
