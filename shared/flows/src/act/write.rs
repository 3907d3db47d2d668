//! What is done in the CRM: all tasks in one call, all notes in another, and so on.

use std::collections::BTreeMap;

use crm::{Crm, DealWrite, NoteWrite, TaskWrite, Written};
use domain::{Deal, DealFacts, Deed, ExternalKey, Field, Firing, Note, Task, Value, Write};
use store::Links;

use super::at_once::at_once;
use super::elsewhere::elsewhere;
use super::errand::Errand;
use super::{ActOutcome, Hands};
use crate::failure::Failure;

/// From so many receives on, an action goes in calls of its own: one that a CRM falls over takes its neighbours with it, but
/// not to the end.
const OFTEN: u32 = 3;

/// Writes everything that is still open. Where a record is not there any more, the customer's record of today is looked for,
/// and it is written there.
pub(super) async fn write<D: Sync, L: Links, P: Sync, R: Sync>(
    errands: &mut [Errand],
    hands: &Hands<'_, D, L, P, R>,
) {
    let open = errands.iter_mut().filter(|errand| errand.is_open());
    let (alone, together): (Vec<_>, Vec<_>) = open.partition(|errand| errand.case.receives() >= OFTEN);
    for mut some in std::iter::once(together).chain(alone.into_iter().map(|one| vec![one])) {
        once(&mut some, hands.crm).await;
        let mut moved = elsewhere(some, hands).await;
        once(&mut moved, hands.crm).await;
    }
}

/// What is to be written, each with the place of its errand.
#[derive(Default)]
struct Wishes {
    tasks: Vec<(usize, TaskWrite)>,
    notes: Vec<(usize, NoteWrite)>,
    deals: Vec<(usize, DealWrite)>,
    fields: Vec<(usize, Write)>,
}

async fn once(errands: &mut [&mut Errand], crm: &dyn Crm) {
    let mut wishes = Wishes::default();
    for (place, errand) in errands.iter().enumerate() {
        wishes.add(place, errand);
    }
    let Wishes { tasks, notes, deals, fields } = wishes;
    let (places, tasks): (Vec<_>, Vec<_>) = tasks.into_iter().unzip();
    tell(errands, &places, at_once(&tasks, async |some: &[TaskWrite]| crm.write_tasks(some).await).await);
    let (places, notes): (Vec<_>, Vec<_>) = notes.into_iter().unzip();
    tell(errands, &places, at_once(&notes, async |some: &[NoteWrite]| crm.write_notes(some).await).await);
    let (places, deals): (Vec<_>, Vec<_>) = deals.into_iter().unzip();
    let written = at_once(&deals, async |some: &[DealWrite]| crm.write_deals(some).await).await;
    tell_maybe(errands, &places, written);
    let (places, fields): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    tell(errands, &places, at_once(&fields, async |some: &[Write]| crm.apply(some).await).await);
}

fn tell(errands: &mut [&mut Errand], places: &[usize], answers: Vec<Result<Written, Failure>>) {
    let answers = answers.into_iter().map(|answer| answer.map(Some)).collect();
    tell_maybe(errands, places, answers);
}

fn tell_maybe(errands: &mut [&mut Errand], places: &[usize], answers: Vec<Result<Option<Written>, Failure>>) {
    for (place, answer) in places.iter().zip(answers) {
        let done = |written: Option<Written>| ActOutcome::Done { record: written.map(|it| it.record) };
        errands[*place].verdict = Some(answer.map(done));
    }
}

impl Wishes {
    fn add(&mut self, place: usize, errand: &Errand) {
        let firing = &errand.case.firing;
        let key = ExternalKey::of_action(&firing.key);
        let contact = errand.record.clone();
        match &firing.deed {
            Deed::Task { subject, lines, due_at, priority } => {
                let (subject, lines) = (subject.clone(), lines.clone());
                let task = Task { key, subject, lines, due: *due_at, priority: *priority };
                self.tasks.push((place, TaskWrite { task, contact }));
            }
            Deed::Note { lines } => {
                let note = Note { key, at: firing.fired_at, lines: lines.clone() };
                self.notes.push((place, NoteWrite { note, contact }));
            }
            Deed::Deal { .. } => {
                let deal = deal(firing, key).map(|deal| DealWrite { deal, contact: Some(contact) });
                self.deals.extend(deal.map(|deal| (place, deal)));
            }
            Deed::Discount { code, .. } => self.set(place, errand, Field::DiscountCode, code),
            Deed::Invitation { to } => self.set(place, errand, Field::Invitation, to),
            Deed::Message { .. } => {}
        }
    }

    /// One field of one record. It says the same when it is done again.
    fn set(&mut self, place: usize, errand: &Errand, field: Field, word: &str) {
        let fields = BTreeMap::from([(field, Value::Text(word.to_owned()))]);
        self.fields.push((place, Write::Update { record: errand.record.clone(), fields }));
    }
}

/// It counts for the day on which it was decided.
fn deal(firing: &Firing, key: ExternalKey) -> Option<Deal> {
    let Deed::Deal { name, stage, pipeline, amount } = &firing.deed else { return None };
    let facts = DealFacts { name: name.clone(), amount: *amount, closed_at: firing.fired_at };
    Some(Deal { key, stage: stage.clone(), pipeline: pipeline.clone(), facts: Some(facts), is_wanted: true })
}
