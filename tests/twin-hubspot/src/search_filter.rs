//! The filters of a search: how many there may be, and which record fits.

use std::cmp::Ordering;

use serde::Deserialize;

use crate::{
    property::Property,
    record::Record,
    refusal::Refusal,
    schema::Schema,
    value::{self, is_plain_number, stored_ms},
};

const MOST_GROUPS: usize = 5;
const MOST_IN_A_GROUP: usize = 6;
const MOST_FILTERS: usize = 18;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterGroup {
    filters: Vec<Filter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Filter {
    property_name: String,
    operator: Operator,
    value: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    high_value: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Operator {
    Lt,
    Lte,
    Gt,
    Gte,
    Eq,
    Neq,
    Between,
    In,
    NotIn,
    HasProperty,
    NotHasProperty,
    ContainsToken,
    NotContainsToken,
}

/// Refuses too many filters, unknown properties, and values an operator cannot use.
pub(crate) fn check(schema: &Schema, groups: &[FilterGroup]) -> Result<(), Refusal> {
    let filters: usize = groups.iter().map(|group| group.filters.len()).sum();
    let longest = groups.iter().map(|group| group.filters.len()).max().unwrap_or(0);
    if groups.len() > MOST_GROUPS || longest > MOST_IN_A_GROUP || filters > MOST_FILTERS {
        return Err(Refusal::validation(format!(
            "filterGroups: at most {MOST_GROUPS} groups of {MOST_IN_A_GROUP} filters, {MOST_FILTERS} in all"
        )));
    }
    groups.iter().flat_map(|group| &group.filters).try_for_each(|filter| filter.check(schema))
}

/// Whether a record fits one of the groups; a search without groups finds all.
pub(crate) fn fits(schema: &Schema, groups: &[FilterGroup], record: &Record) -> bool {
    let group = |group: &FilterGroup| group.filters.iter().all(|filter| filter.fits(schema, record));
    groups.is_empty() || groups.iter().any(group)
}

impl Filter {
    fn check(&self, schema: &Schema) -> Result<(), Refusal> {
        let Some(property) = schema.get(&self.property_name) else {
            return Err(Refusal::validation(format!("There is no property named {}", self.property_name)));
        };
        let needs = match self.operator {
            Operator::In | Operator::NotIn => !self.values.is_empty(),
            Operator::Between => self.value.is_some() && self.high_value.is_some(),
            Operator::HasProperty | Operator::NotHasProperty => true,
            _ => self.value.is_some(),
        };
        if !needs {
            return Err(Refusal::validation(format!("{}: the operator lacks its value", self.property_name)));
        }
        let given = self.values.iter().chain(&self.value).chain(&self.high_value);
        given.map(String::as_str).try_for_each(|value| check_value(property, value))
    }

    fn fits(&self, schema: &Schema, record: &Record) -> bool {
        let Some(property) = schema.get(&self.property_name) else { return false };
        let held = record.value(&self.property_name);
        match (self.operator, held) {
            (Operator::HasProperty, held) => held.is_some(),
            (Operator::NotHasProperty, held) => held.is_none(),
            (Operator::Neq | Operator::NotIn | Operator::NotContainsToken, None) => true,
            (_, None) => false,
            (_, Some(held)) => self.holds(property, held),
        }
    }

    fn holds(&self, property: &Property, held: &str) -> bool {
        let value = self.value.as_deref().unwrap_or_default();
        let order = |value: &str| compare(property, held, value);
        match self.operator {
            Operator::Lt => order(value) == Ordering::Less,
            Operator::Lte => order(value) != Ordering::Greater,
            Operator::Gt => order(value) == Ordering::Greater,
            Operator::Gte => order(value) != Ordering::Less,
            Operator::Eq => order(value) == Ordering::Equal,
            Operator::Neq => order(value) != Ordering::Equal,
            Operator::Between => {
                let high = self.high_value.as_deref().unwrap_or_default();
                order(value) != Ordering::Less && order(high) != Ordering::Greater
            }
            Operator::In => self.is_listed(property, held),
            Operator::NotIn => !self.is_listed(property, held),
            Operator::ContainsToken => contains_token(held, value),
            Operator::NotContainsToken => !contains_token(held, value),
            Operator::HasProperty | Operator::NotHasProperty => false,
        }
    }

    /// The stored string is lowered, the given values are not: a capital letter in one finds nothing.
    fn is_listed(&self, property: &Property, held: &str) -> bool {
        let text = matches!(property.value_type.as_str(), "string" | "phone_number");
        self.values.iter().any(|value| {
            if text {
                held.to_lowercase() == *value
            } else {
                compare(property, held, value) == Ordering::Equal
            }
        })
    }
}

fn check_value(property: &Property, value: &str) -> Result<(), Refusal> {
    let fits = match property.value_type.as_str() {
        "number" => is_plain_number(value),
        "date" | "datetime" => value.parse::<i64>().is_ok(),
        _ => true,
    };
    let (name, kind) = (&property.name, &property.value_type);
    let words =
        || format!("{name}: the filter value '{value}' does not fit a {kind} (times in milliseconds)");
    if fits { Ok(()) } else { Err(Refusal::validation(words())) }
}

/// Compares what is stored with a filter's value: times given in milliseconds, text without its case.
fn compare(property: &Property, held: &str, wanted: &str) -> Ordering {
    match property.value_type.as_str() {
        "date" | "datetime" => stored_ms(held).cmp(&wanted.parse::<i64>().ok()),
        "number" | "enumeration" | "bool" => value::order(property, held, wanted),
        _ => held.to_lowercase().cmp(&wanted.to_lowercase()),
    }
}

/// Whether the tokens of `wanted` follow each other in `held`; `*` stands for any end or start of a token.
fn contains_token(held: &str, wanted: &str) -> bool {
    let tokens = |text: &str| -> Vec<String> {
        let cut = |c: char| !c.is_alphanumeric() && c != '*' && c != '_';
        text.to_lowercase().split(cut).filter(|token| !token.is_empty()).map(str::to_owned).collect()
    };
    let (held, wanted) = (tokens(held), tokens(wanted));
    let fits = |window: &[String]| window.iter().zip(&wanted).all(|(token, wanted)| is_like(token, wanted));
    !wanted.is_empty() && held.windows(wanted.len()).any(fits)
}

fn is_like(token: &str, wanted: &str) -> bool {
    match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
        (Some(end), None) => token.ends_with(end),
        (None, Some(start)) => token.starts_with(start),
        (Some(_), Some(_)) => token.contains(wanted.trim_matches('*')),
        (None, None) => token == wanted,
    }
}
