//! The few records that a condition on an id or a key can be about, so that not all have to be looked at.

use std::collections::BTreeSet;

use super::{Condition, Literal, Name, Operator};
use crate::{
    field::FieldKind,
    id,
    table::{self, Table},
};

/// The ids that a condition narrows a query down to; nothing where any record may fit.
pub(super) fn ids(table: &Table, condition: &Condition) -> Option<BTreeSet<String>> {
    match condition {
        Condition::All(all) => all.iter().find_map(|one| ids(table, one)),
        Condition::Any(all) => {
            all.iter().map(|one| ids(table, one)).try_fold(BTreeSet::new(), |mut found, ids| {
                found.extend(ids?);
                Some(found)
            })
        }
        Condition::Is { field, operator: Operator::Equal, value } => {
            held(table, field, std::slice::from_ref(value))
        }
        Condition::In { field, negated: false, values } => held(table, field, values),
        _ => None,
    }
}

fn held(table: &Table, name: &Name, values: &[Literal]) -> Option<BTreeSet<String>> {
    let field =
        table.field(&name.text).filter(|field| table::is_indexed(field) || field.kind == FieldKind::Id)?;
    let mut found = BTreeSet::new();
    for value in values {
        let Literal::Text(text) = value else { return None };
        if text.is_empty() || text.contains(super::PLAIN_PERCENT) || text.contains(super::PLAIN_UNDERSCORE) {
            return None;
        }
        if field.kind == FieldKind::Id {
            found.extend(id::normal(text));
        } else {
            found.extend(table.holders(field, text));
        }
    }
    Some(found)
}
