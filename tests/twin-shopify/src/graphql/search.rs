//! The `query:` argument. A filter that is not known matches everything, silently, as Shopify's do.

use jiff::{Timestamp, civil::Date, tz::Offset};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::{customer::Customer, order::Order, view::View};

/// What an object has under a filter's name.
pub(super) enum Held {
    Text(Vec<String>),
    Number(Decimal),
    Time(Timestamp),
}

/// Terms joined by AND (or nothing), in groups joined by OR.
pub(super) struct Query(Vec<Vec<Term>>);

struct Term {
    negated: bool,
    field: String,
    comparator: Comparator,
    value: String,
    quoted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparator {
    Is,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Query {
    pub(super) fn of(arguments: &Map<String, Value>) -> Self {
        let text = arguments.get("query").and_then(Value::as_str).unwrap_or_default();
        let mut groups = vec![Vec::new()];
        let mut negated = false;
        for word in words(text) {
            match word.as_str() {
                "AND" => {}
                "OR" => groups.push(Vec::new()),
                "NOT" => negated = true,
                _ => {
                    let found = term(&word, std::mem::take(&mut negated));
                    if let Some(group) = groups.last_mut() {
                        group.push(found);
                    }
                }
            }
        }
        Self(groups)
    }

    pub(super) fn matches(&self, read: &dyn Fn(&str) -> Option<Held>) -> bool {
        self.0.iter().any(|group| group.iter().all(|term| term.holds(read)))
    }
}

impl Term {
    fn holds(&self, read: &dyn Fn(&str) -> Option<Held>) -> bool {
        let holds = match read(&self.field) {
            None => return true,
            Some(Held::Text(texts)) => texts.iter().any(|text| self.text(text)),
            Some(Held::Number(number)) => {
                self.value.parse().is_ok_and(|wanted| self.compares(&number, &wanted))
            }
            Some(Held::Time(time)) => self.time(time),
        };
        holds != self.negated
    }

    fn compares<T: Ord>(&self, held: &T, wanted: &T) -> bool {
        match self.comparator {
            Comparator::Is => held == wanted,
            Comparator::Above => held > wanted,
            Comparator::AtLeast => held >= wanted,
            Comparator::Below => held < wanted,
            Comparator::AtMost => held <= wanted,
        }
    }

    /// Quoted is exact; `*` is anything, at the end or alone; else all of the words must be in it.
    fn text(&self, held: &str) -> bool {
        let (held, wanted) = (held.to_lowercase(), self.value.to_lowercase());
        match wanted.strip_suffix('*') {
            _ if self.quoted => wanted.split(',').any(|one| one.trim() == held) || wanted == held,
            Some(start) => held.starts_with(start) && !held.is_empty(),
            None => held == wanted || tokens(&wanted).all(|token| tokens(&held).any(|own| own == token)),
        }
    }

    /// A day without a time is the whole day when compared for equality, and its start otherwise.
    fn time(&self, held: Timestamp) -> bool {
        if let Ok(wanted) = self.value.parse::<Timestamp>() {
            return self.compares(&held, &wanted);
        }
        let start = |day: Date| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0));
        let Ok(day) = self.value.parse::<Date>() else { return true };
        match (start(day), day.tomorrow().and_then(start)) {
            (Ok(from), Ok(to)) if self.comparator == Comparator::Is => from <= held && held < to,
            (Ok(from), _) => self.compares(&held, &from),
            _ => true,
        }
    }
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|token| !token.is_empty())
}

/// Splits at spaces outside quotes; a comparator may stand apart from its value (`updated_at: >='...'`).
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in text.chars() {
        let glued = words.last().is_some_and(|word| word.ends_with([':', '<', '>', '=']));
        match (letter, quote) {
            ('"' | '\'', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            (' ' | '(' | ')', None) if glued => continue,
            (' ' | '(' | ')', None) => {
                words.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn term(word: &str, negated: bool) -> Term {
    let (minus, word) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
    let (field, value) = word
        .split_once(':')
        .filter(|(field, _)| !field.starts_with(['"', '\'']))
        .unwrap_or(("default", word));
    let comparators = [
        (">=", Comparator::AtLeast),
        ("<=", Comparator::AtMost),
        (">", Comparator::Above),
        ("<", Comparator::Below),
        ("", Comparator::Is),
    ];
    let found =
        comparators.into_iter().find_map(|(sign, comparator)| Some((value.strip_prefix(sign)?, comparator)));
    let (value, comparator) = found.unwrap_or((value, Comparator::Is));
    let bare = value.trim_matches(['"', '\'']);
    Term {
        negated: negated || minus,
        field: field.to_owned(),
        comparator,
        value: bare.to_owned(),
        quoted: bare.len() != value.len(),
    }
}

fn text(value: impl IntoIterator<Item = String>) -> Held {
    Held::Text(value.into_iter().collect())
}

/// What a customer has under a filter's name; None for a filter that is not known.
pub(super) fn of_customer(view: &View<'_>, one: &Customer, name: &str) -> Option<Held> {
    Some(match name {
        "id" => Held::Number(one.id.into()),
        "email" => text(one.email.clone()),
        "phone" => text(one.phone.clone()),
        "first_name" => text(one.first_name.clone()),
        "last_name" => text(one.last_name.clone()),
        "state" => text([one.state.clone()]),
        "tag" => text(one.tags.clone()),
        "country" => text(
            one.address.iter().flat_map(|held| [held.country.clone(), held.country_code.clone()]).flatten(),
        ),
        "created_at" | "customer_date" => Held::Time(one.created_at),
        "updated_at" => Held::Time(one.updated_at),
        "orders_count" => Held::Number(view.figures(one).orders.into()),
        "total_spent" => Held::Number(view.figures(one).spent),
        "default" => text([format!("{} {}", one.display_name(), one.email.clone().unwrap_or_default())]),
        _ => return None,
    })
}

/// What an order has under a filter's name; None for a filter that is not known.
pub(super) fn of_order(one: &Order, name: &str) -> Option<Held> {
    Some(match name {
        "id" => Held::Number(one.id.into()),
        "customer_id" => Held::Number(one.customer.unwrap_or(0).into()),
        "name" => text([one.name.clone(), one.name.trim_start_matches('#').to_owned()]),
        "email" => text(one.email.clone()),
        "tag" => text(one.tags.clone()),
        "test" => text([one.test.to_string()]),
        "status" => text([if one.cancelled_at.is_some() {
            "cancelled"
        } else if one.closed_at.is_some() {
            "closed"
        } else {
            "open"
        }
        .to_owned()]),
        "financial_status" => text(one.financial.clone()),
        "fulfillment_status" => text([one.fulfilment.clone().unwrap_or_else(|| "unfulfilled".to_owned())]),
        "source_name" => text([one.source_name.clone()]),
        "cart_token" => text(one.cart_token.clone()),
        "checkout_token" => text(one.checkout_token.clone()),
        "created_at" => Held::Time(one.created_at),
        "updated_at" => Held::Time(one.updated_at),
        "processed_at" => Held::Time(one.processed_at),
        "default" => text([format!("{} {}", one.name, one.email.clone().unwrap_or_default())]),
        _ => return None,
    })
}
