//! A twin's control API: JSON over HTTP.

use anyhow::{Context as _, Result, bail};
use reqwest::{Client, Method};
use serde_json::Value;

/// A twin, by its address.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    base: String,
    http: Client,
}

impl Control {
    /// A twin at an address such as `http://127.0.0.1:8080`.
    pub(crate) fn at(base: &str) -> Result<Self> {
        Ok(Self { base: base.to_owned(), http: Client::builder().no_proxy().build()? })
    }

    /// Reads.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, None).await
    }

    /// Sets.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::PUT, path, Some(body.to_string().into_bytes())).await
    }

    /// Does.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::POST, path, Some(body.to_string().into_bytes())).await
    }

    /// Does, with bytes that need not be JSON.
    pub(crate) async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Changes.
    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::PATCH, path, Some(body.to_string().into_bytes())).await
    }

    /// Takes away.
    pub(crate) async fn delete(&self, path: &str) -> Result<Value> {
        self.call(Method::DELETE, path, None).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Value> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.with_context(|| format!("no twin answers at {}", self.base))?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{method} {path} was answered {status}: {text}");
        }
        if text.is_empty() {
            Ok(Value::Null)
        } else {
            serde_json::from_str(&text).context("a twin answered no JSON")
        }
    }
}
