//! The few records that a condition on an id or a key can be about, so that not all have to be looked at.

use std::collections::BTreeSet;

use super::{Condition, Literal, Name, Operator};
use crate::{
    field::{Field, FieldKind},
    id,
    table::{self, Table},
};

/// The ids that a condition narrows a query down to; nothing where any record may fit. Deleted records hold no key any more,
/// so among all of them only ids narrow.
pub(super) fn ids(table: &Table, condition: &Condition, all: bool) -> Option<BTreeSet<String>> {
    match condition {
        Condition::All(every) => every.iter().find_map(|one| ids(table, one, all)),
        Condition::Any(every) => {
            every.iter().map(|one| ids(table, one, all)).try_fold(BTreeSet::new(), |mut found, ids| {
                found.extend(ids?);
                Some(found)
            })
        }
        Condition::Is { field, operator: Operator::Equal, value } => {
            held(table, field, std::slice::from_ref(value), all)
        }
        Condition::In { field, negated: false, values } => held(table, field, values, all),
        _ => None,
    }
}

fn held(table: &Table, name: &Name, values: &[Literal], all: bool) -> Option<BTreeSet<String>> {
    let is_known = |field: &&Field| field.kind == FieldKind::Id || (!all && table::is_indexed(field));
    let field = table.field(&name.text).filter(is_known)?;
    let mut found = BTreeSet::new();
    for value in values {
        let Literal::Text(text) = value else { return None };
        if text.is_empty() || text.contains(super::PLAIN_PERCENT) || text.contains(super::PLAIN_UNDERSCORE) {
            return None;
        }
        match field.kind {
            FieldKind::Id => found.extend(id::normal(text)),
            FieldKind::Reference => found.extend(table.holders(field, &id::normal(text).unwrap_or_default())),
            _ => found.extend(table.holders(field, text)),
        }
    }
    Some(found)
}
