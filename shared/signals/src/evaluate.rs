//! What an expression says of a customer. It always ends, and never fails: what cannot be calculated is nothing.

use rust_decimal::Decimal;

use crate::answer::Truth;
use crate::facts::Facts;
use crate::node::{Node, Operation, Order, Place};

/// What a part of an expression is for one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    /// It depends on what was not read.
    Unknown,
    /// It was read, and there is nothing.
    Nothing,
    Truth(bool),
    Number(Decimal),
    Text(&'a str),
    List(&'a [String]),
}

impl From<Truth> for Value<'_> {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Truth(true),
            Truth::False => Self::Truth(false),
            Truth::Unknown => Self::Unknown,
        }
    }
}

impl Node {
    pub(crate) fn value<'a>(&'a self, facts: &Facts<'a>) -> Value<'a> {
        match self {
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(text),
            Self::List(list) => Value::List(list),
            Self::Fact(fact) => facts.value(*fact),
            Self::Negate(of) => match of.value(facts) {
                Value::Number(number) => Value::Number(-number),
                other => other,
            },
            Self::Calculate(operation, of) => calculate(*operation, pair(of, facts)),
            Self::Size(of) => size(of.value(facts)),
            Self::Choose(of) => choose(of, facts),
            _ => self.truth(facts).into(),
        }
    }

    /// What a condition answers. Comparing with nothing is false, whatever is compared.
    pub(crate) fn truth(&self, facts: &Facts<'_>) -> Truth {
        match self {
            Self::Bool(is_true) => Truth::from(*is_true),
            Self::Not(of) => !of.truth(facts),
            Self::And(of) => both(of, facts, Truth::False, |one, other| one & other),
            Self::Or(of) => both(of, facts, Truth::True, |one, other| one | other),
            Self::Has(fact) => match facts.value(*fact) {
                Value::Unknown => Truth::Unknown,
                Value::Nothing => Truth::False,
                Value::List(list) => Truth::from(!list.is_empty()),
                _ => Truth::True,
            },
            Self::Equal(of) => compare(pair(of, facts), |one, other| one == other),
            Self::Differ(of) => compare(pair(of, facts), |one, other| one != other),
            Self::Order(order, of) => compare(pair(of, facts), |one, other| in_order(*order, one, other)),
            Self::In(of) => compare(pair(of, facts), is_in),
            Self::Holds(place, of) => compare(pair(of, facts), |one, other| holds(*place, one, other)),
            _ => match self.value(facts) {
                Value::Truth(is_true) => Truth::from(is_true),
                Value::Unknown => Truth::Unknown,
                _ => Truth::False,
            },
        }
    }
}

fn pair<'a>(of: &'a [Node; 2], facts: &Facts<'a>) -> [Value<'a>; 2] {
    of.each_ref().map(|node| node.value(facts))
}

/// The second is only looked at where the first does not decide alone.
fn both(of: &[Node; 2], facts: &Facts<'_>, decides: Truth, join: fn(Truth, Truth) -> Truth) -> Truth {
    let [one, other] = of;
    let one = one.truth(facts);
    if one == decides { decides } else { join(one, other.truth(facts)) }
}

fn compare<'a>(of: [Value<'a>; 2], says: impl FnOnce(Value<'a>, Value<'a>) -> bool) -> Truth {
    match of {
        [Value::Nothing, _] | [_, Value::Nothing] => Truth::False,
        [Value::Unknown, _] | [_, Value::Unknown] => Truth::Unknown,
        [one, other] => Truth::from(says(one, other)),
    }
}

fn in_order(order: Order, one: Value<'_>, other: Value<'_>) -> bool {
    let (Value::Number(one), Value::Number(other)) = (one, other) else { return false };
    match order {
        Order::Less => one < other,
        Order::AtMost => one <= other,
        Order::Greater => one > other,
        Order::AtLeast => one >= other,
    }
}

fn is_in(one: Value<'_>, other: Value<'_>) -> bool {
    matches!((one, other), (Value::Text(text), Value::List(list)) if list.iter().any(|each| each == text))
}

fn holds(place: Place, one: Value<'_>, other: Value<'_>) -> bool {
    let (Value::Text(one), Value::Text(other)) = (one, other) else { return false };
    match place {
        Place::Start => one.starts_with(other),
        Place::End => one.ends_with(other),
        Place::Anywhere => one.contains(other),
    }
}

/// Divided by zero, or too great to be told exactly, it is nothing.
fn calculate(operation: Operation, of: [Value<'_>; 2]) -> Value<'static> {
    let (one, other) = match of {
        [Value::Number(one), Value::Number(other)] => (one, other),
        [Value::Nothing, _] | [_, Value::Nothing] => return Value::Nothing,
        _ => return Value::Unknown,
    };
    let result = match operation {
        Operation::Add => one.checked_add(other),
        Operation::Subtract => one.checked_sub(other),
        Operation::Multiply => one.checked_mul(other),
        Operation::Divide => one.checked_div(other),
    };
    result.map_or(Value::Nothing, Value::Number)
}

fn size(of: Value<'_>) -> Value<'static> {
    match of {
        Value::Text(text) => Value::Number(text.chars().count().into()),
        Value::List(list) => Value::Number(list.len().into()),
        Value::Nothing => Value::Nothing,
        _ => Value::Unknown,
    }
}

/// Where the condition is not known, the choice is known only if it makes no difference.
fn choose<'a>(of: &'a [Node; 3], facts: &Facts<'a>) -> Value<'a> {
    let [condition, yes, no] = of;
    match condition.truth(facts) {
        Truth::True => yes.value(facts),
        Truth::False => no.value(facts),
        Truth::Unknown => {
            let (yes, no) = (yes.value(facts), no.value(facts));
            if yes == no { yes } else { Value::Unknown }
        }
    }
}
