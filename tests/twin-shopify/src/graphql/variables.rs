//! Variables as they come with the request: are they what the query declares?

use apollo_compiler::{
    Node, Schema,
    ast::{Document, OperationDefinition, Type, VariableDefinition},
    schema::ExtendedType,
    validation::Valid,
};
use serde_json::{Map, Value, json};

use super::{arguments::literal, refusal};
use crate::gid;

/// The declared variables with their values, or an error for each that does not fit.
pub(super) fn coerce(
    schema: &Valid<Schema>,
    document: &Document,
    operation: &OperationDefinition,
    given: &Value,
) -> Result<Map<String, Value>, Vec<Value>> {
    let mut values = Map::new();
    let mut errors = Vec::new();
    for declared in &operation.variables {
        let name = declared.name.as_str();
        let Some(value) = present(declared, given) else { continue };
        match fit(schema, &declared.ty, &value, &mut Vec::new()) {
            Ok(()) => drop(values.insert(name.to_owned(), value)),
            Err(problem) => errors.push(invalid(document, declared, &value, &problem)),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

/// The value given, or the default; null stands for a missing one that must be there.
fn present(declared: &VariableDefinition, given: &Value) -> Option<Value> {
    let value = given.get(declared.name.as_str()).cloned();
    let default = || declared.default_value.as_ref().map(|value| literal(value, &Map::new()));
    value.or_else(default).or_else(|| declared.ty.is_non_null().then_some(Value::Null))
}

struct Problem {
    path: Vec<Value>,
    explanation: String,
}

fn invalid(
    document: &Document,
    declared: &Node<VariableDefinition>,
    value: &Value,
    problem: &Problem,
) -> Value {
    let at = if problem.path.is_empty() {
        String::new()
    } else {
        let path: Vec<String> = problem
            .path
            .iter()
            .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
            .collect();
        format!(" for {} ({})", path.join("."), problem.explanation)
    };
    json!({
        "message": format!("Variable ${} of type {} was provided invalid value{at}", declared.name, declared.ty),
        "locations": refusal::at_node(declared, &document.sources),
        "extensions": { "value": value, "problems": [{ "path": problem.path, "explanation": problem.explanation }] },
    })
}

fn fit(schema: &Valid<Schema>, wanted: &Type, value: &Value, path: &mut Vec<Value>) -> Result<(), Problem> {
    match value {
        Value::Null if wanted.is_non_null() => Err(problem(path, "Expected value to not be null".to_owned())),
        Value::Null => Ok(()),
        Value::Array(items) if wanted.is_list() => items.iter().enumerate().try_for_each(|(at, item)| {
            path.push(at.into());
            fit(schema, wanted.item_type(), item, path)?;
            path.pop();
            Ok(())
        }),
        _ if wanted.is_list() => fit(schema, wanted.item_type(), value, path),
        _ => named(schema, wanted, value, path),
    }
}

fn named(schema: &Valid<Schema>, wanted: &Type, value: &Value, path: &mut Vec<Value>) -> Result<(), Problem> {
    let name = wanted.inner_named_type();
    let fits = match (name.as_str(), schema.types.get(name)) {
        ("ID", _) => return global_id(value, path),
        ("Int", _) => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", _) => value.is_number(),
        ("Boolean", _) => value.is_boolean(),
        ("String", _) => value.is_string(),
        (_, Some(ExtendedType::Enum(known))) => {
            value.as_str().is_some_and(|word| known.values.contains_key(word))
        }
        (_, Some(ExtendedType::InputObject(input))) => {
            let Some(fields) = value.as_object() else { return Err(wrong(value, wanted, path)) };
            for (field, inside) in fields {
                path.push(field.as_str().into());
                let Some(wanted) = input.fields.get(field.as_str()) else {
                    return Err(problem(path, format!("Field is not defined on {name}")));
                };
                fit(schema, &wanted.ty, inside, path)?;
                path.pop();
            }
            !input.directives.has("oneOf") || fields.len() == 1
        }
        (_, found) => found.is_some_and(ExtendedType::is_scalar),
    };
    if fits { Ok(()) } else { Err(wrong(value, wanted, path)) }
}

fn global_id(value: &Value, path: &[Value]) -> Result<(), Problem> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if gid::parse(&text).is_some() {
        Ok(())
    } else {
        Err(problem(path, format!("Invalid global id '{text}'")))
    }
}

fn wrong(value: &Value, wanted: &Type, path: &[Value]) -> Problem {
    problem(path, format!("Could not coerce value {value} to {}", wanted.inner_named_type()))
}

fn problem(path: &[Value], explanation: String) -> Problem {
    Problem { path: path.to_vec(), explanation }
}
