//! A table: their status and body, our kind. The bodies have the shapes that were seen, with ids of our own.

use crm::CrmErrorKind::{
    Conflict, Gone, MissingField, Misunderstood, QuotaUsedUp, RateLimited, Rejected, Unauthorized,
    Unavailable,
};
use domain::{Field, PeopleAs, RecordId};

use super::*;
use crate::limits::{TOO_MANY, USED_UP};
use crate::property::KEY;

fn words() -> Words {
    Words::new(PeopleAs::Contacts, [])
}

fn read(status: u16, body: &str, of: Of) -> Refusal {
    Refusal::read(status, &serde_json::from_str(body).unwrap_or_default(), of, &words())
}

fn row(errors: &str) -> CrmErrorKind {
    Refusal::of_row(&serde_json::from_str(errors).unwrap(), Of::Keyed(KEY), &words()).kind
}

fn held_by(id: &str) -> CrmErrorKind {
    Conflict { existing: Some(RecordId::new(id)) }
}

const NOBODY: CrmErrorKind = Conflict { existing: None };

#[track_caller]
fn all(table: &[(u16, &str, CrmErrorKind)]) {
    for (status, body, expected) in table {
        assert_eq!(&read(*status, body, Of::Keyed(KEY)).kind, expected, "{status} {body}");
    }
}

fn duplicate(key: &str, object: &str, ids: &[&str]) -> String {
    let records: Vec<_> = ids.iter().map(|id| serde_json::json!({"record": {"Id": id}})).collect();
    let found = serde_json::json!({"entityType": object, "matchRecords": records, "size": ids.len(), "success": true});
    let result = serde_json::json!({"allowSave": true, "duplicateRule": "Standard", "matchResults": [found]});
    serde_json::json!([{key: result, "errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}]).to_string()
}

#[test]
fn s_102_e1_a_duplicate_names_the_one_record_of_our_kind_in_either_spelling() {
    let one = "0038M0000016Wv8QAE";
    all(&[
        (400, &duplicate("duplicateResut", "Contact", &[one]), held_by(one)),
        (400, &duplicate("duplicateResult", "Contact", &[one]), held_by(one)),
        (400, &duplicate("duplicateResult", "Contact", &["0038M0000016Wv8"]), held_by(one)),
        (400, &duplicate("duplicateResult", "Lead", &["00Q8M0000016Wv8QAE"]), NOBODY),
        (400, &duplicate("duplicateResult", "Contact", &[one, "0038M0000016Wv9QAE"]), NOBODY),
        (400, r#"[{"message":"Use one of these records?","errorCode":"DUPLICATES_DETECTED"}]"#, NOBODY),
    ]);
}

#[test]
fn s_102_e2_and_e12_a_300_is_a_question_for_a_person() {
    let two = r#"["/services/data/v60.0/sobjects/Contact/0033h00000Kzv3AAAR","/services/data/v60.0/sobjects/Contact/0033h00000Kzv3BAAZ"]"#;
    let alert = duplicate("duplicateResult", "Contact", &["0038M0000016Wv8QAE"]);
    all(&[
        (300, two, NOBODY),
        (300, "", NOBODY),
        (300, "<html>", NOBODY),
        (300, &alert, held_by("0038M0000016Wv8QAE")),
    ]);
}

#[test]
fn e3_a_lock_passes_however_it_is_wrapped_and_is_one_records() {
    let bare = r#"[{"message":"unable to obtain exclusive access to this record or 1 records: 0035c00000XXXXXAAA","errorCode":"UNABLE_TO_LOCK_ROW","fields":[]}]"#;
    let wrapped = r#"[{"message":"x : execution of AfterUpdate caused by: System.DmlException: Update failed. first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []","errorCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","fields":[]}]"#;
    let queries = r#"[{"message":"x: System.LimitException: Too many SOQL queries: 101","errorCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","fields":[]}]"#;
    for body in [bare, wrapped, queries] {
        for status in [400, 500] {
            let refusal = read(status, body, Of::Keyed(KEY));
            assert_eq!((&refusal.kind, refusal.scope), (&Unavailable, Scope::Record), "{status} {body}");
            assert!(!refusal.stops(), "its neighbours go on");
        }
    }
    let other =
        r#"[{"message":"a trigger said no","errorCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","fields":[]}]"#;
    assert_eq!(row(other), Rejected { field: None });
}

#[test]
fn e4_the_limit_of_the_day_is_not_that_of_the_moment() {
    let limit = |words: &str| {
        format!(r#"[{{"message":"{words} Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}}]"#)
    };
    let day = QuotaUsedUp { retry_after: Some(USED_UP) };
    let moment = RateLimited { retry_after: Some(TOO_MANY) };
    all(&[
        (403, &limit("TotalRequests"), day.clone()),
        (403, &limit("ConcurrentPerOrgLongTxn"), moment.clone()),
        (403, &limit("ConcurrentRequests (Concurrent API Requests)"), moment.clone()),
        (429, &limit("TotalRequests"), day),
        (429, "<html>slow down</html>", moment),
    ]);
}

#[test]
fn e5_a_taken_value_names_its_holder_by_the_long_id() {
    let taken = |by: &str| {
        format!(
            r#"[{{"message":"duplicate value found: Shopify_Customer_ID__c duplicates value on record with id: {by}","errorCode":"DUPLICATE_VALUE","fields":[]}}]"#
        )
    };
    all(&[
        (400, &taken("001A0000006Vm9r"), held_by("001A0000006Vm9rIAC")),
        (400, &taken("<unknown>"), NOBODY),
    ]);
}

#[test]
fn e6_a_row_is_judged_by_its_own_code_and_an_innocent_one_is_tried_again() {
    let required = r#"[{"statusCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [LastName]","fields":["LastName"]}]"#;
    let innocent = r#"[{"statusCode":"ALL_OR_NONE_OPERATION_ROLLED_BACK","message":"Record rolled back because not all records were valid","fields":[]}]"#;
    assert_eq!(row(required), Rejected { field: Some(Field::LastName) });
    assert_eq!(row(innocent), Unavailable);
    assert_eq!(row("[]"), Rejected { field: None });
    assert_eq!(row(r#"[{"statusCode":"SOMETHING_NEW"}]"#), Rejected { field: None }, "never a success");
}

#[test]
fn e7_the_cause_of_a_composite_is_the_one_that_was_not_halted() {
    let body = r#"{"compositeResponse":[{"body":[{"errorCode":"PROCESSING_HALTED","message":"The transaction was rolled back since another operation in the same transaction failed."}],"httpStatusCode":400,"referenceId":"item1"},{"body":[{"message":"data value too large: x (max length=15)","errorCode":"STRING_TOO_LONG","fields":["FirstName"]}],"httpStatusCode":400,"referenceId":"item2"}]}"#;
    all(&[(400, body, Rejected { field: Some(Field::FirstName) })]);
}

#[test]
fn e8_and_e10_what_a_record_says_is_its_own_fault_and_names_its_field() {
    let said = |code: &str, fields: &str| {
        format!(r#"[{{"message":"no","errorCode":"{code}","fields":[{fields}]}}]"#)
    };
    let of = |field| Rejected { field };
    let parse = r#"[{"message":"Cannot deserialize instance of datetime from VALUE_STRING value","errorCode":"JSON_PARSER_ERROR"}]"#;
    all(&[
        (400, &said("STRING_TOO_LONG", r#""LastName""#), of(Some(Field::LastName))),
        (400, &said("INVALID_EMAIL_ADDRESS", r#""Email""#), of(Some(Field::Email))),
        (
            400,
            &said("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", r#""LeadSource""#),
            of(Some(Field::LeadSource)),
        ),
        (400, &said("FIELD_CUSTOM_VALIDATION_EXCEPTION", r#""Phone""#), of(Some(Field::Phone))),
        (400, &said("FIELD_INTEGRITY_EXCEPTION", r#""MailingCountry""#), of(None)),
        (400, &said("INACTIVE_OWNER_OR_USER", ""), of(None)),
        (400, &said("MALFORMED_ID", r#""Id""#), of(None)),
        (400, &said("INVALID_CROSS_REFERENCE_KEY", ""), of(None)),
        (400, &said("ENTITY_IS_DELETED", ""), Gone),
        (400, &said("STORAGE_LIMIT_EXCEEDED", ""), Misunderstood),
        (400, parse, Misunderstood),
        (400, &said("MALFORMED_QUERY", ""), Misunderstood),
    ]);
    assert_eq!(row(&said("STORAGE_LIMIT_EXCEEDED", "")), Misunderstood, "a full org is no bad record");
}

#[test]
fn an_id_that_does_not_name_a_record_is_gone() {
    for code in ["NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID", "ENTITY_IS_DELETED"] {
        let body = format!(r#"[{{"errorCode":"{code}","message":"x"}}]"#);
        assert_eq!(read(404, &body, Of::Known).kind, Gone, "{code}");
    }
    assert_eq!(read(404, "<html>", Of::Known).kind, Gone);
    assert_eq!(read(404, "<html>", Of::Call).kind, Misunderstood);
}

#[test]
fn e9_a_field_of_ours_that_is_missing_or_hidden_is_a_matter_of_the_set_up() {
    let missing = |name: &str| MissingField { name: name.to_owned() };
    let write = r#"[{"message":"No such column 'Shopify_Customer_ID__c' on sobject of type Contact","errorCode":"INVALID_FIELD"}]"#;
    let query = r#"[{"message":"SELECT Id, MobilePhone FROM Contact\n           ^\nERROR: No such column 'MobilePhone' on entity 'Contact'","errorCode":"INVALID_FIELD"}]"#;
    let hidden = r#"[{"message":"Unable to create/update fields: Shopify_Total_Spent__c. Please check the security settings of this field.","errorCode":"INVALID_FIELD_FOR_INSERT_UPDATE","fields":["Shopify_Total_Spent__c"]}]"#;
    let unlisted = r#"[{"message":"Unable to create/update fields: Shopify_Tags__c, Phone. Please check","errorCode":"INVALID_FIELD_FOR_INSERT_UPDATE","fields":[]}]"#;
    let theirs =
        r#"[{"message":"No such column 'FullName' on entity 'Account'","errorCode":"INVALID_FIELD"}]"#;
    let no_key = r#"[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]"#;
    all(&[
        (400, write, missing("Shopify_Customer_ID__c")),
        (400, query, missing("MobilePhone")),
        (400, hidden, missing("Shopify_Total_Spent__c")),
        (400, unlisted, missing("Shopify_Tags__c")),
        (400, theirs, Misunderstood),
        (404, no_key, missing("Shopify_Customer_ID__c")),
    ]);
}

#[test]
fn e11_the_token_endpoint_says_it_in_an_object() {
    for error in ["invalid_grant", "invalid_client", "invalid_client_id", "unsupported_grant_type"] {
        let body =
            format!(r#"{{"error":"{error}","error_description":"no client credentials user enabled"}}"#);
        let refusal = Refusal::of_token(400, &serde_json::from_str(&body).unwrap());
        assert_eq!((&refusal.kind, refusal.scope), (&Unauthorized, Scope::Everyone), "{error}");
        assert_eq!(refusal.error().code(), format!("token: 400 {error}"));
    }
    assert_eq!(Refusal::of_token(503, &Value::Null).kind, Unavailable);
    assert!(matches!(Refusal::of_token(429, &Value::Null).kind, RateLimited { .. }));
}

#[test]
fn bug_a_limit_that_the_token_endpoint_meets_is_a_limit_and_no_wrong_secret() {
    let said = |message: &str| {
        let body = serde_json::json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": message}]);
        Refusal::of_token(403, &body).kind
    };
    assert!(matches!(said("ConcurrentPerOrgLongTxn Limit exceeded."), RateLimited { .. }));
    assert!(matches!(said("TotalRequests Limit exceeded."), QuotaUsedUp { .. }));
}

#[test]
fn any_401_is_our_credentials_and_trouble_on_their_side_is_theirs() {
    all(&[
        (401, r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#, Unauthorized),
        (401, "<html>", Unauthorized),
        (403, r#"[{"message":"no","errorCode":"API_DISABLED_FOR_ORG"}]"#, Unauthorized),
        (403, "", Unauthorized),
    ]);
    for status in [408, 500, 502, 503, 504] {
        let refusal = read(status, "<html>bad gateway</html>", Of::Keyed(KEY));
        assert_eq!((&refusal.kind, refusal.stops()), (&Unavailable, true), "{status}");
    }
    for status in [301, 400, 405, 418] {
        assert_eq!(read(status, "", Of::Call).kind, Misunderstood, "{status}");
    }
}

#[test]
fn no_shape_breaks_the_reading_and_no_message_leaves_it() {
    let odd = [
        "null",
        "7",
        "[]",
        "{}",
        r#""ada@example.com""#,
        r#"[7,null,{"errorCode":[]},["x"]]"#,
        r#"[{"errorCode":"ada@example.com","message":"ada@example.com","fields":["ada@example.com",{}]}]"#,
        r#"[{"errorCode":"STRING_TOO_LONG","message":"ada@example.com","fields":["ada@example.com"]}]"#,
        r#"[{"errorCode":"INVALID_FIELD","message":"No such column 'ada@example.com"}]"#,
        r#"{"compositeResponse":[{"body":null},7]}"#,
        r#"[{"errorCode":"DUPLICATES_DETECTED","duplicateResult":{"matchResults":[7,{"matchRecords":[{}]}]}}]"#,
    ];
    for body in odd {
        for of in [Of::Call, Of::Keyed(KEY), Of::Known] {
            let error = read(400, body, of).error();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("400") && !shown.contains("ada"), "{shown}");
        }
    }
}

#[test]
fn a_code_is_short_and_tells_the_field() {
    let body = r#"[{"errorCode":"STRING_TOO_LONG","message":"x","fields":["LastName"]}]"#;
    assert_eq!(read(400, body, Of::Keyed(KEY)).error().code(), "400 STRING_TOO_LONG/LastName");
    assert_eq!(read(502, "<html>", Of::Keyed(KEY)).error().code(), "502");
}
