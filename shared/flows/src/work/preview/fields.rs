//! The record, and what would be written to it, from what to what.

use domain::{Desired, Field, Identity, Plan, Record, RecordId, Value, identify, plan};
use signals::Explained;

use super::super::matter::Matter;
use super::super::observe::{Sight, wanted};
use super::super::outcome::reason;
use super::super::settle::errand;
use super::super::{Terms, World};
use crate::failure::Failure;

/// Tells of the record and its fields. False where a person has to choose the record first.
pub(super) async fn told<I: Sync, L: Sync, P: Sync, R: Sync>(
    matter: &Matter<'_>,
    wish: &Desired,
    world: &World<'_, I, L, P, R>,
    terms: &Terms,
    lines: &mut Vec<String>,
) -> Result<bool, Failure> {
    let known = errand(matter, wish.clone(), matter.signals()).sight;
    let (sight, words, there) = sight(wish, known, world).await?;
    lines.push(words);
    let Some(sight) = sight else { return Ok(false) };
    let (key, rules) = (&terms.fingerprint_key, terms.rules.of(&matter.group.customer.shop));
    let by_memory = plan(wish, sight.observed(), key, rules);
    // What only goes forward is held against the record itself, and so is all of a repair.
    let plan = if by_memory.is_unsure() || matter.looks_at_the_record() {
        plan(wish, sight.beside(there.as_ref()), key, rules)
    } else {
        by_memory
    };
    lines.extend(writes(&plan, there.as_ref()));
    Ok(true)
}

/// The record where it is known which, how it is known, and what it says.
type Found = (Option<Sight>, String, Option<Record>);

async fn sight<I: Sync, L: Sync, P: Sync, R: Sync>(
    wish: &Desired,
    known: Option<Sight>,
    world: &World<'_, I, L, P, R>,
) -> Result<Found, Failure> {
    if let Some(record) = known.as_ref().and_then(Sight::record) {
        let there = world.crm.fetch(std::slice::from_ref(record)).await?.pop().flatten();
        if there.is_some() {
            let words = format!("record {record}, which was written before");
            return Ok((known, words, there));
        }
    }
    let candidates = world.crm.find(&[wanted(wish)]).await?.pop().unwrap_or_default();
    Ok(match identify(wish, candidates) {
        Identity::New => (Some(Sight::Nothing), "no record: one is made".to_owned(), None),
        Identity::Found(found) => {
            let words = format!("record {}, found by {:?}", found.record.id, found.by);
            let there = found.record.clone();
            (Some(Sight::Read(found.record)), words, Some(there))
        }
        Identity::Ambiguous(records) => {
            let names: Vec<_> = records.iter().map(RecordId::as_str).collect();
            let words =
                format!("records {} may be it: a person is asked, and nothing is written", names.join(", "));
            (None, words, None)
        }
    })
}

/// What a signal says, by which expression, and which values it saw.
pub(super) fn signal(explained: &Explained) -> String {
    let saw: Vec<_> = explained.saw.iter().map(|(name, value)| format!("{name} is {value}")).collect();
    let was = explained.was.as_ref().map(|was| format!("{} -> ", quoted(was))).unwrap_or_default();
    let (name, is) = (explained.signal.as_str(), quoted(&explained.is));
    let rules = explained.expressions.iter().map(|(part, text)| format!("{}: {text}", part.name()));
    let rules = rules.collect::<Vec<_>>().join("; ");
    format!("signal {name}: {was}{is}, by {rules}, where {}", saw.join(", "))
}

fn writes(plan: &Plan, there: Option<&Record>) -> Vec<String> {
    let old = |field: &Field| there.and_then(|record| record.fields.get(field)).map_or("", |_| " -> ");
    let was = |field: &Field| {
        let value = there.and_then(|record| record.fields.get(field));
        value.map(words).unwrap_or_default()
    };
    let fields = plan.writes.iter().flat_map(domain::Write::fields);
    let mut lines: Vec<_> = fields
        .map(|(field, value)| format!("field {}: {}{}{}", field.name(), was(field), old(field), words(value)))
        .collect();
    if lines.is_empty() {
        lines.push("no field would be written".to_owned());
    }
    lines.extend(plan.skipped.iter().filter_map(reason).map(|why| format!("left: {why}")));
    lines
}

fn words(value: &Value) -> String {
    match value {
        Value::Empty => quoted(""),
        Value::Text(text) => quoted(text),
        Value::List(list) => quoted(&list.join("; ")),
        Value::Number(number) => number.to_string(),
        Value::Time(time) => time.to_string(),
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { format!("{text:?}") }
}
