//! The two expressions that there are: one that is true or false, and one that is a text.

use std::collections::BTreeSet;

use domain::Value as Written;

use crate::answer::Truth;
use crate::bounds;
use crate::compile::Compiler;
use crate::evaluate::Value;
use crate::fact::{Fact, Type};
use crate::facts::Facts;
use crate::node::Node;
use crate::read::{quick, with_places};
use crate::refused::Refused;

/// At most so many parts: names, values, operators and functions.
const PARTS: usize = 200;

/// An expression that is true or false.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    node: Node,
    written: String,
}

impl Condition {
    /// Reads an expression, such as `customer.orders_count >= 2`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        Ok(Self { node: node(text, Type::Bool)?, written: text.to_owned() })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether it asks about one order, and not only about the customer.
    pub fn is_of_order(&self) -> bool {
        self.facts().into_iter().any(Fact::is_of_order)
    }

    /// Every fact that it asks for.
    pub fn facts(&self) -> BTreeSet<Fact> {
        let mut facts = BTreeSet::new();
        self.node.facts(&mut facts);
        facts
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    /// What it answers of a customer.
    pub fn holds(&self, facts: &Facts<'_>) -> Truth {
        self.node.truth(facts)
    }
}

/// An expression that is a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    node: Node,
    written: String,
}

/// What such an expression says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wording {
    /// It depends on what was not read.
    Unknown,
    /// This: a text, or [`domain::Value::Empty`].
    Said(Written),
}

impl Text {
    /// Reads an expression, such as `"wholesale" in customer.tags ? "wholesale" : "retail"`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        Ok(Self { node: node(text, Type::Text)?, written: text.to_owned() })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Every fact that it asks for.
    pub fn facts(&self) -> BTreeSet<Fact> {
        let mut facts = BTreeSet::new();
        self.node.facts(&mut facts);
        facts
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    /// What it says of a customer.
    pub fn said(&self, facts: &Facts<'_>) -> Wording {
        match self.node.value(facts) {
            Value::Unknown => Wording::Unknown,
            Value::Text(text) if !text.is_empty() => Wording::Said(Written::Text(text.to_owned())),
            _ => Wording::Said(Written::Empty),
        }
    }
}

fn node(text: &str, kind: Type) -> Result<Node, Refused> {
    bounds::check(text)?;
    let quickly = quick(text).and_then(|tree| Compiler::of_at_most(PARTS).expect(&tree, kind).ok());
    if let Some(node) = quickly {
        return Ok(node);
    }
    let (tree, places) = with_places(text)?;
    Compiler::of_at_most(PARTS).expect(&tree, kind).map_err(|wrong| {
        let at = places.of(wrong.id);
        wrong.at(at)
    })
}
