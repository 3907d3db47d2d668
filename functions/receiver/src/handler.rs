//! From HTTP to the flow and back, with one line in the journal for each delivery.

use std::convert::Infallible;

use domain::{Event, Facts, Subject};
use flows::{Answer, Incoming, Keyring, Received, receive};
use jiff::Timestamp;
use lambda_host::{Journal, Level, Metric, Unit, now, told};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use shopify::Headers;

use crate::config::Config;

pub(crate) struct Receiver {
    config: Config,
    journal: Journal,
}

impl Receiver {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, journal: Journal::new("Counterfoil", "receiver") }
    }

    /// Opens the connections and fetches the secret while Lambda gives init its full CPU. A failure is not the end:
    /// the first delivery tries again.
    pub(crate) async fn warm(&self) {
        let (queue, secret) = tokio::join!(self.config.queue.warm(), self.config.keyring.current(now()));
        for error in
            [queue.err().map(|e| e.to_string()), secret.err().map(|e| e.0.to_string())].into_iter().flatten()
        {
            let cause = Cause { error };
            self.journal.write(Level::Warn, now(), "not warm yet", &cause, &[], &[]);
        }
    }

    pub(crate) async fn handle(&self, request: Request) -> Result<Response<Body>, Infallible> {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let (headers, body) = (Headers::read(header), request.body().as_ref());
        let heard = Heard { topic: headers.topic.as_str().to_owned(), body_bytes: body.len() };
        let incoming = Incoming { headers, body, max_body_bytes: self.config.max_body_bytes };
        let at = now();
        let received = receive(incoming, &self.config.keyring, &self.config.queue, at).await;
        self.note(&heard, &received, at);
        Ok(respond(&received.answer))
    }

    fn note(&self, heard: &Heard, received: &Received, at: Timestamp) {
        let (level, message) = match &received.answer {
            Answer::Accepted => (Level::Info, "delivery received"),
            Answer::NoSecrets(_) | Answer::NotQueued(_) => (Level::Error, "delivery not taken"),
            _ => (Level::Warn, "delivery refused"),
        };
        let line = Line::of(heard, received);
        let metrics = metrics(received, at);
        self.journal.write(level, at, message, &line, &["function", "stage", "outcome"], &metrics);
    }
}

fn respond(answer: &Answer) -> Response<Body> {
    let mut response = Response::new(Body::Text(answer.code().to_owned()));
    *response.status_mut() = http::StatusCode::from_u16(answer.status()).unwrap_or_default();
    response
}

/// What may be said of a delivery whoever sent it: header facts, never the body (S-018, S-149).
struct Heard {
    topic: String,
    body_bytes: usize,
}

#[derive(Serialize)]
struct Cause {
    error: String,
}

/// S-178 to S-181: object, topic, time, status.
#[derive(Serialize)]
struct Line<'a> {
    stage: &'static str,
    outcome: &'static str,
    status: &'static str,
    body_bytes: usize,
    /// Of a delivery that did not become an event; an event says it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    topic: Option<&'a str>,
    #[serde(flatten)]
    event: Option<Facts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl<'a> Line<'a> {
    fn of(heard: &'a Heard, received: &'a Received) -> Self {
        let event = received.event.as_ref().map(Event::facts);
        Self {
            stage: received.answer.stage().name(),
            outcome: received.answer.code(),
            status: if received.answer.status() == 200 { "received" } else { "failed" },
            body_bytes: heard.body_bytes,
            topic: event.is_none().then_some(heard.topic.as_str()),
            event,
            error: error(&received.answer),
        }
    }
}

fn error(answer: &Answer) -> Option<String> {
    match answer {
        Answer::NoSecrets(why) => Some(why.0.to_string()),
        Answer::NotQueued(error) => Some(told(error)),
        _ => None,
    }
}

fn metrics(received: &Received, at: Timestamp) -> Vec<Metric> {
    let mut metrics = vec![Metric::one("Deliveries")];
    let Some(event) = &received.event else { return metrics };
    if event.topic.concern() == domain::Concern::Unknown {
        metrics.push(Metric::one("UnknownTopics"));
    }
    if matches!(event.subject, Subject::Unreadable { .. }) {
        metrics.push(Metric::one("UnreadableBodies"));
    }
    if let Some(raised) = event.triggered_at {
        let value = at.duration_since(raised).as_secs_f64() * 1000.0;
        metrics.push(Metric { name: "ReceiveLag", unit: Unit::Milliseconds, value });
    }
    metrics
}
