//! AWS over plain HTTP: the few calls the stand needs, unsigned, because the emulator checks no signature.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

const REGION: &str = "us-east-1";

/// An AWS endpoint on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    endpoint: String,
    http: reqwest::Client,
}

impl Aws {
    /// An endpoint such as `http://127.0.0.1:4566`.
    pub(crate) fn at(endpoint: String) -> Result<Self> {
        Ok(Self { endpoint, http: reqwest::Client::builder().no_proxy().build()? })
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A call of the JSON protocols; `target` is such as `AmazonSQS.SendMessage`.
    pub(crate) async fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(&self.endpoint).header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.0").body(body.to_string());
        let answer = self.send(service, target, request).await?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer)
            .with_context(|| format!("{target} answered something that is not JSON"))
    }

    /// A call of the query protocol; answers XML.
    pub(crate) async fn query(&self, service: &str, form: &[(String, String)]) -> Result<String> {
        let action = form.first().map_or("", |(_, action)| action);
        let answer = self.send(service, action, self.http.post(&self.endpoint).form(form)).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Puts an object, or with an empty key and body a bucket.
    pub(crate) async fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) -> Result<()> {
        let request = self.http.put(format!("{}/{bucket}/{key}", self.endpoint)).body(body);
        self.send("s3", "PutObject", request).await.map(drop)
    }

    /// Invokes a function and waits for its answer; a function that failed is an error that carries its words.
    pub(crate) async fn invoke(&self, function: &str, payload: &Value) -> Result<Value> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.endpoint);
        let request = signed_for("lambda", self.http.post(url).body(payload.to_string()));
        let response = request.send().await?.error_for_status()?;
        let failed = response.headers().contains_key("x-amz-function-error");
        let answer: Value = response.json().await?;
        if failed {
            bail!("{function} failed: {answer}");
        }
        Ok(answer)
    }

    /// Sets the workers that an event source mapping may run at once.
    pub(crate) async fn set_concurrency(&self, mapping: &str, maximum: u32) -> Result<()> {
        let url = format!("{}/2015-03-31/event-source-mappings/{mapping}", self.endpoint);
        let body = json!({"ScalingConfig": {"MaximumConcurrency": maximum}});
        let request = self.http.put(url).body(body.to_string());
        self.send("lambda", "UpdateEventSourceMapping", request).await.map(drop)
    }

    /// The ids of a function's event source mappings.
    pub(crate) async fn mappings(&self, function: &str) -> Result<Vec<String>> {
        let url = format!("{}/2015-03-31/event-source-mappings/?FunctionName={function}", self.endpoint);
        let request = self.http.get(url);
        let answer = self.send("lambda", "ListEventSourceMappings", request).await?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let rows = answer["EventSourceMappings"].as_array().cloned().unwrap_or_default();
        Ok(rows.iter().filter_map(|row| row["UUID"].as_str().map(str::to_owned)).collect())
    }

    async fn send(&self, service: &str, action: &str, request: reqwest::RequestBuilder) -> Result<Vec<u8>> {
        let response = signed_for(service, request).send().await;
        let response = response.with_context(|| format!("{action} got no answer from {}", self.endpoint))?;
        let status = response.status();
        let body = response.bytes().await?;
        if !status.is_success() {
            bail!("{action} was answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body.to_vec())
    }
}

/// The emulator tells the services apart by the scope of the signature; the rest of it is never looked at.
fn signed_for(service: &str, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    let scope = format!("test/20260101/{REGION}/{service}/aws4_request");
    let value = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
    request.header("authorization", value)
}
