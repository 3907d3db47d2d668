//! A query answered: which records fit, in what order, and what is shown of them.

use std::{cmp::Ordering, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::{
    Condition, Name, Operator, Query, Select,
    bind::{Binder, Column},
    compare::{holds, ordered},
    narrow,
};
use crate::{field::Field, record::Record, refusal::Refusal, standard, state::State, write::How};

/// What a query found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) total: usize,
    /// None for `COUNT()`.
    pub(crate) records: Vec<Value>,
    /// The columns as they were asked for.
    pub(crate) columns: Vec<String>,
}

/// Answers a query; `all` finds deleted records too.
pub(crate) fn run(state: &State, text: &str, all: bool, how: &How) -> Result<Found, Refusal> {
    let query = super::parse(text)?;
    let unknown = || {
        let words = format!("sObject type '{}' is not supported.", query.object.text);
        Refusal::new(400, "INVALID_TYPE", super::pointed(text, query.object.at, &words))
    };
    let table = state.table(&query.object.text).ok_or_else(unknown)?;
    let binder = Binder { state, table, text, how };
    let columns = binder.check(&query)?;
    let runner = Runner { state, columns: runner_columns(&binder, &query)? };
    let narrowed = query.condition.as_ref().and_then(|condition| narrow::ids(table, condition, all));
    let candidates: Box<dyn Iterator<Item = &Record>> = match &narrowed {
        Some(ids) => Box::new(ids.iter().filter_map(|id| table.any(id))),
        None => Box::new(table.all()),
    };
    let mut found: Vec<&Record> = candidates
        .filter(|record| all || !record.deleted)
        .filter(|record| query.condition.as_ref().is_none_or(|condition| runner.fits(condition, record)))
        .collect();
    runner.sort(&query, &mut found);
    let found: Vec<&Record> =
        found.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX)).collect();
    Ok(told(state, &query, table.name, &columns, &found, how))
}

fn told(
    state: &State,
    query: &Query,
    object: &str,
    columns: &[Column],
    found: &[&Record],
    how: &How,
) -> Found {
    let (names, records) = match &query.select {
        Select::Count => (Vec::new(), Vec::new()),
        Select::Fields(names) => (
            names.iter().map(|name| name.text.clone()).collect(),
            found.iter().map(|record| shown(state, object, columns, record, how.version)).collect(),
        ),
    };
    Found { total: found.len(), records, columns: names }
}

/// The columns that conditions and orders speak of, by the name they are called there.
fn runner_columns(binder: &Binder<'_>, query: &Query) -> Result<BTreeMap<String, Column>, Refusal> {
    let mut names: Vec<&Name> = query.order.iter().map(|order| &order.by).collect();
    if let Some(condition) = &query.condition {
        collect(condition, &mut names);
    }
    names.into_iter().map(|name| Ok((name.text.clone(), binder.column(name)?))).collect()
}

fn collect<'a>(condition: &'a Condition, names: &mut Vec<&'a Name>) {
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().for_each(|one| collect(one, names)),
        Condition::Not(one) => collect(one, names),
        Condition::Is { field, .. } | Condition::In { field, .. } => names.push(field),
    }
}

/// The attributes every record begins with.
pub(crate) fn attributes(object: &str, id: &str, version: u32) -> Value {
    json!({"type": object, "url": format!("/services/data/v{version}.0/sobjects/{object}/{id}")})
}

fn shown(state: &State, object: &str, columns: &[Column], record: &Record, version: u32) -> Value {
    let mut all = Map::new();
    all.insert("attributes".into(), attributes(object, &record.id, version));
    for column in columns {
        let Some((_, relationship)) = &column.through else {
            all.insert(column.field.name.clone(), record.value(&column.field.name));
            continue;
        };
        let behind = behind(state, column, record);
        let entry = all.entry(relationship.clone()).or_insert(Value::Null);
        let Some(behind) = behind else { continue };
        if entry.is_null() {
            let object = standard::object_of(&behind.id).unwrap_or_default();
            *entry = json!({"attributes": attributes(object, &behind.id, version)});
        }
        entry[&column.field.name] = behind.value(&column.field.name);
    }
    Value::Object(all)
}

fn behind<'a>(state: &'a State, column: &Column, record: &Record) -> Option<&'a Record> {
    let (reference, _) = column.through.as_ref()?;
    state.live(record.text(reference))
}

struct Runner<'a> {
    state: &'a State,
    columns: BTreeMap<String, Column>,
}

impl Runner<'_> {
    fn held(&self, name: &Name, record: &Record) -> Option<(&Field, Value)> {
        let column = self.columns.get(&name.text)?;
        let value = match &column.through {
            None => record.value(&column.field.name),
            Some(_) => {
                behind(self.state, column, record).map_or(Value::Null, |one| one.value(&column.field.name))
            }
        };
        Some((&column.field, value))
    }

    fn fits(&self, condition: &Condition, record: &Record) -> bool {
        match condition {
            Condition::All(all) => all.iter().all(|one| self.fits(one, record)),
            Condition::Any(all) => all.iter().any(|one| self.fits(one, record)),
            Condition::Not(one) => !self.fits(one, record),
            Condition::Is { field, operator, value } => {
                self.held(field, record).is_some_and(|(field, held)| holds(field, &held, *operator, value))
            }
            Condition::In { field, negated, values } => {
                self.held(field, record).is_some_and(|(field, held)| {
                    values.iter().any(|value| holds(field, &held, Operator::Equal, value)) != *negated
                })
            }
        }
    }

    /// By the order asked for, and by id where that leaves it open.
    fn sort(&self, query: &Query, found: &mut [&Record]) {
        found.sort_by(|one, other| {
            let by = |order: &super::Order| {
                let (one, other) = (self.held(&order.by, one), self.held(&order.by, other));
                let (Some((field, one)), Some((_, other))) = (one, other) else { return Ordering::Equal };
                ordered(field, &one, &other, order)
            };
            query.order.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| one.id.cmp(&other.id))
        });
    }
}

/// Holds a query against what a bulk job can do; gives its object.
pub(crate) fn check(state: &State, text: &str, how: &How) -> Result<String, Refusal> {
    let query = super::parse(text)?;
    let unknown = || Refusal::new(400, "INVALIDENTITY", format!("{} is not supported", query.object.text));
    let table = state.table(&query.object.text).ok_or_else(unknown)?;
    Binder { state, table, text, how }.check(&query)?;
    if query.select == Select::Count || query.offset > 0 {
        return Err(Refusal::malformed_query("a bulk query knows no COUNT() and no OFFSET"));
    }
    Ok(table.name.to_owned())
}
