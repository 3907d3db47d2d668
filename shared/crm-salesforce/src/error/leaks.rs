//! Whatever a refusal says, only codes and names of fields are kept of it.

use domain::PeopleAs;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

/// Where refusals have texts, and one place where they have none yet.
const PLACES: [&str; 15] = [
    "errorCode",
    "statusCode",
    "error",
    "error_description",
    "message",
    "fields",
    "compositeResponse",
    "body",
    "duplicateResut",
    "matchResults",
    "entityType",
    "matchRecords",
    "record",
    "Id",
    "anything else",
];

/// What a message may wrap a value in, some of which is looked for.
const AROUND: [(&str, &str); 6] = [
    ("", ""),
    ("No such column '", "' on sobject of type Contact"),
    ("Unable to create/update fields: ", ". Please check the security settings"),
    ("duplicate value found: Shopify_Customer_ID__c duplicates value on record with id: ", ""),
    ("UNABLE_TO_LOCK_ROW ", ""),
    ("<html><body>", "</body></html>"),
];

/// A text about a person. `hush` is in it, and whatever it stands in is not shaped like a code.
fn personal() -> impl Strategy<Value = String> {
    let around = prop::sample::select(AROUND.to_vec());
    let person = ("[ -~]{0,12}", prop::sample::select(vec!["hush@example.com", "hush hush", "+49 hush"]));
    (around, person).prop_map(|((before, after), (some, person))| format!("{before}{some}{person}{after}"))
}

fn body() -> impl Strategy<Value = Value> {
    const CODES: [&str; 5] =
        ["INVALID_FIELD", "DUPLICATES_DETECTED", "DUPLICATE_VALUE", "STRING_TOO_LONG", "Contact"];
    let leaf = prop_oneof![
        3 => personal().prop_map(Value::String),
        2 => prop::sample::select(CODES.to_vec()).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
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
        let words = Words::new(PeopleAs::Contacts, []);
        let mut refusals = vec![Refusal::of_token(status, &body)];
        for of in [Of::Call, Of::New, Of::Known, Of::Keyed("Shopify_Customer_ID__c")] {
            refusals.push(Refusal::read(status, &body, of, &words));
            refusals.push(Refusal::of_row(&body, of, &words));
        }
        for refusal in refusals {
            let shown = shown(refusal);
            prop_assert!(!shown.contains("hush"), "{body}: {shown}");
        }
    }
}

#[test]
fn what_is_shaped_like_a_code_is_kept_and_nothing_longer() {
    let words = Words::new(PeopleAs::Contacts, []);
    let body = |code: String| Value::Object(Map::from_iter([("errorCode".to_owned(), code.into())]));
    let code = |code: String| Refusal::read(400, &body(code), Of::Call, &words).error().code().to_owned();
    assert_eq!(code("X".repeat(64)), format!("400 {}", "X".repeat(64)));
    assert_eq!(code("X".repeat(65)), "400");
}
