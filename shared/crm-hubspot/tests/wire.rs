//! What HubSpot says, as it comes over the wire, and what we make of it. The bodies have the shapes that were seen, with
//! words of our own; the numbers are those of the samples that they come from.

#![allow(clippy::expect_used, reason = "a server that cannot be set ends its test")]

mod account;

use std::collections::BTreeMap;
use std::time::Duration;

use account::answering::hubspot;
use crm::CrmErrorKind::{
    Conflict, Gone, MissingField, Misunderstood, QuotaUsedUp, RateLimited, Rejected, Unanswered,
    Unauthorized, Unavailable,
};
use crm::{Crm, CrmErrorKind};
use domain::{ExternalKey, Field, RecordId, Value, Write};

fn create(key: usize) -> Write {
    let fields = BTreeMap::from([(Field::FirstName, Value::Text("Ada".into()))]);
    Write::Create { key: ExternalKey::from_crm(&key.to_string()), fields }
}

fn update() -> Write {
    let fields = BTreeMap::from([(Field::FirstName, Value::Text("Ada".into()))]);
    Write::Update { record: RecordId::new("1941"), fields }
}

async fn told(status: u16, body: &str, write: Write) -> CrmErrorKind {
    let body = body.to_owned();
    let (hubspot, _) = hubspot(move |_, _| (status, body.clone())).await;
    let outcome = hubspot.apply(&[write]).await.remove(0);
    outcome.expect_err("nothing here says that it was written").kind().clone()
}

fn wait(seconds: u64) -> CrmErrorKind {
    RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
}

fn tomorrow() -> CrmErrorKind {
    QuotaUsedUp { retry_after: Some(Duration::from_hours(1)) }
}

fn held_by(id: &str) -> CrmErrorKind {
    Conflict { existing: Some(RecordId::new(id)) }
}

fn no_such_field(name: &str) -> CrmErrorKind {
    MissingField { name: name.to_owned() }
}

const UNIQUE: &str = r#"{"message":"Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=ObjectTypeId{x}, propertyName=shopify_customer_id, value=7} on 1941. 1942 already has that value.","errorType":"UNIQUE_VALUE_CONFLICT","category":"VALIDATION_ERROR"}"#;
const OF_A_COMPANY: &str = r#"{"message":"Cannot set PropertyValueCoordinates{portalId=1, objectType=COMPANY, propertyName=k, value=[7]} on 1. 2 already has that value.","category":"VALIDATION_ERROR"}"#;
const TWICE: &str = r#"{"message":"Duplicate IDs found in batch input: [1]. IDs must be unique","context":{"ids":["1"]},"category":"VALIDATION_ERROR"}"#;
const UNKNOWN: &str = r#"{"message":"Property values were not valid: [{\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"total_spent\"}]","errors":[{"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["total_spent"]}}],"category":"VALIDATION_ERROR"}"#;
const THEIRS: &str = r#"{"errors":[{"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["x"]}}],"category":"VALIDATION_ERROR"}"#;
const NUMBER: &str = r#"{"errors":[{"code":"INVALID_INTEGER","context":{"propertyName":["orders_count"]}}],"category":"VALIDATION_ERROR"}"#;
const EMAILS: &str = r#"{"message":"Errors found processing batch update","invalidEmails":["a@b"],"failureMessages":[{"index":1}]}"#;
const EMAIL: &str = r#"{"message":"Property values were not valid: [{\"error\":\"INVALID_EMAIL\",\"name\":\"email\"}]","category":"VALIDATION_ERROR"}"#;
const JSON: &str =
    r#"{"status":"error","message":"Invalid input JSON on line 3, column 9: no","correlationId":"c"}"#;
const EXPIRED: &str =
    r#"{"category":"EXPIRED_AUTHENTICATION","context":{"expire time":["2022-06-21T10:37:52.040Z"]}}"#;
const RULE: &str = r#"{"errors":[{"code":"REQUIRED_FIELD_NOT_SET","context":{"propertyName":["lead_source"]}}],"category":"VALIDATION_ERROR"}"#;
const IDENTITIES: &str = r#"{"message":"Cannot have more than 250 identities on a profile"}"#;
const MANY: &str = r#"{"message":"Batch size 101 exceeds the maximum","category":"VALIDATION_ERROR"}"#;

#[tokio::test]
async fn each_refusal_that_was_seen_is_told_as_what_it_is() {
    let table: [(&str, u16, &str, CrmErrorKind); 29] = [
        (
            "E1",
            409,
            r#"{"message":"Contact already exists. Existing ID: 377","category":"CONFLICT"}"#,
            held_by("377"),
        ),
        (
            "E2",
            409,
            r#"{"message":"Contact already exists. Existing ID: XXX1","category":"CONFLICT"}"#,
            Conflict { existing: None },
        ),
        ("E3", 400, UNIQUE, held_by("1942")),
        ("E3", 400, OF_A_COMPANY, held_by("2")),
        (
            "E3",
            400,
            r#"{"message":"propertyValue: already has that value hs_x"}"#,
            Conflict { existing: None },
        ),
        ("E4", 400, TWICE, Misunderstood),
        ("E5", 400, UNKNOWN, no_such_field("total_spent")),
        ("E5", 400, THEIRS, Rejected { field: None }),
        ("E6", 400, NUMBER, Rejected { field: Some(Field::OrdersCount) }),
        ("E7", 400, EMAILS, Rejected { field: Some(Field::Email) }),
        ("E7", 400, EMAIL, Rejected { field: Some(Field::Email) }),
        ("E8", 400, JSON, Misunderstood),
        ("E11", 200, r#"{"status":"COMPLETE","results":[]}"#, Unanswered),
        ("E12", 401, EXPIRED, Unauthorized),
        ("E12", 401, r#"{"category":"INVALID_AUTHENTICATION"}"#, Unauthorized),
        ("E13", 429, r#"{"errorType":"RATE_LIMIT","policyName":"DAILY"}"#, tomorrow()),
        ("E13", 429, r#"{"errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}"#, wait(10)),
        (
            "E13",
            429,
            r#"{"message":"You have reached your secondly limit.","errorType":"RATE_LIMIT"}"#,
            wait(1),
        ),
        ("E13", 429, r#"{"message":"Request Rate Limit reached","category":"RATE-LIMIT_REACHED"}"#, wait(10)),
        ("E14", 404, r#"{"message":"resource not found","category":"OBJECT_NOT_FOUND"}"#, Misunderstood),
        ("E15", 414, IDENTITIES, Rejected { field: None }),
        ("E15", 414, "", Misunderstood),
        ("E16", 400, MANY, Misunderstood),
        ("E17", 400, RULE, Rejected { field: Some(Field::LeadSource) }),
        ("E18", 400, r#"{"error":"invalid_grant","status":"BAD_REFRESH_TOKEN"}"#, Unauthorized),
        ("E18", 400, r#"{"status":"BAD_HUB","error":"access_denied"}"#, Unauthorized),
        ("locked", 423, "{}", wait(2)),
        ("moved", 477, "{}", tomorrow()),
        ("scopes", 403, r#"{"category":"MISSING_SCOPES"}"#, Unauthorized),
    ];
    for (sample, status, body, expected) in table {
        assert_eq!(told(status, body, create(1)).await, expected, "{sample}: {status} {body}");
    }
}

#[tokio::test]
async fn e14_a_record_that_is_not_found_is_gone_in_each_of_their_words() {
    let words = [
        r#"{"message":"resource not found","category":"OBJECT_NOT_FOUND"}"#,
        r#"{"message":"contact does not exist"}"#,
        "<html>nothing here</html>",
    ];
    for body in words {
        assert_eq!(told(404, body, update()).await, Gone, "{body}");
    }
}

#[tokio::test]
async fn a_shape_that_nobody_knows_falls_back_to_the_status() {
    let shapes = [
        "",
        "<html><h1>no</h1></html>",
        "[]",
        "null",
        "7",
        r#""no""#,
        r#"{"category":"A_NEW_ONE"}"#,
        r#"{"status":"error","errors":{"a":[]}}"#,
        r#"{"message":["a"],"category":7,"errors":[7,null]}"#,
    ];
    let table = [
        (400, Misunderstood),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, Misunderstood),
        (405, Misunderstood),
        (408, Unavailable),
        (409, Conflict { existing: None }),
        (413, Misunderstood),
        (418, Misunderstood),
        (423, wait(2)),
        (429, wait(10)),
        (477, tomorrow()),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
        (521, Unavailable),
    ];
    for (status, expected) in table {
        for body in shapes {
            assert_eq!(told(status, body, create(1)).await, expected, "{status} {body}");
        }
    }
}

#[tokio::test]
async fn e9_each_row_of_a_part_failure_is_told_by_its_own_words() {
    let body = r#"{"status":"COMPLETE","numErrors":2,
        "results":[{"id":"91","new":true,"objectWriteTraceId":"row-0"}],
        "errors":[{"category":"VALIDATION_ERROR","message":"no","context":{"objectWriteTraceId":["row-1"]}},
                  {"category":"CONFLICT","message":"Existing ID: 5","context":{"objectWriteTraceId":["row-2"]}}]}"#;
    let (hubspot, _) = hubspot(move |_, _| (207, body.to_owned())).await;
    let outcomes = hubspot.apply(&[create(1), create(2), create(3), create(4)]).await;
    assert_eq!(outcomes[0].as_ref().map(|written| written.record.as_str()).ok(), Some("91"));
    let kind = |n: usize| outcomes[n].as_ref().expect_err("it was not written").kind().clone();
    assert_eq!([kind(1), kind(2), kind(3)], [Rejected { field: None }, held_by("5"), Unanswered]);
}

#[tokio::test]
async fn e10_ids_that_a_read_does_not_find_are_nobody() {
    let body = r#"{"results":[],"numErrors":1,"errors":[{"category":"OBJECT_NOT_FOUND","context":{"ids":["1","2"]}}]}"#;
    let (hubspot, calls) = hubspot(move |_, _| (207, body.to_owned())).await;
    let keys = ["1", "2"].map(ExternalKey::from_crm);
    assert_eq!(hubspot.read(&keys).await.expect("nobody is an answer"), [None, None]);
    assert_eq!(calls.lock().expect("nobody panicked").len(), 1, "both are spoken of");
}
