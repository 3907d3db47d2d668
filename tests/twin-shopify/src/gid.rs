//! Ids: numbers in REST bodies, `gid://shopify/Kind/number` in GraphQL.

use serde_json::Value;

/// The GraphQL form of a numeric id.
pub(crate) fn gid(kind: &str, id: u64) -> String {
    format!("gid://shopify/{kind}/{id}")
}

/// Reads `gid://shopify/Kind/number`, with or without a `?query` behind it.
pub(crate) fn parse(text: &str) -> Option<(&str, u64)> {
    let (kind, rest) = text.strip_prefix("gid://shopify/")?.split_once('/')?;
    let digits = rest.split('?').next()?;
    if kind.is_empty() { None } else { Some((kind, digits.parse().ok()?)) }
}

/// An id in any of the ways payloads write it: number, digits in a string, GID of this `kind`.
pub(crate) fn from_value(kind: &str, value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => match parse(text) {
            Some((named, id)) => (named == kind).then_some(id),
            None => text.trim().parse().ok(),
        },
        _ => None,
    }
    .filter(|id| *id > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_style_of_id_is_the_same_number() {
        for value in
            [json!(7), json!("7"), json!("gid://shopify/Order/7"), json!("gid://shopify/Order/7?x=1")]
        {
            assert_eq!(from_value("Order", &value), Some(7), "{value}");
        }
    }

    #[test]
    fn what_is_no_id_of_this_kind_is_none() {
        for value in
            [json!(0), json!(-1), json!(1.5), json!(null), json!([]), json!("gid://shopify/Customer/7")]
        {
            assert_eq!(from_value("Order", &value), None, "{value}");
        }
    }
}
