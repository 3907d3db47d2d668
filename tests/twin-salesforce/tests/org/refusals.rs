//! What is refused, with which code and words.

use serde_json::{Value, json};
use twin_salesforce::{Field, FieldKind, ValidationRule};

use crate::desk::{Desk, KEY, code, row};

fn refused(desk: &Desk, fields: Value) -> Value {
    let mut all = json!({"LastName": "L"});
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    let reply = desk.send("POST", "sobjects/Contact", all);
    assert_eq!(reply.status, 400, "{fields}: {}", reply.text);
    reply.json()[0].clone()
}

#[test]
fn bad_values_are_refused_with_their_field() {
    let desk = Desk::new();
    desk.org.restrict_picklist("Contact", "LeadSource", &["Web"]).unwrap();
    for (fields, code, words) in [
        (
            json!({"LastName": "x".repeat(81)}),
            "STRING_TOO_LONG",
            format!("Last Name: data value too large: {} (max length=80)", "x".repeat(81)),
        ),
        (
            json!({"Email": "foo@bar"}),
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: foo@bar".into(),
        ),
        (
            json!({"LeadSource": "Shopify"}),
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Lead Source: bad value for restricted picklist field: Shopify".into(),
        ),
        (
            json!({"AccountId": "0038M0000016Wv8QAE"}),
            "MALFORMED_ID",
            "Account ID: id value of incorrect type: 0038M0000016Wv8QAE".into(),
        ),
        (
            json!({"AccountId": "001000000000000AAA"}),
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id".into(),
        ),
        (
            json!({"Total__c": 1e17}),
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Total: value outside of valid range on numeric field: 100000000000000000".into(),
        ),
        (
            json!({"Nope__c": "x"}),
            "INVALID_FIELD",
            "No such column 'Nope__c' on sobject of type Contact".into(),
        ),
        (
            json!({"LastName": "  "}),
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]".into(),
        ),
    ] {
        let error = refused(&desk, fields);
        assert_eq!((&error["errorCode"], &error["message"]), (&json!(code), &json!(words)));
    }
    assert_eq!(refused(&desk, json!({"Email": "a b@x.com"}))["fields"], json!(["Email"]));
    assert_eq!(refused(&desk, json!({"Name": "N"}))["errorCode"], "INVALID_FIELD_FOR_INSERT_UPDATE");
    assert!(desk.org.records("Contact").is_empty());
}

#[test]
fn a_value_of_a_wrong_shape_refuses_the_whole_call_and_says_where() {
    let desk = Desk::new();
    desk.org.define_field("Contact", Field::new("Since__c", FieldKind::DateTime)).unwrap();
    let good = row("1", json!({"LastName": "L"}));
    for (fields, words) in [
        (
            json!({"Since__c": "2013-08-12T15:20:00+0000"}),
            "Cannot deserialize instance of datetime from VALUE_STRING value \"2013-08-12T15:20:00+0000\" at [line:1, column:",
        ),
        (json!({"Birthdate": "24.11.2026"}), "Cannot deserialize instance of date from VALUE_STRING value"),
        (json!({"Total__c": "lots"}), "Cannot deserialize instance of double from VALUE_STRING value"),
        (
            json!({"HasOptedOutOfEmail": "yes"}),
            "Cannot deserialize instance of boolean from VALUE_STRING value",
        ),
        (json!({"FirstName": 5}), "Cannot deserialize instance of string from VALUE_NUMBER_INT value 5"),
    ] {
        let reply = desk.upsert(json!([good, row("2", fields)]));
        assert_eq!(reply.refusal(), (400, "JSON_PARSER_ERROR".into()));
        assert!(reply.json()[0]["message"].as_str().unwrap().starts_with(words), "{}", reply.text);
    }
    assert_eq!(
        desk.call("POST", "sobjects/Contact", &[], "{jam}").refusal(),
        (400, "JSON_PARSER_ERROR".into())
    );
    assert!(desk.org.records("Contact").is_empty(), "the good row was not done");
}

#[test]
fn a_validation_rule_refuses_with_its_own_words_until_it_is_forgotten() {
    let desk = Desk::new();
    desk.org.add_rule(ValidationRule::requires("Contact", "Phone", "Phone is required for VIP customers"));
    desk.org.add_rule(ValidationRule::refuses("Contact", "FirstName", "Test", "No tests"));
    let rows = desk.upsert(json!([
        row("1", json!({"LastName": "L"})),
        row("2", json!({"LastName": "L", "Phone": "1", "FirstName": "Test"})),
        row("3", json!({"LastName": "L", "Phone": "1"})),
    ]));
    let rows = rows.rows();
    let codes: Vec<&str> = rows.iter().map(code).collect();
    assert_eq!(codes, ["FIELD_CUSTOM_VALIDATION_EXCEPTION", "FIELD_CUSTOM_VALIDATION_EXCEPTION", ""]);
    assert_eq!(rows[0]["errors"][0]["fields"], json!(["Phone"]));
    desk.org.forget_rules();
    assert_eq!(code(&desk.upsert(json!([row("1", json!({"LastName": "L"}))])).rows()[0]), "");
}

#[test]
fn an_address_is_held_against_the_lists_where_they_are_on() {
    let desk = Desk::with(|settings| settings.state_and_country_picklists = true);
    for (address, code) in [
        (json!({"MailingCountry": "Deutschland"}), "FIELD_INTEGRITY_EXCEPTION"),
        (
            json!({"MailingCountry": "United States", "MailingState": "Kalifornien"}),
            "FIELD_INTEGRITY_EXCEPTION",
        ),
        (json!({"MailingState": "California"}), "FIELD_INTEGRITY_EXCEPTION"),
    ] {
        assert_eq!(refused(&desk, address.clone())["errorCode"], code, "{address}");
    }
    let good = json!({"LastName": "L", "MailingCountryCode": "US", "MailingStateCode": "CA", "MailingCity": "Fresno"});
    assert_eq!(desk.send("POST", "sobjects/Contact", good).status, 201);
    let words = refused(&desk, json!({"MailingCountry": "Deutschland"}))["message"].clone();
    assert!(
        words
            .as_str()
            .unwrap()
            .starts_with("There's a problem with this country, even though it may appear correct.")
    );
    let free = Desk::new().send(
        "POST",
        "sobjects/Contact",
        json!({"LastName": "L", "MailingCountry": "Deutschland"}),
    );
    assert_eq!(free.status, 201, "where they are off, anything goes");
}

#[test]
fn a_key_behind_a_reference_has_to_be_known() {
    let desk = Desk::new();
    desk.org.define_field("Account", Field::new("Shopify_Company_ID__c", FieldKind::String).key()).unwrap();
    let account =
        desk.org.rep_creates("Account", json!({"Name": "A", "Shopify_Company_ID__c": "7"})).unwrap();
    let rows = desk.upsert(json!([
        row("1", json!({"LastName": "L", "Account": {"Shopify_Company_ID__c": "7"}})),
        row("2", json!({"LastName": "L", "Account": {"Shopify_Company_ID__c": "8"}})),
    ]));
    let rows = rows.rows();
    assert_eq!(rows.iter().map(code).collect::<Vec<_>>(), ["", "INVALID_FIELD"]);
    assert_eq!(desk.org.records_where("Contact", KEY, "1")[0].text("AccountId"), account);
}
