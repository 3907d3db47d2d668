//! What Salesforce may answer and its twin does not: odd 2xx, dead connections, a session that ends again and again.

#![allow(clippy::unwrap_used, reason = "a server that cannot be set ends its test")]

mod org;
mod server;

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::http::HeaderMap;
use crm::{Crm, CrmError, CrmErrorKind, Wanted, Written};
use crm_salesforce::{Salesforce, Usage};
use domain::{ExternalKey, Field, RecordId, Value, Write};
use futures_util::future::join_all;
use org::{CONTACTS, KEY};
use serde_json::{Value as Json, json};
use server::{Said, nobody, salesforce};

fn named(n: usize) -> BTreeMap<Field, Value> {
    BTreeMap::from([(Field::LastName, Value::Text(format!("Person {n}")))])
}

fn create(key: usize) -> Write {
    Write::Create { key: ExternalKey::from_crm(&key.to_string()), fields: named(key) }
}

fn id(n: usize) -> String {
    format!("0038M00000{n:05}QAE")
}

fn update(n: usize) -> Write {
    Write::Update { record: RecordId::new(id(n)), fields: named(n) }
}

fn kinds(outcomes: Vec<Result<Written, CrmError>>) -> Vec<Option<CrmErrorKind>> {
    outcomes.into_iter().map(|outcome| outcome.err().map(|error| error.kind().clone())).collect()
}

/// The calls that were not for a session.
fn calls(all: &Mutex<Vec<String>>) -> Vec<String> {
    all.lock().unwrap().iter().filter(|path| !path.contains("oauth2")).cloned().collect()
}

fn rows(body: &Json) -> Vec<Json> {
    body["records"].as_array().unwrap().clone()
}

/// Each row is done.
fn done(body: &Json) -> Said {
    let row = |row: &Json| {
        let number = row[KEY].as_str().and_then(|key| key.parse().ok());
        let known = row["id"].as_str().map(str::to_owned);
        json!({"id": known.unwrap_or_else(|| id(number.unwrap_or(0))), "success": true, "errors": [], "created": true})
    };
    (200, Json::from(rows(body).iter().map(row).collect::<Vec<_>>()).to_string())
}

fn refused(code: &str) -> Said {
    (400, json!([{"errorCode": code, "message": "no", "fields": []}]).to_string())
}

#[tokio::test]
async fn a_success_without_a_word_is_none() {
    let silent = [
        (200, ""),
        (200, "<html>ok</html>"),
        (202, "{}"),
        (200, "[]"),
        (200, "[{}]"),
        (204, ""),
        (200, r#"[{"success":true}]"#),
    ];
    for (status, said) in silent {
        let answer = move |path: &str, _: &HeaderMap, _: &Json| {
            if path.starts_with("query") { nobody() } else { (status, said.to_owned()) }
        };
        let (salesforce, _) = salesforce(answer).await;
        let outcomes = kinds(salesforce.apply(&[create(1)]).await);
        let is_bad_row = said == "[{}]";
        let expected =
            if is_bad_row { CrmErrorKind::Rejected { field: None } } else { CrmErrorKind::Unanswered };
        assert_eq!(outcomes, [Some(expected)], "{status} {said}");
    }
}

#[tokio::test]
async fn a_result_that_names_another_record_proves_nothing() {
    let other = |path: &str, _: &HeaderMap, _: &Json| match path {
        "composite/sobjects" => (200, json!([{"id": id(9), "success": true, "errors": []}]).to_string()),
        _ => nobody(),
    };
    let (salesforce, _) = salesforce(other).await;
    assert_eq!(kinds(salesforce.apply(&[update(1)]).await), [Some(CrmErrorKind::Unanswered)]);
}

#[tokio::test]
async fn of_a_list_that_is_too_short_only_what_is_found_again_counts() {
    let short = |path: &str, _: &HeaderMap, _: &Json| match path {
        "query" => (200, json!({"records": [{"Id": id(3), KEY: "3"}], "done": true}).to_string()),
        "queryAll" => nobody(),
        _ => (
            200,
            json!([{"id": id(3), "success": true, "created": true}, {"success": false, "errors": []}])
                .to_string(),
        ),
    };
    let (salesforce, _) = salesforce(short).await;
    let outcomes = kinds(salesforce.apply(&[create(1), create(2), create(3)]).await);
    assert_eq!(outcomes, [Some(CrmErrorKind::Unanswered), Some(CrmErrorKind::Unanswered), None]);
}

#[tokio::test]
async fn s_101_a_session_that_ended_is_opened_anew_once_for_all() {
    let ended = |path: &str, headers: &HeaderMap, body: &Json| {
        if headers["authorization"] == "Bearer session-0" {
            (
                401,
                json!([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}])
                    .to_string(),
            )
        } else if path.starts_with("query") {
            nobody()
        } else {
            done(body)
        }
    };
    let (salesforce, all) = salesforce(ended).await;
    let writes: Vec<_> = (0..20).map(create).collect();
    let outcomes = join_all(writes.iter().map(|write| salesforce.apply(std::slice::from_ref(write)))).await;
    assert!(outcomes.into_iter().flatten().all(|outcome| outcome.is_ok()));
    let opened = all.lock().unwrap().iter().filter(|path| path.contains("oauth2")).count();
    assert_eq!(opened, 2, "one for the beginning, one for everybody who found it ended");
}

#[tokio::test]
async fn s_101_a_second_401_is_our_credentials_and_nothing_more_is_sent() {
    let refuses = |_: &str, _: &HeaderMap, _: &Json| {
        (
            401,
            json!([{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]).to_string(),
        )
    };
    let (salesforce, all) = salesforce(refuses).await;
    let outcomes = kinds(salesforce.apply(&(0..450).map(update).collect::<Vec<_>>()).await);
    assert!(outcomes.iter().all(|outcome| *outcome == Some(CrmErrorKind::Unauthorized)), "{outcomes:?}");
    assert_eq!(calls(&all).len(), 2, "once, and once more");
}

#[tokio::test]
async fn a_record_that_spoils_its_call_is_found_and_fails_alone() {
    let spoiled = |path: &str, _: &HeaderMap, body: &Json| {
        let spoils = path.starts_with("composite") && rows(body).iter().any(|row| row[KEY] == "37");
        match path {
            _ if spoils => refused("JSON_PARSER_ERROR"),
            _ if path.starts_with("composite") => done(body),
            _ => nobody(),
        }
    };
    let (salesforce, all) = salesforce(spoiled).await;
    let outcomes = kinds(salesforce.apply(&(0..200).map(create).collect::<Vec<_>>()).await);
    assert_eq!(outcomes[37], Some(CrmErrorKind::Rejected { field: None }));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 199);
    assert!(calls(&all).len() < 20, "it is looked for by halves");
}

#[tokio::test]
async fn an_org_that_takes_nothing_is_no_two_hundred_bad_records() {
    let row = || json!({"success": false, "errors": [{"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Region is required", "fields": []}]});
    for whole in [true, false] {
        let answer = move |path: &str, _: &HeaderMap, body: &Json| match (path, whole) {
            ("composite/sobjects/Contact/Shopify_Customer_ID__c", true) => refused("JSON_PARSER_ERROR"),
            ("composite/sobjects/Contact/Shopify_Customer_ID__c", false) => {
                (200, Json::from(vec![row(); rows(body).len()]).to_string())
            }
            _ => nobody(),
        };
        let (salesforce, all) = salesforce(answer).await;
        let outcomes = kinds(salesforce.apply(&(0..200).map(create).collect::<Vec<_>>()).await);
        let is_ours = |outcome: &Option<CrmErrorKind>| *outcome == Some(CrmErrorKind::Misunderstood);
        assert!(outcomes.iter().all(is_ours), "{outcomes:?}");
        assert!(calls(&all).len() < 25, "it is given up: {}", calls(&all).len());
    }
}

#[tokio::test]
async fn a_field_of_ours_that_is_hidden_is_everybodys_at_once() {
    let hidden = |path: &str, _: &HeaderMap, _: &Json| match path {
        "composite/sobjects" => {
            let error = json!({"errorCode": "INVALID_FIELD_FOR_INSERT_UPDATE", "message": "Unable to create/update fields: LastName.", "fields": ["LastName"]});
            (400, json!([error]).to_string())
        }
        _ => nobody(),
    };
    let (salesforce, all) = salesforce(hidden).await;
    let expected = Some(CrmErrorKind::MissingField { name: "LastName".into() });
    assert_eq!(kinds(salesforce.apply(&[update(1), update(2)]).await), [expected.clone(), expected]);
    assert_eq!(calls(&all).len(), 1);
}

#[tokio::test]
async fn a_row_that_is_locked_is_tried_again_and_its_neighbours_are_written() {
    let locked = |path: &str, _: &HeaderMap, _: &Json| match path {
        "composite/sobjects" => {
            let error = json!({"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access", "fields": []});
            (
                200,
                json!([{"success": false, "errors": [error]}, {"id": id(2), "success": true, "errors": []}])
                    .to_string(),
            )
        }
        _ => nobody(),
    };
    let (salesforce, _) = salesforce(locked).await;
    assert_eq!(
        kinds(salesforce.apply(&[update(1), update(2)]).await),
        [Some(CrmErrorKind::Unavailable), None]
    );
}

#[tokio::test]
async fn a_limit_that_is_hit_is_not_hit_again() {
    let limited = |_: &str, _: &HeaderMap, _: &Json| {
        (
            403,
            json!([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}])
                .to_string(),
        )
    };
    let (salesforce, all) = salesforce(limited).await;
    let outcomes = kinds(salesforce.apply(&(0..450).map(update).collect::<Vec<_>>()).await);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Some(CrmErrorKind::QuotaUsedUp { .. }))));
    assert_eq!(calls(&all).len(), 1);
    assert_eq!(salesforce.usage(), Some(Usage { used: 18, allowed: 5000 }));
}

#[tokio::test]
async fn a_question_that_fails_fails_the_look_up_since_not_knowing_is_not_absence() {
    for said in
        [(503, String::new()), (200, "{}".to_owned()), (200, "<html>".to_owned()), (200, "[]".to_owned())]
    {
        let (salesforce, _) = salesforce(move |_: &str, _: &HeaderMap, _: &Json| said.clone()).await;
        let wanted = Wanted::by_key(ExternalKey::from_crm("1"));
        let error = salesforce.find(&[wanted]).await.unwrap_err();
        assert_eq!(*error.kind(), CrmErrorKind::Unavailable, "{error}");
    }
}

#[tokio::test]
async fn s_157_a_hundred_strangers_cost_three_questions() {
    let (salesforce, all) = salesforce(|_: &str, _: &HeaderMap, _: &Json| nobody()).await;
    let stranger = |n: usize| Wanted {
        email: Some(format!("person-{n}@example.com")),
        ..Wanted::by_key(ExternalKey::from_crm(&n.to_string()))
    };
    salesforce.find(&(0..100).map(stranger).collect::<Vec<_>>()).await.unwrap();
    assert_eq!(calls(&all), ["query", "query", "queryAll"]);
}

#[tokio::test]
async fn a_key_that_two_records_carry_is_not_guessed() {
    let twice = |_: &str, _: &HeaderMap, _: &Json| {
        (
            200,
            json!({"records": [{"Id": id(1), KEY: "1"}, {"Id": id(2), KEY: "1"}], "done": true}).to_string(),
        )
    };
    let (salesforce, _) = salesforce(twice).await;
    let key = ExternalKey::from_crm("1");
    let error = salesforce.read(std::slice::from_ref(&key)).await.unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Conflict { existing: None });
    assert_eq!(salesforce.find(&[Wanted::by_key(key)]).await.unwrap()[0].len(), 2, "both are candidates");
}

#[tokio::test]
async fn nobody_at_the_other_end_means_nothing_was_written() {
    let salesforce = Salesforce::new(org::outbound(), org::config("http://127.0.0.1:1", CONTACTS));
    for outcome in salesforce.apply(&[create(1), update(2)]).await {
        let error = outcome.unwrap_err();
        assert_eq!(*error.kind(), CrmErrorKind::Unavailable);
        assert!(std::error::Error::source(&error).is_some(), "the cause is kept");
    }
}
