//! Several calls in one.

use serde_json::json;

use crate::desk::{API, Desk, KEY, encoded};

#[test]
fn a_later_part_speaks_of_what_an_earlier_one_made() {
    let desk = Desk::new();
    let contact = json!({"method": "POST", "url": format!("{API}/sobjects/Contact"), "referenceId": "made",
        "body": {"LastName": "L", KEY: "1"}});
    let task = json!({"method": "POST", "url": format!("{API}/sobjects/Task"), "referenceId": "task",
        "body": {"Subject": "Call", "WhoId": "@{made.id}"}});
    let query =
        encoded("SELECT Id FROM Contact WHERE Id = '@{made.id}'").replace("%40%7Bmade%2Eid%7D", "@{made.id}");
    let found = json!({"method": "GET", "url": format!("{API}/query?q={query}"), "referenceId": "found"});
    let answer = desk.send("POST", "composite", json!({"compositeRequest": [contact, task, found]})).json();
    let parts = answer["compositeResponse"].as_array().unwrap();
    assert_eq!(
        parts.iter().map(|part| part["httpStatusCode"].as_u64().unwrap()).collect::<Vec<_>>(),
        [201, 201, 200]
    );
    assert_eq!(parts[2]["body"]["totalSize"], 1);
    assert_eq!(desk.org.records("Task")[0].text("WhoId"), parts[0]["body"]["id"]);
}

#[test]
fn one_refused_part_halts_all_where_all_or_none_was_asked_for() {
    let desk = Desk::new();
    let part = |reference: &str, body: serde_json::Value| json!({"method": "POST", "url": format!("{API}/sobjects/Contact"), "referenceId": reference, "body": body});
    let parts = json!([
        part("item1", json!({"LastName": "L"})),
        part("item2", json!({})),
        part("item3", json!({"LastName": "M"}))
    ]);
    let answer = desk.send("POST", "composite", json!({"allOrNone": true, "compositeRequest": parts})).json();
    let codes: Vec<_> =
        (0..3).map(|n| answer["compositeResponse"][n]["body"][0]["errorCode"].clone()).collect();
    assert_eq!(codes, ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]);
    assert!(desk.org.records("Contact").is_empty());
    let answer = desk.send("POST", "composite", json!({"compositeRequest": parts})).json();
    assert_eq!(answer["compositeResponse"][2]["httpStatusCode"], 201, "without it each stands alone");
}

#[test]
fn twenty_five_parts_are_the_most_and_names_are_used_once() {
    let desk = Desk::new();
    let part = |reference: String| json!({"method": "GET", "url": format!("{API}/limits"), "referenceId": reference});
    let parts = |count: usize| (0..count).map(|n| part(format!("r{n}"))).collect::<Vec<_>>();
    assert_eq!(desk.send("POST", "composite", json!({"compositeRequest": parts(25)})).status, 200);
    assert_eq!(desk.send("POST", "composite", json!({"compositeRequest": parts(26)})).status, 400);
    let twice = json!({"compositeRequest": [part("r".into()), part("r".into())]});
    assert_eq!(desk.send("POST", "composite", twice).status, 400);
}
