//! What is deleted, what is merged, and what an old id is answered then.

use serde_json::json;

use crate::desk::{Desk, KEY, code};

fn update(desk: &Desk, id: &str) -> serde_json::Value {
    let record = json!({"attributes": {"type": "Contact"}, "Id": id, "FirstName": "F"});
    desk.send("PATCH", "composite/sobjects", json!({"records": [record]})).rows()[0].clone()
}

#[test]
fn a_deleted_record_is_found_by_query_all_only_and_its_key_is_free() {
    let desk = Desk::new();
    let id = desk.contact(json!({"LastName": "L", KEY: "1"}));
    desk.org.rep_deletes("Contact", &id).unwrap();
    assert_eq!(code(&update(&desk, &id)), "ENTITY_IS_DELETED");
    assert_eq!(desk.get(&format!("sobjects/Contact/{id}")).refusal().1, "ENTITY_IS_DELETED");
    assert!(desk.query("SELECT Id FROM Contact").records().is_empty());
    let all =
        desk.get("queryAll?q=SELECT+Id,IsDeleted,MasterRecordId+FROM+Contact+WHERE+IsDeleted=TRUE").records();
    assert_eq!((&all[0]["Id"], &all[0]["MasterRecordId"]), (&json!(id), &json!(null)));
    desk.contact(json!({"LastName": "Other", KEY: "1"}));
}

#[test]
fn a_merge_deletes_the_loser_and_leaves_it_pointing_at_the_master() {
    let desk = Desk::new();
    let master = desk.contact(json!({"LastName": "M", "Email": "m@x.com"}));
    let loser = desk.contact(json!({"LastName": "L", "Phone": "1", KEY: "1"}));
    let task = desk.org.rep_creates("Task", json!({"Subject": "Call", "WhoId": loser})).unwrap();
    desk.clock.advance_ms(5_000);
    desk.org.merge("Contact", &master, &loser).unwrap();
    assert_eq!(code(&update(&desk, &loser)), "ENTITY_IS_DELETED");
    let soql = format!("SELECT MasterRecordId, {KEY} FROM Contact WHERE Id = '{loser}'");
    let gone = desk.get(&format!("queryAll?q={}", crate::desk::encoded(&soql))).records();
    assert_eq!(gone[0]["MasterRecordId"], json!(master));
    let kept = desk.org.record(&master).unwrap();
    assert_eq!((kept.text("LastName"), kept.text("Phone"), kept.text(KEY)), ("M", "1", "1"));
    assert_eq!(kept.updated_at, "2026-11-24T00:00:05.000+0000");
    assert_eq!(desk.org.record(&task).unwrap().text("WhoId"), master);
    assert!(desk.org.merge("Contact", &master, &master).is_err());
    assert!(desk.org.merge("Contact", &master, &loser).is_err(), "it is gone already");
}

#[test]
fn an_account_takes_its_contacts_along_and_tasks_stay_without_them() {
    let desk = Desk::new();
    let account = desk.org.rep_creates("Account", json!({"Name": "A"})).unwrap();
    let contact = desk.contact(json!({"LastName": "L", "AccountId": account}));
    let task = desk.org.rep_creates("Task", json!({"Subject": "Call", "WhoId": contact})).unwrap();
    assert_eq!(desk.call("DELETE", &format!("sobjects/Account/{account}"), &[], "").status, 204);
    assert_eq!(desk.org.record(&contact), None);
    assert_eq!(desk.org.record(&task).unwrap().text("WhoId"), "");
}

#[test]
fn what_was_deleted_comes_back_unless_its_key_is_taken_or_it_was_merged() {
    let desk = Desk::new();
    let id = desk.contact(json!({"LastName": "L", KEY: "1"}));
    desk.org.rep_deletes("Contact", &id).unwrap();
    desk.org.rep_restores("Contact", &id).unwrap();
    assert_eq!(desk.org.record(&id).unwrap().text(KEY), "1");
    desk.org.rep_deletes("Contact", &id).unwrap();
    let other = desk.contact(json!({"LastName": "M", KEY: "1"}));
    assert_eq!(desk.org.rep_restores("Contact", &id).unwrap_err().code, "DUPLICATE_VALUE");
    let loser = desk.contact(json!({"LastName": "N"}));
    desk.org.merge("Contact", &other, &loser).unwrap();
    assert!(desk.org.rep_restores("Contact", &loser).is_err());
    assert!(desk.org.rep_restores("Contact", &other).is_err(), "it is there");
}
