//! The merchant's own fields of a customer.

use std::collections::BTreeMap;

use domain::{MetafieldKey, Seen, Value};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::error::{ShopError, ShopErrorKind};

pub(super) type Metafields = BTreeMap<MetafieldKey, Seen<Value>>;

/// Under which name the answer has the metafield that was asked for at this place. A key may have letters that a name in
/// GraphQL may not.
pub(super) fn alias(index: usize) -> String {
    format!("metafield{index}")
}

/// What a query says to get these of each customer, such as `metafield0: metafield(namespace: "custom", key: "tier") {
/// type value } `; nothing where there are none. No letter of a key needs escaping.
pub(super) fn selection(keys: &[&MetafieldKey]) -> String {
    let one = |(index, key): (usize, &&MetafieldKey)| {
        let (alias, (namespace, key)) = (alias(index), key.parts());
        format!("{alias}: metafield(namespace: \"{namespace}\", key: \"{key}\") {{ type value }} ")
    };
    keys.iter().enumerate().map(one).collect()
}

/// Takes them out of a customer's node. `withheld` tells, for a field's name, whether Shopify would not give it. One that
/// the answer does not speak of is not one that is not set.
pub(super) fn take(
    keys: &[&MetafieldKey],
    node: &mut Json,
    withheld: impl Fn(&str) -> bool,
) -> Result<Metafields, ShopError> {
    let mut one = |(index, key): (usize, &&MetafieldKey)| {
        let alias = alias(index);
        let metafield = node.get_mut(&alias).map(Json::take).ok_or_else(incomplete)?;
        let seen = if withheld(&alias) { Seen::Withheld } else { Seen::Known(read(&metafield)?) };
        Ok(((*key).clone(), seen))
    };
    keys.iter().enumerate().map(&mut one).collect()
}

fn incomplete() -> ShopError {
    ShopError::new(ShopErrorKind::Incomplete { field: "metafield" }, "an answer of another shape")
}

fn read(metafield: &Json) -> Result<Option<Value>, ShopError> {
    if metafield.is_null() {
        return Ok(None);
    }
    let text = |name: &str| metafield[name].as_str().ok_or_else(incomplete);
    Ok(value(text("type")?, text("value")?))
}

/// A value by its type (shopify.dev/docs/apps/build/custom-data/metafields/list-of-data-types). `date` has no hour and no
/// zone, so it stays the text it is. So does `boolean` (`true`, `false`), whatever is JSON (money, measures, rich text, lists
/// of numbers), and references (ids). A value that is not what its type says is told as it stands, too: that is what the
/// shop has.
fn value(kind: &str, text: &str) -> Option<Value> {
    let as_it_is = || (!text.is_empty()).then(|| Value::Text(text.to_owned()));
    match kind {
        "number_integer" | "number_decimal" => text.parse().ok().map(Value::Number).or_else(as_it_is),
        "date_time" => moment(text).map(Value::Time).or_else(as_it_is),
        _ if kind.starts_with("list.") => match serde_json::from_str::<Vec<String>>(text) {
            Ok(words) => list(&words),
            Err(_) => as_it_is(),
        },
        _ => as_it_is(),
    }
}

fn list(words: &[String]) -> Option<Value> {
    let words: Vec<_> =
        words.iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then_some(Value::List(words))
}

/// Without a zone it is GMT.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(texts: &[&str]) -> Vec<MetafieldKey> {
        texts.iter().map(|text| MetafieldKey::parse(text).unwrap()).collect()
    }

    #[test]
    fn s_214_each_type_becomes_what_it_is() {
        let text = |text: &str| Some(Value::Text(text.into()));
        let at = |text: &str| Some(Value::Time(text.parse().unwrap()));
        let table = [
            ("single_line_text_field", "gold", text("gold")),
            ("single_line_text_field", "", None),
            ("number_integer", "12", Some(Value::Number(12.into()))),
            ("number_decimal", "-12.50", Some(Value::Number("-12.5".parse().unwrap()))),
            ("number_decimal", "a dozen", text("a dozen")),
            ("boolean", "true", text("true")),
            ("date", "2026-11-20", text("2026-11-20")),
            ("date_time", "2026-11-20T10:00:00+02:00", at("2026-11-20T08:00:00Z")),
            ("date_time", "2026-11-20T10:00:00", at("2026-11-20T10:00:00Z")),
            (
                "list.single_line_text_field",
                r#"["b", "a; c", " "]"#,
                Some(Value::List(vec!["b".into(), "a; c".into()])),
            ),
            ("list.single_line_text_field", "[]", None),
            ("list.number_integer", "[1,2]", text("[1,2]")),
            ("json", r#"{"a":1}"#, text(r#"{"a":1}"#)),
            ("customer_reference", "gid://shopify/Customer/1", text("gid://shopify/Customer/1")),
            ("a_type_of_next_year", "x", text("x")),
        ];
        for (kind, said, expected) in table {
            assert_eq!(value(kind, said), expected, "{kind} {said}");
        }
    }

    #[test]
    fn s_214_what_is_not_set_what_is_withheld_and_what_is_missing_are_told_apart() {
        let keys = keys(&["custom.tier", "custom.tax_id", "$app.segment"]);
        let keys: Vec<_> = keys.iter().collect();
        let mut node = json!({"metafield0": {"type": "single_line_text_field", "value": "gold"},
            "metafield1": null, "metafield2": null});
        let seen = take(&keys, &mut node.clone(), |field| field == "metafield2").unwrap();
        assert_eq!(seen[keys[0]], Seen::Known(Some(Value::Text("gold".into()))));
        assert_eq!((&seen[keys[1]], &seen[keys[2]]), (&Seen::Known(None), &Seen::Withheld));
        node.as_object_mut().unwrap().remove("metafield1");
        let error = take(&keys, &mut node, |_| false).unwrap_err();
        assert!(matches!(error.kind(), ShopErrorKind::Incomplete { field: "metafield" }), "{error}");
        let mut node = json!({"metafield0": {"type": "single_line_text_field", "value": null}});
        assert!(take(&keys[..1], &mut node, |_| false).is_err());
    }

    #[test]
    fn s_214_only_the_configured_ones_are_asked_for() {
        let keys = keys(&["custom.tier", "$app.my-segment"]);
        assert_eq!(selection(&[]), "");
        assert_eq!(
            selection(&keys.iter().collect::<Vec<_>>()),
            "metafield0: metafield(namespace: \"custom\", key: \"tier\") { type value } \
             metafield1: metafield(namespace: \"$app\", key: \"my-segment\") { type value } "
        );
    }
}
