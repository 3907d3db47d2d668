//! From words to conditions and changes. What our store does not say is refused.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::Refusal;
use super::expression::{Change, Condition, Operand};
use super::token::{Token, tokens};

/// What words stand for: `#name` and `:value`, or the parameters of a statement in their order.
#[derive(Debug, Default)]
pub(super) struct Meanings<'t> {
    pub(super) names: Option<&'t Map<String, Value>>,
    pub(super) values: Option<&'t Map<String, Value>>,
    pub(super) parameters: VecDeque<&'t Value>,
}

/// Words not read yet.
pub(super) struct Parser<'t> {
    tokens: VecDeque<Token<'t>>,
    meanings: Meanings<'t>,
}

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

impl<'t> Parser<'t> {
    pub(super) fn of(text: &'t str, meanings: Meanings<'t>) -> Result<Self, Refusal> {
        Ok(Self { tokens: tokens(text)?.into(), meanings })
    }

    /// A whole condition; none holds of every row.
    pub(super) fn condition_of(text: Option<&'t str>, meanings: Meanings<'t>) -> Result<Condition, Refusal> {
        let Some(text) = text else { return Ok(Condition::All(Vec::new())) };
        let mut parser = Self::of(text, meanings)?;
        let condition = parser.condition()?;
        parser.end()?;
        Ok(condition)
    }

    /// `SET a = x, b = y REMOVE c, d`.
    pub(super) fn change_of(text: &'t str, meanings: Meanings<'t>) -> Result<Change, Refusal> {
        let (mut parser, mut change) = (Self::of(text, meanings)?, Change::default());
        while !parser.is_at_end() {
            if parser.takes("SET") {
                change.set.push(parser.assignment()?);
                while parser.takes_sign(",") {
                    change.set.push(parser.assignment()?);
                }
            } else {
                parser.expects("REMOVE")?;
                change.remove.push(parser.name()?);
                while parser.takes_sign(",") {
                    change.remove.push(parser.name()?);
                }
            }
        }
        Ok(change)
    }

    pub(super) fn condition(&mut self) -> Result<Condition, Refusal> {
        let mut any = vec![self.all()?];
        while self.takes("OR") {
            any.push(self.all()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::Any(any) })
    }

    fn all(&mut self) -> Result<Condition, Refusal> {
        let mut all = vec![self.one()?];
        while self.takes("AND") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn one(&mut self) -> Result<Condition, Refusal> {
        if self.takes_sign("(") {
            let inner = self.condition()?;
            self.expects_sign(")")?;
            return Ok(inner);
        }
        for (word, exists) in [("attribute_exists", true), ("attribute_not_exists", false)] {
            if self.takes(word) {
                return Ok(Condition::Exists(self.enclosed_name()?, exists));
            }
        }
        let operand = self.operand()?;
        if self.takes("IS") {
            self.expects("MISSING")?;
            let Operand::Attribute(name) = operand else { return Err(self.lost("a name before IS MISSING")) };
            return Ok(Condition::Exists(name, false));
        }
        let sign = COMPARISONS.into_iter().find(|sign| self.takes_sign(sign));
        let sign = sign.ok_or_else(|| self.lost("a comparison"))?;
        Ok(Condition::Compare(operand, sign, self.operand()?))
    }

    /// `name = operand`.
    pub(super) fn assignment(&mut self) -> Result<(String, Operand), Refusal> {
        let name = self.name()?;
        self.expects_sign("=")?;
        Ok((name, self.operand()?))
    }

    fn operand(&mut self) -> Result<Operand, Refusal> {
        if self.takes_sign("?") {
            return Ok(Operand::Value(self.parameter()?));
        }
        if self.takes("size") {
            return Ok(Operand::Size(self.enclosed_name()?));
        }
        if self.takes("list_append") {
            let (one, other) = self.pair(Self::operand)?;
            return Ok(Operand::Append(Box::new(one), Box::new(other)));
        }
        if self.takes("if_not_exists") {
            let (name, other) = self.pair(Self::name)?;
            return Ok(Operand::Or(name, Box::new(other)));
        }
        match self.tokens.front() {
            Some(Token::Word(word)) if word.starts_with(':') => Ok(Operand::Value(self.value()?)),
            _ => Ok(Operand::Attribute(self.name()?)),
        }
    }

    fn pair<T>(&mut self, first: impl Fn(&mut Self) -> Result<T, Refusal>) -> Result<(T, Operand), Refusal> {
        self.expects_sign("(")?;
        let first = first(self)?;
        self.expects_sign(",")?;
        let second = self.operand()?;
        self.expects_sign(")")?;
        Ok((first, second))
    }

    fn enclosed_name(&mut self) -> Result<String, Refusal> {
        self.expects_sign("(")?;
        let name = self.name()?;
        self.expects_sign(")")?;
        Ok(name)
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        let word = self.tokens.pop_front();
        let Some(Token::Word(word)) = word else { return Err(self.lost("a value")) };
        let value = self.meanings.values.and_then(|values| values.get(word));
        value.cloned().ok_or_else(|| Refusal::of(format!("`{word}` has no value")))
    }

    /// The next of the statement's parameters.
    pub(super) fn parameter(&mut self) -> Result<Value, Refusal> {
        let next = self.meanings.parameters.pop_front();
        next.cloned().ok_or_else(|| Refusal::of("there are fewer parameters than `?`"))
    }

    pub(super) fn name(&mut self) -> Result<String, Refusal> {
        match self.tokens.pop_front() {
            Some(Token::Name(name)) => Ok(name.to_owned()),
            Some(Token::Word(word)) if word.starts_with('#') => {
                let meant = self.meanings.names.and_then(|names| names.get(word)?.as_str());
                meant
                    .map(ToOwned::to_owned)
                    .ok_or_else(|| Refusal::of(format!("`{word}` stands for nothing")))
            }
            Some(Token::Word(word)) if !word.starts_with(':') => Ok(word.to_owned()),
            _ => Err(self.lost("a name")),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, Refusal> {
        match self.tokens.pop_front() {
            Some(Token::Text(text)) => Ok(text.to_owned()),
            _ => Err(self.lost("a text in quotes")),
        }
    }

    /// Takes this keyword, where it is the next word.
    pub(super) fn takes(&mut self, keyword: &str) -> bool {
        let is_next = matches!(self.tokens.front(), Some(Token::Word(word)) if *word == keyword);
        is_next && self.tokens.pop_front().is_some()
    }

    pub(super) fn takes_sign(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.tokens.front(), Some(Token::Sign(next)) if *next == sign);
        is_next && self.tokens.pop_front().is_some()
    }

    pub(super) fn expects(&mut self, keyword: &str) -> Result<(), Refusal> {
        if self.takes(keyword) { Ok(()) } else { Err(self.lost(keyword)) }
    }

    pub(super) fn expects_sign(&mut self, sign: &str) -> Result<(), Refusal> {
        if self.takes_sign(sign) { Ok(()) } else { Err(self.lost(sign)) }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Nothing may be left over.
    pub(super) fn end(&self) -> Result<(), Refusal> {
        if self.is_at_end() && self.meanings.parameters.is_empty() {
            Ok(())
        } else {
            Err(self.lost("the end"))
        }
    }

    fn lost(&self, expected: &str) -> Refusal {
        Refusal::of(format!("expected {expected} before {:?}", self.tokens))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(value: &Value) -> super::super::row::Row {
        value.as_object().expect("a row").clone()
    }

    fn holds(text: &str, values: &Value, of: &Value) -> bool {
        let meanings = Meanings { values: values.as_object(), ..Meanings::default() };
        Parser::condition_of(Some(text), meanings).expect("a condition").holds(&row(of))
    }

    #[test]
    fn and_binds_closer_than_or() {
        let values = json!({":one": {"N": "1"}});
        let text = "attribute_not_exists(a) OR b = :one AND c = :one";
        assert!(holds(text, &values, &json!({})));
        assert!(!holds(text, &values, &json!({"a": {"N": "1"}, "b": {"N": "1"}})));
        assert!(holds(text, &values, &json!({"a": {"N": "1"}, "b": {"N": "1"}, "c": {"N": "1"}})));
    }

    #[test]
    fn what_is_not_there_is_neither_smaller_nor_equal() {
        let values = json!({":now": {"N": "5"}});
        assert!(!holds("until <= :now", &values, &json!({})));
        assert!(holds("until <= :now", &values, &json!({"until": {"N": "5"}})));
    }

    #[test]
    fn a_change_sets_appends_and_removes() {
        let values = json!({":none": {"L": []}, ":these": {"L": [{"S": "x"}]}, ":v": {"S": "new"}});
        let meanings = Meanings { values: values.as_object(), ..Meanings::default() };
        let text = "SET m = list_append(if_not_exists(m, :none), :these), v = :v REMOVE old";
        let change = Parser::change_of(text, meanings).expect("a change");
        let made = change.made(&row(&json!({"old": {"S": "gone"}}))).expect("a row");
        assert_eq!(Value::Object(made), json!({"m": {"L": [{"S": "x"}]}, "v": {"S": "new"}}));
    }

    #[test]
    fn what_our_store_does_not_say_is_refused() {
        for text in ["a BETWEEN :x AND :y", "begins_with(a, :x)", "a = :unknown", "NOT a = b"] {
            assert!(Parser::condition_of(Some(text), Meanings::default()).is_err(), "{text}");
        }
    }
}
