//! What HubSpot may answer and its twin does not: odd 2xx, whole batches refused, dead connections.

#![allow(clippy::unwrap_used, reason = "a server that cannot be set ends its test")]

mod account;

use std::collections::BTreeMap;

use account::answering::{Said, hubspot};
use crm::{Crm, CrmError, CrmErrorKind, Wanted, Written};
use crm_hubspot::HubSpot;
use domain::{ExternalKey, Field, Phone, RecordId, Value, Write};
use serde_json::{Value as Body, json};

fn create(key: usize) -> Write {
    let fields = BTreeMap::from([(Field::FirstName, Value::Text(format!("Person {key}")))]);
    Write::Create { key: ExternalKey::from_crm(&key.to_string()), fields }
}

fn update(record: usize) -> Write {
    let fields = BTreeMap::from([(Field::FirstName, Value::Text("new".into()))]);
    Write::Update { record: RecordId::new(record.to_string()), fields }
}

fn kinds(outcomes: Vec<Result<Written, CrmError>>) -> Vec<Option<CrmErrorKind>> {
    outcomes.into_iter().map(|outcome| outcome.err().map(|error| error.kind().clone())).collect()
}

fn ids(body: &Body) -> Vec<String> {
    let inputs = body["inputs"].as_array().unwrap();
    inputs.iter().map(|input| input["id"].as_str().unwrap().to_owned()).collect()
}

fn vague() -> Said {
    (400, json!({"message": "no", "category": "VALIDATION_ERROR"}).to_string())
}

/// Each row is done, told in the wrong order and without a trace.
fn done(body: &Body) -> Said {
    let row =
        |id: &String| json!({"id": format!("9{id}"), "new": true, "properties": {"shopify_customer_id": id}});
    (200, json!({"results": ids(body).iter().rev().map(row).collect::<Vec<_>>()}).to_string())
}

#[tokio::test]
async fn results_are_told_apart_without_trace_and_order() {
    let (hubspot, _) = hubspot(|_, body| done(body)).await;
    let outcomes = hubspot.apply(&[create(1), create(2), create(3)]).await;
    let records: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap().record).collect();
    assert_eq!(records, ["91", "92", "93"].map(RecordId::new));
}

#[tokio::test]
async fn a_success_without_a_word_is_none() {
    let silent = [
        (200, ""),
        (200, "<html>ok</html>"),
        (202, "{}"),
        (200, r#"{"results":[]}"#),
        (207, r#"{"results":[{}]}"#),
        (200, "[]"),
    ];
    for (status, said) in silent {
        let (hubspot, _) = hubspot(move |_, _| (status, said.to_owned())).await;
        let outcomes = kinds(hubspot.apply(&[create(1), update(2)]).await);
        assert_eq!(outcomes, [Some(CrmErrorKind::Unanswered), Some(CrmErrorKind::Unanswered)], "{said}");
    }
}

#[tokio::test]
async fn a_record_that_spoils_its_batch_is_found_and_fails_alone() {
    let spoiled = |_: &str, body: &Body| if ids(body).contains(&"37".into()) { vague() } else { done(body) };
    let (hubspot, calls) = hubspot(spoiled).await;
    let outcomes = kinds(hubspot.apply(&(0..100).map(create).collect::<Vec<_>>()).await);
    assert_eq!(outcomes[37], Some(CrmErrorKind::Rejected { field: None }));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 99);
    assert!(calls.lock().unwrap().len() < 16, "it is looked for by halves");
}

#[tokio::test]
async fn an_account_that_takes_nothing_is_no_hundred_bad_records() {
    let (hubspot, calls) = hubspot(|_, _| vague()).await;
    let outcomes = kinds(hubspot.apply(&(0..100).map(create).collect::<Vec<_>>()).await);
    assert!(outcomes.iter().all(|outcome| *outcome == Some(CrmErrorKind::Misunderstood)), "{outcomes:?}");
    assert!(calls.lock().unwrap().len() < 20, "it is given up");
}

#[tokio::test]
async fn a_missing_property_of_ours_is_everybodys_at_once() {
    let missing = |_: &str, _: &Body| {
        let error = json!({"code": "PROPERTY_DOESNT_EXIST", "context": {"propertyName": ["firstname"]}});
        (400, json!({"errors": [error], "category": "VALIDATION_ERROR"}).to_string())
    };
    let (hubspot, calls) = hubspot(missing).await;
    let outcomes = kinds(hubspot.apply(&[create(1), create(2)]).await);
    let expected = Some(CrmErrorKind::MissingField { name: "firstname".into() });
    assert_eq!(outcomes, [expected.clone(), expected]);
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_limit_that_is_hit_is_not_hit_again() {
    let limited = |_: &str, _: &Body| (429, json!({"policyName": "SECONDLY"}).to_string());
    let (hubspot, calls) = hubspot(limited).await;
    let outcomes = kinds(hubspot.apply(&(0..250).map(create).collect::<Vec<_>>()).await);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Some(CrmErrorKind::RateLimited { .. }))));
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_whole_batch_that_is_not_found_is_asked_record_by_record() {
    let merged = |path: &str, _: &Body| match path {
        "batch/update" => (404, json!({"category": "OBJECT_NOT_FOUND"}).to_string()),
        "1" => (200, json!({"id": "77"}).to_string()),
        _ => (404, "<html>not found</html>".into()),
    };
    let (hubspot, calls) = hubspot(merged).await;
    let outcomes = hubspot.apply(&[update(1), update(2)]).await;
    assert_eq!(outcomes[0].as_ref().unwrap().record, RecordId::new("77"));
    assert_eq!(*outcomes[1].as_ref().unwrap_err().kind(), CrmErrorKind::Gone);
    assert_eq!(*calls.lock().unwrap(), ["batch/update", "1", "2"]);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_no_missing_record() {
    let (hubspot, _) = hubspot(|_, _| (404, "<html>no such version</html>".into())).await;
    assert_eq!(kinds(hubspot.apply(&[create(1)]).await), [Some(CrmErrorKind::Misunderstood)]);
    let read = hubspot.read(&[ExternalKey::from_crm("1")]).await.unwrap_err();
    assert_eq!(*read.kind(), CrmErrorKind::Misunderstood);
}

fn wanted(key: &str, email: &str) -> Wanted {
    Wanted { email: Some(email.into()), ..Wanted::by_key(ExternalKey::from_crm(key)) }
}

fn nobody(path: &str, body: &Body) -> Said {
    if path == "search" {
        return (200, json!({"total": 0, "results": []}).to_string());
    }
    let error = json!({"category": "OBJECT_NOT_FOUND", "context": {"ids": ids(body)}});
    (207, json!({"results": [], "numErrors": 1, "errors": [error]}).to_string())
}

#[tokio::test]
async fn a_search_that_fails_fails_the_look_up_since_not_knowing_is_not_absence() {
    let no_search = |path: &str, body: &Body| {
        if path == "search" {
            (429, json!({"policyName": "SECONDLY"}).to_string())
        } else {
            nobody(path, body)
        }
    };
    let (hubspot, calls) = hubspot(no_search).await;
    let wanted = Wanted { phone: Phone::parse("+41446681800", None).ok(), ..wanted("1", "ada@example.com") };
    let error = hubspot.find(&[wanted]).await.unwrap_err();
    assert!(matches!(error.kind(), CrmErrorKind::RateLimited { .. }), "{error}");
    assert_eq!(*calls.lock().unwrap(), ["batch/read", "search"]);
}

#[tokio::test]
async fn s_157_strangers_cost_two_calls_with_numbers_and_without() {
    let with_phone = |n: usize, phone: Option<Phone>| Wanted {
        phone,
        ..wanted(&n.to_string(), &format!("person-{n}@example.com"))
    };
    let (hubspot, calls) = hubspot(nobody).await;
    let strangers: Vec<_> = (0..100).map(|n| with_phone(n, None)).collect();
    hubspot.find(&strangers).await.unwrap();
    assert_eq!(*calls.lock().unwrap(), ["batch/read"; 2]);
    calls.lock().unwrap().clear();
    let phone = |n: usize| Phone::parse(&format!("+4144668{n:04}"), None).ok();
    let strangers: Vec<_> = (0..100).map(|n| with_phone(n, phone(n))).collect();
    hubspot.find(&strangers).await.unwrap();
    assert_eq!(*calls.lock().unwrap(), ["batch/read", "search"], "the keys go along with the numbers");
    calls.lock().unwrap().clear();
    let long_key = |n: usize| ExternalKey::from_crm(&format!("a-shop-of-ours-{n:020}"));
    let strangers: Vec<_> =
        (0..100).map(|n| Wanted { key: long_key(n), ..with_phone(n, phone(n)) }).collect();
    hubspot.find(&strangers).await.unwrap();
    assert_eq!(*calls.lock().unwrap(), ["batch/read", "batch/read", "search"], "unless they do not fit");
}

#[tokio::test]
async fn a_search_with_more_than_its_pages_hold_is_asked_again_in_halves() {
    let endless = |path: &str, body: &Body| {
        let values = body["filterGroups"][0]["filters"][0]["values"].as_array().map_or(0, Vec::len);
        match path {
            "search" if values > 1 => {
                (200, json!({"results": [], "paging": {"next": {"after": "200"}}}).to_string())
            }
            _ => nobody(path, body),
        }
    };
    let (hubspot, calls) = hubspot(endless).await;
    let phone = |n: usize| Phone::parse(&format!("+4144668{n:04}"), None).ok();
    let strangers = [1, 2].map(|n| Wanted { phone: phone(n), ..wanted(&n.to_string(), "") });
    assert_eq!(hubspot.find(&strangers).await.unwrap(), [vec![], vec![]]);
    let searches = calls.lock().unwrap().iter().filter(|call| *call == "search").count();
    assert_eq!(searches, 5 + 5 + 2, "five pages with the keys, five without, then each alone");
}

#[tokio::test]
async fn an_address_that_hubspot_does_not_take_hides_nobody_else() {
    let picky = |path: &str, body: &Body| {
        let bad = path == "batch/read" && ids(body).contains(&"a@@b".into());
        if bad {
            return vague();
        }
        let by_email = body["idProperty"] == "email";
        let found = json!({"id": "5", "properties": {"email": "ada@example.com"}});
        let results = if by_email { vec![found] } else { vec![] };
        (200, json!({"results": results}).to_string())
    };
    let (hubspot, _) = hubspot(picky).await;
    let found = hubspot.find(&[wanted("1", "a@@b"), wanted("2", "ada@example.com")]).await.unwrap();
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1]);
}

#[tokio::test]
async fn nobody_at_the_other_end_means_nothing_was_written() {
    let hubspot = HubSpot::new(account::outbound(), account::config("http://127.0.0.1:1"));
    let outcomes = hubspot.apply(&[create(1), update(2)]).await;
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!(*error.kind(), CrmErrorKind::Unavailable);
        assert!(std::error::Error::source(&error).is_some(), "the cause is kept");
    }
}
