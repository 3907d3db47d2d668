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
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut of) = (0, 0);
    // Where the last `%` was, and where the text goes on behind what it stands for so far.
    let mut any: Option<(usize, usize)> = None;
    while at < text.len() {
        match (pattern.get(of), any) {
            (Some('%'), _) => {
                any = Some((of, at));
                of += 1;
            }
            (Some(sign), _) if stands_for(*sign, text[at]) => (at, of) = (at + 1, of + 1),
            (_, Some((place, until))) => {
                any = Some((place, until + 1));
                (at, of) = (until + 1, place + 1);
            }
            _ => return false,
        }
    }
    pattern[of..].iter().all(|sign| *sign == '%')
}

fn stands_for(sign: char, letter: char) -> bool {
    match sign {
        '_' => true,
        PLAIN_PERCENT => letter == '%',
        PLAIN_UNDERSCORE => letter == '_',
        plain => plain == letter,
    }
}

#[cfg(test)]
mod tests {
    use super::{PLAIN_PERCENT, is_like};

    #[test]
    fn like_knows_any_text_one_character_and_what_was_escaped() {
        let (plain, many) = (format!("100{PLAIN_PERCENT}"), "a".repeat(255));
        for (text, pattern, fits) in [
            ("ada lovelace", "ada%", true),
            ("ada", "a_a", true),
            ("adda", "a_a", false),
            ("100%", plain.as_str(), true),
            ("1000", plain.as_str(), false),
            ("", "%", true),
            ("a\\b", "a\\b", true),
            ("abcab", "%ab", true),
            ("abcab", "a%c%", true),
            ("abc", "%d%", false),
            ("", "_", false),
            (many.as_str(), "%a%a%a%a%a%a%a%a%a%a%b", false),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} like {pattern}");
        }
    }
}
