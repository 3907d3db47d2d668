//! One SQS message for each delivery.

use std::io;

use crate::delivery::Headers;
use crate::sigv4::Signer;
use crate::variable;
use crate::wire::Connection;

/// Sends messages to one queue over one kept connection, opened with the first message.
pub(crate) struct Sender {
    queue_url: String,
    host: String,
    signer: Signer,
    sqs: Option<Connection>,
}

impl Sender {
    /// Reads the queue, the endpoint and the credentials from the environment.
    pub(crate) fn from_environment() -> io::Result<Self> {
        let endpoint = variable("AWS_ENDPOINT_URL")?;
        let host = endpoint.strip_prefix("http://").map(|host| host.trim_end_matches('/').to_owned());
        let host = host.ok_or_else(|| io::Error::other("AWS_ENDPOINT_URL: only http://host:port"))?;
        let signer = Signer::from_environment(&host)?;
        Ok(Self { queue_url: variable("QUEUE_URL")?, host, signer, sqs: None })
    }

    /// Sends a body, a JSON string literal, with its topic, shop and webhook id; an answer other than 200 is an error.
    pub(crate) fn send(&mut self, webhook: &Headers<'_>, literal: &str) -> io::Result<()> {
        let body = document(&self.queue_url, webhook, literal)?;
        let headers = self.signer.headers(body.as_bytes(), jiff::Timestamp::now());
        let sqs = match self.sqs.take() {
            Some(open) => open,
            None => Connection::open(&self.host)?,
        };
        let answer = self.sqs.insert(sqs).round_trip("POST", "/", &headers, body.as_bytes())?;
        if answer.is_ok() { Ok(()) } else { Err(io::Error::other("SQS did not take the message")) }
    }
}

fn document(queue_url: &str, webhook: &Headers<'_>, body: &str) -> io::Result<String> {
    let queue_url = serde_json::to_string(queue_url)?;
    let topic = attribute(&webhook.topic)?;
    let shop = attribute(&webhook.shop)?;
    let webhook_id = attribute(&webhook.webhook_id)?;
    Ok(format!(
        r#"{{"QueueUrl":{queue_url},"MessageBody":{body},"MessageAttributes":{{"topic":{topic},"shop":{shop},"webhook_id":{webhook_id}}}}}"#
    ))
}

fn attribute(value: &str) -> io::Result<String> {
    let value = serde_json::to_string(value)?;
    Ok(format!(r#"{{"DataType":"String","StringValue":{value}}}"#))
}
