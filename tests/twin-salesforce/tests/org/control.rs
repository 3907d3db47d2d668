//! The control API: what a person and another language reach the org by.

use serde_json::{Value, json};

use crate::desk::{Desk, KEY, Reply, row};

fn control(desk: &Desk, method: &str, path: &str, body: Value) -> Reply {
    desk.raw(method, &format!("/_twin/{path}"), &[], &body.to_string())
}

#[test]
fn an_org_is_set_up_twice_to_the_same_end() {
    let desk = Desk::new();
    let wanted = json!({
        "token": "demo",
        "client_id": "id",
        "client_secret": "secret",
        "fields": [{"object": "Account", "name": "Shopify_Company_ID__c", "type": "string", "length": 64, "external_id": true, "unique": true}],
        "custom_fields": [{"FullName": "Activity.Shopify_Refund_ID__c",
            "Metadata": {"label": "Refund", "type": "Text", "length": 64, "externalId": true}}],
        "settings": {"daily_max": 7, "duplicate_rule": "alert"},
    });
    for _ in 0..2 {
        let reply = control(&desk, "PUT", "org", wanted.clone());
        assert_eq!(
            (reply.status, &reply.json()["settings"]["daily_max"]),
            (200, &json!(7)),
            "{}",
            reply.text
        );
    }
    assert!(desk.get("sobjects/Account/describe").text.contains("Shopify_Company_ID__c"));
    assert_eq!(
        desk.raw("GET", "/services/data/v66.0/sobjects", &[("authorization", "Bearer demo")], "").status,
        200
    );
    assert!(desk.get("sobjects/Task/describe").text.contains("Shopify_Refund_ID__c"));
    assert_eq!(control(&desk, "PUT", "org", json!({"settings": {"nope": 1}})).status, 400);
    assert_eq!(
        control(
            &desk,
            "PUT",
            "org",
            json!({"custom_fields": [{"FullName": "Contact.A__c", "Metadata": {}}]})
        )
        .status,
        400
    );
    assert_eq!(control(&desk, "PUT", "org", json!({"nope": 1})).status, 400);
    control(&desk, "PUT", "org", json!({"sessions_expired": true}));
    assert_eq!(desk.get("sobjects").status, 401);
}

#[test]
fn a_rep_makes_edits_merges_and_deletes() {
    let desk = Desk::new();
    let made = control(&desk, "POST", "records/Contact", json!({"LastName": "L"}));
    assert_eq!(made.status, 201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let edited = control(&desk, "PATCH", &format!("records/Contact/{id}"), json!({"FirstName": "F"}));
    assert_eq!(edited.json()["fields"]["Name"], "F L");
    let other = desk.contact(json!({"LastName": "M"}));
    let merged = control(&desk, "POST", "records/Contact/merge", json!({"master": id, "loser": other}));
    assert_eq!(merged.json()["id"], json!(id));
    assert_eq!(control(&desk, "DELETE", &format!("records/Contact/{id}"), Value::Null).status, 204);
    let restored = control(&desk, "POST", &format!("records/Contact/{id}/restore"), Value::Null);
    assert_eq!((restored.status, &restored.json()["deleted"]), (200, &json!(false)));
    control(&desk, "DELETE", &format!("records/Contact/{id}"), Value::Null);
    let all = control(&desk, "GET", "records/Contact", Value::Null).json();
    assert_eq!(all.as_array().unwrap().iter().filter(|record| record["deleted"] == true).count(), 2);
    let wrong = control(&desk, "POST", "records/Contact", json!({"FirstName": "F"}));
    assert_eq!((wrong.status, &wrong.json()["code"]), (400, &json!("REQUIRED_FIELD_MISSING")));
}

#[test]
fn calls_are_counted_and_kept_with_what_was_sent() {
    let desk = Desk::new();
    let path = format!("composite/sobjects/Contact/{KEY}");
    let body = json!({"records": [row("1", json!({"LastName": "L"}))]}).to_string();
    desk.call("PATCH", &path, &[("x-trace", "t")], &body);
    desk.get("limits");
    let counts = control(&desk, "GET", "calls", Value::Null).json();
    assert_eq!(counts, json!({"Contact/collections/upsert": 1, "limits": 1}));
    let requests = desk.org.requests();
    assert_eq!((requests[0].method.as_str(), requests[0].body.as_str()), ("PATCH", body.as_str()));
    assert_eq!(requests[0].headers["x-trace"], "t");
    assert!(!requests[0].headers.contains_key("authorization"));
    assert_eq!(control(&desk, "GET", "requests", Value::Null).json()[1]["endpoint"], "limits");
    control(&desk, "DELETE", "calls", Value::Null);
    assert!(desk.org.calls().is_empty() && desk.org.requests().is_empty());
}

#[test]
fn faults_locks_and_the_clock_are_set_from_outside() {
    let desk = Desk::new();
    let fault = json!([{"kind": "unavailable", "match": {"field": KEY, "value": "1"}, "times": 2}]);
    assert_eq!(control(&desk, "PUT", "faults", fault).json()[0]["times"], 2);
    assert_eq!(desk.upsert(json!([row("1", json!({"LastName": "L"}))])).status, 503);
    assert_eq!(control(&desk, "GET", "faults", Value::Null).json()[0]["times"], 1);
    control(&desk, "DELETE", "faults", Value::Null);
    assert_eq!(desk.upsert(json!([row("1", json!({"LastName": "L"}))])).status, 200);
    let id = &desk.org.records("Contact")[0].id;
    assert_eq!(control(&desk, "POST", "locks", json!({"id": id, "writes": 1})).status, 204);
    assert_eq!(desk.send("PATCH", &format!("sobjects/Contact/{id}"), json!({"Phone": "1"})).status, 400);
    let now = control(&desk, "POST", "clock", json!({"advance_ms": 1000})).json()["now_ms"].clone();
    assert_eq!(now, json!(crate::desk::START_MS + 1000));
    assert_eq!(control(&desk, "GET", "nope", Value::Null).status, 404);
}
