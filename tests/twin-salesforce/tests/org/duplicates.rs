//! The duplicate rule on Contact, unique keys, and keys that several records share.

use serde_json::json;
use twin_salesforce::{DuplicateRule, Fault, FaultKind, Field, FieldKind};

use crate::desk::{API, Desk, KEY, code, row};

fn desk(rule: DuplicateRule) -> (Desk, String) {
    let desk = Desk::with(|settings| settings.duplicate_rule = rule);
    let id = desk.contact(json!({"LastName": "Lovelace", "Email": "Ada@x.com"}));
    (desk, id)
}

#[test]
fn s_102_a_second_contact_of_one_address_is_refused_and_the_first_is_named() {
    let (desk, id) = desk(DuplicateRule::Alert);
    let rows = desk.upsert(json!([row("1", json!({"LastName": "L", "Email": "ada@X.com"}))])).rows();
    assert_eq!(code(&rows[0]), "DUPLICATES_DETECTED");
    let details = &rows[0]["errors"][0]["duplicateResult"];
    assert_eq!(
        (&details["allowSave"], &details["matchResults"][0]["entityType"]),
        (&json!(true), &json!("Contact"))
    );
    assert_eq!(details["matchResults"][0]["matchRecords"][0]["record"]["Id"], json!(id));
}

#[test]
fn the_key_of_the_details_is_misspelled_up_to_version_56() {
    let (desk, _) = desk(DuplicateRule::Block);
    for (version, key) in [(56, "duplicateResut"), (57, "duplicateResult")] {
        let path = format!("/services/data/v{version}.0/sobjects/Contact");
        let reply = desk.send("POST", &path, json!({"LastName": "L", "Email": "ada@x.com"}));
        assert_eq!(reply.refusal(), (400, "DUPLICATES_DETECTED".into()));
        assert_eq!(reply.json()[0][key]["allowSave"], false, "{version}: {}", reply.text);
    }
    desk.set(|settings| settings.duplicate_details = false);
    let bare = desk.send("POST", "sobjects/Contact", json!({"LastName": "L", "Email": "ada@x.com"}));
    assert_eq!(
        bare.json(),
        json!([{"message": "Use one of these records?", "errorCode": "DUPLICATES_DETECTED"}])
    );
}

#[test]
fn allow_save_passes_an_alert_and_no_block() {
    for (rule, status) in [(DuplicateRule::Alert, 201), (DuplicateRule::Block, 400)] {
        let (desk, _) = desk(rule);
        let header = [("sforce-duplicate-rule-header", "allowSave=true; includeRecordDetails=true")];
        let body = json!({"LastName": "L", "Email": "ada@x.com"}).to_string();
        assert_eq!(desk.call("POST", "sobjects/Contact", &header, &body).status, status, "{rule:?}");
    }
}

#[test]
fn a_change_meets_the_rule_only_where_the_address_changes() {
    let (desk, _) = desk(DuplicateRule::Alert);
    let other = desk.contact(json!({"LastName": "O", "Email": "o@x.com"}));
    let path = format!("sobjects/Contact/{other}");
    assert_eq!(desk.send("PATCH", &path, json!({"FirstName": "F"})).status, 204);
    assert_eq!(desk.send("PATCH", &path, json!({"Email": "ada@x.com"})).refusal().1, "DUPLICATES_DETECTED");
    assert_eq!(desk.org.record(&other).unwrap().text("Email"), "o@x.com");
}

#[test]
fn a_unique_key_that_is_held_is_refused_with_the_holder_in_15_characters() {
    let desk = Desk::new();
    let holder = desk.contact(json!({"LastName": "L", KEY: "ABC"}));
    let refused = desk.send("POST", "sobjects/Contact", json!({"LastName": "M", KEY: "abc"}));
    let words = format!("duplicate value found: {KEY} duplicates value on record with id: {}", &holder[..15]);
    assert_eq!(refused.json(), json!([{"message": words, "errorCode": "DUPLICATE_VALUE", "fields": []}]));
    desk.set(|settings| settings.foreign_ids_hidden = true);
    let refused = desk.send("POST", "sobjects/Contact", json!({"LastName": "M", KEY: "abc"})).json();
    assert_eq!(
        refused[0]["message"],
        "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
    );
    desk.org.rep_deletes("Contact", &holder).unwrap();
    assert_eq!(desk.send("POST", "sobjects/Contact", json!({"LastName": "M", KEY: "abc"})).status, 201);
}

#[test]
fn s_086_the_loser_of_a_race_is_told_of_the_winner_and_a_repeat_is_an_update() {
    let desk = Desk::new();
    desk.org.set_faults(vec![Fault::new(FaultKind::Race).for_row(KEY, "1").times(1)]).unwrap();
    let rows = || desk.upsert(json!([row("1", json!({"LastName": "L"}))])).rows();
    let lost = rows();
    assert_eq!(code(&lost[0]), "DUPLICATE_VALUE");
    let contacts = desk.org.records("Contact");
    assert!(lost[0]["errors"][0]["message"].as_str().unwrap().ends_with(&contacts[0].id[..15]));
    assert_eq!((&rows()[0]["created"], desk.org.records("Contact").len()), (&json!(false), 1));
}

#[test]
fn a_key_that_several_records_share_is_300_and_in_a_collection_one_bad_row() {
    let desk = Desk::new();
    desk.org.define_field("Contact", Field::new("Loose__c", FieldKind::String).loose_key()).unwrap();
    let ids = ["A", "B"].map(|name| desk.contact(json!({"LastName": name, "Loose__c": "x"})));
    let reply = desk.send("PATCH", "sobjects/Contact/Loose__c/x", json!({"FirstName": "F"}));
    assert_eq!(reply.status, 300);
    assert_eq!(reply.json(), json!(ids.map(|id| format!("{API}/sobjects/Contact/{id}"))));
    assert_eq!(desk.get("sobjects/Contact/Loose__c/x").status, 300);
    let records = json!([{"attributes": {"type": "Contact"}, "Loose__c": "x", "FirstName": "F"}]);
    let rows = desk.send("PATCH", "composite/sobjects/Contact/Loose__c", json!({"records": records})).rows();
    assert_eq!(code(&rows[0]), "DUPLICATE_EXTERNAL_ID");
}

#[test]
fn a_lead_may_be_what_was_found() {
    let (desk, _) = desk(DuplicateRule::Alert);
    let lead = json!({"LastName": "L", "Company": "C", "Email": "lead@x.com"});
    let lead = desk.org.rep_creates("Lead", lead).unwrap();
    let refused =
        desk.send("POST", "sobjects/Contact", json!({"LastName": "L", "Email": "lead@x.com"})).json();
    let found = &refused[0]["duplicateResult"]["matchResults"][0];
    assert_eq!(
        (&found["entityType"], &found["matchRecords"][0]["record"]["Id"]),
        (&json!("Lead"), &json!(lead))
    );
}

#[test]
fn persons_have_a_rule_of_their_own() {
    let desk = Desk::with(|settings| {
        settings.person_accounts = true;
        settings.person_duplicate_rule = DuplicateRule::Block;
    });
    let first = desk.org.rep_creates("Account", json!({"LastName": "L", "PersonEmail": "a@x.com"})).unwrap();
    let second = json!({"LastName": "M", "PersonEmail": "A@x.com"});
    let refused = desk.send("POST", "sobjects/Account", second).json();
    let found = &refused[0]["duplicateResult"]["matchResults"][0];
    assert_eq!(
        (&found["entityType"], &found["matchRecords"][0]["record"]["Id"]),
        (&json!("Account"), &json!(first))
    );
}

#[test]
fn an_address_can_be_upserted_by_and_is_no_key() {
    let desk = Desk::new();
    let path = "sobjects/Contact/Email/ada@x.com";
    assert_eq!(desk.send("PATCH", path, json!({"LastName": "L"})).status, 201);
    assert_eq!(desk.send("PATCH", path, json!({"FirstName": "F"})).status, 200);
    desk.contact(json!({"LastName": "Shared", "Email": "ADA@x.com"}));
    assert_eq!(desk.send("PATCH", path, json!({"FirstName": "F"})).status, 300);
}
