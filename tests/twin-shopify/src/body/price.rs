//! Money in REST bodies.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::money;

/// `{shop_money, presentment_money}`; this shop sells in one currency.
pub(super) fn set(amount: Decimal, currency: &str) -> Value {
    let money = json!({ "amount": money::rest(amount, currency), "currency_code": currency });
    json!({ "shop_money": money, "presentment_money": money })
}

/// Puts `name` and `name_set` into `fields`, the pair REST has for every amount.
pub(super) fn pair(fields: &mut Value, name: &str, amount: Decimal, currency: &str) {
    fields[name] = money::rest(amount, currency).into();
    fields[format!("{name}_set")] = set(amount, currency);
}
