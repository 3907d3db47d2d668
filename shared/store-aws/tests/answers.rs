//! What AWS answers, and what a caller can do about it: written answers, and what we sent.

#![allow(clippy::unwrap_used, reason = "what a test sets up either works or fails the test")]

mod written;

use std::time::Duration;

use aws_smithy_http_client::test_util::NeverClient;
use domain::{
    CustomerId, CustomerKey, DeliveryKey, Envelope, Event, Fingerprints, Parked, RecordId, ShopDomain,
    SignalState, Subject, Topic,
};
use jiff::Timestamp;
use store::StoreErrorKind::{Misconfigured, Refused, Unavailable, Unreadable};
use store::{
    Claimant, DeadLetters, Delivery, Holding, Inbox, Kept, Lease, Link, Links, Note, Outbox, ParkedQueue,
    Redelivery, Source, StoreError,
};
use store_aws::{DynamoDb, Sqs};
use written::{answering, config};

fn shop() -> ShopDomain {
    ShopDomain::parse("demo.myshopify.com").unwrap()
}

fn customer() -> CustomerKey {
    CustomerKey { shop: shop(), customer: CustomerId::new(7) }
}

fn now() -> Timestamp {
    "2026-11-24T02:00:00.5Z".parse().unwrap()
}

fn claimant() -> Claimant {
    Claimant { owner: "me".into(), now: now(), until: now() + Duration::from_mins(1) }
}

fn link() -> Link {
    let record = RecordId::new("new");
    Link {
        record,
        version: now(),
        written: Fingerprints::new(),
        newest_order: None,
        signals: SignalState::default(),
    }
}

fn delivery(id: &str) -> Delivery {
    Delivery { key: DeliveryKey::new(&shop(), id), replays: 0 }
}

fn note(delivery: Delivery) -> Note {
    Note { delivery, done: true, outcome: "created".into() }
}

fn envelope(text: &str) -> Envelope {
    Envelope::V1(Event {
        shop: shop(),
        topic: Topic::new("orders/create"),
        delivery_id: text.into(),
        event_id: None,
        triggered_at: None,
        received_at: now(),
        api_version: None,
        replays: 0,
        quiet: false,
        subject: Subject::Customer { id: CustomerId::new(1), updated_at: None },
    })
}

async fn reading_fails(status: u16, body: &str) -> StoreError {
    let (config, _) = answering(&[(status, body)]);
    let keys = DynamoDb::new(&config).keys("keys");
    keys.concluded(&[delivery("w-secret")], now()).await.unwrap_err()
}

async fn send_failing(status: u16, body: &str) -> StoreError {
    let (config, _) = answering(&[(status, body)]);
    Sqs::new(&config).events("https://sqs.local/events").send(&envelope("w-secret")).await.unwrap_err()
}

fn coded(code: &str) -> String {
    format!(r#"{{"__type":"com.amazonaws#{code}","message":"about w-secret"}}"#)
}

#[tokio::test]
async fn what_dynamodb_answers_is_sorted_by_what_can_be_done() {
    let table = [
        (400, "ProvisionedThroughputExceededException", Unavailable),
        (400, "ThrottlingException", Unavailable),
        (400, "TransactionConflictException", Unavailable),
        (500, "InternalServerError", Unavailable),
        (503, "SomethingNew", Unavailable),
        (400, "ResourceNotFoundException", Misconfigured),
        (400, "AccessDeniedException", Misconfigured),
        (400, "UnrecognizedClientException", Misconfigured),
        (403, "SomethingNew", Misconfigured),
        (400, "ValidationException", Refused),
        (400, "ItemCollectionSizeLimitExceededException", Refused),
        (400, "SomethingNew", Refused),
    ];
    for (status, code, kind) in table {
        let error = reading_fails(status, &coded(code)).await;
        assert_eq!(error.kind(), kind, "{status} {code}: {error}");
        assert!(error.to_string().contains(code), "{error}");
    }
}

#[tokio::test]
async fn what_sqs_answers_is_sorted_by_what_can_be_done() {
    let table = [
        (400, "RequestThrottled", Unavailable),
        (400, "KmsThrottled", Unavailable),
        (503, "ServiceUnavailable", Unavailable),
        (400, "QueueDoesNotExist", Misconfigured),
        (400, "AWS.SimpleQueueService.NonExistentQueue", Misconfigured),
        (403, "AccessDenied", Misconfigured),
        (400, "InvalidMessageContents", Refused),
        (400, "InvalidParameterValue", Refused),
    ];
    for (status, code, kind) in table {
        let error = send_failing(status, &coded(code)).await;
        assert_eq!(error.kind(), kind, "{status} {code}: {error}");
    }
}

#[tokio::test]
async fn a_gateways_page_is_a_bad_moment_and_no_error_repeats_a_value_in_its_words() {
    for error in [reading_fails(502, "<html>").await, send_failing(503, "").await] {
        assert_eq!(error.kind(), Unavailable, "{error}");
    }
    let error = reading_fails(400, &coded("ValidationException")).await;
    assert!(!error.to_string().contains("w-secret"), "{error}");
    assert!(std::error::Error::source(&error).is_some(), "the cause is kept");
}

#[tokio::test]
async fn silence_is_a_bad_moment() {
    let config = config(NeverClient::new());
    let keys = DynamoDb::new(&config).keys("keys");
    let error = keys.concluded(&[delivery("w")], now()).await.unwrap_err();
    assert_eq!(error.kind(), Unavailable, "{error}");
    assert!(error.to_string().contains("in time"), "{error}");
}

#[tokio::test]
async fn a_hundred_deliveries_are_one_read_and_four_calls_to_note() {
    let responses = format!(r#"{{"Responses":[{}]}}"#, vec!["{}"; 25].join(","));
    let (config, sent) = answering(&[(200, r#"{"Responses":{"keys":[]}}"#), (200, &responses)]);
    let keys = DynamoDb::new(&config).keys("keys");
    let deliveries: Vec<_> = (0..100).map(|n| delivery(&format!("w-{n}"))).collect();
    assert_eq!(keys.concluded(&deliveries, now()).await.unwrap(), [false; 100]);
    let notes: Vec<_> = deliveries.into_iter().map(note).collect();
    assert!(keys.note(&notes, now()).await.iter().all(Result::is_ok));
    let sent = sent.lock().unwrap();
    let operations: Vec<_> = sent.iter().map(|(operation, _)| operation.as_str()).collect();
    assert_eq!(operations[0], "DynamoDB_20120810.BatchGetItem");
    assert_eq!(operations[1..], ["DynamoDB_20120810.BatchExecuteStatement"; 4]);
    let request: serde_json::Value = serde_json::from_str(&sent[1].1).unwrap();
    let first = &request["Statements"][0]["Parameters"];
    assert_eq!(first[0]["S"], "delivery#demo.myshopify.com#w-0");
    let week_later = now().as_second() + 7 * 24 * 3600 + 1;
    assert_eq!(first[4]["N"], week_later.to_string());
}

#[tokio::test]
async fn a_statement_that_fails_takes_no_neighbour_with_it() {
    let table = [
        ("ThrottlingError", Unavailable),
        ("ProvisionedThroughputExceeded", Unavailable),
        ("InternalServerError", Unavailable),
        ("TransactionConflict", Unavailable),
        ("AccessDenied", Misconfigured),
        ("ResourceNotFound", Misconfigured),
        ("ValidationError", Refused),
        ("SomethingNew", Refused),
    ];
    for (code, kind) in table {
        let answer =
            format!(r#"{{"Responses":[{{}},{{"Error":{{"Code":"{code}","Message":"w-secret"}}}}]}}"#);
        let (config, _) = answering(&[(200, &answer)]);
        let notes = [note(delivery("w-1")), note(delivery("w-2")), note(delivery("w-3"))];
        let said = DynamoDb::new(&config).keys("keys").note(&notes, now()).await;
        assert!(said[0].is_ok(), "{code}");
        let error = said[1].as_ref().unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(code) && !error.to_string().contains("secret"), "{error}");
        assert_eq!(said[2].as_ref().unwrap_err().kind(), Unavailable, "what was not spoken of is not known");
    }
}

#[tokio::test]
async fn what_was_not_read_is_asked_for_again_and_not_taken_for_unknown() {
    let left = r#"{"Responses":{},"UnprocessedKeys":{"keys":{"Keys":[{"pk":{"S":"delivery#x"}}]}}}"#;
    let (config, sent) = answering(&[(200, left)]);
    let error = DynamoDb::new(&config).keys("keys").concluded(&[delivery("w")], now()).await.unwrap_err();
    assert_eq!((error.kind(), sent.lock().unwrap().len()), (Unavailable, 3));
}

fn cancelled(reasons: &str) -> String {
    format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{reasons}]}}"#
    )
}

async fn keep(answers: &[(u16, &str)]) -> (Result<Kept, StoreError>, Vec<(String, String)>) {
    let (config, sent) = answering(answers);
    let kept =
        DynamoDb::new(&config).records("records").keep(&customer(), &claimant(), Some(&link()), 0).await;
    let sent = sent.lock().unwrap().clone();
    (kept, sent)
}

#[tokio::test]
async fn keeping_writes_both_rows_in_one_call_that_can_be_repeated() {
    let (kept, sent) = keep(&[(200, "{}")]).await;
    assert_eq!(kept.unwrap(), Kept::Kept);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "DynamoDB_20120810.TransactWriteItems");
    let request: serde_json::Value = serde_json::from_str(&sent[0].1).unwrap();
    assert_eq!(request["TransactItems"].as_array().unwrap().len(), 2);
    assert!(request["ClientRequestToken"].as_str().is_some_and(|token| token.len() == 36));
}

#[tokio::test]
async fn a_transaction_that_met_another_is_a_bad_moment_and_no_lost_lease() {
    for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
        let answer = cancelled(&format!(r#"{{"Code":"{code}"}},{{"Code":"None"}}"#));
        let error = keep(&[(400, &answer)]).await.0.unwrap_err();
        assert_eq!(error.kind(), Unavailable, "{code}: {error}");
        assert!(error.to_string().contains(code), "{error}");
    }
    let answer = cancelled(r#"{"Code":"ValidationError"},{"Code":"None"}"#);
    assert_eq!(keep(&[(400, &answer)]).await.0.unwrap_err().kind(), Refused);
}

#[tokio::test]
async fn a_lost_lease_is_told_by_the_row_that_stood_against_it() {
    let others =
        r#"{"Code":"ConditionalCheckFailed","Item":{"lease_owner":{"S":"other"},"record":{"S":"old"}}}"#;
    let nothing = r#"{"Code":"ConditionalCheckFailed"}"#;
    for row in [others, nothing] {
        let answer = cancelled(&format!(r#"{row},{{"Code":"None"}}"#));
        let (kept, sent) = keep(&[(400, &answer)]).await;
        assert_eq!((kept.unwrap(), sent.len()), (Kept::LostLease, 1));
    }
}

#[tokio::test]
async fn the_way_back_of_a_former_record_goes_with_the_same_transaction() {
    let ours = r#"{"Code":"ConditionalCheckFailed","Item":{"lease_owner":{"S":"me"},"record":{"S":"old"}}}"#;
    let moved = cancelled(&format!(r#"{ours},{{"Code":"None"}}"#));
    let (kept, sent) = keep(&[(400, &moved), (200, "{}")]).await;
    assert_eq!(kept.unwrap(), Kept::Kept);
    let request: serde_json::Value = serde_json::from_str(&sent[1].1).unwrap();
    assert_eq!(request["TransactItems"][2]["Delete"]["Key"]["pk"]["S"], "record#old");
    let anothers = cancelled(r#"{"Code":"None"},{"Code":"None"},{"Code":"ConditionalCheckFailed"}"#);
    let (kept, sent) = keep(&[(400, &moved), (400, &anothers), (200, "{}")]).await;
    assert_eq!((kept.unwrap(), sent.len()), (Kept::Kept, 3));
    let (kept, _) = keep(&[(400, &moved), (400, &anothers), (400, &moved)]).await;
    assert_eq!(kept.unwrap_err().kind(), Unavailable);
}

#[tokio::test]
async fn a_row_that_nobody_of_us_wrote_is_unreadable_and_not_free() {
    let foreign = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":{"pk":{"S":"x"}}}"#;
    let keys = r#"{"Responses":{"keys":[{"pk":{"S":"x"}}]}}"#;
    assert_eq!(reading_fails(200, keys).await.kind(), Unreadable);
    let (config, _) = answering(&[(400, foreign)]);
    let records = DynamoDb::new(&config).records("records");
    assert_eq!(records.lease(&customer(), &claimant()).await.unwrap_err().kind(), Unreadable);
}

#[tokio::test]
async fn a_lease_reads_the_row_with_the_same_call() {
    let row =
        r#"{"Attributes":{"record":{"S":"r"},"version":{"S":"2026-11-24T02:00:00.5Z"},"written":{"M":{}}}}"#;
    let (config, sent) = answering(&[(200, row)]);
    let lease = DynamoDb::new(&config).records("records").lease(&customer(), &claimant()).await.unwrap();
    let link = Some(Link { record: RecordId::new("r"), ..link() });
    assert_eq!(lease, Lease::Granted(Holding { link, ..Holding::default() }));
    assert_eq!(sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_stands_in_its_shops_own_group_and_carries_no_attributes() {
    let (config, sent) = answering(&[(200, r#"{"MessageId":"m"}"#)]);
    let events = Sqs::new(&config).events("https://sqs.local/events");
    events.send(&envelope("\u{ffff}")).await.unwrap();
    let sent: Vec<serde_json::Value> =
        sent.lock().unwrap().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(sent[0]["MessageGroupId"], "demo.myshopify.com");
    assert_eq!(sent[0]["QueueUrl"], "https://sqs.local/events");
    assert!(sent[0]["MessageBody"].as_str().unwrap().contains(r"\uffff"));
    assert!(sent[0].get("MessageAttributes").is_none());
}

#[tokio::test]
async fn a_wait_leaves_room_for_the_time_the_message_was_held() {
    let (config, sent) = answering(&[(200, "{}")]);
    let events = Sqs::new(&config).events("https://sqs.local/events");
    for after in [Duration::from_millis(1), Duration::from_hours(25)] {
        events.come_back_after("receipt", after).await.unwrap();
    }
    let asked = |n: usize| {
        let body: serde_json::Value = serde_json::from_str(&sent.lock().unwrap()[n].1).unwrap();
        body["VisibilityTimeout"].as_i64().unwrap()
    };
    assert_eq!((asked(0), asked(1)), (1, 42_300));
}

#[tokio::test]
async fn parking_and_looking_through_fail_as_everything_else_does() {
    let parked = Parked {
        code: "c".into(),
        reason: "r".into(),
        advice: "a".into(),
        parked_at: now(),
        attempts: 1,
        message: "m".into(),
    };
    let (config, _) = answering(&[(400, &coded("QueueDoesNotExist"))]);
    let sqs = Sqs::new(&config);
    assert_eq!(sqs.parking("https://sqs.local/p").park(&parked).await.unwrap_err().kind(), Misconfigured);
    assert_eq!(sqs.events("https://sqs.local/e").warm().await.unwrap_err().kind(), Misconfigured);
    let queues = sqs.dead_letters("https://sqs.local/d", "https://sqs.local/p");
    let error = queues.take(Source::Dead, Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), Misconfigured);
    let (config, _) =
        answering(&[(200, r#"{"Messages":[{"MessageId":"m","Body":"b","ReceiptHandle":"r"}]}"#)]);
    let queues = Sqs::new(&config).dead_letters("https://sqs.local/d", "https://sqs.local/p");
    let error = queues.take(Source::Parked, Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), Unreadable);
    assert!(error.to_string().contains("SentTimestamp"), "{error}");
}
