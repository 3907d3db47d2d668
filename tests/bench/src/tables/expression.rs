//! Conditions and changes: what they say of a row, and what they make of it.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::Refusal;
use super::row;
use super::row::{Row, compared};

/// What has to hold of a row.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// The attribute is there, or is not.
    Exists(String, bool),
    Compare(Operand, &'static str, Operand),
}

/// What has a value, or none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Attribute(String),
    Value(Value),
    Size(String),
    /// The attribute, or this where there is none.
    Or(String, Box<Operand>),
    /// One list after the other.
    Append(Box<Operand>, Box<Operand>),
}

/// What becomes of a row.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Change {
    pub(super) set: Vec<(String, Operand)>,
    pub(super) remove: Vec<String>,
}

impl Condition {
    /// Whether it holds; of no row, nothing exists.
    pub(super) fn holds(&self, row: &Row) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(row)),
            Self::Any(any) => any.iter().any(|one| one.holds(row)),
            Self::Exists(name, exists) => row.contains_key(name) == *exists,
            Self::Compare(one, sign, other) => {
                holds(one.value(row).as_ref(), sign, other.value(row).as_ref())
            }
        }
    }

    /// What the condition says outright that this attribute is: how a statement names its row.
    pub(super) fn pinned(&self, name: &str) -> Option<&Value> {
        match self {
            Self::All(all) => all.iter().find_map(|one| one.pinned(name)),
            Self::Compare(Operand::Attribute(of), "=", Operand::Value(value)) if of == name => Some(value),
            _ => None,
        }
    }
}

fn holds(one: Option<&Value>, sign: &str, other: Option<&Value>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return sign == "<>" };
    match (sign, compared(one, other)) {
        ("<>", order) => order != Some(Ordering::Equal),
        (_, None) => false,
        ("=", Some(order)) => order.is_eq(),
        ("<", Some(order)) => order.is_lt(),
        ("<=", Some(order)) => order.is_le(),
        (">", Some(order)) => order.is_gt(),
        (_, Some(order)) => order.is_ge(),
    }
}

impl Operand {
    /// What it is worth in this row.
    pub(super) fn value(&self, row: &Row) -> Option<Value> {
        match self {
            Self::Attribute(name) => row.get(name).cloned(),
            Self::Value(value) => Some(value.clone()),
            Self::Size(name) => row.get(name).and_then(size),
            Self::Or(name, other) => row.get(name).cloned().or_else(|| other.value(row)),
            Self::Append(one, other) => {
                let (one, other) = (one.value(row)?, other.value(row)?);
                let lists = [one["L"].as_array()?.clone(), other["L"].as_array()?.clone()];
                Some(json!({"L": lists.concat()}))
            }
        }
    }
}

/// `size()`: of a text its bytes, of a list or a map its elements.
fn size(value: &Value) -> Option<Value> {
    let size = match row::typed(value)? {
        ("S", text) => text.as_str()?.len(),
        ("L", list) => list.as_array()?.len(),
        ("M", map) => map.as_object()?.len(),
        _ => return None,
    };
    Some(json!({"N": size.to_string()}))
}

impl Change {
    /// The row after the change. Everything is worked out from the row before it.
    pub(super) fn made(&self, before: &Row) -> Result<Row, Refusal> {
        let mut after = before.clone();
        for (name, operand) in &self.set {
            let value = operand.value(before);
            let value = value.ok_or_else(|| Refusal::of(format!("`{name}` would be set to nothing")))?;
            after.insert(name.clone(), value);
        }
        for name in &self.remove {
            after.remove(name);
        }
        Ok(after)
    }
}
