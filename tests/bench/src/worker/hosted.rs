//! A bootstrap at work: its Runtime API, its process, and what it answers.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::{Failure, FailureKind};
use crate::function::{Candidate, Running};
use crate::runtime_api::{Answer, Event, RuntimeApi};
use crate::workspace;

const INIT_LIMIT: Duration = Duration::from_secs(10);
const INVOKE_LIMIT: Duration = Duration::from_mins(1);

/// A started function that waits for events.
pub(super) struct Hosted {
    lambda: RuntimeApi,
    running: Running,
}

/// What the event source mapping gives the worker.
pub(super) struct Message<'m> {
    /// Its id, and its receipt too.
    pub(super) id: String,
    pub(super) body: &'m str,
    pub(super) receives: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchAnswer {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

impl Hosted {
    /// Starts the release build of one of our functions and waits until it asks for an event. `environment` is made from
    /// the Runtime API's address.
    pub(super) fn start(
        name: &'static str,
        environment: impl FnOnce(&str) -> Vec<(&'static str, String)>,
    ) -> Result<Self, Failure> {
        let lambda = RuntimeApi::open()
            .map_err(|cause| Failure::caused(FailureKind::Harness, "no port for the Runtime API", cause))?;
        let bootstrap = workspace::release_binary(name);
        let candidate = Candidate { name, bootstrap, environment: Vec::new() };
        let mut running = candidate.start(&environment(&lambda.address()))?;
        let asked = lambda.wait_until_idle(INIT_LIMIT, || running.ended());
        match asked {
            Ok(()) => Ok(Self { lambda, running }),
            Err(why) => Err(running.failure("it never asked for an event", &why)),
        }
    }

    /// CPU time of the process so far.
    pub(super) fn cpu(&self) -> Result<Duration, Failure> {
        self.running.cpu()
    }

    /// Has it handle these events, one after the other.
    pub(super) fn handle(&mut self, events: Vec<Event>) -> Result<Vec<Answer>, Failure> {
        let running = &mut self.running;
        let answers = self.lambda.invoke(events, INVOKE_LIMIT, || running.ended());
        answers.map_err(|why| self.running.failure("it did not answer", &why))
    }

    /// The same, of a worker. Gives the ids of the messages that come back.
    pub(super) fn works(&mut self, events: Vec<Event>) -> Result<Vec<String>, Failure> {
        let mut back = Vec::new();
        for answer in self.handle(events)? {
            let read = serde_json::from_slice::<BatchAnswer>(&answer.body);
            let read = read.map_err(|_| self.odd(&answer))?;
            back.extend(read.batch_item_failures.into_iter().map(|failure| failure.item_identifier));
        }
        Ok(back)
    }

    /// An answer as it must not be.
    pub(super) fn odd(&self, answer: &Answer) -> Failure {
        let why = format!("it answered {:.300}", String::from_utf8_lossy(&answer.body));
        let words = self.running.failure("not the answer of this function", &why).to_string();
        Failure::new(FailureKind::Answer, words)
    }

    /// A failure of this function, with the end of its log.
    pub(super) fn failure(&self, why: &str) -> Failure {
        Failure::new(FailureKind::Answer, self.running.failure("its work is not done", why).to_string())
    }
}

/// One event of SQS.
pub(super) fn batch(messages: &[Message<'_>]) -> Event {
    let records: Vec<Value> = messages.iter().map(record).collect();
    json!({"Records": records}).to_string().into_bytes().into()
}

fn record(message: &Message<'_>) -> Value {
    json!({
        "messageId": message.id,
        "receiptHandle": message.id,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": message.receives.to_string(),
            "SentTimestamp": "1795478284512",
            "SenderId": "AROABENCHBENCHBENCHBE:receiver",
            "ApproximateFirstReceiveTimestamp": "1795478284520",
            "MessageGroupId": crate::event::SHOP,
        },
        "messageAttributes": {},
        "md5OfBody": crate::digest::of_body(message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:deliveries",
        "awsRegion": "us-east-1",
    })
}
