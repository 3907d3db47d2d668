//! Up to 200 records a call, each with its own result.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use twin_salesforce::{Field, FieldKind, Org};

use crate::desk::{Desk, KEY, code, row};

#[test]
fn s_084_an_upsert_by_the_key_makes_a_contact_once_and_changes_it_later() {
    let desk = Desk::new();
    let made = desk.upsert(json!([row("1", json!({"LastName": "Lovelace", "Total__c": 49.9}))])).rows();
    assert_eq!((&made[0]["success"], &made[0]["created"]), (&json!(true), &json!(true)));
    let again = desk.upsert(json!([row("1", json!({"FirstName": "Ada"}))])).rows();
    assert_eq!((&again[0]["id"], &again[0]["created"]), (&made[0]["id"], &json!(false)));
    let contacts = desk.org.records("Contact");
    assert_eq!(contacts.len(), 1);
    assert_eq!(contacts[0].text("Name"), "Ada Lovelace");
    assert_eq!(contacts[0].text(KEY), "1");
}

#[test]
fn s_086_results_keep_the_order_of_the_rows_and_a_bad_row_fails_alone() {
    let desk = Desk::new();
    let rows = desk
        .upsert(json!([
            row("1", json!({"LastName": "One"})),
            row("2", json!({"FirstName": "Nameless"})),
            row("3", json!({"LastName": "x".repeat(81)})),
            row("4", json!({"LastName": "Four", "Email": "foo@bar"})),
            row("5", json!({"LastName": "Five", "Nope__c": "x"})),
        ]))
        .rows();
    let codes: Vec<&str> = rows.iter().map(code).collect();
    let expected =
        ["", "REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS", "INVALID_FIELD"];
    assert_eq!(codes, expected);
    assert_eq!(rows[1]["errors"][0]["message"], "Required fields are missing: [LastName]");
    assert_eq!(rows[1]["errors"][0]["fields"], json!(["LastName"]));
    assert_eq!(desk.org.records("Contact").len(), 1);
}

#[test]
fn every_row_of_a_key_that_occurs_twice_is_refused() {
    let desk = Desk::new();
    let same = |name: &str| row("1", json!({"LastName": name}));
    let rows = desk.upsert(json!([same("A"), row("2", json!({"LastName": "B"})), same("C")])).rows();
    let codes: Vec<&str> = rows.iter().map(code).collect();
    assert_eq!(codes, ["DUPLICATE_VALUE", "", "DUPLICATE_VALUE"]);
    assert_eq!(rows[0]["errors"][0]["message"], "Duplicate external id specified: 1");
    assert_eq!(desk.org.records("Contact").len(), 1);
}

#[test]
fn a_call_takes_200_rows_of_one_type() {
    let desk = Desk::new();
    let rows =
        |count: usize| (0..count).map(|n| row(&n.to_string(), json!({"LastName": "L"}))).collect::<Vec<_>>();
    assert_eq!(desk.upsert(json!(rows(201))).refusal(), (400, "EXCEEDED_ID_LIMIT".into()));
    assert_eq!(desk.upsert(json!(rows(200))).rows().len(), 200);
    let mut other = row("1", json!({"LastName": "L"}));
    other["attributes"]["type"] = json!("Account");
    assert_eq!(desk.upsert(json!([other])).refusal(), (400, "INVALID_TYPE".into()));
}

#[test]
fn a_key_that_is_not_there_or_not_granted_is_404() {
    let desk = Desk::new();
    let path = "composite/sobjects/Contact/Nope__c";
    assert_eq!(desk.send("PATCH", path, json!({"records": []})).refusal(), (404, "NOT_FOUND".into()));
    desk.org.hide_field("Contact", KEY);
    assert_eq!(desk.upsert(json!([row("1", json!({"LastName": "L"}))])).refusal().0, 404);
}

#[test]
fn an_update_goes_by_id_and_a_retrieve_gives_null_for_what_is_not_there() {
    let desk = Desk::new();
    let id = desk.contact(json!({"LastName": "L", KEY: "1"}));
    let record = |id: &str| json!({"attributes": {"type": "Contact"}, "Id": id, "FirstName": "F"});
    let body = json!({"records": [record(&id), record("003000000000000"), record("nope")]});
    let rows = desk.send("PATCH", "composite/sobjects", body).rows();
    let codes: Vec<&str> = rows.iter().map(code).collect();
    assert_eq!(codes, ["", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]);
    let body = json!({"ids": [id, "003000000000000AAA"], "fields": ["FirstName", KEY]});
    let read = desk.send("POST", "composite/sobjects/Contact", body).rows();
    assert_eq!((&read[0]["FirstName"], &read[0][KEY], &read[1]), (&json!("F"), &json!("1"), &json!(null)));
}

#[test]
fn several_are_deleted_by_their_ids() {
    let desk = Desk::new();
    let id = desk.contact(json!({"LastName": "L"}));
    let path = format!("composite/sobjects?ids={id},{id},003000000000000AAA,nope,{}", desk.org.user_id());
    let rows = desk.call("DELETE", &path, &[], "").rows();
    let codes: Vec<&str> = rows.iter().map(code).collect();
    let expected = [
        "",
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "INSUFFICIENT_ACCESS_OR_READONLY",
    ];
    assert_eq!(codes, expected);
    assert_eq!(desk.org.record(&id), None);
}

#[tokio::test]
async fn s_086_a_hundred_writers_of_one_key_make_one_contact() {
    let org = Org::new(3);
    org.open_session("s");
    org.define_field("Contact", Field::new(KEY, FieldKind::String).key()).unwrap();
    let listening = org.listen(0).await.unwrap();
    let writes = (0..100).map(|n| {
        let body = json!({"LastName": n.to_string()}).to_string();
        sent(listening.address(), format!("/services/data/v66.0/sobjects/Contact/{KEY}/1"), body)
    });
    let statuses = futures_util::future::join_all(writes).await;
    assert_eq!(statuses.iter().filter(|status| status.as_str() == "201").count(), 1);
    assert_eq!(statuses.iter().filter(|status| status.as_str() == "200").count(), 99);
    assert_eq!(org.records("Contact").len(), 1);
}

/// Sends one PATCH on a connection of its own; gives the status.
async fn sent(address: std::net::SocketAddr, path: String, body: String) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer s\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer[9..12].to_owned()
}

#[test]
fn one_refusal_takes_all_back_when_all_or_none_was_asked_for() {
    let desk = Desk::new();
    let records = json!([row("1", json!({"LastName": "L"})), row("2", json!({}))]);
    let path = format!("composite/sobjects/Contact/{KEY}");
    let rows = desk.send("PATCH", &path, json!({"allOrNone": true, "records": records})).rows();
    let codes: Vec<&str> = rows.iter().map(code).collect();
    assert_eq!(codes, ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]);
    assert!(desk.org.records("Contact").is_empty());
}
