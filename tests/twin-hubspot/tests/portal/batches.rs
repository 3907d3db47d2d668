//! Batches that succeed, whole or in part.

use serde_json::{Value, json};

use crate::desk::{CONTACTS, Desk};

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["properties"]["shopify_customer_id"].as_str().unwrap()).collect()
}

#[test]
fn an_upsert_creates_then_updates_and_says_which() {
    let desk = Desk::new();
    let row = |name: &str| json!([Desk::row("7", json!({"email": "Ada@Example.com", "firstname": name}))]);
    let first = desk.batch("upsert", row("Ada"));
    let second = desk.batch("upsert", row("Ada L."));
    assert_eq!((first.status, second.status), (200, 200));
    let (first, second) = (first.results().remove(0), second.results().remove(0));
    assert_eq!((&first["new"], &second["new"]), (&json!(true), &json!(false)));
    assert_eq!(first["id"], second["id"]);
    assert_eq!(second["objectWriteTraceId"], "row-7");
    assert_eq!(second["properties"]["email"], "ada@example.com", "addresses come back in lower case");
    let contact = &desk.portal.contacts()[0];
    assert_eq!(
        contact.properties["shopify_customer_id"], "7",
        "the key is stored though it was not a property"
    );
    assert_eq!(contact.properties["firstname"], "Ada L.");
}

#[test]
fn results_come_in_another_order_and_the_same_one_for_the_same_seed() {
    let rows: Vec<Value> = (0..50)
        .map(|n| Desk::row(&n.to_string(), json!({"firstname": "A", "shopify_customer_id": n.to_string()})))
        .collect();
    let order = || {
        let results = Desk::new().batch("upsert", json!(rows)).results();
        ids(&results).join(",")
    };
    let sent: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    assert_eq!(order(), order());
    assert_ne!(order(), sent.join(","));
    let mut sorted: Vec<u32> = order().split(',').map(|id| id.parse().unwrap()).collect();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..50).collect::<Vec<_>>());
}

#[test]
fn with_trace_ids_a_bad_row_fails_alone_and_without_it_takes_all_with_it() {
    let rows = [
        Desk::row("1", json!({"email": "one@example.com"})),
        Desk::row("2", json!({"email": "not an address"})),
        Desk::row("3", json!({"firstname": "Three", "total_spent": "12,50"})),
    ];
    let desk = Desk::new();
    let reply = desk.batch("upsert", json!(rows));
    assert_eq!(reply.status, 207, "{}", reply.text);
    let body = reply.json();
    assert_eq!((&body["numErrors"], body["results"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(body["errors"][0]["context"]["objectWriteTraceId"], json!(["row-2"]));
    assert_eq!(body["errors"][1]["errors"][0]["code"], "INVALID_INTEGER");
    assert_eq!(desk.portal.contacts().len(), 1);

    let desk = Desk::new();
    let mut untraced = rows;
    // One row without a trace id is enough to switch partial success off.
    untraced[2].as_object_mut().unwrap().remove("objectWriteTraceId");
    let reply = desk.batch("upsert", json!(untraced));
    assert_eq!((reply.status, reply.json()["category"].as_str()), (400, Some("VALIDATION_ERROR")));
    assert!(!reply.text.contains("objectWriteTraceId"), "{}", reply.text);
    assert_eq!(desk.portal.contacts().len(), 0, "the good row was taken back");
}

#[test]
fn a_refused_batch_takes_back_updates_and_frees_what_it_held() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "old@example.com"), ("shopify_customer_id", "1")]);
    let row = |id: &str, email: &str| json!({"id": id, "idProperty": "shopify_customer_id", "properties": {"email": email}});
    let reply = desk.batch("upsert", json!([row("1", "new@example.com"), row("2", "bad")]));
    assert_eq!(reply.status, 400);
    assert_eq!(desk.portal.contact(&id).unwrap().properties["email"], "old@example.com");
    let taken = desk.send("POST", CONTACTS, json!({"properties": {"email": "old@example.com"}}));
    let free = desk.send("POST", CONTACTS, json!({"properties": {"email": "new@example.com"}}));
    assert_eq!((taken.status, free.status), (409, 201));
}

#[test]
fn rows_of_one_batch_can_stand_in_each_others_way() {
    let desk = Desk::new();
    let reply = desk.batch(
        "upsert",
        json!([
            Desk::row("1", json!({"email": "same@example.com"})),
            Desk::row("2", json!({"email": "same@example.com"})),
        ]),
    );
    assert_eq!(reply.status, 207);
    assert_eq!(reply.json()["errors"][0]["context"]["objectWriteTraceId"], json!(["row-2"]));
    assert_eq!(desk.portal.contacts().len(), 1);
}

#[test]
fn one_upsert_by_email_is_taken_alone() {
    let desk = Desk::new();
    let row = |id: &str| json!([{"id": id, "idProperty": "email", "properties": {"firstname": "Ada"}}]);
    assert_eq!(desk.batch("upsert", row("Ada@example.com")).results()[0]["new"], true);
    assert_eq!(desk.batch("upsert", row("ada@example.com")).results()[0]["new"], false);
}

#[test]
fn create_update_and_archive_go_by_record_ids() {
    let desk = Desk::new();
    let reply = desk.batch("create", json!([{"properties": {"firstname": "A", "email": "a@x.com"}}]));
    assert_eq!(reply.status, 201);
    let id = reply.results()[0]["id"].as_str().unwrap().to_owned();
    let reply = desk.batch("update", json!([{"id": id, "properties": {"firstname": "B", "email": ""}}]));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.results()[0]["properties"]["email"], Value::Null, "an empty string clears");
    let reply = desk.batch(
        "update",
        json!([
            {"id": id, "objectWriteTraceId": "a", "properties": {"firstname": "C"}},
            {"id": "5", "objectWriteTraceId": "b", "properties": {"firstname": "C"}},
        ]),
    );
    assert_eq!(
        (reply.status, reply.json()["errors"][0]["category"].as_str()),
        (207, Some("OBJECT_NOT_FOUND"))
    );
    assert_eq!(desk.portal.contact(&id).unwrap().properties["firstname"], "C");
    let unknown = json!([{"id": id, "objectWriteTraceId": "a"}, {"id": "5", "objectWriteTraceId": "b"}]);
    assert_eq!(desk.batch("archive", unknown).status, 404, "one id that is not there: none is archived");
    assert!(desk.portal.contact(&id).is_some());
    assert_eq!(desk.batch("archive", json!([{"id": id}])).status, 204);
    assert_eq!(desk.portal.contact(&id), None);
}

#[test]
fn a_batch_read_names_all_it_misses_in_one_error() {
    let desk = Desk::new();
    desk.contact(&[("email", "a@x.com"), ("shopify_customer_id", "1"), ("hs_additional_emails", "b@x.com")]);
    let read = |by: &str, ids: [&str; 3]| {
        let inputs: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        desk.send(
            "POST",
            &format!("{CONTACTS}/batch/read"),
            json!({"idProperty": by, "properties": ["shopify_customer_id", "phone"], "inputs": inputs}),
        )
    };
    let reply = read("shopify_customer_id", ["1", "2", "3"]);
    let body = reply.json();
    assert_eq!((reply.status, &body["numErrors"]), (207, &json!(1)));
    assert_eq!(body["errors"][0]["context"]["ids"], json!(["2", "3"]));
    assert_eq!(body["errors"][0]["category"], "OBJECT_NOT_FOUND");
    assert_eq!(body["results"][0]["properties"]["shopify_customer_id"], "1");
    assert_eq!(body["results"][0]["properties"]["phone"], Value::Null);
    assert_eq!(body["results"][0]["properties"].get("email"), None, "only what was asked for");
    let body = read("email", ["A@X.com", "b@x.com", "A@X.com"]).json();
    assert_eq!(body["results"].as_array().unwrap().len(), 1, "an id named twice is read once");
    assert_eq!(body["errors"][0]["context"]["ids"], json!(["b@x.com"]), "not by a secondary address");
}
