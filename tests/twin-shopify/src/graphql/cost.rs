//! What a query costs: scalars nothing, an object one point, a page two and its size times what is on it.

use apollo_compiler::{
    Name,
    ast::{Definition, Selection},
    schema::FieldDefinition,
};
use serde_json::Value;

use super::{Prepared, arguments, directives};

/// A mutation field costs this much.
const MUTATION: u64 = 10;
/// A page costs this much beside what is on it.
const PAGE: u64 = 2;

/// The cost before the query runs, which must fit in the bucket. Lists without `first` count as one; `nodes(ids:)`
/// counts its ids, found or not.
pub(super) fn requested(prepared: &Prepared<'_>) -> u64 {
    let root = prepared.schema.root_operation(prepared.operation.operation_type);
    root.map_or(0, |root| selections(prepared, &prepared.operation.selection_set, root))
}

/// What one object adds to the actual cost.
pub(super) fn of_object(type_name: &str) -> u64 {
    match type_name {
        name if name.ends_with("Connection") => PAGE,
        name if name.ends_with("Edge") || name == "PageInfo" => 0,
        name if name.ends_with("Payload") => MUTATION,
        _ => 1,
    }
}

/// The most a selection can cost: of the fragments on different types only one can apply.
fn selections(prepared: &Prepared<'_>, selections: &[Selection], parent: &Name) -> u64 {
    let concrete = possible(prepared, parent);
    concrete.iter().map(|one| on(prepared, selections, one)).max().unwrap_or(0)
}

fn possible(prepared: &Prepared<'_>, parent: &Name) -> Vec<Name> {
    if prepared.schema.get_object(parent).is_some() {
        return vec![parent.clone()];
    }
    prepared.schema.types.keys().filter(|one| prepared.schema.is_subtype(parent, one)).cloned().collect()
}

fn on(prepared: &Prepared<'_>, all: &[Selection], concrete: &Name) -> u64 {
    let applies = |condition: &Name| condition == concrete || prepared.schema.is_subtype(condition, concrete);
    let taking_part = all.iter().filter(|selection| directives::included(selection, &prepared.variables));
    taking_part
        .map(|selection| match selection {
            Selection::Field(field) => match prepared.schema.type_field(concrete, &field.name) {
                Ok(definition) => of_field(prepared, field, definition),
                Err(_) => 0,
            },
            Selection::InlineFragment(inline) if inline.type_condition.as_ref().is_none_or(applies) => {
                on(prepared, &inline.selection_set, concrete)
            }
            Selection::FragmentSpread(spread) => {
                let mut named =
                    prepared.document.definitions.iter().filter_map(Definition::as_fragment_definition);
                let found = named.find(|fragment| {
                    fragment.name == spread.fragment_name && applies(&fragment.type_condition)
                });
                found.map_or(0, |fragment| on(prepared, &fragment.selection_set, concrete))
            }
            Selection::InlineFragment(_) => 0,
        })
        .fold(0, u64::saturating_add)
}

fn of_field(
    prepared: &Prepared<'_>,
    field: &apollo_compiler::ast::Field,
    definition: &FieldDefinition,
) -> u64 {
    let inner = definition.ty.inner_named_type();
    if field.selection_set.is_empty() {
        return 0;
    }
    let inside = selections(prepared, &field.selection_set, inner);
    let own = of_object(inner);
    if inner.ends_with("Connection") {
        return PAGE.saturating_add(size(prepared, field, definition).unwrap_or(1).saturating_mul(inside));
    }
    let paged = matches!(field.name.as_str(), "nodes" | "edges" | "node")
        && !definition.arguments.iter().any(|wanted| wanted.name == "ids");
    let times = if paged { 1 } else { size(prepared, field, definition).unwrap_or(1) };
    times.saturating_mul(own.saturating_add(inside))
}

fn size(
    prepared: &Prepared<'_>,
    field: &apollo_compiler::ast::Field,
    definition: &FieldDefinition,
) -> Option<u64> {
    let values = arguments::given(field, definition, &prepared.variables);
    let count = |name: &str| values.get(name).and_then(Value::as_u64);
    let ids = || values.get("ids").and_then(Value::as_array).map(|ids| ids.len() as u64);
    count("first").or_else(|| count("last")).or_else(ids)
}
