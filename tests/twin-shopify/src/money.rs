//! Money: exact decimals, written as each of Shopify's two APIs writes them.

use rust_decimal::Decimal;
use serde_json::Value;

/// As webhooks write it: the currency's own number of digits (`49.90`, `500` yen).
pub(crate) fn rest(amount: Decimal, currency: &str) -> String {
    let mut rounded = amount.round_dp(digits(currency));
    rounded.rescale(digits(currency));
    rounded.to_string()
}

/// As GraphQL's `Decimal` writes it: no zeros at the end, but at least one digit (`49.9`, `100.0`).
pub(crate) fn graphql(amount: Decimal) -> String {
    let mut short = amount.normalize();
    if short.scale() == 0 {
        short.rescale(1);
    }
    short.to_string()
}

/// An amount as payloads write it: string, number, or an object with `amount` or `shop_money` in it.
pub(crate) fn from_value(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => parse(text),
        Value::Number(number) => parse(&number.to_string()),
        Value::Object(fields) => ["shop_money", "shopMoney", "amount"]
            .iter()
            .find_map(|name| fields.get(*name).and_then(from_value)),
        _ => None,
    }
}

/// Beyond any shop's amounts lies where sums overflow; what is there is taken for no amount at all.
const LARGEST: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let amount: Option<Decimal> = text.parse().ok().or_else(|| Decimal::from_scientific(text).ok());
    amount.filter(|amount| amount.abs() <= LARGEST)
}

fn digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" | "XPF" | "PYG" | "RWF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_overflow_a_sum_is_no_amount() {
        assert_eq!(LARGEST, Decimal::from(1_000_000_000_000_000_u64));
        assert_eq!(from_value(&"79228162514264337593543950335".into()), None);
        assert_eq!(from_value(&"1000000000000000".into()), Some(LARGEST));
    }

    #[test]
    fn rest_and_graphql_write_the_same_amount_differently() {
        let amount = Decimal::new(4990, 2);
        assert_eq!((rest(amount, "USD"), graphql(amount)), ("49.90".into(), "49.9".into()));
        assert_eq!(
            (rest(Decimal::from(500), "JPY"), graphql(Decimal::from(500))),
            ("500".into(), "500.0".into())
        );
        assert_eq!(graphql(Decimal::ZERO), "0.0");
    }
}
