//! An expression that was found right: every part of it is of the kind that its place asks for.

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
