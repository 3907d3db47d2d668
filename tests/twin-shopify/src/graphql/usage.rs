//! Variables: each that is used must be declared with a type that fits, each that is declared must be used.

use std::collections::HashSet;

use apollo_compiler::{
    Name, Node,
    ast::{OperationDefinition, Type, VariableDefinition},
};
use serde_json::{Value, json};

use super::{
    check::{Check, title},
    refusal,
};

/// What one definition uses.
#[derive(Default)]
pub(super) struct Used {
    pub(super) variables: Vec<Usage>,
    /// Fragments by name.
    pub(super) spreads: HashSet<String>,
}

/// A variable in use: where, and what is wanted there.
pub(super) struct Usage {
    pub(super) name: Name,
    pub(super) wanted: Type,
    /// A default at this place makes up for a null.
    pub(super) has_default: bool,
    pub(super) argument: String,
    pub(super) path: Value,
    pub(super) at: Value,
}

impl Check<'_> {
    pub(super) fn variables(&mut self) {
        let found: Vec<Value> = self
            .by_operation
            .iter()
            .flat_map(|(operation, used)| self.of_operation(operation, used))
            .collect();
        self.errors.extend(found);
    }

    fn of_operation(&self, operation: &Node<OperationDefinition>, used: &Used) -> Vec<Value> {
        let reached = self.reached(used);
        let inside = reached.iter().filter_map(|name| self.by_fragment.get(name.as_str()));
        let usages: Vec<&Usage> =
            std::iter::once(used).chain(inside).flat_map(|used| &used.variables).collect();
        let by = operation.name.as_ref().map_or("anonymous query", Name::as_str);
        let idle =
            operation.variables.iter().filter(|one| !usages.iter().any(|usage| usage.name == one.name));
        let mut errors: Vec<Value> = idle.map(|one| self.idle(one, operation, by)).collect();
        errors.extend(usages.iter().filter_map(|usage| misused(usage, &operation.variables, by)));
        errors
    }

    fn idle(&self, one: &VariableDefinition, operation: &Node<OperationDefinition>, by: &str) -> Value {
        json!({
            "message": format!("Variable ${} is declared by {by} but not used", one.name),
            "locations": refusal::at_node(operation, &self.document.sources), "path": [title(operation)],
            "extensions": { "code": "variableNotUsed", "variableName": one.name.as_str() },
        })
    }
}

fn misused(usage: &Usage, declared: &[Node<VariableDefinition>], by: &str) -> Option<Value> {
    let Some(declared) = declared.iter().find(|declared| declared.name == usage.name) else {
        return Some(json!({
            "message": format!("Variable ${} is used by {by} but not declared", usage.name),
            "locations": usage.at, "path": usage.path,
            "extensions": { "code": "variableNotDefined", "variableName": usage.name.as_str() },
        }));
    };
    let (held, wanted) = (&declared.ty, &usage.wanted);
    (!fits(declared, usage)).then(|| json!({
        "message": format!("Type mismatch on variable ${} and argument {} ({held} / {wanted})", usage.name, usage.argument),
        "locations": usage.at, "path": usage.path,
        "extensions": {
            "code": "variableMismatch", "variableName": usage.name.as_str(), "typeName": held.to_string(),
            "argumentName": usage.argument, "errorMessage": "Type mismatch",
        },
    }))
}

fn fits(declared: &VariableDefinition, usage: &Usage) -> bool {
    let filled = usage.has_default || declared.default_value.as_ref().is_some_and(|value| !value.is_null());
    let wanted = if filled { usage.wanted.clone().nullable() } else { usage.wanted.clone() };
    declared.ty.is_assignable_to(&wanted)
}
