//! Runs a checked query: picks what is selected, lets nulls rise to where they are allowed, counts what it cost.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Node as Syntax,
    ast::{Definition, Field, FragmentDefinition, Selection, Type},
    schema::FieldDefinition,
};
use serde_json::{Map, Value, json};

use super::{Prepared, arguments, customer, directives, mutation::Done, node::Node, order, refusal, root};
use crate::{versions::Version, view::View};

pub(super) struct Run<'a> {
    pub(super) view: View<'a>,
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) version: &'a Version,
    done: Done,
    fragments: HashMap<&'a str, &'a Syntax<FragmentDefinition>>,
    errors: Vec<Value>,
    path: Vec<Value>,
    cost: u64,
}

/// A null where none is allowed: the parent becomes null instead.
struct Rises;

type Picked<'a> = Vec<(&'a Name, Vec<&'a Syntax<Field>>)>;

impl<'a> Run<'a> {
    pub(super) fn new(view: View<'a>, prepared: &'a Prepared<'a>, version: &'a Version, done: Done) -> Self {
        let named = prepared.document.definitions.iter().filter_map(Definition::as_fragment_definition);
        let fragments = named.map(|fragment| (fragment.name.as_str(), fragment)).collect();
        Self { view, prepared, version, done, fragments, errors: Vec::new(), path: Vec::new(), cost: 0 }
    }

    /// `{data, errors?}` and the actual cost.
    pub(super) fn answer(mut self) -> (Value, u64) {
        let operation = self.prepared.operation;
        let root =
            self.prepared.schema.root_operation(operation.operation_type).map_or("QueryRoot", Name::as_str);
        let root = if root == "Mutation" { "Mutation" } else { "QueryRoot" };
        let data =
            self.object(&[&operation.selection_set], &Node::Object(root, Vec::new())).unwrap_or(Value::Null);
        // Moved and not written anew, as `json!` would: in bulk it is the whole shop.
        let mut answer = Map::from_iter([("data".to_owned(), data)]);
        if !self.errors.is_empty() {
            answer.insert("errors".to_owned(), self.errors.into());
        }
        (answer.into(), self.cost)
    }

    fn object(&mut self, selections: &[&'a Vec<Selection>], node: &Node) -> Result<Value, Rises> {
        let type_name = type_name(node);
        let mut picked = Picked::new();
        for selections in selections {
            self.pick(selections, type_name, &mut picked);
        }
        let mut fields = Map::new();
        for (key, merged) in picked {
            self.path.push(key.as_str().into());
            let value = self.field(&merged, node, type_name);
            self.path.pop();
            fields.insert(key.to_string(), value?);
        }
        Ok(fields.into())
    }

    /// The fields a selection has for objects of this type; those with one response name together.
    fn pick(&self, selections: &'a [Selection], type_name: &str, picked: &mut Picked<'a>) {
        for selection in selections.iter().filter(|one| directives::included(one, &self.prepared.variables)) {
            match selection {
                Selection::Field(field) => {
                    match picked.iter_mut().find(|(key, _)| *key == field.response_name()) {
                        Some((_, merged)) => merged.push(field),
                        None => picked.push((field.response_name(), vec![field])),
                    }
                }
                Selection::InlineFragment(inline) => {
                    if inline.type_condition.as_ref().is_none_or(|condition| self.is(type_name, condition)) {
                        self.pick(&inline.selection_set, type_name, picked);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.fragments.get(spread.fragment_name.as_str()).copied();
                    if let Some(fragment) =
                        fragment.filter(|fragment| self.is(type_name, &fragment.type_condition))
                    {
                        self.pick(&fragment.selection_set, type_name, picked);
                    }
                }
            }
        }
    }

    fn is(&self, type_name: &str, condition: &str) -> bool {
        type_name == condition || self.prepared.schema.is_subtype(condition, type_name)
    }

    fn field(
        &mut self,
        merged: &[&'a Syntax<Field>],
        parent: &Node,
        type_name: &str,
    ) -> Result<Value, Rises> {
        let first = merged[0];
        if first.name == "__typename" {
            return Ok(type_name.into());
        }
        let schema = self.prepared.schema;
        let Ok(definition) = schema.type_field(type_name, &first.name) else { return Ok(Value::Null) };
        let node = self.resolve(first, definition, parent);
        let selections: Vec<&Vec<Selection>> = merged.iter().map(|field| &field.selection_set).collect();
        self.complete(node, &definition.ty, &selections)
    }

    fn resolve(&self, field: &Field, definition: &FieldDefinition, parent: &Node) -> Node {
        let values = arguments::given(field, definition, &self.prepared.variables);
        match parent {
            Node::Customer(id) => self
                .view
                .customer(*id)
                .map_or(Node::NULL, |held| customer::field(&self.view, held, &field.name, &values)),
            Node::Order(id) => self
                .view
                .order(*id)
                .map_or(Node::NULL, |held| order::field(&self.view, held, &field.name, &values)),
            Node::Object("Mutation", _) if self.done.contains_key(field.response_name().as_str()) => {
                self.done[field.response_name().as_str()].clone()
            }
            Node::Object("QueryRoot" | "Mutation", _) => {
                root::field(&self.view, self.version, &field.name, &values)
            }
            Node::Object(_, fields) => {
                let found = fields.iter().find(|(name, _)| field.name == *name);
                found.map_or(Node::NULL, |(_, node)| paged(node, &values))
            }
            _ => Node::NULL,
        }
    }

    fn complete(&mut self, node: Node, ty: &Type, selections: &[&'a Vec<Selection>]) -> Result<Value, Rises> {
        let value = self.value(node, ty, selections).unwrap_or(Value::Null);
        if value.is_null() && ty.is_non_null() { Err(Rises) } else { Ok(value) }
    }

    fn value(&mut self, node: Node, ty: &Type, selections: &[&'a Vec<Selection>]) -> Result<Value, Rises> {
        match node {
            Node::Leaf(value) => Ok(value),
            Node::List(items) => self.items(items, ty.item_type(), selections),
            Node::Hidden(object) => {
                self.errors.push(refusal::not_approved(object, &self.path));
                Ok(Value::Null)
            }
            Node::Failed(words, code) => {
                self.errors
                    .push(json!({ "message": words, "path": self.path, "extensions": { "code": code } }));
                Ok(Value::Null)
            }
            object => {
                self.cost += super::cost::of_object(type_name(&object));
                self.object(selections, &object)
            }
        }
    }

    fn items(
        &mut self,
        items: Vec<Node>,
        ty: &Type,
        selections: &[&'a Vec<Selection>],
    ) -> Result<Value, Rises> {
        let mut values = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            self.path.push(at.into());
            let value = self.complete(item, ty, selections);
            self.path.pop();
            values.push(value?);
        }
        Ok(values.into())
    }
}

/// Lists inside ready objects may be asked for their first few.
fn paged(node: &Node, values: &Map<String, Value>) -> Node {
    match (node, values.get("first").and_then(Value::as_u64)) {
        (Node::List(items), Some(first)) => {
            Node::List(items.iter().take(usize::try_from(first).unwrap_or(usize::MAX)).cloned().collect())
        }
        _ => node.clone(),
    }
}

fn type_name(node: &Node) -> &'static str {
    match node {
        Node::Customer(_) => "Customer",
        Node::Order(_) => "Order",
        Node::Object(name, _) => name,
        _ => "",
    }
}
