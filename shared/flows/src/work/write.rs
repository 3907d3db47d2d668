//! Plans become records: what is there is looked for together, and what differs is written together.

use std::collections::BTreeMap;

use crm::{Crm, CrmError, CrmErrorKind, Wanted, Written};
use domain::{
    Desired, ExternalKey, Field, Fingerprint, FingerprintKey, Identity, Match, MatchedBy, Plan, Record,
    RecordId, Rulebook, SignalState, Skipped, Value, Write, identify, plan,
};

use super::Outcome;
use super::observe::{Sight, wanted};
use super::together::together;
use crate::failure::Failure;

/// One wish on its way to the CRM.
pub(super) struct Errand {
    pub(super) wish: Desired,
    /// What its signals are looked at with the next time.
    pub(super) signals: SignalState,
    pub(super) sight: Option<Sight>,
    pub(super) verdict: Option<Result<Outcome, Failure>>,
    /// Somebody may have written before us and not remembered it.
    pub(super) in_doubt: bool,
    /// What is remembered does not count alone: somebody found that the record says something else.
    pub(super) looks: bool,
    /// The record, where it was looked at.
    pub(super) there: Option<Record>,
    /// It failed often, so it is looked for and written in calls of its own: a record that a CRM falls over takes its
    /// neighbours with it, but not to the end.
    pub(super) alone: bool,
}

impl Errand {
    fn fails(&mut self, failure: Failure) {
        self.verdict = Some(Err(failure));
    }

    /// What is to be done, with what the CRM says of a record that we remember, where it was asked.
    fn plan(&self, there: Option<&Record>, key: &FingerprintKey, rules: &Rulebook) -> Option<Plan> {
        let observed = self.sight.as_ref()?.beside(there.or(self.there.as_ref()));
        Some(plan(&self.wish, observed, key, rules.of(&self.wish.customer.shop)))
    }

    fn is_open(&self) -> bool {
        self.verdict.is_none()
    }

    /// The record was deleted or merged away in the CRM, so what we remember of it is void: the CRM is asked once more,
    /// and then it counts.
    fn starts_over(&mut self) -> bool {
        let Some(Err(Failure::Crm(error))) = &self.verdict else { return false };
        let again = *error.kind() == CrmErrorKind::Gone;
        if again {
            (self.sight, self.verdict, self.there) = (None, None, None);
        }
        again
    }

    /// The record that already holds our address, where a create met one and the address is really the customer's.
    fn met(&self) -> Option<RecordId> {
        let Some(Err(Failure::Crm(error))) = &self.verdict else { return None };
        match (error.kind(), &self.sight) {
            (CrmErrorKind::Conflict { existing: Some(existing) }, Some(Sight::Nothing)) => {
                self.wish.match_email.as_ref().map(|_| existing.clone())
            }
            _ => None,
        }
    }

    /// Who the customer is, by these candidates.
    fn is_told_by(&mut self, candidates: Vec<Match>) {
        match identify(&self.wish, candidates) {
            Identity::New => self.sight = Some(Sight::Nothing),
            Identity::Found(found) => self.sight = Some(seen(found, self.in_doubt)),
            Identity::Ambiguous(records) => self.fails(Failure::Ambiguous(records)),
        }
    }
}

/// Carries out every errand. Afterwards each has a verdict, and a sight where one was needed.
pub(super) async fn write(errands: &mut [Errand], crm: &dyn Crm, key: &FingerprintKey, rules: &Rulebook) {
    once(errands, crm, key, rules).await;
    let mut again: Vec<&mut Errand> = errands.iter_mut().collect();
    again.retain_mut(|errand| errand.starts_over());
    if !again.is_empty() {
        look(&mut again, crm).await;
        send(&mut again, crm, key, rules).await;
    }
    let mut met: Vec<&mut Errand> = errands.iter_mut().filter(|errand| errand.met().is_some()).collect();
    if !met.is_empty() {
        adopt(&mut met, crm).await;
        send(&mut met, crm, key, rules).await;
    }
}

async fn once(errands: &mut [Errand], crm: &dyn Crm, key: &FingerprintKey, rules: &Rulebook) {
    let (alone, mut all): (Vec<_>, Vec<_>) = errands.iter_mut().partition(|errand| errand.alone);
    let alone = alone.into_iter().map(|errand| vec![errand]);
    for mut some in std::iter::once(std::mem::take(&mut all)).chain(alone) {
        look_again(&mut some, crm).await;
        look(&mut some, crm).await;
        send(&mut some, crm, key, rules).await;
    }
}

/// Reads the records of those that we remember and are told not to rely on it. What is not there, or is somebody else's by
/// now, is forgotten, and looked for.
async fn look_again(errands: &mut [&mut Errand], crm: &dyn Crm) {
    let told = |errand: &&mut Errand| errand.looks && matches!(errand.sight, Some(Sight::Remembered(_)));
    let mut some: Vec<&mut Errand> = errands.iter_mut().map(|errand| &mut **errand).filter(told).collect();
    let records: Vec<RecordId> =
        some.iter().filter_map(|errand| errand.sight.as_ref()?.record().cloned()).collect();
    let read = together(&records, async |some: &[RecordId]| answers(crm.fetch(some).await, some.len()));
    for (errand, read) in some.iter_mut().zip(read.await) {
        let is_ours = |there: &Record| there.key.as_ref().is_none_or(|key| *key == errand.wish.key);
        match read {
            Ok(there) => {
                errand.there = there.filter(is_ours);
                errand.sight = errand.sight.take().filter(|_| errand.there.is_some());
            }
            Err(failure) => errand.fails(failure),
        }
    }
}

/// Asks the CRM about those that we do not remember: by the stamped key, then by what they are matched on.
async fn look(errands: &mut [&mut Errand], crm: &dyn Crm) {
    let open = errands.iter_mut().map(|errand| &mut **errand).filter(|errand| errand.is_open());
    let mut strangers: Vec<&mut Errand> = open.filter(|errand| errand.sight.is_none()).collect();
    let wanted: Vec<Wanted> = strangers.iter().map(|errand| wanted(&errand.wish)).collect();
    let found = together(&wanted, async |some: &[Wanted]| answers(crm.find(some).await, some.len()));
    for (errand, found) in strangers.iter_mut().zip(found.await) {
        match found {
            Ok(candidates) => errand.is_told_by(candidates),
            Err(failure) => errand.fails(failure),
        }
    }
    first_come(&mut strangers);
}

/// A look-up may not know each address of a record, a create does: what it met is read, and is the customer's unless it
/// is another's. One that is not there any more leaves the conflict as it is: it is asked for again when the message
/// comes back.
async fn adopt(errands: &mut [&mut Errand], crm: &dyn Crm) {
    let records: Vec<RecordId> = errands.iter().filter_map(|errand| errand.met()).collect();
    let read = together(&records, async |some: &[RecordId]| answers(crm.fetch(some).await, some.len()));
    for (errand, read) in errands.iter_mut().zip(read.await) {
        match read {
            Ok(Some(record)) => {
                errand.verdict = None;
                errand.is_told_by(vec![Match { by: MatchedBy::Email, record }]);
            }
            Ok(None) => {}
            Err(failure) => errand.fails(failure),
        }
    }
    first_come(errands);
}

/// Two customers may both be found to be one record that is nobody's yet. The first gets it; the other comes back, and
/// finds it taken.
fn first_come(errands: &mut [&mut Errand]) {
    let mut owners: BTreeMap<RecordId, ExternalKey> = BTreeMap::new();
    for errand in errands.iter_mut().filter(|errand| errand.is_open()) {
        let Some(Sight::Read(record) | Sight::Doubted(record)) = &errand.sight else { continue };
        let owner = owners.entry(record.id.clone()).or_insert_with(|| errand.wish.key.clone());
        if *owner != errand.wish.key {
            errand.fails(Failure::Held);
        }
    }
}

/// One answer for each, from one for all.
fn answers<T>(answer: Result<Vec<T>, CrmError>, count: usize) -> Vec<Result<T, Failure>> {
    match answer {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(error) => vec![Failure::from(error); count].into_iter().map(Err).collect(),
    }
}

/// Only a record with our key on it can have been written by us.
fn seen(found: Match, in_doubt: bool) -> Sight {
    if in_doubt && found.by == MatchedBy::Key {
        Sight::Doubted(found.record)
    } else {
        Sight::Read(found.record)
    }
}

/// Plans each. Where memory alone does not answer, the CRM is asked what those records say. Of one that does not carry
/// its key any more nothing is learned; what could not be compared is then no part of the wish, so it does not count as
/// written and is looked at again.
async fn plans<'e>(
    errands: &'e mut [&mut Errand],
    crm: &dyn Crm,
    key: &FingerprintKey,
    rules: &Rulebook,
) -> Vec<(&'e mut Errand, Plan)> {
    let open = errands.iter_mut().map(|errand| &mut **errand).filter(|errand| errand.is_open());
    let planned = open.filter_map(|errand| {
        let plan = errand.plan(None, key, rules)?;
        Some((errand, plan))
    });
    let (mut unsure, mut sure): (Vec<_>, Vec<_>) = planned.partition(|(_, plan)| plan.is_unsure());
    let keys: Vec<ExternalKey> = unsure.iter().map(|(errand, _)| errand.wish.key.clone()).collect();
    let read = together(&keys, async |some: &[ExternalKey]| answers(crm.read(some).await, some.len()));
    for ((errand, plan), read) in unsure.iter_mut().zip(read.await) {
        match read {
            Ok(Some(there)) => *plan = errand.plan(Some(&there), key, rules).unwrap_or_default(),
            Ok(None) => {
                let unread = |field: &Field| plan.skipped.contains(&Skipped::Unread { field: *field });
                errand.wish.fields.retain(|field, _| !unread(field));
            }
            Err(failure) => errand.fails(failure),
        }
    }
    sure.extend(unsure.into_iter().filter(|(errand, _)| errand.is_open()));
    sure
}

/// Plans, and sends all writes in one call. What needs none is answered at once.
async fn send(errands: &mut [&mut Errand], crm: &dyn Crm, key: &FingerprintKey, rules: &Rulebook) {
    let (mut senders, mut writes) = (Vec::new(), Vec::new());
    for (errand, plan) in plans(errands, crm, key, rules).await {
        let Some(sight) = &errand.sight else { continue };
        match plan.writes.into_iter().next() {
            Some(write) => {
                writes.push(write);
                senders.push((errand, plan.skipped));
            }
            None => errand.verdict = Some(skipped(&plan.skipped, sight)),
        }
    }
    let apply = async |some: &[Write]| {
        let outcomes = crm.apply(some).await;
        outcomes.into_iter().map(|outcome| outcome.map_err(Failure::from)).collect()
    };
    let outcomes = together(&writes, apply).await;
    for (((errand, skipped), write), outcome) in senders.into_iter().zip(&writes).zip(outcomes) {
        errand.verdict = Some(outcome.map(|Written { record, created }| {
            let fields = changed(write, errand.sight.as_ref(), key);
            Outcome::Written { record, created, fields, skipped }
        }));
    }
}

/// What changed, of what was written: beside a change the shop's other fields go along.
fn changed(write: &Write, sight: Option<&Sight>, key: &FingerprintKey) -> Vec<Field> {
    let nothing = BTreeMap::new();
    let before = match sight {
        Some(Sight::Remembered(link)) => &link.written,
        _ => &nothing,
    };
    let new = |field: Field, value: &Value| before.get(&field) != Some(&Fingerprint::of(key, field, value));
    write.fields().iter().filter(|(field, value)| new(**field, value)).map(|(field, _)| *field).collect()
}

fn skipped(why: &[Skipped], sight: &Sight) -> Result<Outcome, Failure> {
    match (why.first(), sight.record()) {
        (Some(Skipped::Stale { .. }), _) => Err(Failure::StaleRead),
        (_, Some(record)) => Ok(Outcome::AlreadyTrue { record: RecordId::clone(record) }),
        (_, None) => Err(CrmError::new(CrmErrorKind::Misunderstood, "an empty plan for no record").into()),
    }
}
