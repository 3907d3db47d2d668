//! A text with facts in it, such as `{customer.orders_count} orders so far`.

use rust_decimal::Decimal;

use crate::evaluate::Value;
use crate::fact::Fact;
use crate::facts::Facts;
use crate::refused::{Mend, Refused};

/// A text with facts in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Fact(Fact),
}

impl Template {
    /// Reads a text in which a fact stands in braces; a brace that is meant as one is written twice.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let (mut pieces, mut words, mut rest, mut at) = (Vec::new(), String::new(), text, 1);
        while let Some(place) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(place);
            words.push_str(before);
            at += before.chars().count();
            if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                words.extend(from.chars().next());
                (rest, at) = (after, at + 2);
                continue;
            }
            let inside = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let Some((name, after)) = inside else { return Err(lonely(at)) };
            pieces.push(Piece::Words(std::mem::take(&mut words)));
            pieces.push(Piece::Fact(Fact::from_name(name.trim()).ok_or_else(|| unknown(at, name))?));
            at += name.chars().count() + 2;
            rest = after;
        }
        words.push_str(rest);
        pieces.push(Piece::Words(words));
        Ok(Self(pieces))
    }

    /// Whether it speaks of one order, and not only of the customer.
    pub fn is_of_order(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Fact(fact) if fact.is_of_order()))
    }

    /// The text with the facts of a customer in it.
    pub fn filled(&self, facts: &Facts<'_>) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Fact(fact) => words(facts.value(*fact)),
        };
        self.0.iter().map(piece).collect()
    }
}

fn lonely(at: usize) -> Refused {
    let mend = "put the name of a fact between { and }, or write {{ or }} for a brace";
    Refused { at, found: "has a brace that is not closed or not opened".to_owned(), mend: Mend::Words(mend) }
}

fn unknown(at: usize, name: &str) -> Refused {
    let (written, known) = (name.trim().to_owned(), Fact::ALL.map(Fact::name).to_vec());
    Refused {
        at,
        found: "has a fact in braces that is not known".to_owned(),
        mend: Mend::OneOf { written, known },
    }
}

/// What a person reads.
pub(crate) fn words(value: Value<'_>) -> String {
    match value {
        Value::Unknown => "unknown".to_owned(),
        Value::Nothing => "none".to_owned(),
        Value::Truth(is_true) => if is_true { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => amount(number),
        Value::Text(text) => text.to_owned(),
        Value::List(list) => list.join(", "),
    }
}

/// An amount has two decimals, and a count none.
fn amount(number: Decimal) -> String {
    let mut number = number.normalize();
    if number.scale() == 1 {
        number.rescale(2);
    }
    number.to_string()
}
