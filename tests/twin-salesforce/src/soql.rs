//! A small SOQL: one object, its fields and those of the records it refers to, conditions, order and limit.

mod bind;
mod compare;
mod lex;
mod narrow;
mod parse;
mod run;

pub(crate) use run::{attributes, check, run};

use crate::refusal::Refusal;

/// Characters of a query at most.
const LONGEST: usize = 100_000;

/// What stands for `\%` and `\_` inside a literal: a sign of its own in LIKE, the plain one anywhere else.
const PLAIN_PERCENT: char = '\u{e000}';
const PLAIN_UNDERSCORE: char = '\u{e001}';

/// A query as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(crate) object: Name,
    pub(crate) select: Select,
    pub(crate) condition: Option<Condition>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: usize,
}

/// A word of the query and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Select {
    /// `COUNT()`: no records, only how many.
    Count,
    Fields(Vec<Name>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) by: Name,
    pub(crate) descending: bool,
    pub(crate) nulls_last: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Is { field: Name, operator: Operator, value: Literal },
    In { field: Name, negated: bool, values: Vec<Literal> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Like,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    True,
    False,
    Number(f64),
    /// `\%` and `\_` are the two letters below.
    Text(String),
    Day(String),
    /// Milliseconds since 1970.
    Moment(i64),
}

/// Reads a query.
///
/// # Errors
/// `MALFORMED_QUERY`, with a caret under the place.
pub(crate) fn parse(text: &str) -> Result<Query, Refusal> {
    if text.chars().count() > LONGEST {
        return Err(Refusal::malformed_query(format!(
            "SOQL statements cannot be longer than {LONGEST} characters."
        )));
    }
    parse::query(text)
}

/// The words of a refusal that points at a place of the query.
pub(crate) fn pointed(text: &str, at: usize, words: &str) -> String {
    let before = text.get(..at).unwrap_or_default().chars().count();
    let line = text.replace(['\n', '\r'], " ");
    // Salesforce shows some of what stands around the place.
    let start = before.saturating_sub(60);
    let shown: String = line.chars().skip(start).take(120).collect();
    format!("\n{shown}\n{}^\nERROR at Row:1:Column:{}\n{words}", " ".repeat(before - start), before + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_breaks_the_reading_of_a_query(text in "\\PC{0,60}") {
            let whole = format!("SELECT Id FROM Contact WHERE {text}");
            for text in [text, whole] {
                if let Err(refusal) = parse(&text) {
                    prop_assert_eq!(refusal.code, "MALFORMED_QUERY");
                }
            }
        }

        #[test]
        fn a_value_that_was_escaped_is_read_as_it_was(value in "[^\\pC%_]{1,40}") {
            let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
            let read = parse(&format!("SELECT Id FROM Contact WHERE Name = '{escaped}'")).unwrap();
            let held = matches!(read.condition, Some(Condition::Is { value: Literal::Text(text), .. }) if text == value);
            prop_assert!(held);
        }
    }
}
