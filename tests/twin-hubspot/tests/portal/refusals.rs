//! Request -> status and body.

use serde_json::{Value, json};
use twin_hubspot::{EmailConflict, Portal, Settings};

use crate::desk::{CONTACTS, Desk};

/// Method, path, body.
type Sent = (&'static str, String, Value);

/// A portal with Ada (who has a Shopify id) and Bob; gives their ids.
fn with_two() -> (Desk, String, String) {
    let desk = Desk::new();
    let ada = desk.contact(&[("email", "ada@example.com"), ("shopify_customer_id", "1")]);
    let bob = desk.contact(&[("email", "bob@example.com"), ("hs_additional_emails", "rob@example.com")]);
    (desk, ada, bob)
}

#[test]
fn each_bad_contact_is_refused_in_hubspots_words() {
    let (desk, ada, bob) = with_two();
    let long = "x".repeat(65_537);
    let create = |properties: Value| ("POST", CONTACTS.to_owned(), json!({"properties": properties}));
    let edit_bob =
        |properties: Value| ("PATCH", format!("{CONTACTS}/{bob}"), json!({"properties": properties}));
    let exists = format!("Contact already exists. Existing ID: {ada}");
    let table: Vec<(Sent, u16, &str, &str)> = vec![
        (create(json!({"email": "ADA@example.com"})), 409, "CONFLICT", &exists),
        (create(json!({"email": "rob@example.com"})), 409, "CONFLICT", "Existing ID"),
        (
            create(json!({"email": "x@@example.com"})),
            400,
            "VALIDATION_ERROR",
            "Email address x@@example.com is invalid",
        ),
        (create(json!({"email": "a@x.com", "nope": "1"})), 400, "VALIDATION_ERROR", "PROPERTY_DOESNT_EXIST"),
        (
            create(json!({"email": "a@x.com", "total_spent": "1,000"})),
            400,
            "VALIDATION_ERROR",
            "INVALID_INTEGER",
        ),
        (
            create(json!({"email": "a@x.com", "last_order_at": "yesterday"})),
            400,
            "VALIDATION_ERROR",
            "INVALID_LONG",
        ),
        (create(json!({"email": "a@x.com", "createdate": "0"})), 400, "VALIDATION_ERROR", "READ_ONLY_VALUE"),
        (
            create(json!({"email": "a@x.com", "hs_additional_emails": "b@x.com"})),
            400,
            "VALIDATION_ERROR",
            "READ_ONLY_VALUE",
        ),
        (
            create(json!({"email": "a@x.com", "hs_lead_status": "new"})),
            400,
            "VALIDATION_ERROR",
            "INVALID_OPTION",
        ),
        (create(json!({"email": "a@x.com", "lastname": long})), 400, "VALIDATION_ERROR", "longer than 65536"),
        (create(json!({"phone": "1"})), 400, "VALIDATION_ERROR", "email, firstname, lastname"),
        (create(json!({"email": "", "phone": "1"})), 400, "VALIDATION_ERROR", "email, firstname, lastname"),
        (edit_bob(json!({"email": "ada@example.com"})), 409, "CONFLICT", &exists),
        (edit_bob(json!({"shopify_customer_id": "1"})), 400, "VALIDATION_ERROR", "already has that value"),
        (
            ("PATCH", format!("{CONTACTS}/12345"), json!({"properties": {}})),
            404,
            "OBJECT_NOT_FOUND",
            "resource not found",
        ),
        (
            ("PATCH", format!("{CONTACTS}/ada"), json!({"properties": {}})),
            404,
            "OBJECT_NOT_FOUND",
            "usually numeric",
        ),
        (
            ("PATCH", format!("{CONTACTS}/1?idProperty=firstname"), json!({"properties": {}})),
            400,
            "VALIDATION_ERROR",
            "unique",
        ),
        (
            ("GET", format!("{CONTACTS}/x@y.com?idProperty=email"), json!(null)),
            404,
            "OBJECT_NOT_FOUND",
            "resource not found",
        ),
        (
            ("GET", "/crm/objects/2025-03/contacts".into(), json!(null)),
            404,
            "OBJECT_NOT_FOUND",
            "resource not found",
        ),
        (
            ("GET", "/crm/v3/objects/contacts".into(), json!(null)),
            404,
            "OBJECT_NOT_FOUND",
            "resource not found",
        ),
        (("GET", format!("{CONTACTS}?limit=101"), json!(null)), 400, "VALIDATION_ERROR", "limit"),
    ];
    for ((method, path, body), status, category, words) in table {
        let before = desk.portal.contacts();
        let reply = desk.send(method, &path, body);
        assert_eq!(reply.status, status, "{path} {}", reply.text);
        assert_eq!(reply.json()["category"], category, "{path} {}", reply.text);
        assert!(reply.text.contains(words), "{path}: no {words:?} in {}", reply.text);
        assert_eq!(desk.portal.contacts(), before, "{path}: a refused write changes nothing");
        desk.clock.advance_ms(1_000);
    }
}

#[test]
fn an_unknown_property_is_told_in_the_message_and_in_the_errors() {
    let reply =
        Desk::new().send("POST", CONTACTS, json!({"properties": {"email": "a@x.com", "nope": "1"}})).json();
    assert!(reply["message"].as_str().unwrap().starts_with("Property values were not valid: [{"));
    assert_eq!(reply["errors"][0]["code"], "PROPERTY_DOESNT_EXIST");
    assert_eq!(reply["errors"][0]["context"]["propertyName"], json!(["nope"]));
    assert!(reply["correlationId"].as_str().unwrap().len() == 36);
}

#[test]
fn a_unique_conflict_names_the_target_first_and_the_holder_second() {
    let (desk, ada, bob) = with_two();
    let body = json!({"properties": {"shopify_customer_id": "1"}});
    let reply = desk.send("PATCH", &format!("{CONTACTS}/{bob}"), body).json();
    let message = reply["message"].as_str().unwrap();
    assert!(message.starts_with("Cannot set PropertyValueCoordinates{"), "{message}");
    let end = format!("propertyName=shopify_customer_id, value=1}} on {bob}. {ada} already has that value.");
    assert!(message.ends_with(&end), "{message}");
    assert_eq!(reply["errorType"], "UNIQUE_VALUE_CONFLICT");
}

#[test]
fn json_that_cannot_be_read_is_refused_without_a_category() {
    let desk = Desk::new();
    for body in [
        "",
        "{",
        r#"{"properties": {"email": []}}"#,
        r#"{"properties": {"email": null}}"#,
        r#"{"email": "a@x.com"}"#,
        r#"{"properties": {}, "mood": "good"}"#,
    ] {
        let reply = desk.raw("POST", CONTACTS, Some(Portal::TOKEN), body);
        assert_eq!(reply.status, 400, "{body}");
        assert_eq!(reply.json().get("category"), None, "{body}");
        assert!(reply.text.contains("Invalid input JSON on line 1, column"), "{}", reply.text);
        let other = desk.raw("POST", &format!("{CONTACTS}/batch/upsert"), Some(Portal::TOKEN), body);
        assert_eq!(other.status, 400, "{body}");
    }
}

#[test]
fn each_bad_batch_is_refused_as_a_whole() {
    let (desk, ada, _) = with_two();
    let row = Desk::row;
    let many: Vec<Value> = (0..101).map(|n| row(&n.to_string(), json!({"firstname": "A"}))).collect();
    let twice = json!([row("9", json!({"firstname": "A"})), row("9", json!({"firstname": "B"}))]);
    let by_email = |id: &str| json!({"id": id, "idProperty": "email", "properties": {"firstname": "A"}});
    let by_phone = json!([{"id": "1", "idProperty": "phone", "properties": {"firstname": "A"}}]);
    let same_trace = json!([
        {"id": "8", "idProperty": "shopify_customer_id", "objectWriteTraceId": "t", "properties": {}},
        {"id": "9", "idProperty": "shopify_customer_id", "objectWriteTraceId": "t", "properties": {}},
    ]);
    let table = [
        ("upsert", json!(many), 400, "101"),
        ("upsert", json!([]), 400, "empty"),
        ("upsert", twice, 400, "Duplicate IDs found in batch input: [9]"),
        (
            "upsert",
            json!([by_email("a@x.com"), by_email("b@x.com")]),
            400,
            "Partial upserts are not supported",
        ),
        ("upsert", by_phone, 400, "unique"),
        ("upsert", same_trace, 400, "objectWriteTraceId"),
        ("upsert", json!([{"properties": {"firstname": "A"}}]), 400, "[id]"),
        ("upsert", json!([{"id": "1"}]), 400, "[properties]"),
        (
            "update",
            json!([{"id": "1", "idProperty": "shopify_customer_id", "properties": {}}]),
            400,
            "idProperty",
        ),
        (
            "update",
            json!([{"id": ada, "properties": {}}, {"id": ada, "properties": {}}]),
            400,
            "Duplicate IDs",
        ),
        ("create", json!([{"id": "1", "properties": {"firstname": "A"}}]), 400, "id must not be set"),
        (
            "create",
            json!([
                {"objectWriteTraceId": "a", "properties": {"firstname": "New"}},
                {"objectWriteTraceId": "b", "properties": {"email": "ada@example.com"}},
            ]),
            409,
            "Contact already exists. Existing ID: ",
        ),
        ("read", json!(null), 400, "Invalid input JSON"),
    ];
    for (op, inputs, status, words) in table {
        let before = desk.portal.contacts();
        let reply = desk.batch(op, inputs);
        assert_eq!(reply.status, status, "{op} {}", reply.text);
        assert!(reply.text.contains(words), "{op}: no {words:?} in {}", reply.text);
        assert_eq!(desk.portal.contacts(), before, "{op} {words}: nothing is written");
    }
}

#[test]
fn duplicate_ids_are_listed_in_the_context() {
    let rows = json!([Desk::row("9", json!({})), Desk::row("9", json!({})), Desk::row("8", json!({}))]);
    let reply = Desk::new().batch("upsert", rows).json();
    assert_eq!(reply["context"]["ids"], json!(["9"]));
    assert_eq!(reply["category"], "VALIDATION_ERROR");
}

#[test]
fn the_token_is_asked_for_and_may_run_out() {
    let desk = Desk::new();
    for token in [None, Some("pat-of-somebody-else")] {
        let reply = desk.raw("GET", CONTACTS, token, "");
        assert_eq!((reply.status, reply.json()["category"].as_str()), (401, Some("INVALID_AUTHENTICATION")));
    }
    desk.portal.expire_token();
    desk.clock.advance_ms(75_000);
    let reply = desk.get(CONTACTS);
    assert_eq!((reply.status, reply.json()["category"].as_str()), (401, Some("EXPIRED_AUTHENTICATION")));
    assert!(reply.text.contains("expired 75 second(s) ago"), "{}", reply.text);
    assert_eq!(reply.json()["context"]["expire time"], json!(["2026-11-24T00:00:00Z"]));
    desk.portal.set_token(Portal::TOKEN);
    assert_eq!(desk.get(CONTACTS).status, 200);
}

#[test]
fn an_upsert_with_somebody_elses_email_has_both_answers_hubspot_may_give() {
    let (desk, ada, _) = with_two();
    let rows = json!([
        Desk::row("5", json!({"email": "ada@example.com"})),
        Desk::row("6", json!({"email": "new@example.com"})),
    ]);
    let reply = desk.batch("upsert", rows.clone());
    assert_eq!(reply.status, 207);
    let error = &reply.json()["errors"][0];
    assert_eq!(error["message"], format!("Contact already exists. Existing ID: {ada}"));
    assert_eq!(error["context"]["objectWriteTraceId"], json!(["row-5"]));
    assert_eq!(desk.portal.contacts_where("email", "new@example.com").len(), 1);

    let (desk, ada, _) = with_two();
    let settings = Settings { email_conflict: EmailConflict::WholeConflict, ..Settings::default() };
    desk.portal.set_settings(settings);
    let reply = desk.batch("upsert", rows);
    assert_eq!(reply.status, 409);
    assert!(reply.text.contains(&format!("Existing ID: {ada}")));
    assert!(!reply.text.contains("objectWriteTraceId"));
    assert_eq!(desk.portal.contacts().len(), 2, "nothing is written");
}

#[test]
fn a_path_with_another_method_is_405_and_an_unknown_one_404() {
    let desk = Desk::new();
    assert_eq!(desk.send("PUT", CONTACTS, json!({})).status, 405);
    assert_eq!(desk.get(&format!("{CONTACTS}/batch/upsert")).status, 405);
    assert_eq!(desk.get("/crm/objects/2026-03/unicorns").status, 404);
    assert_eq!(desk.get("/").status, 404);
}

#[test]
fn what_an_administrator_requires_is_required_of_the_api_too() {
    let desk = Desk::new();
    let rule = Settings { required_contact_properties: vec!["jobtitle".into()], ..Settings::default() };
    let known = desk.contact(&[("email", "a@x.com")]);
    desk.portal.set_settings(rule);
    let refused = desk.batch("create", json!([{"properties": {"email": "b@x.com"}}]));
    let error = &refused.json()["errors"][0];
    assert_eq!((refused.status, &error["code"]), (400, &json!("REQUIRED_FIELD_NOT_SET")));
    assert_eq!(error["context"]["propertyName"], json!(["jobtitle"]));
    let full = json!([{"properties": {"email": "b@x.com", "jobtitle": "Countess"}}]);
    assert_eq!(desk.batch("create", full).status, 201);
    let update = json!([{"id": known, "properties": {"firstname": "Ada"}}]);
    assert_eq!(desk.batch("update", update).status, 200, "it is about new contacts");
}
