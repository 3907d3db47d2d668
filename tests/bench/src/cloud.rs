//! A stand-in for the AWS endpoints a function calls: it answers from memory at once and counts what it was asked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::digest::{self, Attribute};
use crate::queue::Queue;
use crate::tables::{self, Answer, Tables};
use crate::wire::{self, Exchange, Request};

/// Calls by API, as `X-Amz-Target` names it: `AmazonSQS.SendMessage`.
pub(crate) type Calls = BTreeMap<String, u64>;

/// The API that carries a webhook on.
pub(crate) const SEND_MESSAGE: &str = "AmazonSQS.SendMessage";
/// The API that holds the webhook secrets.
pub(crate) const GET_SECRET_VALUE: &str = "secretsmanager.GetSecretValue";

/// The endpoint. It lives until the process ends.
pub(crate) struct Cloud {
    port: u16,
    desk: Arc<Desk>,
}

struct Desk {
    secrets: Secrets,
    calls: Mutex<Calls>,
    tables: Mutex<Tables>,
    queue: Queue,
}

/// A part of a secret's ARN, and what the secret holds.
pub(crate) type Secrets = Vec<(&'static str, String)>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    message_body: Cow<'a, str>,
    #[serde(borrow, default)]
    message_attributes: BTreeMap<Cow<'a, str>, Attribute<'a>>,
}

impl Cloud {
    /// Opens a free port of 127.0.0.1. What is sent to the queue is kept where `keeps` says so.
    pub(crate) fn open(secrets: Secrets, keeps: bool) -> io::Result<Self> {
        let (calls, tables, queue) = (Mutex::default(), Mutex::default(), Queue::new(keeps));
        let desk = Arc::new(Desk { secrets, calls, tables, queue });
        let port = wire::serve(Arc::clone(&desk), Desk::serve)?;
        Ok(Self { port, desk })
    }

    /// What `AWS_ENDPOINT_URL` has to be.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it listens on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What was asked since the last time this was called.
    pub(crate) fn take_calls(&self) -> Calls {
        std::mem::take(&mut self.desk.calls())
    }

    /// The tables.
    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.desk.tables()
    }

    /// The queue of events.
    pub(crate) fn queue(&self) -> &Queue {
        &self.desk.queue
    }
}

impl Desk {
    fn serve(&self, exchange: &mut Exchange) -> io::Result<()> {
        while let Some(request) = exchange.next_request()? {
            let api = api_of(&request);
            let (status, body) = self.answer(&api, &request.body);
            *self.calls().entry(api).or_default() += 1;
            let headers = "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: 0b9c5a9e-0000-4000-8000-000000000000\r\n";
            exchange.answer(status, headers, body.to_string().as_bytes())?;
        }
        Ok(())
    }

    fn answer(&self, api: &str, body: &[u8]) -> (&'static str, Value) {
        if let Some(operation) = api.strip_prefix(tables::SERVICE) {
            return of_tables(self.tables().answer(operation, body));
        }
        let answer = match api {
            SEND_MESSAGE => self.sent(body),
            "AmazonSQS.SendMessageBatch" => all_sent(body),
            "AmazonSQS.ChangeMessageVisibility" => self.hidden(body),
            "AmazonSQS.GetQueueAttributes" => {
                Some(json!({"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:deliveries"}}))
            }
            GET_SECRET_VALUE => self.secret_value(body),
            _ => None,
        };
        answer.map_or_else(|| refused(api), |answer| ("200 OK", answer))
    }

    fn secret_value(&self, body: &[u8]) -> Option<Value> {
        let asked: Value = serde_json::from_slice(body).ok()?;
        let arn = asked["SecretId"].as_str()?;
        let (_, secret) = self.secrets.iter().find(|(part, _)| arn.contains(part))?;
        Some(json!({
            "ARN": arn,
            "Name": "counterfoil/webhook",
            "VersionId": "5f1c0000-0000-4000-8000-000000000001",
            "SecretString": secret,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 1_795_478_400.0,
        }))
    }

    fn sent(&self, body: &[u8]) -> Option<Value> {
        let message: SendMessage<'_> = serde_json::from_slice(body).ok()?;
        let mut answer = json!({
            "MessageId": "7a1f0000-0000-4000-8000-000000000001",
            "MD5OfMessageBody": digest::of_body(&message.message_body),
        });
        if !message.message_attributes.is_empty() {
            answer["MD5OfMessageAttributes"] = digest::of_attributes(&message.message_attributes).into();
        }
        self.queue.sent(&message.queue_url, &message.message_body);
        Some(answer)
    }

    fn hidden(&self, body: &[u8]) -> Option<Value> {
        let asked: Value = serde_json::from_slice(body).ok()?;
        self.queue.hide(asked["ReceiptHandle"].as_str()?, asked["VisibilityTimeout"].as_u64()?);
        Some(json!({}))
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Actions are taken and lie there: carrying them out is another function's.
fn all_sent(body: &[u8]) -> Option<Value> {
    let asked: Value = serde_json::from_slice(body).ok()?;
    let taken = asked["Entries"].as_array()?.iter().map(|entry| {
        Some(json!({
            "Id": entry["Id"],
            "MessageId": "7a1f0000-0000-4000-8000-000000000002",
            "MD5OfMessageBody": digest::of_body(entry["MessageBody"].as_str()?),
        }))
    });
    Some(json!({"Successful": taken.collect::<Option<Vec<_>>>()?, "Failed": []}))
}

fn api_of(request: &Request) -> String {
    match request.header("x-amz-target") {
        "" => format!("{} {}", request.method, request.path),
        target => target.to_owned(),
    }
}

fn of_tables(answer: Answer) -> (&'static str, Value) {
    match answer {
        Answer::Done(value) => ("200 OK", value),
        Answer::Failed(kind, mut error) => {
            error["__type"] = format!("com.amazonaws.dynamodb.v20120810#{kind}").into();
            ("400 Bad Request", error)
        }
    }
}

fn refused(api: &str) -> (&'static str, Value) {
    let words = format!("{api}: the bench has no answer for this call, or could not read it");
    ("400 Bad Request", json!({"__type": "com.amazonaws.sqs#UnsupportedOperation", "message": words}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        let secrets = vec![("webhook", r#"{"shops":{}}"#.to_owned())];
        Desk { secrets, calls: Mutex::default(), tables: Mutex::default(), queue: Queue::new(true) }
    }

    #[test]
    fn a_message_is_answered_with_the_digest_of_what_was_sent() {
        let body = br#"{"QueueUrl":"q","MessageBody":"Hello World","MessageAttributes":{"a":{"DataType":"String","StringValue":"1"}}}"#;
        let (status, answer) = desk().answer(SEND_MESSAGE, body);
        assert_eq!(status, "200 OK");
        assert_eq!(answer["MD5OfMessageBody"], "b10a8db164e0754105b7a99be72e3fe5");
        assert!(answer["MD5OfMessageAttributes"].is_string());
    }

    #[test]
    fn a_message_without_attributes_has_no_digest_of_them() {
        let (_, answer) = desk().answer(SEND_MESSAGE, br#"{"QueueUrl":"q","MessageBody":"x"}"#);
        assert!(answer.get("MD5OfMessageAttributes").is_none());
    }

    #[test]
    fn an_error_of_the_tables_names_its_kind() {
        let (status, answer) = desk().answer("DynamoDB_20120810.Scan", b"{}");
        assert_eq!(status, "400 Bad Request");
        assert!(answer["__type"].as_str().is_some_and(|kind| kind.ends_with("#ValidationException")));
    }

    #[test]
    fn a_secret_that_is_none_of_ours_is_refused() {
        let (status, _) = desk().answer(GET_SECRET_VALUE, br#"{"SecretId":"arn:other"}"#);
        assert_eq!(status, "400 Bad Request");
        let (_, answer) = desk().answer(GET_SECRET_VALUE, br#"{"SecretId":"arn:webhook-Ab"}"#);
        assert_eq!(answer["SecretString"], r#"{"shops":{}}"#);
    }

    #[test]
    fn a_call_it_does_not_know_is_refused_not_waved_through() {
        let (status, _) = desk().answer("AmazonSQS.PurgeQueue", b"{}");
        assert_eq!(status, "400 Bad Request");
        let (status, _) = desk().answer(SEND_MESSAGE, b"not json");
        assert_eq!(status, "400 Bad Request");
    }
}
