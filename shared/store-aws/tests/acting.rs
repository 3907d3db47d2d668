//! What AWS answers where actions, figures and what comes due are asked for, and what we sent.

#![allow(clippy::unwrap_used, reason = "what a test sets up either works or fails the test")]

mod written;

use std::time::Duration;

use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_types::body::SdkBody;
use domain::{ActionKey, ActionName, CustomerId, CustomerKey, Deed, Firing, Period, RecordId, ShopDomain};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::StoreErrorKind::{Misconfigured, Refused, Unavailable, Unreadable};
use store::{ActionQueue, Begun, Claimant, Deeds, Due, DueCursor, DueIndex, Figures};
use store_aws::{DynamoDb, Sqs};
use written::{Sent, answering, config};

fn shop() -> ShopDomain {
    ShopDomain::parse("demo.myshopify.com").unwrap()
}

fn key(customer: u64) -> ActionKey {
    let customer = CustomerKey { shop: shop(), customer: CustomerId::new(customer) };
    ActionKey::new(&ActionName::parse("call_new_vip").unwrap(), &customer, Period::Time(1))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-24T02:00:00Z")
}

fn claimant() -> Claimant {
    Claimant { owner: "me".into(), now: now(), until: now() + Duration::from_mins(1) }
}

fn firings(count: u64, line: &str) -> Vec<Firing> {
    let one = |customer| Firing {
        key: key(customer),
        action: ActionName::parse("call_new_vip").unwrap(),
        shop: shop(),
        customer: CustomerId::new(customer),
        record: RecordId::new("55"),
        order: None,
        fired_at: now(),
        deed: Deed::Note { lines: vec![line.to_owned()] },
    };
    (0..count).map(one).collect()
}

/// The bodies that were sent.
fn bodies(sent: &Sent) -> Vec<Value> {
    sent.lock().unwrap().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
}

async fn fire(answer: &str, firings: &[Firing]) -> (Vec<Result<(), store::StoreError>>, Vec<Value>) {
    let (config, sent) = answering(&[(200, answer)]);
    let answers = Sqs::new(&config).actions("https://sqs.local/actions").fire(firings).await;
    (answers, bodies(&sent))
}

fn sent(ids: std::ops::Range<u64>) -> Vec<Value> {
    ids.map(|id| json!({"Id": id.to_string(), "MessageId": "m", "MD5OfMessageBody": "x"})).collect()
}

#[tokio::test]
async fn each_action_that_was_not_sent_is_told_at_its_place_and_never_by_what_the_vendor_says() {
    let failed = json!([
        {"Id": "1", "Code": "InternalError", "SenderFault": false, "Message": "secret"},
        {"Id": "0", "Code": "InvalidMessageContents", "SenderFault": true, "Message": "secret"},
        {"Id": "3", "Code": "KmsDisabled", "SenderFault": true},
    ]);
    let answer = json!({"Successful": sent(2..3), "Failed": failed}).to_string();
    let (answers, _) = fire(&answer, &firings(5, "x")).await;
    let kinds: Vec<_> =
        answers.iter().map(|answer| answer.as_ref().err().map(store::StoreError::kind)).collect();
    // Of the last one the answer says nothing.
    assert_eq!(kinds, [Some(Refused), Some(Unavailable), None, Some(Misconfigured), Some(Unavailable)]);
    assert!(
        answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .all(|error| !error.to_string().contains("secret"))
    );
}

#[tokio::test]
async fn ten_actions_go_in_a_call_and_fewer_where_they_are_large() {
    let answer = json!({"Successful": sent(0..25), "Failed": []}).to_string();
    for (count, line, expected) in [
        (0, "x".to_owned(), vec![]),
        (25, "x".to_owned(), vec![10, 10, 5]),
        (5, "x".repeat(100_000), vec![2, 2, 1]),
    ] {
        let (answers, calls) = fire(&answer, &firings(count, &line)).await;
        assert!(answers.iter().all(Result::is_ok));
        let entries: Vec<_> = calls.iter().map(|call| call["Entries"].as_array().unwrap().len()).collect();
        assert_eq!(entries, expected, "{count} actions");
        assert!(calls.iter().all(|call| call["Entries"][0]["MessageGroupId"] == "demo.myshopify.com"));
    }
}

#[tokio::test]
async fn a_call_that_fails_fails_for_each_action_in_it() {
    let (config, _) = answering(&[(400, r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#)]);
    let answers = Sqs::new(&config).actions("https://sqs.local/actions").fire(&firings(11, "x")).await;
    assert_eq!(answers.len(), 11);
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap_err().kind() == Misconfigured));
}

const STOOD: &str = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";

#[tokio::test]
async fn f_11_who_may_not_begin_an_action_is_told_why_by_the_same_call() {
    let until = now() + Duration::from_secs(9);
    let held = json!({"state": {"S": "begun"}, "until_ms": {"N": until.as_millisecond().to_string()}});
    let done = json!({"state": {"S": "done"}, "outcome": {"S": "x"}});
    for (row, expected) in [(held, Begun::Held { until }), (done, Begun::Done)] {
        let (config, sent) = answering(&[(400, &json!({"__type": STOOD, "Item": row}).to_string())]);
        let begun = DynamoDb::new(&config).deeds("keys").begin(&key(1), &claimant()).await.unwrap();
        assert_eq!((begun, sent.lock().unwrap().len()), (expected, 1));
    }
    let (config, _) = answering(&[(400, &json!({"__type": STOOD, "Item": {}}).to_string())]);
    let failed = DynamoDb::new(&config).deeds("keys").begin(&key(1), &claimant()).await.unwrap_err();
    assert_eq!(failed.kind(), Unreadable, "a row that nobody of us wrote is not free");
}

#[tokio::test]
async fn days_without_anything_are_passed_over_until_there_are_too_many() {
    let empty = r#"{"Count":0,"ScannedCount":0,"Items":[]}"#;
    let (config, sent) = answering(&[(200, empty)]);
    let records = DynamoDb::new(&config).records("records");
    let page = records.due(&shop(), at("2026-10-01T00:00:00Z"), now(), None).await.unwrap();
    assert_eq!((page.due.len(), page.next), (0, Some(DueCursor("2026-11-01".into()))));
    assert_eq!(sent.lock().unwrap().len(), 31);
    let after = DueCursor("2026-11-23".into());
    let page = records.due(&shop(), at("2026-10-01T00:00:00Z"), now(), Some(&after)).await.unwrap();
    assert_eq!((page.next, sent.lock().unwrap().len()), (None, 33));
    let asked = &bodies(&sent)[32];
    assert_eq!(asked["IndexName"], "due");
    assert_eq!(asked["ExpressionAttributeValues"][":part"]["S"], "demo.myshopify.com#2026-11-24");
    assert!(records.due(&shop(), now(), now(), Some(&DueCursor("x".into()))).await.is_err());
}

#[tokio::test]
async fn the_next_part_begins_after_the_last_row_of_this_one() {
    let row = json!({"pk": {"S": "customer#demo.myshopify.com#7"}, "sk": {"S": "link"},
        "due_in": {"S": "demo.myshopify.com#2026-11-24"}, "due_at_ms": {"N": "1795485600000"}});
    let answer = json!({"Count": 1, "ScannedCount": 1, "Items": [row], "LastEvaluatedKey": row}).to_string();
    let (config, sent) = answering(&[(200, &answer)]);
    let records = DynamoDb::new(&config).records("records");
    let page = records.due(&shop(), now(), now(), None).await.unwrap();
    let customer = CustomerKey { shop: shop(), customer: CustomerId::new(7) };
    assert_eq!(page.due, [Due::Customer { customer, at: now() }]);
    records.due(&shop(), now(), now(), page.next.as_ref()).await.unwrap();
    assert_eq!(bodies(&sent)[1]["ExclusiveStartKey"], row);
}

#[tokio::test]
async fn a_figure_that_was_written_by_a_try_whose_answer_got_lost_is_not_anothers() {
    let (config, _) =
        answering(&[(400, &json!({"__type": STOOD, "Item": {"mark": {"S": "another"}}}).to_string())]);
    let figures = DynamoDb::new(&config).figures("records");
    assert!(!figures.keep_figure(&shop(), "sum", b"1", Some(1)).await.unwrap(), "it is another's");
    let figures = DynamoDb::new(&own_write_stands()).figures("records");
    assert!(figures.keep_figure(&shop(), "sum", b"1", Some(1)).await.unwrap(), "it is our own");
}

/// Whatever is put stands there already.
fn own_write_stands() -> aws_types::SdkConfig {
    config(infallible_client_fn(|request: http::Request<SdkBody>| {
        let put: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let answer = json!({"__type": STOOD, "Item": put["Item"]}).to_string();
        http::Response::builder().status(400).body(SdkBody::from(answer)).unwrap()
    }))
}
