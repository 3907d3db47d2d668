//! An expression that was found right: every part of it is of the kind that its place asks for.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::fact::Fact;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Bool(bool),
    Number(Decimal),
    Text(String),
    List(Vec<String>),
    Fact(Fact),
    Has(Fact),
    Not(Box<Node>),
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    Equal(Box<[Node; 2]>),
    Differ(Box<[Node; 2]>),
    Order(Order, Box<[Node; 2]>),
    Negate(Box<Node>),
    Calculate(Operation, Box<[Node; 2]>),
    Choose(Box<[Node; 3]>),
    In(Box<[Node; 2]>),
    Size(Box<Node>),
    Holds(Place, Box<[Node; 2]>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Where one text has to be in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    End,
    Anywhere,
}

impl Node {
    fn parts(&self) -> &[Self] {
        match self {
            Self::Not(of) | Self::Negate(of) | Self::Size(of) => std::slice::from_ref(of),
            Self::And(of)
            | Self::Or(of)
            | Self::Equal(of)
            | Self::Differ(of)
            | Self::Order(_, of)
            | Self::Calculate(_, of)
            | Self::In(of)
            | Self::Holds(_, of) => of.as_slice(),
            Self::Choose(of) => of.as_slice(),
            _ => &[],
        }
    }

    /// Every fact that is asked for.
    pub(crate) fn facts(&self, into: &mut BTreeSet<Fact>) {
        if let Self::Fact(fact) | Self::Has(fact) = self {
            into.insert(*fact);
        }
        self.parts().iter().for_each(|part| part.facts(into));
    }

    /// Every number that days are compared with.
    pub(crate) fn clocks(&self, into: &mut BTreeSet<(Fact, Decimal)>) {
        if let [one, other] = self.parts() {
            into.extend(one.clock().zip(other.number()).or(other.clock().zip(one.number())));
        }
        self.parts().iter().for_each(|part| part.clocks(into));
    }

    /// The fact that it is, where it changes although nothing happens.
    pub(crate) fn clock(&self) -> Option<Fact> {
        match self {
            Self::Fact(fact) if fact.is_clock() => Some(*fact),
            _ => None,
        }
    }

    /// The number that it is, written as one.
    pub(crate) fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Negate(of) => of.number().map(|number| -number),
            _ => None,
        }
    }
}
