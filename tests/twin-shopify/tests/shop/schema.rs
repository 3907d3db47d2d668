//! The subset against Shopify's whole schema, where that is at hand.

use std::io::Read as _;

use apollo_compiler::{Schema, ast::InputValueDefinition, schema::ExtendedType};

fn whole() -> Option<Schema> {
    let named = std::env::var_os("SHOPIFY_ADMIN_SDL").map(std::path::PathBuf::from);
    let path = named.unwrap_or_else(|| crate::world::beside("admin_2026-10.graphql.gz"));
    let Ok(packed) = std::fs::File::open(&path) else {
        println!("skipped: {} is not here; SHOPIFY_ADMIN_SDL names another place", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    Some(Schema::parse(text, "whole.graphql").unwrap_or_else(|broken| broken.partial))
}

#[test]
fn the_subset_says_nothing_that_shopify_does_not() {
    let Some(whole) = whole() else { return };
    let subset = Schema::parse_and_validate(twin_shopify::ADMIN_SDL, "admin.graphql").unwrap();
    let mut wrong = Vec::new();
    for (name, ours) in subset.types.iter().filter(|(_, found)| !found.is_built_in()) {
        match whole.types.get(name) {
            Some(theirs) => compare(name, ours, theirs, &mut wrong),
            None => wrong.push(format!("type {name} is not Shopify's")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn compare(name: &str, ours: &ExtendedType, theirs: &ExtendedType, wrong: &mut Vec<String>) {
    match (ours, theirs) {
        (ExtendedType::Object(ours), ExtendedType::Object(theirs)) => {
            for (field, own) in &ours.fields {
                match theirs.fields.get(field) {
                    Some(real) => field_is(&format!("{name}.{field}"), own, real, wrong),
                    None => wrong.push(format!("{name}.{field} is not Shopify's")),
                }
            }
            wrong.extend(
                ours.implements_interfaces
                    .iter()
                    .filter(|one| !theirs.implements_interfaces.contains(*one))
                    .map(|one| format!("{name} does not implement {}", one.name)),
            );
        }
        (ExtendedType::Interface(ours), ExtendedType::Interface(theirs)) => {
            for (field, own) in &ours.fields {
                match theirs.fields.get(field) {
                    Some(real) => field_is(&format!("{name}.{field}"), own, real, wrong),
                    None => wrong.push(format!("{name}.{field} is not Shopify's")),
                }
            }
        }
        (ExtendedType::Enum(ours), ExtendedType::Enum(theirs)) => {
            wrong.extend(
                ours.values
                    .keys()
                    .filter(|word| !theirs.values.contains_key(*word))
                    .map(|word| format!("{name}.{word} is not Shopify's")),
            );
        }
        (ExtendedType::InputObject(ours), ExtendedType::InputObject(theirs)) => {
            for (field, own) in &ours.fields {
                let same = theirs.fields.get(field).is_some_and(|real| real.ty == own.ty);
                wrong.extend((!same).then(|| format!("{name}.{field} differs")));
            }
        }
        (ExtendedType::Union(ours), ExtendedType::Union(theirs))
            if ours.members.iter().all(|one| theirs.members.contains(one)) => {}
        (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => {}
        _ => wrong.push(format!("{name} is another kind of type")),
    }
}

fn field_is(
    name: &str,
    ours: &apollo_compiler::schema::FieldDefinition,
    theirs: &apollo_compiler::schema::FieldDefinition,
    wrong: &mut Vec<String>,
) {
    if ours.ty != theirs.ty {
        wrong.push(format!("{name} is {}, not {}", theirs.ty, ours.ty));
    }
    if ours.directives.has("deprecated") != theirs.directives.has("deprecated") {
        wrong.push(format!("{name}: deprecated differs"));
    }
    for own in &ours.arguments {
        match theirs.argument_by_name(&own.name) {
            Some(real) if same(own, real) => {}
            _ => wrong.push(format!("{name}({}) differs", own.name)),
        }
    }
}

fn same(own: &InputValueDefinition, real: &InputValueDefinition) -> bool {
    own.ty == real.ty
        && own.default_value.as_ref().map(ToString::to_string)
            == real.default_value.as_ref().map(ToString::to_string)
}
