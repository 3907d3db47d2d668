//! From the parser's tree to ours: what is not supported, of the wrong kind or not known is refused by its name.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, SelectExpr};
use rust_decimal::Decimal;

use crate::fact::{Fact, Type};
use crate::node::{Node, Operation, Order, Place};
use crate::refused::{Wrong, short};

/// A right part, and of what kind it is.
type Typed = (Node, Type);

/// Makes our tree of the parser's, of as many parts as there are left.
pub(crate) struct Compiler {
    left: usize,
}

const FUNCTIONS: [&str; 5] = ["size", "has", "startsWith", "endsWith", "contains"];
/// A number with a fraction is read by the parser as a float, which is exact for so many digits.
const DIGITS: usize = 15;

impl Compiler {
    pub(crate) fn of_at_most(parts: usize) -> Self {
        Self { left: parts }
    }

    /// The part, which has to be of that kind.
    pub(crate) fn expect(&mut self, part: &IdedExpr, kind: Type) -> Result<Node, Wrong> {
        let (node, found) = self.compile(part)?;
        if found == kind {
            return Ok(node);
        }
        let mend = match kind {
            Type::Bool => "compare it with something, such as customer.orders_count >= 2",
            Type::Number => "write a number without quotes, or the name of a fact that is one",
            Type::Text => "write a text in quotes, or the name of a fact that is one",
            Type::List => "write a list of texts, such as [\"one\", \"another\"], or customer.tags",
        };
        Err(Wrong::new(part.id, format!("has {found} where {kind} is expected"), mend))
    }

    fn compile(&mut self, part: &IdedExpr) -> Result<Typed, Wrong> {
        let too_long = || Wrong::new(part.id, "has too many parts", "make two signals of it");
        self.left = self.left.checked_sub(1).ok_or_else(too_long)?;
        match &part.expr {
            Expr::Literal(literal) => self::literal(part.id, literal),
            Expr::Select(select) => fact(part.id, select),
            Expr::Call(call) => self.call(part.id, call),
            Expr::List(list) if list.optional_indices.is_empty() => {
                let texts: Result<Vec<_>, _> = list.elements.iter().map(|each| self.listed(each)).collect();
                Ok((Node::List(texts?), Type::List))
            }
            Expr::Ident(name) => Err(unknown_fact(part.id, name)),
            _ => {
                let mend = "use what there is: comparisons, && || !, + - * /, ? :, in, and the functions size, has, \
                            startsWith, endsWith and contains";
                Err(Wrong::new(part.id, "has a macro, a map or a message, which are not supported", mend))
            }
        }
    }

    fn listed(&mut self, each: &IdedExpr) -> Result<String, Wrong> {
        match self.compile(each)? {
            (Node::Text(text), _) => Ok(text),
            _ => Err(Wrong::new(each.id, "has a list of something else than texts", "write each in quotes")),
        }
    }

    fn call(&mut self, id: u64, call: &CallExpr) -> Result<Typed, Wrong> {
        match (call.func_name.as_str(), call.target.as_deref(), &call.args[..]) {
            ("!_", None, [of]) => Ok((Node::Not(Box::new(self.expect(of, Type::Bool)?)), Type::Bool)),
            ("-_", None, [of]) => {
                let of = still(id, self.expect(of, Type::Number)?)?;
                Ok((Node::Negate(Box::new(of)), Type::Number))
            }
            ("_&&_", None, [one, other]) => Ok((Node::And(self.two(one, other, Type::Bool)?), Type::Bool)),
            ("_||_", None, [one, other]) => Ok((Node::Or(self.two(one, other, Type::Bool)?), Type::Bool)),
            ("_==_", None, [one, other]) => Ok((Node::Equal(self.alike(id, one, other)?), Type::Bool)),
            ("_!=_", None, [one, other]) => Ok((Node::Differ(self.alike(id, one, other)?), Type::Bool)),
            ("_?_:_", None, [condition, yes, no]) => self.choice(condition, yes, no),
            ("@in", None, [one, other]) => {
                let pair = [self.expect(one, Type::Text)?, self.expect(other, Type::List)?];
                Ok((Node::In(Box::new(pair)), Type::Bool))
            }
            ("size", None, [of]) | ("size", Some(of), []) => self.size(of),
            (name, None, [one, other]) => self.numbers(id, name, one, other),
            (name, Some(of), [other]) => {
                let place = place(name).ok_or_else(|| unknown_function(id, name))?;
                Ok((Node::Holds(place, self.two(of, other, Type::Text)?), Type::Bool))
            }
            (name, ..) => Err(unknown_function(id, name)),
        }
    }

    fn two(&mut self, one: &IdedExpr, other: &IdedExpr, kind: Type) -> Result<Box<[Node; 2]>, Wrong> {
        Ok(Box::new([self.expect(one, kind)?, self.expect(other, kind)?]))
    }

    /// Two of the same kind, which is none that has many.
    fn alike(&mut self, id: u64, one: &IdedExpr, other: &IdedExpr) -> Result<Box<[Node; 2]>, Wrong> {
        let (one, kind) = self.compile(one)?;
        if kind == Type::List {
            return Err(Wrong::new(
                id,
                "compares lists",
                "ask whether a text is in it: \"vip\" in customer.tags",
            ));
        }
        alone(id, Box::new([one, self.expect(other, kind)?]))
    }

    fn choice(&mut self, condition: &IdedExpr, yes: &IdedExpr, no: &IdedExpr) -> Result<Typed, Wrong> {
        let condition = self.expect(condition, Type::Bool)?;
        let (yes_node, kind) = self.compile(yes)?;
        let (yes_node, no_node) = (still(yes.id, yes_node)?, still(no.id, self.expect(no, kind)?)?);
        Ok((Node::Choose(Box::new([condition, yes_node, no_node])), kind))
    }

    fn size(&mut self, of: &IdedExpr) -> Result<Typed, Wrong> {
        match self.compile(of)? {
            (of, Type::Text | Type::List) => Ok((Node::Size(Box::new(of)), Type::Number)),
            (_, kind) => {
                let found = format!("has the size of {kind}");
                Err(Wrong::new(of.id, found, "only texts and lists have a size"))
            }
        }
    }

    fn numbers(&mut self, id: u64, name: &str, one: &IdedExpr, other: &IdedExpr) -> Result<Typed, Wrong> {
        if let Some(order) = order(name) {
            return Ok((Node::Order(order, alone(id, self.two(one, other, Type::Number)?)?), Type::Bool));
        }
        let operation = operation(name).ok_or_else(|| unknown_function(id, name))?;
        let [one, other] = *self.two(one, other, Type::Number)?;
        Ok((Node::Calculate(operation, Box::new([still(id, one)?, still(id, other)?])), Type::Number))
    }
}

const CLOCKS: &str = "compare the days with a number alone, such as customer.days_since_last_order > 90, so that it is \
                      known when the answer changes";

/// A part that does not change although nothing happens.
fn still(id: u64, node: Node) -> Result<Node, Wrong> {
    if node.clock().is_some() {
        Err(Wrong::new(id, "calculates with days that go by", CLOCKS))
    } else {
        Ok(node)
    }
}

/// Days that go by are compared with a number and with nothing else, so that it is known when the answer changes.
fn alone(id: u64, pair: Box<[Node; 2]>) -> Result<Box<[Node; 2]>, Wrong> {
    let [one, other] = &*pair;
    let is_wrong = |one: &Node, other: &Node| one.clock().is_some() && other.number().is_none();
    if is_wrong(one, other) || is_wrong(other, one) {
        return Err(Wrong::new(id, "compares days that go by with something else than a number", CLOCKS));
    }
    Ok(pair)
}

fn order(name: &str) -> Option<Order> {
    match name {
        "_<_" => Some(Order::Less),
        "_<=_" => Some(Order::AtMost),
        "_>_" => Some(Order::Greater),
        "_>=_" => Some(Order::AtLeast),
        _ => None,
    }
}

fn operation(name: &str) -> Option<Operation> {
    match name {
        "_+_" => Some(Operation::Add),
        "_-_" => Some(Operation::Subtract),
        "_*_" => Some(Operation::Multiply),
        "_/_" => Some(Operation::Divide),
        _ => None,
    }
}

fn place(name: &str) -> Option<Place> {
    match name {
        "startsWith" => Some(Place::Start),
        "endsWith" => Some(Place::End),
        "contains" => Some(Place::Anywhere),
        _ => None,
    }
}

fn literal(id: u64, literal: &LiteralValue) -> Result<Typed, Wrong> {
    match literal {
        LiteralValue::Boolean(is_true) => Ok((Node::Bool(*is_true.inner()), Type::Bool)),
        LiteralValue::Int(number) => Ok((Node::Number(Decimal::from(*number.inner())), Type::Number)),
        LiteralValue::Double(number) => {
            let mend = "write it with at most 15 digits, such as 500.00";
            let number = exactly(*number.inner());
            let number =
                number.ok_or_else(|| Wrong::new(id, "has a number that cannot be told exactly", mend))?;
            Ok((Node::Number(number), Type::Number))
        }
        LiteralValue::String(text) => Ok((Node::Text(text.inner().to_owned()), Type::Text)),
        LiteralValue::UInt(_) => Err(Wrong::new(id, "has a number with a u", "leave the u out")),
        LiteralValue::Bytes(_) => {
            Err(Wrong::new(id, "has bytes", "write a text, without the b before the quote"))
        }
        LiteralValue::Null => Err(Wrong::new(id, "has null", "ask has(...) whether there is something")),
    }
}

/// The shortest number that a float can have been written as is what was written, for as many digits as a float has.
fn exactly(number: f64) -> Option<Decimal> {
    let text = number.to_string();
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    (digits <= DIGITS).then(|| text.parse().ok()).flatten()
}

fn fact(id: u64, select: &SelectExpr) -> Result<Typed, Wrong> {
    let Expr::Ident(of) = &select.operand.expr else {
        let found = format!("asks for `{}` of something", short(&select.field));
        return Err(Wrong::new(id, found, "only facts have a name with a dot, such as customer.tags"));
    };
    let name = format!("{of}.{}", select.field);
    let fact = Fact::from_name(&name).ok_or_else(|| unknown_fact(select.operand.id, &name))?;
    if select.test { Ok((Node::Has(fact), Type::Bool)) } else { Ok((Node::Fact(fact), fact.kind())) }
}

fn unknown_fact(id: u64, name: &str) -> Wrong {
    Wrong::unknown(id, "the fact", name, Fact::ALL.map(Fact::name).to_vec())
}

/// Operators have names in which an underscore stands for each side.
fn unknown_function(id: u64, name: &str) -> Wrong {
    match name.trim_matches('_') {
        "[" | "[_]" | "[?_]" | "?." => {
            Wrong::new(id, "takes a part out of something", "ask with `in` instead")
        }
        "%" => Wrong::new(id, "has the operator %", "use + - * and / only"),
        _ if FUNCTIONS.contains(&name) => {
            let mend =
                "write size(customer.tags), has(customer.tags), or customer.currency.startsWith(\"U\")";
            Wrong::new(id, format!("has {name} with something else than it takes"), mend)
        }
        _ => Wrong::unknown(id, "the function", name, FUNCTIONS.to_vec()),
    }
}
