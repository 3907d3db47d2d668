//! A query answered: which records fit, in what order, and what is shown of them.

use std::{cmp::Ordering, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::{
    Condition, Literal, Name, Operator, PLAIN_PERCENT, PLAIN_UNDERSCORE, Query, Select,
    bind::{Binder, Column},
    narrow,
};
use crate::{
    field::{Field, FieldKind as K},
    id, moment,
    record::Record,
    refusal::Refusal,
    standard,
    state::State,
    write::How,
};

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
    // Deleted records hold no key any more, so only the living are looked up.
    let narrowed =
        query.condition.as_ref().filter(|_| !all).and_then(|condition| narrow::ids(table, condition));
    let candidates: Box<dyn Iterator<Item = &Record>> = match &narrowed {
        Some(ids) => Box::new(ids.iter().filter_map(|id| table.live(id))),
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

/// Nothing comes first, unless it is asked to come last.
fn ordered(field: &Field, one: &Value, other: &Value, order: &super::Order) -> Ordering {
    match (one.is_null(), other.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if order.nulls_last => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) if order.nulls_last => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => {
            let order_of = compared(field, one, other);
            if order.descending { order_of.reverse() } else { order_of }
        }
    }
}

fn holds(field: &Field, held: &Value, operator: Operator, literal: &Literal) -> bool {
    let wanted = wanted(field, literal);
    if operator == Operator::Like {
        let pattern = if let Literal::Text(text) = literal { text.as_str() } else { "" };
        return held.as_str().is_some_and(|held| is_like(&held.to_lowercase(), &pattern.to_lowercase()));
    }
    let same = if held.is_null() || wanted.is_null() {
        held.is_null() && wanted.is_null()
    } else {
        compared(field, held, &wanted).is_eq()
    };
    match operator {
        Operator::Equal => same,
        Operator::Unequal => !same,
        _ if held.is_null() || wanted.is_null() => false,
        Operator::Less => compared(field, held, &wanted).is_lt(),
        Operator::AtMost => compared(field, held, &wanted).is_le(),
        Operator::More => compared(field, held, &wanted).is_gt(),
        Operator::AtLeast | Operator::Like => compared(field, held, &wanted).is_ge(),
    }
}

/// A literal as a record would hold it; an empty text is nothing.
fn wanted(field: &Field, literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::True => json!(true),
        Literal::False => json!(false),
        Literal::Number(number) => json!(number),
        Literal::Text(text) if text.is_empty() => Value::Null,
        Literal::Text(text) if matches!(field.kind, K::Id | K::Reference) => json!(id::normal(text)),
        Literal::Text(text) => json!(text.replace(PLAIN_PERCENT, "%").replace(PLAIN_UNDERSCORE, "_")),
        Literal::Day(day) => json!(day),
        Literal::Moment(at) => json!(moment::shown(*at)),
    }
}

/// Text without its case, unless the field minds it; moments and days are ordered as their text is.
fn compared(field: &Field, one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::String(one), Value::String(other)) => {
            let exact = field.case_sensitive || matches!(field.kind, K::Id | K::Reference);
            if exact { one.cmp(other) } else { one.to_lowercase().cmp(&other.to_lowercase()) }
        }
        _ => Ordering::Less,
    }
}

/// `%` stands for any text, `_` for one character, unless they were escaped.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut pattern_chars = pattern.chars();
    let Some(first) = pattern_chars.next() else { return text.is_empty() };
    let rest = pattern_chars.as_str();
    match first {
        '%' => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| is_like(&text[at..], rest))
        }
        '_' => text.chars().next().is_some_and(|c| is_like(&text[c.len_utf8()..], rest)),
        PLAIN_PERCENT => text.strip_prefix('%').is_some_and(|text| is_like(text, rest)),
        PLAIN_UNDERSCORE => text.strip_prefix('_').is_some_and(|text| is_like(text, rest)),
        plain => text.starts_with(plain) && is_like(&text[plain.len_utf8()..], rest),
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

#[cfg(test)]
mod tests {
    use super::{PLAIN_PERCENT, is_like};

    #[test]
    fn like_knows_any_text_one_character_and_what_was_escaped() {
        let plain = format!("100{PLAIN_PERCENT}");
        for (text, pattern, fits) in [
            ("ada lovelace", "ada%", true),
            ("ada", "a_a", true),
            ("adda", "a_a", false),
            ("100%", plain.as_str(), true),
            ("1000", plain.as_str(), false),
            ("", "%", true),
            ("a\\b", "a\\b", true),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} like {pattern}");
        }
    }
}
