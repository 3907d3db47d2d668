//! Arguments as they are written in the query: are they there, and of the right type?

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Field, InputValueDefinition, Type, Value as Literal},
    schema::{ExtendedType, FieldDefinition},
};
use serde_json::json;

use super::{check::Check, refusal, usage::Usage};
use crate::gid;

/// Checks every argument of a field, and notes the variables in them.
pub(super) fn arguments(check: &mut Check<'_>, field: &Node<Field>, definition: &FieldDefinition) {
    for argument in &field.arguments {
        match definition.argument_by_name(&argument.name) {
            Some(wanted) => one(check, field, argument, wanted),
            None => not_accepted(check, field, argument),
        }
    }
    let missing: Vec<&str> = definition
        .arguments
        .iter()
        .filter(|wanted| {
            wanted.is_required() && !field.arguments.iter().any(|given| given.name == wanted.name)
        })
        .map(|wanted| wanted.name.as_str())
        .collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        let words = format!("Field '{}' is missing required arguments: {names}", field.name);
        let more = [("className", "Field"), ("name", field.name.as_str()), ("arguments", &names)];
        check.refuse(&words, field.location(), "missingRequiredArguments", &more);
    }
}

fn not_accepted(check: &mut Check<'_>, field: &Node<Field>, argument: &Node<Argument>) {
    let words = format!("Field '{}' doesn't accept argument '{}'", field.name, argument.name);
    let more =
        [("name", field.name.as_str()), ("typeName", "Field"), ("argumentName", argument.name.as_str())];
    check.path.push(argument.name.to_string());
    check.refuse(&words, argument.location(), "argumentNotAccepted", &more);
    check.path.pop();
}

fn one(check: &mut Check<'_>, field: &Node<Field>, argument: &Node<Argument>, wanted: &InputValueDefinition) {
    check.path.push(argument.name.to_string());
    if let Err(misfit) =
        value(check, &argument.value, &wanted.ty, &argument.name, wanted.default_value.is_some())
    {
        let (words, kind) = match misfit {
            Misfit::Type => (ill_typed(field, argument, wanted), "Field"),
            Misfit::GlobalId(id) => (format!("Invalid global id '{id}'"), "CoercionError"),
        };
        let more = [("typeName", kind), ("argumentName", argument.name.as_str())];
        check.refuse(&words, argument.location(), "argumentLiteralsIncompatible", &more);
    }
    check.path.pop();
}

fn ill_typed(field: &Field, argument: &Argument, wanted: &InputValueDefinition) -> String {
    let (name, written) = (&argument.name, &argument.value);
    format!(
        "Argument '{name}' on Field '{}' has an invalid value ({written}). Expected type '{}'.",
        field.name, wanted.ty
    )
}

enum Misfit {
    Type,
    GlobalId(String),
}

fn value(
    check: &mut Check<'_>,
    written: &Node<Literal>,
    wanted: &Type,
    argument: &Name,
    has_default: bool,
) -> Result<(), Misfit> {
    match &**written {
        Literal::Variable(name) => {
            check.used.variables.push(Usage {
                name: name.clone(),
                wanted: wanted.clone(),
                has_default,
                argument: argument.to_string(),
                path: json!(check.path),
                at: refusal::at_node(written, &check.document.sources),
            });
            Ok(())
        }
        Literal::Null if wanted.is_non_null() => Err(Misfit::Type),
        Literal::Null => Ok(()),
        Literal::List(items) if wanted.is_list() => {
            items.iter().try_for_each(|item| value(check, item, wanted.item_type(), argument, false))
        }
        _ if wanted.is_list() => value(check, written, wanted.item_type(), argument, false),
        Literal::Object(fields) => object(check, fields, wanted, argument),
        _ => scalar(check, written, wanted),
    }
}

fn object(
    check: &mut Check<'_>,
    fields: &[(Name, Node<Literal>)],
    wanted: &Type,
    argument: &Name,
) -> Result<(), Misfit> {
    let Some(input) = check.schema.get_input_object(wanted.inner_named_type()) else {
        return Err(Misfit::Type);
    };
    let one_of = input.directives.has("oneOf");
    if one_of && fields.len() != 1 {
        return Err(Misfit::Type);
    }
    for (name, written) in fields {
        let inside = input.fields.get(name).ok_or(Misfit::Type)?;
        value(check, written, &inside.ty, argument, inside.default_value.is_some())?;
    }
    let given = |wanted: &InputValueDefinition| fields.iter().any(|(name, _)| *name == wanted.name);
    if input.fields.values().all(|inside| !inside.is_required() || given(inside)) {
        Ok(())
    } else {
        Err(Misfit::Type)
    }
}

fn scalar(check: &Check<'_>, written: &Literal, wanted: &Type) -> Result<(), Misfit> {
    let fits = match (wanted.inner_named_type().as_str(), written) {
        ("ID", Literal::String(id)) if gid::parse(id).is_none() => return Err(Misfit::GlobalId(id.clone())),
        ("ID" | "String", Literal::String(_))
        | ("Boolean", Literal::Boolean(_))
        | ("Float", Literal::Float(_) | Literal::Int(_)) => true,
        ("ID", Literal::Int(id)) => return Err(Misfit::GlobalId(id.to_string())),
        ("Int", Literal::Int(number)) => number.try_to_i32().is_ok(),
        ("ID" | "String" | "Boolean" | "Float" | "Int", _) => false,
        (name, Literal::Enum(word)) => {
            matches!(check.schema.types.get(name), Some(ExtendedType::Enum(known)) if known.values.contains_key(word))
        }
        (name, _) => check.schema.get_scalar(name).is_some(),
    };
    if fits { Ok(()) } else { Err(Misfit::Type) }
}
