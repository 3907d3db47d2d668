//! What vendors are known to answer when they will not, and what becomes of it: retry, retry late, or a person.

use std::time::Duration;

use domain::{CustomerId, ExternalKey, Field, RecordId, Value, Write};
use flows::{Disposition, Failure, disposition};

use crate::world::{canned, shop};

/// What is decided at the first receive, and at the last but one.
type Expected = (Decided, Decided);

#[derive(Debug, PartialEq, Eq)]
enum Decided {
    /// It is tried again, after so many seconds at least.
    Retried(u64),
    /// It waits for a person, whose advice holds these words.
    Parked(&'static str),
}

use Decided::{Parked, Retried};

const SOON: Expected = (Retried(0), Retried(0));

fn after(seconds: u64) -> Expected {
    (Retried(seconds), Retried(seconds))
}

fn parked(advice: &'static str) -> Expected {
    (Parked(advice), Parked(advice))
}

#[track_caller]
fn holds(failure: &Failure, expected: &Expected, sample: &str) {
    for (tries, expected) in [(1, &expected.0), (7, &expected.1)] {
        let decided = disposition(failure, tries);
        let holds = match (&decided, expected) {
            (Disposition::Retry { at_least }, Retried(seconds)) => {
                at_least.unwrap_or_default() == Duration::from_secs(*seconds)
            }
            (Disposition::Park { advice }, Parked(words)) => advice.contains(words),
            _ => false,
        };
        assert!(holds, "{sample}\nat try {tries}: {decided:?}, and not {expected:?} ({failure})");
    }
}

async fn refused_by_hubspot(status: u16, body: &str) -> Failure {
    let crm = crate::world::hubspot_at(canned::always(status, body).await);
    let fields = [(Field::TotalSpent, Value::Number(1.into())), (Field::Email, Value::Text("a@b.c".into()))];
    let write = Write::Update { record: RecordId::new("1941"), fields: fields.into() };
    let outcome = crm.apply(&[write]).await.remove(0);
    let error = outcome.expect_err("a refusal is a failure");
    for leak in ["a@b.c", "secret"] {
        assert!(!error.to_string().contains(leak), "{error}");
    }
    error.into()
}

/// The samples of the reference, by their numbers there.
#[tokio::test]
async fn s_199_to_s_203_each_answer_that_hubspot_is_known_for_has_its_disposition() {
    let conflict = (Retried(0), Parked("merge or correct the named record"));
    let unauthorized = (Retried(0), Parked("renew it in the CRM secret"));
    let refused = || parked("Correct the value");
    let table: [(u16, &str, Expected); 20] = [
        // E1
        (409, r#"{"message":"Contact already exists. Existing ID: 377","category":"CONFLICT"}"#, conflict),
        // E3
        (
            400,
            r#"{"message":"Cannot set PropertyValueCoordinates{portalId=1, propertyName=email, value=secret} on 1941. 1942 already has that value.","errorType":"UNIQUE_VALUE_CONFLICT","category":"VALIDATION_ERROR"}"#,
            (Retried(0), Parked("merge or correct the named record")),
        ),
        // E8: our mistake; the messages wait for the mend. (E4 and E16 are never sent.)
        (400, r#"{"status":"error","message":"Invalid input JSON on line 3, column 9: secret"}"#, SOON),
        // E5
        (
            400,
            r#"{"errors":[{"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["total_spent"]}}],"category":"VALIDATION_ERROR"}"#,
            parked("Create the named field"),
        ),
        (
            400,
            r#"{"errors":[{"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["favourite_colour"]}}],"category":"VALIDATION_ERROR"}"#,
            refused(),
        ),
        // E6, E7, E17
        (
            400,
            r#"{"errors":[{"message":"secret","code":"INVALID_INTEGER","context":{"propertyName":["total_spent"]}}],"category":"VALIDATION_ERROR"}"#,
            refused(),
        ),
        (
            400,
            r#"{"message":"Property values were not valid: [{\"error\":\"INVALID_EMAIL\",\"name\":\"email\"}]","category":"VALIDATION_ERROR"}"#,
            refused(),
        ),
        (
            400,
            r#"{"errors":[{"code":"REQUIRED_FIELD_NOT_SET","context":{"propertyName":["closedate"]}}],"category":"VALIDATION_ERROR"}"#,
            refused(),
        ),
        // E11: a success that does not speak of the row.
        (200, r#"{"status":"COMPLETE","results":[]}"#, SOON),
        // E12
        (401, r#"{"category":"EXPIRED_AUTHENTICATION"}"#, unauthorized),
        (403, r#"{"category":"MISSING_SCOPES"}"#, (Retried(0), Parked("check its scopes"))),
        // E13
        (429, r#"{"errorType":"RATE_LIMIT","policyName":"DAILY"}"#, after(3600)),
        (429, r#"{"errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}"#, after(10)),
        (429, r#"{"errorType":"RATE_LIMIT","policyName":"SECONDLY"}"#, after(1)),
        (429, "<html>slow down</html>", after(10)),
        // E14: the record is looked for again.
        (404, r#"{"message":"resource not found","category":"OBJECT_NOT_FOUND"}"#, SOON),
        // Their trouble, whatever the page says.
        (502, "<html>secret</html>", SOON),
        (503, "", SOON),
        (477, "{}", after(3600)),
        // Nobody has seen this yet: tried again, and dead with its reason in the end.
        (418, r#"{"category":"SOMETHING_NEW","message":"secret"}"#, SOON),
    ];
    for (status, body, expected) in table {
        holds(&refused_by_hubspot(status, body).await, &expected, &format!("{status} {body}"));
    }
}

async fn refused_by_salesforce(status: u16, body: &str, opens: bool) -> Failure {
    let crm = crate::world::salesforce_at(canned::after_a_session(status, body, opens).await);
    let fields =
        [(Field::TotalSpent, Value::Number(1.into())), (Field::LastName, Value::Text("Secret".into()))];
    let write = Write::Create { key: ExternalKey::from_crm("7412883000001"), fields: fields.into() };
    let outcome = crm.apply(&[write]).await.remove(0);
    let error = outcome.err().unwrap_or_else(|| panic!("a refusal is a failure: {status} {body}"));
    assert!(!error.to_string().to_lowercase().contains("secret"), "{error}");
    error.into()
}

/// A row of a collection, refused for this.
fn row(code: &str, fields: &str) -> String {
    format!(
        r#"[{{"success":false,"errors":[{{"statusCode":"{code}","message":"secret","fields":[{fields}]}}]}}]"#
    )
}

fn call(code: &str, message: &str) -> String {
    format!(r#"[{{"errorCode":"{code}","message":"{message}"}}]"#)
}

/// The samples of the reference, by their numbers there: a row's first, then a call's, then the token's.
#[tokio::test]
async fn s_102_and_s_199_to_s_203_each_answer_that_salesforce_is_known_for_has_its_disposition() {
    let conflict = || (Retried(0), Parked("merge or correct the named record"));
    let unauthorized = || (Retried(0), Parked("renew it in the CRM secret"));
    let refused = || parked("Correct the value");
    let missing = || parked("cargo xtask setup");
    let rows: Vec<(String, Expected)> = vec![
        // E3
        (row("UNABLE_TO_LOCK_ROW", ""), SOON),
        // E6, E8, E10
        (row("REQUIRED_FIELD_MISSING", "\"LastName\""), refused()),
        (row("STRING_TOO_LONG", "\"LastName\""), refused()),
        (row("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "\"LeadSource\""), refused()),
        (row("FIELD_CUSTOM_VALIDATION_EXCEPTION", "\"Phone\""), refused()),
        (row("ENTITY_IS_DELETED", ""), SOON),
        // E9
        (row("INVALID_FIELD_FOR_INSERT_UPDATE", "\"Shopify_Total_Spent__c\""), missing()),
        // A row that is not spoken of.
        ("[]".to_owned(), SOON),
    ];
    for (body, expected) in rows {
        holds(&refused_by_salesforce(200, &body, true).await, &expected, &body);
    }
    let calls: Vec<(u16, String, Expected)> = vec![
        // E1, E5: a row of a collection does not name the record, so it is asked for by itself.
        (400, call("DUPLICATES_DETECTED", "secret"), conflict()),
        (400, call("DUPLICATE_VALUE", "duplicate value found: secret"), conflict()),
        // E4
        (403, call("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), after(900)),
        (403, call("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), after(5)),
        // E9: the key itself.
        (
            400,
            call("INVALID_FIELD", "No such column 'Shopify_Customer_ID__c' on sobject of type Contact"),
            missing(),
        ),
        // E10: our mistake; the messages wait for the mend.
        (400, call("JSON_PARSER_ERROR", "secret"), SOON),
        // A second 401.
        (401, call("INVALID_SESSION_ID", "Session expired or invalid"), unauthorized()),
        // Their trouble, whatever the page says.
        (502, "<html>secret</html>".to_owned(), SOON),
        (503, String::new(), SOON),
        // Nobody has seen this yet: never taken for done, and a person looks.
        (418, call("SOMETHING_NEW", "secret"), refused()),
    ];
    for (status, body, expected) in calls {
        holds(&refused_by_salesforce(status, &body, true).await, &expected, &format!("{status} {body}"));
    }
    // E11
    for body in [
        r#"{"error":"invalid_grant","error_description":"no client credentials user enabled"}"#,
        r#"{"error":"invalid_client"}"#,
    ] {
        holds(&refused_by_salesforce(400, body, false).await, &unauthorized(), body);
    }
}

async fn refused_by_shopify(status: u16, body: &str) -> Failure {
    let shops = crate::world::shopify_at(canned::always(status, body).await);
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let read = shops.read(&shop(), &[CustomerId::new(1)], &[], now).await;
    let error = read.err().unwrap_or_else(|| panic!("a refusal is a failure: {status} {body}"));
    assert!(!error.to_string().contains("secret"), "{error}");
    error.into()
}

#[tokio::test]
async fn s_165_and_s_199_each_answer_that_shopify_is_known_for_has_its_disposition() {
    let coded = |code: &str| {
        format!(r#"{{"data":null,"errors":[{{"message":"secret","extensions":{{"code":"{code}"}}}}]}}"#)
    };
    let throttled = r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":
        {"requestedQueryCost":400,"actualQueryCost":null,"throttleStatus":
        {"maximumAvailable":1000.0,"currentlyAvailable":300,"restoreRate":50.0}}}}"#;
    let unauthorized = || (Retried(0), Parked("token and scopes"));
    let inactive = || parked("closed or frozen");
    let table: [(u16, String, Expected); 14] = [
        (200, throttled.to_owned(), after(2)),
        (429, String::new(), after(2)),
        (200, coded("INTERNAL_SERVER_ERROR"), SOON),
        (500, "secret".to_owned(), SOON),
        (503, "<html>".to_owned(), SOON),
        (200, coded("ACCESS_DENIED"), unauthorized()),
        (401, r#"{"errors":"[API] Invalid API key or access token"}"#.to_owned(), unauthorized()),
        (200, coded("SHOP_INACTIVE"), inactive()),
        (402, r#"{"errors":"Unavailable Shop"}"#.to_owned(), inactive()),
        (404, r#"{"errors":"Not Found"}"#.to_owned(), inactive()),
        (200, coded("MAX_COST_EXCEEDED"), SOON),
        (200, coded("undefinedField"), SOON),
        (200, coded("SOMETHING_NEW"), SOON),
        (200, "not JSON".to_owned(), SOON),
    ];
    for (status, body, expected) in table {
        holds(&refused_by_shopify(status, &body).await, &expected, &format!("{status} {body}"));
    }
}
