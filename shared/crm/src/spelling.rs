//! How our values are spelled where a CRM takes texts: alike for all CRMs, so that people and filters meet one spelling.

use std::str::FromStr;

use domain::{Field, Value};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// What a field holds in a CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Words, as they are.
    Text,
    /// Several words in one text.
    List,
    /// A number.
    Number,
    /// A moment.
    Time,
}

impl Shape {
    /// Of a field. Of a metafield's only its owner knows: it is read as the text it is.
    pub fn of(field: Field) -> Self {
        match field {
            Field::Tags | Field::Companies | Field::Signals | Field::Segments => Self::List,
            Field::TotalSpent
            | Field::OrdersCount
            | Field::AverageOrderValue
            | Field::RefundCount
            | Field::RefundedAmount
            | Field::Score => Self::Number,
            Field::CustomerSince | Field::LastOrderAt => Self::Time,
            _ => Self::Text,
        }
    }
}

/// A text as a value of the field; `time` reads a moment as the CRM writes it. A text where a number or a moment should be
/// stays a text: it differs from what we would write, and so is set right.
pub fn read(field: Field, text: &str, time: impl Fn(&str) -> Option<Timestamp>) -> Value {
    if text.is_empty() {
        return Value::Empty;
    }
    let as_it_is = || Value::Text(text.to_owned());
    match Shape::of(field) {
        Shape::Text => as_it_is(),
        Shape::List => Value::List(words(text)),
        Shape::Number => number(text).map_or_else(as_it_is, Value::Number),
        Shape::Time => time(text).map_or_else(as_it_is, Value::Time),
    }
}

fn number(text: &str) -> Option<Decimal> {
    Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// The words of a list: separated by `;`, with `\` before what belongs to a word.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut escaped) = (Vec::new(), String::new(), false);
    for letter in text.chars() {
        match letter {
            _ if escaped => {
                word.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            ';' => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// `b2b; vip`. A `;` or `\` within a word gets a `\` before it, so that the words can be told apart again.
pub fn list(words: &[String]) -> String {
    let mut all = String::with_capacity(words.iter().map(|word| word.len() + 2).sum());
    for (n, word) in words.iter().enumerate() {
        if n > 0 {
            all.push_str("; ");
        }
        for letter in word.chars() {
            if matches!(letter, ';' | '\\') {
                all.push('\\');
            }
            all.push(letter);
        }
    }
    all
}

/// ISO-8601, UTC, with milliseconds: `2026-11-20T09:59:00.500Z`.
pub fn moment(time: Timestamp) -> String {
    let kept = Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time);
    format!("{kept:.3}")
}
