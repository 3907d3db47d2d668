//! The one client.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::{Client, Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{Answer, OutboundError, OutboundErrorKind};

/// How long we wait.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the whole call.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), whole: Duration::from_secs(15) }
    }
}

/// A pooled HTTP client; cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Client,
}

impl Outbound {
    /// The most that is taken as an answer.
    pub const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

    /// Fails only where the TLS settings make no sense, which is a mistake of this crate.
    pub fn new(timeouts: Timeouts) -> Result<Self, OutboundError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls())
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.whole)
            .pool_idle_timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("counterfoil/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(OutboundError::from_reqwest)?;
        Ok(Self { client })
    }

    /// Sends a JSON body with one secret header (name and value) and waits for the whole answer.
    pub async fn json<B: Serialize + ?Sized>(
        &self,
        method: Method,
        url: &str,
        secret: Option<(&'static str, &SecretString)>,
        body: Option<&B>,
    ) -> Result<Answer, OutboundError> {
        self.json_with(method, url, secret, &[], body).await
    }

    /// The same, with further headers, none of which is a secret.
    pub async fn json_with<B: Serialize + ?Sized>(
        &self,
        method: Method,
        url: &str,
        secret: Option<(&'static str, &SecretString)>,
        headers: &[(&'static str, &str)],
        body: Option<&B>,
    ) -> Result<Answer, OutboundError> {
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.send(request, secret).await
    }

    /// Sends a text of that kind (`text/csv`) with one secret header and waits for the whole answer. The text may be large:
    /// it is shared with whoever keeps it to send it again, and not copied.
    pub async fn text(
        &self,
        method: Method,
        url: &str,
        secret: Option<(&'static str, &SecretString)>,
        kind: &str,
        body: Bytes,
    ) -> Result<Answer, OutboundError> {
        self.send(self.with_text(method, url, kind, body), secret).await
    }

    fn with_text(&self, method: Method, url: &str, kind: &str, body: Bytes) -> RequestBuilder {
        self.client.request(method, url).header("content-type", kind).body(body)
    }

    /// Sends a form and waits for the whole answer.
    pub async fn form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, OutboundError> {
        let body = form(fields);
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body), None).await
    }

    async fn send(
        &self,
        mut request: RequestBuilder,
        secret: Option<(&'static str, &SecretString)>,
    ) -> Result<Answer, OutboundError> {
        if let Some((name, value)) = secret {
            let mut value = reqwest::header::HeaderValue::from_str(value.expose_secret())
                .map_err(|_| OutboundError::new(OutboundErrorKind::Unbuildable))?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(OutboundError::from_reqwest)?;
        whole(response).await
    }
}

async fn whole(mut response: reqwest::Response) -> Result<Answer, OutboundError> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(OutboundError::from_reqwest)? {
        if body.len() + chunk.len() > Outbound::MAX_ANSWER_BYTES {
            return Err(OutboundError::new(OutboundErrorKind::TooLarge));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

fn tls() -> rustls::ClientConfig {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    #[allow(clippy::expect_used, reason = "ring supports both versions; a mistake here shows in every test")]
    let versions = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports TLS 1.2 and 1.3");
    versions.with_root_certificates(roots).with_no_client_auth()
}

/// `application/x-www-form-urlencoded`: everything but letters, digits and `-._~` is escaped.
fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::post};

    use super::*;

    async fn serve(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    fn client() -> Outbound {
        let whole = Duration::from_millis(300);
        Outbound::new(Timeouts { connect: Duration::from_secs(1), whole }).unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_an_answer_whatever_its_status() {
        let busy = || async { (axum::http::StatusCode::TOO_MANY_REQUESTS, [("retry-after", "2.5")], "{}") };
        let url = serve(Router::new().route("/", post(busy))).await;
        let secret = SecretString::from("hush");
        let answer = client().json(Method::POST, &url, Some(("x-token", &secret)), Some(&1)).await.unwrap();
        assert_eq!((answer.status(), answer.retry_after()), (429, Some(Duration::from_millis(2500))));
        assert_eq!(format!("{answer:?}"), "Answer(429, 2 bytes)");
    }

    #[tokio::test]
    async fn no_connection_is_not_the_same_as_no_answer() {
        let refused =
            client().json::<()>(Method::POST, "http://127.0.0.1:1/?q=secret", None, None).await.unwrap_err();
        assert_eq!(refused.kind(), OutboundErrorKind::NotSent);
        assert!(!format!("{refused:?}").contains("secret"), "{refused:?}");

        let silent = || std::future::pending::<()>();
        let url = serve(Router::new().route("/", post(silent))).await;
        let unanswered = client().json::<()>(Method::POST, &url, None, None).await.unwrap_err();
        assert_eq!(unanswered.kind(), OutboundErrorKind::Unanswered);
    }

    #[tokio::test]
    async fn a_text_goes_out_from_where_it_lies() {
        let text = Bytes::from("Id\n1\n".repeat(1_000));
        let request = client().with_text(Method::PUT, "http://127.0.0.1/", "text/csv", text.clone());
        let request = request.build().unwrap();
        let sent = request.body().and_then(reqwest::Body::as_bytes).unwrap();
        assert_eq!((sent.as_ptr(), sent.len()), (text.as_ptr(), text.len()));
    }

    #[test]
    fn a_form_escapes_what_would_break_it() {
        assert_eq!(form(&[("a", "b c&d=é"), ("e", "f-_.~")]), "a=b%20c%26d%3D%C3%A9&e=f-_.~");
    }
}
