//! Whatever a refusal says, only codes and names of ours are kept of it.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

/// Where refusals have texts, and one place where they have none yet.
const PLACES: [&str; 15] = [
    "status",
    "message",
    "category",
    "subCategory",
    "errorType",
    "error",
    "policyName",
    "correlationId",
    "errors",
    "code",
    "context",
    "propertyName",
    "name",
    "invalidEmails",
    "anything else",
];

/// What a message may wrap a value in, some of which is looked for.
const AROUND: [(&str, &str); 7] = [
    ("", ""),
    ("Contact already exists. Existing ID: ", ""),
    ("Cannot set PropertyValueCoordinates{value=", "} on 1. 2 already has that value."),
    ("1 ", " already has that value"),
    (r#"Property values were not valid: [{"error":""#, r#"","name":"email"}]"#),
    (r#"Property values were not valid: [{"error":"INVALID_EMAIL","name":""#, r#""}]"#),
    ("<html><body>", "</body></html>"),
];

/// A text about a person. `hush` is in it, and whatever it stands in is not shaped like a code.
fn personal() -> impl Strategy<Value = String> {
    let around = prop::sample::select(AROUND.to_vec());
    let person = ("[ -~]{0,12}", prop::sample::select(vec!["hush@example.com", "hush hush", "+49 hush"]));
    (around, person).prop_map(|((before, after), (some, person))| format!("{before}{some}{person}{after}"))
}

fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => personal().prop_map(Value::String),
        1 => prop::sample::select(vec!["VALIDATION_ERROR", "PROPERTY_DOESNT_EXIST", "email"]).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let place =
            prop_oneof![6 => prop::sample::select(PLACES.to_vec()).prop_map(str::to_owned), 1 => personal()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((place, inner), 0..8).prop_map(|all| Value::Object(Map::from_iter(all))),
        ]
    })
}

/// All that anybody could print of it.
fn shown(refusal: Refusal) -> String {
    let debug = format!("{refusal:?}");
    let error = refusal.error();
    let source = std::error::Error::source(&error).map(ToString::to_string);
    format!("{debug} {error} {error:?} {source:?}")
}

proptest! {
    #[test]
    fn of_no_body_more_than_codes_is_kept(status in 300_u16..600, body in body()) {
        for refusal in [Refusal::read(status, &body, None, &[]), Refusal::of_row(&body, &[])] {
            let shown = shown(refusal.about_a_record());
            prop_assert!(!shown.contains("hush"), "{body}: {shown}");
        }
    }
}

#[test]
fn what_is_shaped_like_a_code_is_kept_and_nothing_longer() {
    let body = |category: String| Value::Object(Map::from_iter([("category".to_owned(), category.into())]));
    let code = |category: String| Refusal::read(400, &body(category), None, &[]).error().code().to_owned();
    assert_eq!(code("X".repeat(64)), format!("400 {}", "X".repeat(64)));
    assert_eq!(code("X".repeat(65)), "400");
}
