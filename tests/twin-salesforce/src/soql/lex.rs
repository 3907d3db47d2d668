//! The words of a query.

use super::{Literal, PLAIN_PERCENT, PLAIN_UNDERSCORE, pointed};
use crate::{moment, refusal::Refusal};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name, with its dots.
    Word(String),
    Value(Literal),
    Sign(&'static str),
    End,
}

/// A token and where it begins.
pub(super) type Placed = (Token, usize);

const SIGNS: [&str; 11] = ["<=", ">=", "!=", "<>", "<", ">", "=", "(", ")", ",", ":"];

/// Cuts a query into its words; the last one is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Refusal> {
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = token(text, at, rest, first)?;
        all.push((token, at));
        at += length;
    }
    all.push((Token::End, text.len()));
    Ok(all)
}

fn token(text: &str, at: usize, rest: &str, first: char) -> Result<(Token, usize), Refusal> {
    if first == '\'' {
        let (value, length) =
            quoted(rest).map_err(|words| Refusal::malformed_query(pointed(text, at, &words)))?;
        return Ok((Token::Value(Literal::Text(value)), length));
    }
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        return Ok((Token::Sign(sign), sign.len()));
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.+-:".contains(c);
    let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
    match bare(word) {
        Some(token) => Ok((token, word.len())),
        None => Err(unexpected(text, at, &first.to_string())),
    }
}

/// A word without quotes: a number, a day, a moment, or a name.
fn bare(word: &str) -> Option<Token> {
    let first = word.chars().next()?;
    if first.is_ascii_alphabetic() {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        return plain.then(|| Token::Word(word.to_owned()));
    }
    let moment = moment::sent(word).map(Literal::Moment);
    let day = || moment::day(word).map(|_| Literal::Day(word.to_owned()));
    let number = || word.parse().ok().map(Literal::Number);
    moment.or_else(day).or_else(number).map(Token::Value)
}

/// The text between two quotes, and how long it was with them.
fn quoted(rest: &str) -> Result<(String, usize), String> {
    let (mut value, mut chars) = (String::new(), rest.char_indices().skip(1));
    while let Some((at, letter)) = chars.next() {
        match letter {
            '\'' => return Ok((value, at + 1)),
            '\\' => {
                let next = chars.next().map(|(_, letter)| letter);
                value.push_str(&escaped(next)?);
            }
            letter => value.push(letter),
        }
    }
    Err("Invalid string literal: the quote is not closed".to_owned())
}

fn escaped(letter: Option<char>) -> Result<String, String> {
    Ok(match letter {
        Some('n') => "\n".into(),
        Some('r') => "\r".into(),
        Some('t') => "\t".into(),
        Some('b') => "\u{8}".into(),
        Some('f') => "\u{c}".into(),
        Some(same @ ('\'' | '"' | '\\')) => same.to_string(),
        Some('%') => PLAIN_PERCENT.into(),
        Some('_') => PLAIN_UNDERSCORE.into(),
        other => {
            let letter = other.map(String::from).unwrap_or_default();
            return Err(format!(
                "Invalid string literal. Illegal character sequence '\\{letter}' in string literal."
            ));
        }
    })
}

/// 400 `MALFORMED_QUERY` at a word that does not belong there.
pub(super) fn unexpected(text: &str, at: usize, word: &str) -> Refusal {
    let words = if word.is_empty() {
        "unexpected token: '<EOF>'".to_owned()
    } else {
        format!("unexpected token: '{word}'")
    };
    Refusal::malformed_query(pointed(text, at, &words))
}
