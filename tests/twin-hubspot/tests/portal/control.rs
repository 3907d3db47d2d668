//! The control API, as the demo and a user's own tests use it.

use serde_json::{Value, json};

use crate::desk::{CONTACTS, Desk, Reply};

fn control(desk: &Desk, method: &str, path: &str, body: &Value) -> Reply {
    desk.raw(method, &format!("/_twin/{path}"), None, &body.to_string())
}

#[test]
fn a_portal_is_set_up_and_setting_it_up_again_changes_nothing() {
    let desk = Desk::new();
    let set_up = json!({
        "token": "pat-mine",
        "counterfoil_properties": true,
        "properties": [{"name": "loyalty", "type": "string", "fieldType": "text", "hasUniqueValue": true, "groupName": "contactinformation"}],
        "settings": {"burst_max": 190, "email_conflict": "whole_conflict"},
    });
    for _ in 0..2 {
        let reply = control(&desk, "PUT", "portal", &set_up);
        assert_eq!(
            (reply.status, &reply.json()["settings"]["burst_max"]),
            (200, &json!(190)),
            "{}",
            reply.text
        );
        assert_eq!(reply.json()["settings"]["daily_max"], 250_000, "what is not named stays");
    }
    assert_eq!(desk.get(CONTACTS).status, 401, "the old token is nobody's");
    assert_eq!(desk.raw("GET", CONTACTS, Some("pat-mine"), "").status, 200);
    control(&desk, "PUT", "portal", &json!({"token_expired": true}));
    assert_eq!(desk.raw("GET", CONTACTS, Some("pat-mine"), "").json()["category"], "EXPIRED_AUTHENTICATION");
}

#[test]
fn a_rep_creates_edits_merges_and_deletes() {
    let desk = Desk::new();
    let create = |email: &str| {
        control(&desk, "POST", "contacts", &json!({"properties": {"email": email}})).json()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (one, two) = (create("a@x.com"), create("b@x.com"));
    let edited = control(
        &desk,
        "PATCH",
        &format!("contacts/{one}"),
        &json!({"properties": {"hs_lead_status": "OPEN"}}),
    );
    assert_eq!(edited.json()["properties"]["hs_lead_status"], "OPEN");
    let merged =
        control(&desk, "POST", "contacts/merge", &json!({"primaryObjectId": one, "objectIdToMerge": two}))
            .json();
    let all = control(&desk, "GET", "contacts", &Value::Null).json();
    assert_eq!((all.as_array().unwrap().len(), &all[0]["id"]), (1, &merged["id"]));
    assert_eq!(all[0]["properties"]["hs_additional_emails"], "b@x.com");
    let gone =
        control(&desk, "DELETE", &format!("contacts/{}", merged["id"].as_str().unwrap()), &Value::Null);
    assert_eq!(gone.status, 204);
    assert_eq!(control(&desk, "GET", "portal", &Value::Null).json()["archived_contacts"], 1);
}

#[test]
fn calls_are_counted_by_endpoint_and_control_calls_are_not() {
    let desk = Desk::new();
    desk.get(CONTACTS);
    desk.batch("upsert", json!([]));
    desk.batch("upsert", json!([]));
    let calls = control(&desk, "GET", "calls", &Value::Null).json();
    assert_eq!(calls, json!({"contacts/list": 1, "contacts/batch/upsert": 2}));
    assert_eq!(control(&desk, "DELETE", "calls", &Value::Null).status, 204);
    assert_eq!(control(&desk, "GET", "calls", &Value::Null).json(), json!({}));
}

#[test]
fn faults_and_the_clock_are_moved_from_outside() {
    let desk = Desk::new();
    let fault = json!([{"match": {"property": "email", "value": "a@x.com"}, "kind": "unavailable", "times": 2, "endpoint": "contacts/create"}]);
    assert_eq!(control(&desk, "PUT", "faults", &fault).status, 200);
    let create = || desk.send("POST", CONTACTS, json!({"properties": {"email": "a@x.com"}})).status;
    assert_eq!(create(), 503);
    assert_eq!(control(&desk, "GET", "faults", &Value::Null).json()[0]["times"], 1);
    assert_eq!(control(&desk, "DELETE", "faults", &Value::Null).status, 204);
    assert_eq!(create(), 201);
    let before = desk.clock.now_ms();
    control(&desk, "POST", "clock", &json!({"advance_ms": 10_000}));
    assert_eq!(desk.clock.now_ms(), before + 10_000);
}

#[test]
fn what_is_beside_contacts_is_set_up_and_shown_from_outside() {
    let desk = Desk::new();
    let key =
        |name: &str| json!([{"name": name, "type": "string", "fieldType": "text", "hasUniqueValue": true}]);
    let set_up = json!({
        "task_properties": key("task_key"),
        "company_properties": key("company_key"),
        "deal_stages": {"paid": "1.0"},
    });
    for _ in 0..2 {
        assert_eq!(control(&desk, "PUT", "portal", &set_up).status, 200, "it can be done again");
    }
    assert_eq!(control(&desk, "PUT", "portal", &json!({"deal_stages": {"x": "often"}})).status, 400);
    let contact = desk.contact(&[("email", "a@x.com")]);
    let tied = json!([{"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}]}]);
    let task = json!({"properties": {"hs_timestamp": "0", "task_key": "1"}, "associations": tied});
    let made = [
        ("tasks", task),
        ("companies", json!({"properties": {"name": "Ltd", "company_key": "1"}})),
        ("deals", json!({"properties": {"dealname": "D", "dealstage": "paid"}})),
    ];
    for (object, body) in made {
        assert_eq!(
            desk.send("POST", &format!("/crm/objects/2026-03/{object}"), body).status,
            201,
            "{object}"
        );
        assert_eq!(
            control(&desk, "GET", object, &Value::Null).json().as_array().unwrap().len(),
            1,
            "{object}"
        );
    }
    let tasks = control(&desk, "GET", "tasks", &Value::Null).json();
    assert_eq!(tasks[0]["contacts"], json!([contact]));
    desk.portal.rep_completes(tasks[0]["id"].as_str().unwrap()).unwrap();
    assert_eq!(desk.portal.tasks()[0].properties["hs_task_status"], "COMPLETED");
    assert_eq!(control(&desk, "GET", "notes", &Value::Null).json(), json!([]));
}

#[test]
fn bad_control_calls_name_what_is_wrong() {
    let desk = Desk::new();
    let table = [
        ("PUT", "faults", json!([{"kind": "explodes"}]), 400, "explodes"),
        ("PUT", "faults", json!([{"kind": "unavailable", "status": 200}]), 400, "200"),
        (
            "PUT",
            "faults",
            json!([{"kind": "unavailable", "endpoint": "contacts/upsert"}]),
            400,
            "contacts/batch/upsert",
        ),
        ("PUT", "portal", json!({"tokens": "a"}), 400, "tokens"),
        ("PUT", "portal", json!({"settings": {"burst": 1}}), 400, "burst"),
        (
            "PUT",
            "portal",
            json!({"properties": [{"name": "Bad Name", "type": "string", "fieldType": "text"}]}),
            400,
            "Bad Name",
        ),
        ("PATCH", "contacts/5", json!({"properties": {}}), 404, "not found"),
        ("PATCH", "contacts/5", json!({"email": "a@x.com"}), 400, "email"),
        ("GET", "unicorns", Value::Null, 404, "_twin/unicorns"),
    ];
    for (method, path, body, status, words) in table {
        let reply = control(&desk, method, path, &body);
        assert_eq!(reply.status, status, "{path} {}", reply.text);
        assert!(reply.json()["error"].as_str().unwrap().contains(words), "no {words:?} in {}", reply.text);
    }
}

#[test]
fn every_name_a_call_is_counted_under_can_carry_a_fault() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "a@x.com")]);
    let paths = [
        ("POST", CONTACTS.to_owned()),
        ("GET", format!("{CONTACTS}/{id}")),
        ("PATCH", format!("{CONTACTS}/{id}")),
        ("DELETE", format!("{CONTACTS}/{id}")),
        ("GET", CONTACTS.to_owned()),
        ("PUT", format!("{CONTACTS}/{id}/associations/default/deals/1")),
        ("POST", "/crm/associations/2026-03/deals/contacts/batch/associate/default".into()),
        ("GET", "/crm/properties/2026-03/notes".into()),
        ("GET", "/crm/properties/2026-03/notes/hs_timestamp".into()),
        ("PATCH", "/crm/properties/2026-03/notes/hs_timestamp".into()),
        ("POST", "/crm/properties/2026-03/notes".into()),
        ("POST", "/crm/properties/2026-03/notes/batch/create".into()),
        ("GET", "/crm/properties/2026-03/notes/groups".into()),
        ("POST", "/crm/properties/2026-03/notes/groups".into()),
        ("GET", "/crm/pipelines/2026-03/deals".into()),
        ("POST", "/crm/pipelines/2026-03/deals".into()),
        ("GET", "/crm/pipelines/2026-03/deals/default".into()),
        ("POST", "/crm/pipelines/2026-03/deals/default/stages".into()),
        ("GET", "/account-info/2026-03/details".into()),
        ("GET", "/account-info/2026-03/api-usage/daily/private-apps".into()),
    ];
    let posts = [
        "batch/upsert",
        "batch/create",
        "batch/update",
        "batch/read",
        "batch/archive",
        "search",
        "merge",
        "gdpr-delete",
    ];
    let all = paths.into_iter().chain(posts.map(|post| ("POST", format!("{CONTACTS}/{post}"))));
    for (method, path) in all {
        desk.portal.forget_calls();
        desk.send(method, &path, json!({}));
        let (name, count) =
            desk.portal.calls().pop_first().unwrap_or_else(|| panic!("{path} is not counted"));
        assert_eq!(count, 1);
        let fault = json!([{"kind": "unavailable", "endpoint": name}]);
        assert_eq!(control(&desk, "PUT", "faults", &fault).status, 200, "{name}");
        assert_eq!(desk.send(method, &path, json!({})).status, 503, "{name}");
    }
}
