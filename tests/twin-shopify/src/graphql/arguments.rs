//! Arguments as they are used: literals and variables become plain values, and sizes are held within Shopify's limits.

use apollo_compiler::{
    Name,
    ast::{Definition, Field, Selection, Value as Literal},
    schema::FieldDefinition,
};
use serde_json::{Map, Number, Value, json};

use super::{Prepared, refusal};

/// Objects on one page, and entries of one input list, at most (shopify.dev, limits).
const MOST: usize = 250;

/// A literal as a plain value; a variable that was not given is null.
pub(super) fn literal(value: &Literal, variables: &Map<String, Value>) -> Value {
    match value {
        Literal::Null => Value::Null,
        Literal::Enum(name) => name.as_str().into(),
        Literal::Variable(name) => variables.get(name.as_str()).cloned().unwrap_or(Value::Null),
        Literal::String(text) => text.as_str().into(),
        Literal::Float(number) => {
            number.try_to_f64().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        Literal::Int(number) => number.as_str().parse::<i64>().map_or(Value::Null, Value::from),
        Literal::Boolean(flag) => (*flag).into(),
        Literal::List(items) => items.iter().map(|item| literal(item, variables)).collect(),
        Literal::Object(fields) => {
            fields.iter().map(|(name, value)| (name.to_string(), literal(value, variables))).collect()
        }
    }
}

/// The arguments of a field: what is given, else the schema's default. A variable that was not given counts as absent.
pub(super) fn given(
    field: &Field,
    definition: &FieldDefinition,
    variables: &Map<String, Value>,
) -> Map<String, Value> {
    let absent =
        |value: &Literal| value.as_variable().is_some_and(|name| !variables.contains_key(name.as_str()));
    let mut values = Map::new();
    for wanted in &definition.arguments {
        let written = field
            .arguments
            .iter()
            .find(|argument| argument.name == wanted.name)
            .map(|argument| &*argument.value);
        let value = written.filter(|value| !absent(value)).or(wanted.default_value.as_deref());
        if let Some(value) = value {
            values.insert(wanted.name.to_string(), literal(value, variables));
        }
    }
    values
}

/// What is too big or not bounded at all: pages without `first` and `last`, pages and lists above 250.
pub(super) fn limits(prepared: &Prepared<'_>) -> Vec<Value> {
    let mut errors = Vec::new();
    let root = prepared.schema.root_operation(prepared.operation.operation_type);
    if let Some(root) = root {
        walk(prepared, &prepared.operation.selection_set, root, &mut Vec::new(), &mut errors);
    }
    errors
}

fn walk(
    prepared: &Prepared<'_>,
    selections: &[Selection],
    parent: &Name,
    path: &mut Vec<Value>,
    errors: &mut Vec<Value>,
) {
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                let Ok(definition) = prepared.schema.type_field(parent, &field.name) else { continue };
                path.push(field.response_name().as_str().into());
                errors.extend(limit(prepared, field, definition, path));
                walk(prepared, &field.selection_set, definition.ty.inner_named_type(), path, errors);
                path.pop();
            }
            Selection::InlineFragment(inline) => {
                walk(
                    prepared,
                    &inline.selection_set,
                    inline.type_condition.as_ref().unwrap_or(parent),
                    path,
                    errors,
                );
            }
            Selection::FragmentSpread(spread) => {
                let mut named =
                    prepared.document.definitions.iter().filter_map(Definition::as_fragment_definition);
                if let Some(fragment) = named.find(|fragment| fragment.name == spread.fragment_name) {
                    walk(prepared, &fragment.selection_set, &fragment.type_condition, path, errors);
                }
            }
        }
    }
}

fn limit(
    prepared: &Prepared<'_>,
    field: &apollo_compiler::Node<Field>,
    definition: &FieldDefinition,
    path: &[Value],
) -> Option<Value> {
    let values = given(field, definition, &prepared.variables);
    let at = refusal::at_node(field, &prepared.document.sources);
    let refused = |words: String, code: &str, path: Value| {
        Some(json!({ "message": words, "locations": at, "path": path, "extensions": { "code": code } }))
    };
    for (name, value) in &values {
        if let Some(size) = value.as_array().map(Vec::len).filter(|size| *size > MOST) {
            let inside: Vec<Value> = path.iter().cloned().chain([name.as_str().into()]).collect();
            let words =
                format!("The input array size of {size} is greater than the maximum allowed of {MOST}.");
            return refused(words, "MAX_INPUT_SIZE_EXCEEDED", inside.into());
        }
    }
    if !definition.ty.inner_named_type().ends_with("Connection") {
        return None;
    }
    let (first, last) =
        (values.get("first").and_then(Value::as_i64), values.get("last").and_then(Value::as_i64));
    match (first, last) {
        (None, None) => {
            refused("you must provide one of first or last".to_owned(), "BAD_REQUEST", path.into())
        }
        (Some(_), Some(_)) => {
            refused("providing both first and last is not supported".to_owned(), "BAD_REQUEST", path.into())
        }
        (Some(size), None) | (None, Some(size)) if !(1..=250).contains(&size) => {
            let name = if first.is_some() { "first" } else { "last" };
            refused(format!("{name} must be between 1 and {MOST}, but is {size}"), "BAD_REQUEST", path.into())
        }
        _ => None,
    }
}
