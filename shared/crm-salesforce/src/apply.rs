//! Writing people: collections, a job for very many, and single calls where records were merged or a rule said no.

use std::collections::{BTreeMap, BTreeSet};

use crm::{CrmError, CrmErrorKind, Written};
use domain::{ExternalKey, Field, RecordId, Value, Write};
use outbound::Method;

use crate::bulk;
use crate::client::Salesforce;
use crate::encode::{Alone, Row};
use crate::error::{Of, Refusal, Scope};
use crate::find;
use crate::former;
use crate::id;
use crate::limits::BULK_FROM;
use crate::person::{self, Names};
use crate::property::KEY;
use crate::query::survivors;
use crate::rows::{self, Collection, Door, Outcome};
use crate::soql::escaped;

/// One outcome for each write, in their order.
pub(crate) async fn apply(salesforce: &Salesforce, writes: &[Write]) -> Vec<Result<Written, CrmError>> {
    let outcomes = writes.iter().map(|_| Err(Refusal::gone("no record id"))).collect();
    let mut run = Run { salesforce, writes, outcomes, stop: None };
    for (door, indices) in rounds(writes) {
        run.round(door, &indices).await;
    }
    run.outcomes.into_iter().map(|outcome| outcome.map_err(Refusal::error)).collect()
}

/// How many calls these writes take.
pub(crate) fn calls(salesforce: &Salesforce, writes: &[Write]) -> usize {
    let (mut calls, mut creates) = (0, false);
    for (door, indices) in rounds(writes) {
        let (names, is_new) =
            person::Questions::about(salesforce.words(), indices.iter().map(|n| &writes[*n])).calls();
        creates |= is_new;
        calls += names
            + if indices.len() > BULK_FROM {
                bulk::calls(indices.len())
            } else {
                let emails =
                    indices.iter().filter(|_| door != Door::Update).filter_map(|n| email(&writes[*n]));
                let conditions = former::conditions(salesforce.words(), emails.collect());
                former::questions(salesforce.words(), conditions).len() + rows::calls(indices.len())
            };
    }
    calls + if creates { salesforce.person_type_calls() } else { 0 }
}

/// What goes together, in order. A record that is written twice has each write in a round of its own, since Salesforce
/// refuses all rows that carry one key. An update of what cannot be a record is in none.
fn rounds(writes: &[Write]) -> Vec<(Door, Vec<usize>)> {
    let mut seen: BTreeMap<(bool, String), usize> = BTreeMap::new();
    let mut rounds: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
    for (index, write) in writes.iter().enumerate() {
        let Some(address) = address(write) else { continue };
        let is_update = matches!(write, Write::Update { .. });
        let before = seen.entry((is_update, address)).or_default();
        rounds.entry((*before, is_update)).or_default().push(index);
        *before += 1;
    }
    let door = |is_update: bool| if is_update { Door::Update } else { Door::Upsert(KEY) };
    rounds.into_iter().map(|((_, is_update), indices)| (door(is_update), indices)).collect()
}

/// What a write is addressed by. Ids have two forms, so it is the long one.
fn address(write: &Write) -> Option<String> {
    match write {
        Write::Create { key, .. } => Some(key.as_str().to_owned()),
        Write::Update { record, .. } => id::record_id(record.as_str()).map(|id| id.as_str().to_owned()),
    }
}

fn email(write: &Write) -> Option<&str> {
    match write.fields().get(&Field::Email) {
        Some(Value::Text(email)) => Some(email),
        _ => None,
    }
}

fn key(write: &Write) -> Option<ExternalKey> {
    match write {
        Write::Create { key, .. } => Some(key.clone()),
        Write::Update { .. } => None,
    }
}

struct Run<'a> {
    salesforce: &'a Salesforce,
    writes: &'a [Write],
    outcomes: Vec<Outcome>,
    /// Why no further call is made: nothing was sent, so nothing was written.
    stop: Option<Refusal>,
}

impl<'a> Run<'a> {
    async fn round(&mut self, door: Door, indices: &[usize]) {
        self.send(door, indices).await;
        if door == Door::Update {
            self.follow(indices).await;
        }
        self.ask_whom(door, indices).await;
    }

    async fn send(&mut self, door: Door, indices: &[usize]) {
        let indices = &self.without_former(door, indices).await[..];
        if indices.is_empty() {
            return;
        }
        let names = match self.names(indices).await {
            Ok(names) => names,
            Err(refusal) => return self.refuse(indices, refusal),
        };
        let rows: Vec<_> = indices.iter().map(|n| self.row(*n, &names)).collect();
        let collection =
            Collection { salesforce: self.salesforce, object: self.salesforce.words().object(), door };
        let outcomes = if rows.len() > BULK_FROM && self.stop.is_none() {
            bulk::send(&collection, &rows, &mut self.stop).await
        } else {
            collection.send(&rows, &mut self.stop).await
        };
        self.tell(indices, outcomes);
    }

    /// A record with the address of one that was merged into another would be what people have just put together: it is in
    /// conflict with the survivor. One that is there already is only changed. A job goes without this.
    async fn without_former(&mut self, door: Door, indices: &[usize]) -> Vec<usize> {
        if door == Door::Update || indices.len() > BULK_FROM || self.stop.is_some() {
            return indices.to_vec();
        }
        match self.former(indices).await {
            Ok(held) => {
                let is_free = |n: &usize| !held.contains_key(n);
                let free = indices.iter().copied().filter(is_free).collect();
                self.outcomes_of(held);
                free
            }
            Err(refusal) => {
                self.refuse(indices, refusal.before_anything());
                Vec::new()
            }
        }
    }

    fn outcomes_of(&mut self, held: BTreeMap<usize, RecordId>) {
        for (n, record) in held {
            let kind = CrmErrorKind::Conflict { existing: Some(record) };
            self.outcomes[n] = Err(Refusal::new(kind, Scope::Record, "an address of a merged record"));
        }
    }

    async fn former(&self, indices: &[usize]) -> Result<BTreeMap<usize, RecordId>, Refusal> {
        let email = |n: &usize| email(&self.writes[*n]);
        let holders = former::holders(self.salesforce, indices.iter().filter_map(email).collect()).await?;
        let holder = |n: &usize| Some((*n, holders.get(&find::exact(email(n)?))?.id.clone()));
        let mut held: BTreeMap<usize, RecordId> = indices.iter().filter_map(holder).collect();
        let keys: Vec<ExternalKey> = held.keys().filter_map(|n| key(&self.writes[*n])).collect();
        let there = find::read(self.salesforce, &keys).await?;
        let known: BTreeSet<_> = there.into_iter().flatten().filter_map(|record| record.key).collect();
        held.retain(|n, _| key(&self.writes[*n]).is_none_or(|key| !known.contains(&key)));
        Ok(held)
    }

    async fn names(&self, indices: &[usize]) -> Result<Names, Refusal> {
        if let Some(stop) = &self.stop {
            return Err(stop.clone());
        }
        person::names(self.salesforce, indices.iter().map(|n| &self.writes[*n])).await
    }

    fn row(&self, n: usize, names: &Names) -> Row<'a> {
        person::row(&self.writes[n], names, self.salesforce.words())
    }

    fn tell(&mut self, indices: &[usize], outcomes: Vec<Outcome>) {
        for (n, outcome) in indices.iter().zip(outcomes) {
            self.outcomes[*n] = outcome;
        }
    }

    fn refuse(&mut self, indices: &[usize], refusal: Refusal) {
        for n in indices {
            self.outcomes[*n] = Err(refusal.clone());
        }
        self.stop = Some(refusal).filter(Refusal::stops);
    }

    fn refused(&self, indices: &[usize], fits: impl Fn(&Refusal) -> bool) -> Vec<usize> {
        let is = |n: &usize| self.stop.is_none() && self.outcomes[*n].as_ref().is_err_and(&fits);
        indices.iter().copied().filter(is).collect()
    }

    /// A record that was merged away is written where it went to.
    async fn follow(&mut self, indices: &[usize]) {
        let gone = self.refused(indices, |refusal| refusal.kind == CrmErrorKind::Gone);
        if gone.is_empty() {
            return;
        }
        let ids = gone.iter().filter_map(|n| address(&self.writes[*n]));
        let ids: Vec<_> = ids.collect();
        let now =
            survivors(self.salesforce, self.salesforce.words().object(), ids.iter().map(String::as_str))
                .await;
        match now {
            Ok(now) => self.write_survivors(&gone, &now).await,
            // Not knowing is not absence.
            Err(refusal) => self.refuse(&gone, refusal.before_anything()),
        }
    }

    /// Several may have become one, so each goes by itself. Merges are rare.
    async fn write_survivors(&mut self, gone: &[usize], now: &BTreeMap<String, RecordId>) {
        for n in gone {
            let Some(at) = address(&self.writes[*n]) else { continue };
            let Some(survivor) = now.get(&at).filter(|survivor| survivor.as_str() != at) else { continue };
            let Write::Update { fields, .. } = &self.writes[*n] else { continue };
            let write = Write::Update { record: survivor.clone(), fields: fields.clone() };
            self.outcomes[*n] = self.alone(&write).await;
        }
    }

    /// A row that a duplicate rule stopped does not always say what the rule found; a call for it alone does.
    async fn ask_whom(&mut self, door: Door, indices: &[usize]) {
        for n in self.refused(indices, |refusal| {
            refusal.is_bare && matches!(refusal.kind, CrmErrorKind::Conflict { .. })
        }) {
            let write = &self.writes[n];
            if door == Door::Update || matches!(write, Write::Create { .. }) {
                self.outcomes[n] = self.alone(write).await;
            }
        }
    }

    /// One write in one call.
    async fn alone(&mut self, write: &Write) -> Outcome {
        if let Some(stop) = &self.stop {
            return Err(stop.clone());
        }
        let names = person::names(self.salesforce, [write]).await?;
        let row = person::row(write, &names, self.salesforce.words());
        let outcome = single(self.salesforce, &row).await;
        self.stop = outcome.as_ref().err().filter(|refusal| refusal.stops()).cloned();
        outcome
    }
}

/// `PATCH sobjects/{object}/{id}` or `.../{key field}/{key}`.
async fn single(salesforce: &Salesforce, row: &Row<'_>) -> Outcome {
    let key = row.value(KEY).unwrap_or_default();
    let (path, of, left_out) = match &row.id {
        Some(id) => (format!("sobjects/{}/{id}", row.object), Of::Known, ""),
        None => (format!("sobjects/{}/{KEY}/{}", row.object, escaped(&key)), Of::Keyed(KEY), KEY),
    };
    let answer = salesforce.call(Method::PATCH, &path, Some(&Alone(row, left_out)), of).await?;
    let said: serde_json::Value = answer.json().unwrap_or_default();
    let named = said["id"].as_str().and_then(id::record_id);
    // A change by id is answered without a word, and its address has said which.
    let known = row.id.as_deref().filter(|_| answer.status() == 204).and_then(id::record_id);
    let record = named.or(known).ok_or_else(|| Refusal::unanswered(answer.status()))?;
    Ok(Written { record, created: said["created"].as_bool().unwrap_or(answer.status() == 201) })
}
