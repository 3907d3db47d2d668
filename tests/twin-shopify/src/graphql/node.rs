//! What a field resolves to, before the selection picks from it.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{clock::whole_seconds, money};

/// A value on its way into an answer.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Null, a scalar, or a list of scalars.
    Leaf(Value),
    /// A customer, read when its fields are asked for.
    Customer(u64),
    /// An order, likewise.
    Order(u64),
    /// An object whose fields are all here: type name and fields.
    Object(&'static str, Vec<(&'static str, Node)>),
    /// Several.
    List(Vec<Node>),
    /// Protected data this app may not see; the object it belongs to.
    Hidden(&'static str),
    /// Nothing, and the reason why (message and code).
    Failed(String, &'static str),
}

impl Node {
    pub(super) const NULL: Self = Self::Leaf(Value::Null);

    /// A scalar.
    pub(super) fn of(value: impl Into<Value>) -> Self {
        Self::Leaf(value.into())
    }

    /// `Decimal` and the currency.
    pub(super) fn money(amount: Decimal, currency: &str) -> Self {
        Self::Object(
            "MoneyV2",
            vec![("amount", Self::of(money::graphql(amount))), ("currencyCode", Self::of(currency))],
        )
    }

    /// In the shop's money and the buyer's, which are one here.
    pub(super) fn bag(amount: Decimal, currency: &str) -> Self {
        let money = Self::money(amount, currency);
        Self::Object("MoneyBag", vec![("shopMoney", money.clone()), ("presentmentMoney", money)])
    }

    /// GraphQL dates are in UTC, in whole seconds.
    pub(super) fn time(time: Timestamp) -> Self {
        Self::of(whole_seconds(time).to_string())
    }

    pub(super) fn time_or_null(time: Option<Timestamp>) -> Self {
        time.map_or(Self::NULL, Self::time)
    }

    /// A 64-bit number, which GraphQL writes as a string.
    pub(super) fn unsigned(number: u64) -> Self {
        Self::of(number.to_string())
    }

    /// A word of the REST vocabulary as an enum value; null where the enum has no such value.
    pub(super) fn word(word: Option<&str>, known: &[&str]) -> Self {
        let upper = word.map(str::to_uppercase);
        Self::of(upper.filter(|word| known.contains(&word.as_str())).map_or(Value::Null, |word| json!(word)))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Leaf(Value::Null))
    }
}
