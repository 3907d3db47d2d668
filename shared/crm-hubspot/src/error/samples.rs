//! A table: their status and body, our kind. The bodies have the shapes that were seen, with words of our own.

use std::time::Duration;

use crm::CrmErrorKind::{
    Conflict, Gone, MissingField, Misunderstood, QuotaUsedUp, RateLimited, Rejected, Unauthorized,
    Unavailable,
};

use super::*;

fn kind(status: u16, body: &str) -> CrmErrorKind {
    Refusal::read(status, &serde_json::from_str(body).unwrap_or_default(), None, &[]).kind
}

fn taken_by(id: &str) -> CrmErrorKind {
    Conflict { existing: Some(RecordId::new(id)) }
}

fn wait(seconds: u64) -> CrmErrorKind {
    RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
}

fn tomorrow() -> CrmErrorKind {
    QuotaUsedUp { retry_after: Some(Duration::from_hours(1)) }
}

#[track_caller]
fn all(table: &[(u16, &str, CrmErrorKind)]) {
    for (status, body, expected) in table {
        assert_eq!(&kind(*status, body), expected, "{status} {body}");
    }
}

#[test]
fn e1_to_e3_what_somebody_holds_names_the_holder() {
    let unique = |rest: &str| {
        format!(
            r#"{{"message":"Cannot set PropertyValueCoordinates{{portalId=1, propertyName=shopify_customer_id, value={rest}","errorType":"UNIQUE_VALUE_CONFLICT","category":"VALIDATION_ERROR"}}"#
        )
    };
    all(&[
        (
            409,
            r#"{"message":"Contact already exists. Existing ID: 377","category":"CONFLICT"}"#,
            taken_by("377"),
        ),
        (409, r#"{"message":"Contact already exists.  Existing ID:12 (x)"}"#, taken_by("12")),
        (409, r#"{"message":"exists"}"#, Conflict { existing: None }),
        (409, "<html>busy</html>", Conflict { existing: None }),
        (400, &unique("7} on 1941. 1942 already has that value."), taken_by("1942")),
        (400, &unique("[7]} on 1941. 1942 already has that value."), taken_by("1942")),
        (400, r#"{"message":"propertyValue: already has that value hs_x"}"#, Conflict { existing: None }),
        (400, r#"{"errorType":"UNIQUE_VALUE_CONFLICT"}"#, Conflict { existing: None }),
    ]);
}

#[test]
fn e4_and_e16_a_batch_that_should_not_have_been_sent_is_our_mistake() {
    let twice = r#"{"message":"Duplicate IDs found in batch input: [1]","context":{"ids":["1"]},"category":"VALIDATION_ERROR"}"#;
    let many = r#"{"message":"too many inputs","category":"VALIDATION_ERROR"}"#;
    all(&[(400, twice, Misunderstood), (400, many, Misunderstood)]);
}

#[test]
fn e5_a_missing_property_is_a_set_up_error_only_where_it_is_ours() {
    let listed = |name: &str| {
        format!(
            r#"{{"errors":[{{"message":"no {name}","code":"PROPERTY_DOESNT_EXIST","context":{{"propertyName":["{name}"]}}}}],"category":"VALIDATION_ERROR"}}"#
        )
    };
    let repeated = r#"{"message":"Property values were not valid: [{\"isValid\":false,\"error\":\"PROPERTY_DOESNT_EXIST\",\"name\":\"total_spent\"}]","category":"VALIDATION_ERROR"}"#;
    let missing = |name: &str| MissingField { name: name.to_owned() };
    all(&[
        (400, &listed("last_order_at"), missing("last_order_at")),
        (400, repeated, missing("total_spent")),
        (400, &listed("favourite_colour"), Rejected { field: None }),
    ]);
}

#[test]
fn s_214_a_missing_property_of_the_merchants_own_is_a_set_up_error_where_the_manifest_has_it() {
    let body = serde_json::json!({"category": "VALIDATION_ERROR", "errors": [
        {"code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": ["loyalty_tier"]}}]});
    let tier = [MetafieldName::parse("loyalty_tier").unwrap()];
    let kind = |metafields: &[_]| Refusal::read(400, &body, None, metafields).kind;
    assert_eq!(kind(&tier), MissingField { name: "loyalty_tier".into() });
    assert_eq!(kind(&[]), Rejected { field: None });
}

#[test]
fn e6_e7_and_e17_a_refused_value_names_its_field() {
    let number = r#"{"errors":[{"code":"INVALID_INTEGER","context":{"propertyName":["orders_count"]}}],"category":"VALIDATION_ERROR"}"#;
    let older = r#"{"message":"Errors found","invalidEmails":["a@b"],"failureMessages":[{"index":1}]}"#;
    let email = r#"{"message":"Property values were not valid: [{\"error\":\"INVALID_EMAIL\",\"name\":\"email\"}]","category":"VALIDATION_ERROR"}"#;
    let required = r#"{"errors":[{"code":"REQUIRED_FIELD_NOT_SET","context":{"propertyName":["closedate"]}}],"category":"VALIDATION_ERROR"}"#;
    all(&[
        (400, number, Rejected { field: Some(Field::OrdersCount) }),
        (400, older, Rejected { field: Some(Field::Email) }),
        (400, email, Rejected { field: Some(Field::Email) }),
        (400, required, Rejected { field: None }),
    ]);
}

#[test]
fn e8_a_body_they_could_not_read_is_our_mistake_and_nobodys_in_particular() {
    let body =
        serde_json::json!({"message": "Invalid input JSON on line 3, column 9", "correlationId": "c-1"});
    let refusal = Refusal::read(400, &body, None, &[]);
    assert_eq!((&refusal.kind, refusal.scope), (&Misunderstood, Scope::Everyone));
    assert_eq!(refusal.error().correlation(), Some("c-1"));
}

#[test]
fn e9_and_e10_a_row_is_judged_by_its_own_words() {
    let row = |body: &str| Refusal::of_row(&serde_json::from_str(body).unwrap(), &[]).kind;
    let vague = r#"{"category":"VALIDATION_ERROR","message":"Property values were not valid: [...]","context":{"objectWriteTraceId":["row-0"]}}"#;
    assert_eq!(row(vague), Rejected { field: None }, "a named row is refused for what it says");
    assert_eq!(row(r#"{"category":"OBJECT_NOT_FOUND","context":{"ids":["1"]}}"#), Gone);
    assert_eq!(row(r#"{"category":"CONFLICT","message":"Existing ID: 5"}"#), taken_by("5"));
    assert_eq!(row("[]"), Rejected { field: None });
}

#[test]
fn e12_and_e18_credentials_are_refused_in_many_words() {
    let expired =
        r#"{"category":"EXPIRED_AUTHENTICATION","context":{"expire time":["2022-06-21T10:37:52.040Z"]}}"#;
    all(&[
        (401, expired, Unauthorized),
        (401, r#"{"category":"INVALID_AUTHENTICATION"}"#, Unauthorized),
        (403, r#"{"category":"MISSING_SCOPES"}"#, Unauthorized),
        (400, r#"{"error":"invalid_grant","status":"BAD_REFRESH_TOKEN","message":"expired"}"#, Unauthorized),
        (400, r#"{"status":"BAD_HUB","error":"access_denied"}"#, Unauthorized),
    ]);
}

#[test]
fn e13_each_limit_has_its_own_patience() {
    let policy = |name: &str| format!(r#"{{"errorType":"RATE_LIMIT","policyName":"{name}"}}"#);
    all(&[
        (429, &policy("DAILY"), tomorrow()),
        (429, &policy("TEN_SECONDLY_ROLLING"), wait(10)),
        (429, &policy("SECONDLY"), wait(1)),
        (429, r#"{"message":"You have reached your daily limit."}"#, tomorrow()),
        (429, r#"{"message":"You have reached your ten_secondly_rolling limit."}"#, wait(10)),
        (429, r#"{"message":"You have reached your secondly limit."}"#, wait(1)),
        (429, r#"{"category":"RATE-LIMIT_REACHED"}"#, wait(10)),
        (429, "<html>slow down</html>", wait(10)),
        (423, "{}", wait(2)),
        (477, "{}", tomorrow()),
    ]);
    let told = Some(Duration::from_secs(33));
    assert_eq!(Refusal::read(429, &Value::Null, told, &[]).kind, wait(33));
    assert_eq!(Refusal::read(477, &Value::Null, told, &[]).kind, QuotaUsedUp { retry_after: told });
}

#[test]
fn e14_and_e15_not_found_is_gone_and_too_many_addresses_are_that_records() {
    all(&[
        (404, r#"{"message":"resource not found","category":"OBJECT_NOT_FOUND"}"#, Gone),
        (404, "<html>nothing here</html>", Gone),
        (414, r#"{"message":"Cannot have more than 250 identities on a profile"}"#, Rejected { field: None }),
        (414, "", Misunderstood),
    ]);
    assert_eq!(Refusal::read(404, &Value::Null, None, &[]).about_no_record().kind, Misunderstood);
}

#[test]
fn trouble_on_their_side_is_theirs_whatever_the_page_says() {
    for status in [500, 502, 503, 504, 520, 524] {
        assert_eq!(kind(status, "<html>bad gateway</html>"), Unavailable, "{status}");
    }
    for status in [301, 405, 418, 451] {
        assert_eq!(kind(status, ""), Misunderstood, "{status}");
    }
}

#[test]
fn no_shape_breaks_the_reading_and_no_message_leaves_it() {
    let odd = [
        "null",
        "[]",
        "7",
        r#"{"errors":{"a":1}}"#,
        r#"{"errors":[7,null,{"context":[]}]}"#,
        r#"{"message":["a"],"category":7,"correlationId":{}}"#,
        r#"{"message":"[{","category":"VALIDATION_ERROR"}"#,
        r#"{"message":"ada@example.com","category":"ada@example.com","errors":[{"code":"ada@example.com"}],"correlationId":"ada@example.com"}"#,
    ];
    for body in odd {
        let error = Refusal::read(400, &serde_json::from_str(body).unwrap(), None, &[]).error();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("400") && !shown.contains("ada"), "{shown}");
    }
}

#[test]
fn a_code_is_short_and_tells_the_family_and_the_detail() {
    let body = r#"{"category":"VALIDATION_ERROR","errors":[{"code":"INVALID_EMAIL"}]}"#;
    let code = |status, body: &str| {
        Refusal::read(status, &serde_json::from_str(body).unwrap_or_default(), None, &[])
            .error()
            .code()
            .to_owned()
    };
    assert_eq!(code(400, body), "400 VALIDATION_ERROR/INVALID_EMAIL");
    assert_eq!(code(429, r#"{"errorType":"RATE_LIMIT","policyName":"DAILY"}"#), "429 RATE_LIMIT/DAILY");
    assert_eq!(code(429, r#"{"policyName":"DAILY"}"#), "429 DAILY");
    assert_eq!(code(502, "<html>"), "502");
    let rule = r#"{"category":"VALIDATION_ERROR","errors":[{"code":"REQUIRED_FIELD_NOT_SET","context":{"propertyName":["closedate"]}}]}"#;
    assert_eq!(
        code(400, rule),
        "400 VALIDATION_ERROR/REQUIRED_FIELD_NOT_SET:closedate",
        "who can mend it is told what"
    );
}
