//! Person accounts: an Account that is written, and a Contact that follows it.

use serde_json::json;
use twin_salesforce::{Field, FieldKind};

use crate::desk::{Desk, KEY, code};

fn desk() -> Desk {
    let desk = Desk::with(|settings| settings.person_accounts = true);
    desk.org.define_field("Account", Field::new(KEY, FieldKind::String).key()).unwrap();
    desk
}

fn upsert(desk: &Desk, fields: serde_json::Value) -> serde_json::Value {
    let mut record = json!({"attributes": {"type": "Account"}, KEY: "1"});
    for (name, value) in fields.as_object().unwrap() {
        record[name] = value.clone();
    }
    desk.send("PATCH", &format!("composite/sobjects/Account/{KEY}"), json!({"records": [record]})).rows()[0]
        .clone()
}

#[test]
fn an_account_with_a_last_name_is_a_person_with_a_contact() {
    let desk = desk();
    let made = upsert(&desk, json!({"LastName": "Lovelace", "FirstName": "Ada", "PersonEmail": "ada@x.com"}));
    let account = desk.org.record(made["id"].as_str().unwrap()).unwrap();
    assert_eq!((account.text("Name"), &account.fields["IsPersonAccount"]), ("Ada Lovelace", &json!(true)));
    let contact = desk.org.record(account.text("PersonContactId")).unwrap();
    assert_eq!((contact.text("Email"), contact.text("AccountId")), ("ada@x.com", account.id.as_str()));
    upsert(&desk, json!({"FirstName": "Augusta"}));
    assert_eq!(desk.org.record(&contact.id).unwrap().text("Name"), "Augusta Lovelace");
    assert_eq!(desk.org.records("Contact").len(), 1, "the same contact");
}

#[test]
fn a_person_is_not_named_as_a_business_is_and_neither_becomes_the_other() {
    let desk = desk();
    assert_eq!(code(&upsert(&desk, json!({}))), "REQUIRED_FIELD_MISSING");
    assert_eq!(
        code(&upsert(&desk, json!({"LastName": "L", "Name": "N"}))),
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    );
    assert_eq!(code(&upsert(&desk, json!({"Name": "Business"}))), "");
    assert_eq!(code(&upsert(&desk, json!({"PersonEmail": "a@x.com"}))), "INVALID_FIELD_FOR_INSERT_UPDATE");
    assert_eq!(code(&upsert(&desk, json!({"LastName": "L"}))), "INVALID_FIELD_FOR_INSERT_UPDATE");
}

#[test]
fn the_contact_of_a_person_is_not_written_by_itself() {
    let desk = desk();
    let made = upsert(&desk, json!({"LastName": "L"}));
    let contact = desk.org.record(made["id"].as_str().unwrap()).unwrap().text("PersonContactId").to_owned();
    let reply = desk.send("PATCH", &format!("sobjects/Contact/{contact}"), json!({"FirstName": "F"}));
    assert_eq!(reply.refusal(), (400, "INVALID_FIELD_FOR_INSERT_UPDATE".into()));
}

#[test]
fn an_org_without_the_feature_has_no_such_fields() {
    let desk = Desk::new();
    let names = |desk: &Desk| desk.get("sobjects/Account/describe").text;
    assert!(!names(&desk).contains("IsPersonAccount"));
    desk.set(|settings| settings.person_accounts = true);
    assert!(names(&desk).contains("IsPersonAccount"));
    let types = desk
        .query("SELECT Id FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = true")
        .records();
    assert_eq!(types.len(), 1);
    let id = types[0]["Id"].as_str().unwrap();
    let person = json!({"LastName": "L", "RecordTypeId": id});
    assert_eq!(desk.send("POST", "sobjects/Account", person).status, 201);
    let business = desk.query("SELECT Id FROM RecordType WHERE IsPersonType = false").records();
    let wrong = json!({"LastName": "L", "RecordTypeId": business[0]["Id"]});
    assert_eq!(desk.send("POST", "sobjects/Account", wrong).refusal().1, "INVALID_FIELD_FOR_INSERT_UPDATE");
}

#[test]
fn two_persons_who_are_merged_are_one_contact() {
    let desk = desk();
    let one = desk.org.rep_creates("Account", json!({"LastName": "L"})).unwrap();
    let other = desk
        .org
        .rep_creates("Account", json!({"LastName": "M", "PersonEmail": "m@x.com", KEY: "1"}))
        .unwrap();
    desk.org.merge("Account", &one, &other).unwrap();
    let contacts: Vec<_> = desk.org.records("Contact").into_iter().filter(|one| !one.deleted).collect();
    assert_eq!(
        (contacts.len(), contacts[0].text("Email"), contacts[0].text("AccountId")),
        (1, "m@x.com", one.as_str())
    );
    assert_eq!(desk.org.record(&one).unwrap().text(KEY), "1");
}
