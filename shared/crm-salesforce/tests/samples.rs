//! Every refusal that was seen, over the wire: what a call and a row of it are told as.

#![allow(clippy::unwrap_used, reason = "a server that cannot be set ends its test")]

mod org;
mod server;

use axum::http::HeaderMap;
use crm::CrmErrorKind::{
    Conflict, Gone, MissingField, Misunderstood, QuotaUsedUp, RateLimited, Rejected, Unauthorized,
    Unavailable,
};
use crm::{Crm, CrmError, CrmErrorKind};
use domain::{ExternalKey, Field, RecordId, Value, Write};
use serde_json::{Value as Json, json};
use server::{Said, nobody, salesforce, serve};

fn create(key: usize) -> Write {
    let fields = [(Field::LastName, Value::Text("Lovelace".into()))].into();
    Write::Create { key: ExternalKey::from_crm(&key.to_string()), fields }
}

/// What a write is told as where the collection is answered with this; every question finds nobody.
async fn told(said: Said) -> CrmErrorKind {
    let answer = move |path: &str, _: &HeaderMap, _: &Json| {
        if path.starts_with("query") { nobody() } else { said.clone() }
    };
    let (salesforce, _) = salesforce(answer).await;
    let error = salesforce.apply(&[create(1)]).await.remove(0).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("ada@example.com"), "no message leaves the room: {shown}");
    error.kind().clone()
}

fn problem(code: &str, message: &str, fields: &[&str]) -> Json {
    json!({"message": format!("{message} ada@example.com"), "errorCode": code, "fields": fields})
}

/// Of the whole call, and of the row in a 200.
async fn both(code: &str, message: &str, fields: &[&str]) -> [CrmErrorKind; 2] {
    let mut row = problem(code, message, fields);
    let whole = told((400, json!([row]).to_string())).await;
    row["statusCode"] = row["errorCode"].take();
    [whole, told((200, json!([{"success": false, "errors": [row]}]).to_string())).await]
}

fn twice(kind: &CrmErrorKind) -> [CrmErrorKind; 2] {
    [kind.clone(), kind.clone()]
}

fn held_by(id: &str) -> CrmErrorKind {
    Conflict { existing: Some(RecordId::new(id)) }
}

const NOBODY: CrmErrorKind = Conflict { existing: None };

#[tokio::test]
async fn s_102_e1_and_e12_a_duplicate_names_its_record_whatever_the_status_and_the_spelling() {
    let found = json!({"entityType": "Contact", "matchRecords": [{"record": {"Id": "0038M0000016Wv8QAE"}}]});
    for key in ["duplicateResut", "duplicateResult"] {
        let mut body = problem("DUPLICATES_DETECTED", "You're creating a duplicate record.", &[]);
        body[key] = json!({"allowSave": true, "matchResults": [found]});
        for status in [400, 300] {
            assert_eq!(told((status, json!([body]).to_string())).await, held_by("0038M0000016Wv8QAE"));
        }
    }
    let bare = json!([problem("DUPLICATES_DETECTED", "Use one of these records?", &[])]);
    assert_eq!(told((400, bare.to_string())).await, NOBODY);
}

#[tokio::test]
async fn e2_several_records_of_one_key_are_nobody() {
    let address = |id: &str| format!("/services/data/v60.0/sobjects/Contact/{id}");
    let two = json!([address("0033h00000Kzv3AAAR"), address("0033h00000Kzv3BAAZ")]);
    for body in [two.to_string(), String::new(), "<html>".to_owned()] {
        assert_eq!(told((300, body)).await, NOBODY);
    }
}

#[tokio::test]
async fn e3_a_lock_passes_bare_and_within_a_trigger() {
    let bare = both("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", &[]).await;
    let words =
        "execution of AfterUpdate caused by: first error: UNABLE_TO_LOCK_ROW, unable to obtain access: []";
    let wrapped = both("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", words, &[]).await;
    assert_eq!([bare, wrapped], [twice(&Unavailable), twice(&Unavailable)]);
}

#[tokio::test]
async fn e4_each_limit_is_told_as_what_it_is() {
    let limit = |words: &str| {
        let message = format!("{words} Limit exceeded.");
        (403, json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": message}]).to_string())
    };
    assert!(matches!(told(limit("TotalRequests")).await, QuotaUsedUp { .. }));
    for words in ["ConcurrentPerOrgLongTxn", "ConcurrentRequests (Concurrent API Requests)"] {
        assert!(matches!(told(limit(words)).await, RateLimited { .. }), "{words}");
    }
}

#[tokio::test]
async fn e5_a_taken_value_names_its_holder_after_one_more_try() {
    let words =
        |by: &str| format!("duplicate value found: {} duplicates value on record with id: {by}", org::KEY);
    let named = both("DUPLICATE_VALUE", &words("001A0000006Vm9r"), &[]).await;
    assert_eq!(named, twice(&held_by("001A0000006Vm9rIAC")));
    assert_eq!(both("DUPLICATE_VALUE", &words("<unknown>"), &[]).await, twice(&NOBODY));
}

#[tokio::test]
async fn e6_and_e7_the_innocent_rows_of_a_failed_group_are_tried_again() {
    for code in ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "PROCESSING_HALTED"] {
        assert_eq!(both(code, "Record rolled back", &[]).await, twice(&Unavailable));
    }
    let inner = |problem: Json| json!({"body": [problem], "httpStatusCode": 400});
    let composite = json!({"compositeResponse": [
        inner(problem("PROCESSING_HALTED", "The transaction was rolled back", &[])),
        inner(problem("STRING_TOO_LONG", "data value too large", &["LastName"])),
    ]});
    assert_eq!(told((400, composite.to_string())).await, Rejected { field: Some(Field::LastName) });
}

#[tokio::test]
async fn e8_and_e10_what_a_record_says_is_refused_with_its_field() {
    let table = [
        ("STRING_TOO_LONG", vec!["LastName"], Some(Field::LastName)),
        ("REQUIRED_FIELD_MISSING", vec!["LastName"], Some(Field::LastName)),
        ("INVALID_EMAIL_ADDRESS", vec!["Email"], Some(Field::Email)),
        ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", vec!["LeadSource"], Some(Field::LeadSource)),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", vec!["Phone"], Some(Field::Phone)),
        ("FIELD_INTEGRITY_EXCEPTION", vec![], None),
        ("INACTIVE_OWNER_OR_USER", vec![], None),
        ("INVALID_CROSS_REFERENCE_KEY", vec![], None),
        ("MALFORMED_ID", vec!["Id"], None),
    ];
    for (code, fields, field) in table {
        assert_eq!(both(code, "no", &fields).await, twice(&Rejected { field }), "{code}");
    }
    assert_eq!(both("ENTITY_IS_DELETED", "entity is deleted", &[]).await, twice(&Gone));
    assert_eq!(both("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded", &[]).await, twice(&Misunderstood));
    let parser = json!([problem("JSON_PARSER_ERROR", "Unexpected character", &[])]);
    assert_eq!(told((400, parser.to_string())).await, Misunderstood);
}

#[tokio::test]
async fn e9_a_field_of_ours_that_is_missing_or_hidden_is_named() {
    let missing = |name: &str| MissingField { name: name.to_owned() };
    let words = "No such column 'Shopify_Tags__c' on sobject of type Contact";
    assert_eq!(both("INVALID_FIELD", words, &[]).await, twice(&missing("Shopify_Tags__c")));
    let words = "Unable to create/update fields: Shopify_Total_Spent__c. Please check the security settings";
    let hidden = both("INVALID_FIELD_FOR_INSERT_UPDATE", words, &["Shopify_Total_Spent__c"]).await;
    assert_eq!(hidden, twice(&missing("Shopify_Total_Spent__c")));
    let no_key = json!([problem("NOT_FOUND", "The requested resource does not exist", &[])]);
    assert_eq!(told((404, no_key.to_string())).await, missing(org::KEY));
}

/// What a write is told as where this is answered to whoever asks for a session.
async fn without_session(status: u16, body: &str) -> CrmError {
    let nothing = |_: &str, _: &HeaderMap, _: &Json| nobody();
    let (salesforce, calls) = serve(Some((status, body.to_owned())), nothing).await;
    let refused = salesforce.apply(&[create(1)]).await.remove(0).unwrap_err();
    assert!(calls.lock().unwrap().iter().all(|path| path.contains("oauth2")), "nothing else is asked");
    refused
}

#[tokio::test]
async fn s_101_e11_what_the_token_endpoint_says_is_our_credentials() {
    for error in ["invalid_grant", "invalid_client", "invalid_client_id", "unsupported_grant_type"] {
        let body = json!({"error": error, "error_description": "no client credentials user enabled"});
        let refused = without_session(400, &body.to_string()).await;
        assert_eq!((refused.kind(), refused.code()), (&Unauthorized, format!("token: 400 {error}").as_str()));
    }
    for (status, body) in [(503, ""), (200, "{}"), (200, "<html>")] {
        assert_eq!(*without_session(status, body).await.kind(), Unavailable, "{status} {body}");
    }
    let elsewhere = json!({"access_token": "x", "instance_url": "ftp://example.com"});
    let refused = without_session(200, &elsewhere.to_string()).await;
    assert_eq!(*refused.kind(), Unauthorized, "a token goes to no other kind of address");
}
