//! Notes and tasks: both are tasks of Salesforce, under a key of ours each, made once and left alone.
//!
//! A note is one that is completed, so that it is on the timeline of the person. A field of tasks cannot be unique, so they
//! are looked for before they are made, in what is stored and not in an index, and once more after.

use std::collections::BTreeMap;

use crm::{CrmError, NoteWrite, TaskWrite, Written, spelling};
use domain::{Note, Priority, RecordId, Task};
use outbound::Method;

use crate::client::Salesforce;
use crate::contacts::{keyed, look};
use crate::encode::{Cell, Row, cut, day};
use crate::error::{Of, Refusal};
use crate::limits::{DESCRIPTION, MAX_ROWS, NAME};
use crate::ours::{ACTION, DUE_AT, REFUND};
use crate::rows::{Collection, Door, Outcome};

pub(crate) const OBJECT: &str = "Task";

/// What is to be made, of whatever kind.
struct Activity<'a> {
    key: &'a str,
    contact: &'a RecordId,
    row: Row<'a>,
}

/// One outcome for each note, in their order.
pub(crate) async fn write_notes(
    salesforce: &Salesforce,
    writes: &[NoteWrite],
) -> Vec<Result<Written, CrmError>> {
    let activities = writes.iter().map(|NoteWrite { note, contact }| Activity {
        key: note.key.as_str(),
        contact,
        row: noted(note),
    });
    write(salesforce, REFUND, activities.collect()).await
}

/// One outcome for each task, in their order.
pub(crate) async fn write_tasks(
    salesforce: &Salesforce,
    writes: &[TaskWrite],
) -> Vec<Result<Written, CrmError>> {
    let activities = writes.iter().map(|TaskWrite { task, contact }| Activity {
        key: task.key.as_str(),
        contact,
        row: asked(task),
    });
    write(salesforce, ACTION, activities.collect()).await
}

async fn write(
    salesforce: &Salesforce,
    key: &'static str,
    activities: Vec<Activity<'_>>,
) -> Vec<Result<Written, CrmError>> {
    let names: Vec<_> = activities.iter().map(|one| one.key.to_owned()).collect();
    // Of several with one key the first is made.
    let first: BTreeMap<String, Activity<'_>> =
        activities.into_iter().rev().map(|one| (one.key.to_owned(), one)).collect();
    match put(salesforce, key, first).await {
        Ok(mut told) => names.iter().map(|name| outcome(&mut told, name)).collect(),
        Err(refusal) => names.iter().map(|_| Err(refusal.clone().error())).collect(),
    }
}

/// What is new is new for the first of its writes.
fn outcome(told: &mut BTreeMap<String, Outcome>, name: &str) -> Result<Written, CrmError> {
    match told.get_mut(name) {
        Some(Ok(written)) => {
            let outcome = written.clone();
            written.created = false;
            Ok(outcome)
        }
        Some(Err(refusal)) => Err(refusal.clone().error()),
        None => Err(Refusal::unanswered(0).error()),
    }
}

async fn put(
    salesforce: &Salesforce,
    key: &'static str,
    activities: BTreeMap<String, Activity<'_>>,
) -> Result<BTreeMap<String, Outcome>, Refusal> {
    let there = keyed(salesforce, OBJECT, key, "Status", activities.keys().map(String::as_str)).await?;
    let old = |record: RecordId| Ok(Written { record, created: false });
    let mut told: BTreeMap<String, Outcome> =
        there.into_iter().map(|(name, (record, _))| (name, old(record))).collect();
    let missing: Vec<_> = activities.into_values().filter(|one| !told.contains_key(one.key)).collect();
    let people = look(salesforce, missing.iter().map(|one| one.contact)).await?;
    let (mut names, mut rows) = (Vec::new(), Vec::new());
    for Activity { key: name, contact, row } in missing {
        match people.get(contact) {
            Ok(somebody) => {
                let row = row.with(key, Cell::text(name.to_owned()));
                rows.push(somebody.on(row, salesforce.words().are_accounts()));
                names.push(name.to_owned());
            }
            Err(refusal) => drop(told.insert(name.to_owned(), Err(refusal))),
        }
    }
    let collection = Collection { salesforce, object: OBJECT, door: Door::Create(key) };
    let made: BTreeMap<String, Outcome> =
        names.into_iter().zip(collection.send(&rows, &mut None).await).collect();
    told.extend(settled(salesforce, key, made).await);
    Ok(told)
}

/// Two who make one task at once have made two. Each looks again at what is there now, and whose is not the first takes it
/// back: ids grow, so both see the same first one. Whoever cannot look has made one all the same.
async fn settled(
    salesforce: &Salesforce,
    key: &'static str,
    mut made: BTreeMap<String, Outcome>,
) -> BTreeMap<String, Outcome> {
    let written = made.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(name, _)| name.as_str());
    let Ok(first) = keyed(salesforce, OBJECT, key, "Status", written).await else { return made };
    let mut doubles = Vec::new();
    for (name, outcome) in &mut made {
        let (Ok(written), Some((record, _))) = (outcome, first.get(name)) else { continue };
        if written.record != *record {
            doubles.push(written.record.clone());
            *written = Written { record: record.clone(), created: false };
        }
    }
    take_back(salesforce, &doubles).await;
    made
}

/// What cannot be taken back stays: it is a task too many, and no reason to say that there is none.
async fn take_back(salesforce: &Salesforce, doubles: &[RecordId]) {
    for some in doubles.chunks(MAX_ROWS) {
        let ids: Vec<_> = some.iter().map(RecordId::as_str).collect();
        let path = format!("composite/sobjects?ids={}", ids.join(","));
        drop(salesforce.call::<()>(Method::DELETE, &path, None, Of::Call).await);
    }
}

fn noted(note: &Note) -> Row<'_> {
    let subject = note.lines.first().map(String::as_str).unwrap_or_default();
    Row::new(OBJECT)
        .with("Subject", Cell::text(cut(subject, NAME)))
        .with("Description", Cell::text(text(&note.lines)))
        .with("ActivityDate", Cell::text(day(note.at)))
        .with("Status", Cell::text("Completed"))
}

fn asked(task: &Task) -> Row<'_> {
    let priority = match task.priority {
        Priority::High => "High",
        Priority::Medium => "Normal",
        Priority::Low => "Low",
    };
    Row::new(OBJECT)
        .with("Subject", Cell::text(cut(&task.subject, NAME)))
        .with("Description", Cell::text(text(&task.lines)))
        .with("ActivityDate", Cell::text(day(task.due)))
        .with(DUE_AT, Cell::text(spelling::moment(task.due)))
        .with("Priority", Cell::text(priority))
        .with("Status", Cell::text("Not Started"))
}

/// A text that is too long ends at a line.
fn text(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        if text.chars().count() + line.chars().count() + 1 > DESCRIPTION {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_ends_at_a_line() {
        let lines = ["first".to_owned(), "x".repeat(DESCRIPTION), "last".to_owned()];
        assert_eq!(text(&lines), "first");
        assert_eq!(text(&lines[..1]), "first");
    }
}
