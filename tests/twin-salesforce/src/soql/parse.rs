//! From words to a query.

use super::{
    Condition, Literal, Name, Operator, Order, Query, Select,
    lex::{self, Placed, Token},
};
use crate::refusal::Refusal;

/// Parentheses in parentheses at most.
const DEEPEST: usize = 50;

type Parsed<T> = Result<T, Refusal>;

pub(super) fn query(text: &str) -> Parsed<Query> {
    let mut words = Words { text, tokens: lex::tokens(text)?, at: 0, depth: 0 };
    let query = words.query()?;
    if words.peek() == &Token::End { Ok(query) } else { Err(words.unexpected()) }
}

struct Words<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    at: usize,
    /// Parentheses and NOTs around the place.
    depth: usize,
}

impl Words<'_> {
    fn query(&mut self) -> Parsed<Query> {
        self.keyword("SELECT")?;
        let select = self.select()?;
        self.keyword("FROM")?;
        let object = self.object()?;
        let condition = if self.takes("WHERE") { Some(self.condition()?) } else { None };
        let order = if self.takes("ORDER") { self.order()? } else { Vec::new() };
        let limit = if self.takes("LIMIT") { Some(self.whole()?) } else { None };
        let offset = if self.takes("OFFSET") { self.whole()? } else { 0 };
        Ok(Query { object, select, condition, order, limit, offset })
    }

    fn select(&mut self) -> Parsed<Select> {
        let first = self.name()?;
        if first.text.eq_ignore_ascii_case("COUNT") && self.takes_sign("(") {
            self.sign(")")?;
            return Ok(Select::Count);
        }
        let mut fields = vec![first];
        while self.takes_sign(",") {
            fields.push(self.name()?);
        }
        Ok(Select::Fields(fields))
    }

    /// Conditions that are all joined by AND or all by OR: a mix needs parentheses.
    fn condition(&mut self) -> Parsed<Condition> {
        let first = self.one()?;
        for (word, joined) in [("AND", Condition::All as fn(_) -> _), ("OR", Condition::Any as fn(_) -> _)] {
            if self.is(word) {
                let mut all = vec![first];
                while self.takes(word) {
                    all.push(self.one()?);
                }
                return if self.is("AND") || self.is("OR") {
                    Err(self.unexpected())
                } else {
                    Ok(joined(all))
                };
            }
        }
        Ok(first)
    }

    fn one(&mut self) -> Parsed<Condition> {
        self.depth += 1;
        let one = if self.depth > DEEPEST { Err(self.unexpected()) } else { self.one_here() };
        self.depth -= 1;
        one
    }

    fn one_here(&mut self) -> Parsed<Condition> {
        if self.takes("NOT") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.takes_sign("(") {
            let inner = self.condition()?;
            self.sign(")")?;
            return Ok(inner);
        }
        let field = self.name()?;
        let negated = self.takes("NOT");
        if self.takes("IN") {
            return Ok(Condition::In { field, negated, values: self.list()? });
        }
        if negated {
            return Err(self.unexpected());
        }
        let operator = self.operator()?;
        Ok(Condition::Is { field, operator, value: self.literal()? })
    }

    fn operator(&mut self) -> Parsed<Operator> {
        let operator = match self.peek() {
            Token::Sign("=") => Operator::Equal,
            Token::Sign("!=" | "<>") => Operator::Unequal,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::AtMost,
            Token::Sign(">") => Operator::More,
            Token::Sign(">=") => Operator::AtLeast,
            Token::Word(word) if word.eq_ignore_ascii_case("LIKE") => Operator::Like,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(operator)
    }

    fn list(&mut self) -> Parsed<Vec<Literal>> {
        self.sign("(")?;
        let mut values = vec![self.literal()?];
        while self.takes_sign(",") {
            values.push(self.literal()?);
        }
        self.sign(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Parsed<Literal> {
        let literal = match self.peek() {
            Token::Value(value) => value.clone(),
            Token::Word(word) if word.eq_ignore_ascii_case("null") => Literal::Null,
            Token::Word(word) if word.eq_ignore_ascii_case("true") => Literal::True,
            Token::Word(word) if word.eq_ignore_ascii_case("false") => Literal::False,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(literal)
    }

    fn order(&mut self) -> Parsed<Vec<Order>> {
        self.keyword("BY")?;
        let mut all = vec![self.one_order()?];
        while self.takes_sign(",") {
            all.push(self.one_order()?);
        }
        Ok(all)
    }

    fn one_order(&mut self) -> Parsed<Order> {
        let by = self.name()?;
        let descending = self.takes("DESC");
        if !descending {
            self.takes("ASC");
        }
        let nulls_last = self.takes("NULLS") && {
            let last = self.takes("LAST");
            if !last {
                self.keyword("FIRST")?;
            }
            last
        };
        Ok(Order { by, descending, nulls_last })
    }

    fn whole(&mut self) -> Parsed<usize> {
        let number = match self.peek() {
            Token::Value(Literal::Number(number)) if number.fract() == 0.0 => number.to_string().parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(number)
    }

    fn name(&mut self) -> Parsed<Name> {
        let at = self.tokens[self.at].1;
        match self.peek() {
            Token::Word(word) if !is_keyword(word) => {
                let text = word.clone();
                self.at += 1;
                Ok(Name { text, at })
            }
            _ => Err(self.unexpected()),
        }
    }

    /// `Order` is an object too.
    fn object(&mut self) -> Parsed<Name> {
        let at = self.tokens[self.at].1;
        if self.takes("ORDER") { Ok(Name { text: "Order".into(), at }) } else { self.name() }
    }

    fn keyword(&mut self, word: &str) -> Parsed<()> {
        if self.takes(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn sign(&mut self, sign: &str) -> Parsed<()> {
        if self.takes_sign(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn is(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(own) if own.eq_ignore_ascii_case(word))
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = self.is(word);
        self.at += usize::from(is);
        is
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Token::Sign(own) if *own == sign);
        self.at += usize::from(is);
        is
    }

    /// The word that is next; the end stays the end.
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)].0
    }

    fn unexpected(&self) -> Refusal {
        let (token, at) = &self.tokens[self.at.min(self.tokens.len() - 1)];
        let word = match token {
            Token::Word(word) => word.clone(),
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Value(Literal::Text(text)) => format!("'{text}'"),
            Token::Value(value) => format!("{value:?}"),
            Token::End => String::new(),
        };
        lex::unexpected(self.text, *at, &word)
    }
}

fn is_keyword(word: &str) -> bool {
    ["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "LIMIT", "ORDER", "OFFSET", "NULL"]
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word))
}
