//! A stand-in for the AWS endpoints a function calls: it answers from memory at once and counts what it was asked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::digest::{self, Attribute};
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
    secret: String,
    calls: Mutex<Calls>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    #[serde(borrow)]
    message_body: Cow<'a, str>,
    #[serde(borrow, default)]
    message_attributes: BTreeMap<Cow<'a, str>, Attribute<'a>>,
}

impl Cloud {
    /// Opens a free port of 127.0.0.1. `secret` is what `GetSecretValue` answers with for every secret.
    pub(crate) fn open(secret: String) -> io::Result<Self> {
        let desk = Arc::new(Desk { secret, calls: Mutex::default() });
        let port = wire::serve(Arc::clone(&desk), Desk::serve)?;
        Ok(Self { port, desk })
    }

    /// What `AWS_ENDPOINT_URL` has to be.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked since the last time this was called.
    pub(crate) fn take_calls(&self) -> Calls {
        std::mem::take(&mut self.desk.calls())
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
        let answer = match api {
            SEND_MESSAGE => sent(body),
            "AmazonSQS.GetQueueAttributes" => {
                Some(json!({"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:deliveries"}}))
            }
            GET_SECRET_VALUE => Some(self.secret_value(body)),
            _ => None,
        };
        answer.map_or_else(|| refused(api), |answer| ("200 OK", answer))
    }

    fn secret_value(&self, body: &[u8]) -> Value {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        json!({
            "ARN": asked["SecretId"],
            "Name": "counterfoil/webhook",
            "VersionId": "5f1c0000-0000-4000-8000-000000000001",
            "SecretString": self.secret,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": 1_795_478_400.0,
        })
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn api_of(request: &Request) -> String {
    match request.header("x-amz-target") {
        "" => format!("{} {}", request.method, request.path),
        target => target.to_owned(),
    }
}

fn sent(body: &[u8]) -> Option<Value> {
    let message: SendMessage<'_> = serde_json::from_slice(body).ok()?;
    let mut answer = json!({
        "MessageId": "7a1f0000-0000-4000-8000-000000000001",
        "MD5OfMessageBody": digest::of_body(&message.message_body),
    });
    if !message.message_attributes.is_empty() {
        answer["MD5OfMessageAttributes"] = digest::of_attributes(&message.message_attributes).into();
    }
    Some(answer)
}

fn refused(api: &str) -> (&'static str, Value) {
    let words = format!("{api}: the bench has no answer for this call, or could not read it");
    ("400 Bad Request", json!({"__type": "com.amazonaws.sqs#UnsupportedOperation", "message": words}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        Desk { secret: r#"{"shops":{}}"#.into(), calls: Mutex::default() }
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
    fn a_call_it_does_not_know_is_refused_not_waved_through() {
        let (status, _) = desk().answer("DynamoDB_20120810.PutItem", b"{}");
        assert_eq!(status, "400 Bad Request");
        let (status, _) = desk().answer(SEND_MESSAGE, b"not json");
        assert_eq!(status, "400 Bad Request");
    }
}
