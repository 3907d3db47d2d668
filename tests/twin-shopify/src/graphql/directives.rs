//! `@skip` and `@include`, the two directives a query may carry.

use apollo_compiler::ast::{Directive, DirectiveList, Selection};
use serde_json::{Map, Value, json};

use super::{check::Check, refusal, usage::Usage};

/// Refuses other directives, and notes the variables in these.
pub(super) fn check(check: &mut Check<'_>, selection: &Selection) {
    for directive in &of(selection).0 {
        if !matches!(directive.name.as_str(), "skip" | "include") {
            let words = format!("Directive @{} is not defined", directive.name);
            let more = [("directiveName", directive.name.as_str())];
            check.refuse(&words, directive.location(), "undefinedDirective", &more);
        } else if let Some(name) = condition(directive).and_then(|value| value.as_variable()) {
            let usage = Usage {
                name: name.clone(),
                wanted: apollo_compiler::ty!(Boolean!),
                has_default: false,
                argument: "if".to_owned(),
                path: json!(check.path),
                at: refusal::at_node(directive, &check.document.sources),
            };
            check.used.variables.push(usage);
        }
    }
}

/// Whether the selection takes part.
pub(super) fn included(selection: &Selection, variables: &Map<String, Value>) -> bool {
    of(selection).0.iter().all(|directive| {
        let holds = condition(directive).is_some_and(|value| match value.as_variable() {
            Some(name) => variables.get(name.as_str()).and_then(Value::as_bool).unwrap_or_default(),
            None => value.to_bool().unwrap_or_default(),
        });
        holds == (directive.name == "include")
    })
}

fn condition(directive: &Directive) -> Option<&apollo_compiler::ast::Value> {
    directive.specified_argument_by_name("if").map(|value| &**value)
}

fn of(selection: &Selection) -> &DirectiveList {
    match selection {
        Selection::Field(field) => &field.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
        Selection::InlineFragment(inline) => &inline.directives,
    }
}
