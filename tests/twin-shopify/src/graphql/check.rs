//! Is the query one this schema can answer? Every error it finds, each as Shopify words it.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Name, Node, Schema,
    ast::{Definition, Document, Field, FragmentDefinition, OperationDefinition, Selection},
    parser::SourceSpan,
    schema::{ExtendedType, FieldDefinition},
    validation::Valid,
};
use serde_json::{Map, Value, json};

use super::{directives, literal, refusal, usage::Used};
use crate::versions::Version;

/// All that is wrong with a document; empty is fine.
pub(super) fn check(schema: &Valid<Schema>, document: &Document, version: &Version) -> Vec<Value> {
    let mut check = Check::new(schema, document, version);
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => check.operation(operation),
            Definition::FragmentDefinition(fragment) => check.fragment(fragment),
            _ => check.refuse(
                "Only operations and fragments can be sent",
                definition.location(),
                "notExecutable",
                &[],
            ),
        }
    }
    check.variables();
    check.unused_fragments();
    if check.errors.is_empty() { anything_else(schema, document) } else { check.errors }
}

/// The rest of the specification (conflicting fields, cycles, repeated names) in the validator's own words.
fn anything_else(schema: &Valid<Schema>, document: &Document) -> Vec<Value> {
    match document.to_executable_validate(schema) {
        Ok(_) => Vec::new(),
        Err(broken) => {
            broken.errors.iter().map(|found| json!({ "message": found.error.to_string() })).collect()
        }
    }
}

pub(super) struct Check<'a> {
    pub(super) schema: &'a Valid<Schema>,
    pub(super) document: &'a Document,
    version: &'a Version,
    pub(super) fragments: HashMap<&'a str, &'a Node<FragmentDefinition>>,
    pub(super) errors: Vec<Value>,
    pub(super) path: Vec<String>,
    /// What the definition being read uses.
    pub(super) used: Used,
    /// What each fragment used, and each operation.
    pub(super) by_fragment: HashMap<&'a str, Used>,
    pub(super) by_operation: Vec<(&'a Node<OperationDefinition>, Used)>,
}

impl<'a> Check<'a> {
    fn new(schema: &'a Valid<Schema>, document: &'a Document, version: &'a Version) -> Self {
        let named = document.definitions.iter().filter_map(Definition::as_fragment_definition);
        Self {
            schema,
            document,
            version,
            fragments: named.map(|fragment| (fragment.name.as_str(), fragment)).collect(),
            errors: Vec::new(),
            path: Vec::new(),
            used: Used::default(),
            by_fragment: HashMap::new(),
            by_operation: Vec::new(),
        }
    }

    fn operation(&mut self, operation: &'a Node<OperationDefinition>) {
        self.path = vec![title(operation)];
        if let Some(root) = self.schema.root_operation(operation.operation_type).cloned() {
            self.selections(&operation.selection_set, &root);
        } else {
            let words = format!("Schema is not configured for {}s", operation.operation_type.name());
            self.refuse(&words, operation.location(), "missingQueryConfiguration", &[]);
        }
        let used = std::mem::take(&mut self.used);
        self.by_operation.push((operation, used));
    }

    fn fragment(&mut self, fragment: &'a Node<FragmentDefinition>) {
        self.path = vec![format!("fragment {}", fragment.name)];
        if self.condition(&fragment.type_condition) {
            self.selections(&fragment.selection_set, &fragment.type_condition);
        }
        let used = std::mem::take(&mut self.used);
        self.by_fragment.insert(fragment.name.as_str(), used);
    }

    fn selections(&mut self, selections: &'a [Selection], parent: &Name) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(field, parent),
                Selection::FragmentSpread(spread) => self.spread(&spread.fragment_name, parent),
                Selection::InlineFragment(inline) => {
                    let condition = inline.type_condition.as_ref();
                    self.path.push(condition.map_or("...".to_owned(), |name| format!("... on {name}")));
                    let condition = condition.unwrap_or(parent);
                    if self.condition(condition) && self.possible(condition, parent) {
                        self.selections(&inline.selection_set, condition);
                    }
                    self.path.pop();
                }
            }
            directives::check(self, selection);
        }
    }

    fn field(&mut self, field: &'a Node<Field>, parent: &Name) {
        self.path.push(field.response_name().to_string());
        if field.name != "__typename" {
            match self.definition(parent, &field.name) {
                Some(definition) => self.known_field(field, &definition),
                None => self.undefined(field, parent),
            }
        }
        self.path.pop();
    }

    fn definition(&self, parent: &Name, field: &Name) -> Option<FieldDefinition> {
        let fields = match self.schema.types.get(parent)? {
            ExtendedType::Object(object) => &object.fields,
            ExtendedType::Interface(interface) => &interface.fields,
            _ => return None,
        };
        let found = fields.get(field).map(|found| (*found.node).clone());
        found.filter(|_| self.version.knows(parent, field))
    }

    fn known_field(&mut self, field: &'a Node<Field>, definition: &FieldDefinition) {
        literal::arguments(self, field, definition);
        let inner = definition.ty.inner_named_type();
        let leaf = self.schema.types.get(inner).is_none_or(|found| found.is_scalar() || found.is_enum());
        match (leaf, field.selection_set.is_empty()) {
            (true, false) => {
                let inside = field.selection_set.iter().filter_map(Selection::as_field);
                let inside: Vec<&str> = inside.map(|inside| inside.name.as_str()).collect();
                let words = format!(
                    "Selections can't be made on scalars (field '{}' returns {inner} but has selections {inside:?})",
                    field.name
                );
                self.mismatch(&words, field, inner);
            }
            (false, true) => {
                let words = format!(
                    "Field must have selections (field '{0}' returns {inner} but has no selections. Did you mean '{0} {{ ... }}'?)",
                    field.name
                );
                self.mismatch(&words, field, inner);
            }
            (false, false) => self.selections(&field.selection_set, inner),
            (true, true) => {}
        }
    }

    fn mismatch(&mut self, words: &str, field: &Node<Field>, inner: &Name) {
        let node = format!("field '{}'", field.name);
        self.refuse(
            words,
            field.location(),
            "selectionMismatch",
            &[("nodeName", &node), ("typeName", inner)],
        );
    }

    fn undefined(&mut self, field: &Node<Field>, parent: &Name) {
        let words = format!("Field '{}' doesn't exist on type '{parent}'", field.name);
        let more = [("typeName", parent.as_str()), ("fieldName", field.name.as_str())];
        self.refuse(&words, field.location(), "undefinedField", &more);
    }

    /// Adds an error at the place being read, with its code and the rest of its extensions.
    pub(super) fn refuse(&mut self, words: &str, at: Option<SourceSpan>, code: &str, more: &[(&str, &str)]) {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        let extensions: Map<String, Value> = more.chain([("code".to_owned(), json!(code))]).collect();
        let locations = refusal::locations(at, &self.document.sources);
        self.errors.push(
            json!({ "message": words, "locations": locations, "path": self.path, "extensions": extensions }),
        );
    }
}

/// `query Name`, as the first part of an error's path.
pub(super) fn title(operation: &OperationDefinition) -> String {
    let kind = operation.operation_type.name();
    operation.name.as_ref().map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))
}

/// Which concrete types a type can be.
pub(super) fn concrete<'s>(schema: &'s Valid<Schema>, name: &Name) -> HashSet<&'s str> {
    let is = |one: &&Name| *one == name || schema.is_subtype(name, one);
    schema.types.keys().filter(is).map(Name::as_str).collect()
}
