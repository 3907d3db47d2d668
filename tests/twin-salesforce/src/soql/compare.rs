//! What a record holds beside what a query says.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::{Literal, Operator, Order, PLAIN_PERCENT, PLAIN_UNDERSCORE};
use crate::{
    field::{Field, FieldKind as K},
    id, moment,
};

/// Nothing comes first, unless it is asked to come last.
pub(super) fn ordered(field: &Field, one: &Value, other: &Value, order: &Order) -> Ordering {
    match (one.is_null(), other.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if order.nulls_last => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) if order.nulls_last => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => {
            let order_of = compared(field, one, other);
            if order.descending { order_of.reverse() } else { order_of }
        }
    }
}

pub(super) fn holds(field: &Field, held: &Value, operator: Operator, literal: &Literal) -> bool {
    let wanted = wanted(field, literal);
    if operator == Operator::Like {
        let pattern = if let Literal::Text(text) = literal { text.as_str() } else { "" };
        return held.as_str().is_some_and(|held| is_like(&held.to_lowercase(), &pattern.to_lowercase()));
    }
    let same = if held.is_null() || wanted.is_null() {
        held.is_null() && wanted.is_null()
    } else {
        compared(field, held, &wanted).is_eq()
    };
    match operator {
        Operator::Equal => same,
        Operator::Unequal => !same,
        _ if held.is_null() || wanted.is_null() => false,
        Operator::Less => compared(field, held, &wanted).is_lt(),
        Operator::AtMost => compared(field, held, &wanted).is_le(),
        Operator::More => compared(field, held, &wanted).is_gt(),
        Operator::AtLeast | Operator::Like => compared(field, held, &wanted).is_ge(),
    }
}

/// A literal as a record would hold it; an empty text is nothing.
fn wanted(field: &Field, literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::True => json!(true),
        Literal::False => json!(false),
        Literal::Number(number) => json!(number),
        Literal::Text(text) if text.is_empty() => Value::Null,
        Literal::Text(text) if matches!(field.kind, K::Id | K::Reference) => json!(id::normal(text)),
        Literal::Text(text) => json!(text.replace(PLAIN_PERCENT, "%").replace(PLAIN_UNDERSCORE, "_")),
        Literal::Day(day) => json!(day),
        Literal::Moment(at) => json!(moment::shown(*at)),
    }
}

/// Text without its case, unless the field minds it; moments and days are ordered as their text is.
fn compared(field: &Field, one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::String(one), Value::String(other)) => {
            let exact = field.case_sensitive || matches!(field.kind, K::Id | K::Reference);
            if exact { one.cmp(other) } else { one.to_lowercase().cmp(&other.to_lowercase()) }
        }
        _ => Ordering::Less,
    }
}

/// `%` stands for any text, `_` for one character, unless they were escaped.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut pattern_chars = pattern.chars();
    let Some(first) = pattern_chars.next() else { return text.is_empty() };
    let rest = pattern_chars.as_str();
    match first {
        '%' => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.into_iter().any(|at| is_like(&text[at..], rest))
        }
        '_' => text.chars().next().is_some_and(|c| is_like(&text[c.len_utf8()..], rest)),
        PLAIN_PERCENT => text.strip_prefix('%').is_some_and(|text| is_like(text, rest)),
        PLAIN_UNDERSCORE => text.strip_prefix('_').is_some_and(|text| is_like(text, rest)),
        plain => text.starts_with(plain) && is_like(&text[plain.len_utf8()..], rest),
    }
}

#[cfg(test)]
mod tests {
    use super::{PLAIN_PERCENT, is_like};

    #[test]
    fn like_knows_any_text_one_character_and_what_was_escaped() {
        let plain = format!("100{PLAIN_PERCENT}");
        for (text, pattern, fits) in [
            ("ada lovelace", "ada%", true),
            ("ada", "a_a", true),
            ("adda", "a_a", false),
            ("100%", plain.as_str(), true),
            ("1000", plain.as_str(), false),
            ("", "%", true),
            ("a\\b", "a\\b", true),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} like {pattern}");
        }
    }
}
