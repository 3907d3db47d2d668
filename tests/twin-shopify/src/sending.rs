//! Sending what is pending: in order or not, once or more, honestly signed or not.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, client::conn::http1, http::uri::InvalidUri};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::{net::TcpStream, time::timeout};

use crate::{
    delivery::{Delivery, HeaderFamily},
    error::TwinError,
};

/// Shopify gives a receiver five seconds (shopify.dev, verify deliveries).
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// One attempt and eight retries (since 2024-09-10).
const ATTEMPTS: usize = 9;

/// Where deliveries go.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// `http://127.0.0.1:9000/webhooks`; TLS is not spoken here.
    pub url: String,
    /// Host header to send instead of the one in the url.
    #[serde(default)]
    pub host: Option<String>,
}

/// How the next delivery round behaves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manner {
    /// How many times more each delivery is sent (same webhook id).
    pub duplicate: usize,
    /// Seed of another order; absent keeps the order in which things happened.
    pub reorder: Option<u64>,
    /// Send again what was not answered with 2xx, at once, up to eight times; what fails then is dropped, as Shopify does.
    pub retry: bool,
    /// Sign other bytes than are sent, as a forger would.
    pub tamper: bool,
    /// Use the header names of Next-Gen Events.
    pub events_headers: bool,
}

/// What became of one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Its topic.
    pub topic: String,
    /// Its webhook id.
    pub webhook_id: String,
    /// Status of each attempt; 0 is no answer at all.
    pub attempts: Vec<u16>,
}

impl Delivered {
    /// Whether the receiver said yes in the end.
    pub fn accepted(&self) -> bool {
        self.attempts.last().is_some_and(|status| (200..300).contains(status))
    }
}

/// Everything needed to send for one shop, taken out of it so that nothing is locked meanwhile.
pub(crate) struct Sender {
    address: String,
    path: String,
    host: String,
    secret: String,
    manner: Manner,
    connection: Option<http1::SendRequest<Full<Bytes>>>,
}

impl Sender {
    pub(crate) fn new(subscription: &Subscription, secret: &str, manner: &Manner) -> Result<Self, TwinError> {
        let refused = || {
            TwinError::invalid(format!(
                "`url` is {:?}; the twin sends to http://host:port/path only",
                subscription.url
            ))
        };
        let uri: hyper::Uri =
            subscription.url.parse().map_err(|cause: InvalidUri| refused().because(cause))?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(refused)?;
        Ok(Self {
            address: format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80)),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host: subscription.host.clone().unwrap_or_else(|| authority.to_string()),
            secret: secret.to_owned(),
            manner: manner.clone(),
            connection: None,
        })
    }

    /// Sends one delivery until it is accepted or the attempts are used up.
    pub(crate) async fn send(&mut self, delivery: &Delivery) -> Delivered {
        let limit = if self.manner.retry { ATTEMPTS } else { 1 };
        let mut result = Delivered {
            topic: delivery.topic.clone(),
            webhook_id: delivery.webhook_id.clone(),
            attempts: Vec::new(),
        };
        while result.attempts.len() < limit && !result.accepted() {
            result.attempts.push(self.attempt(delivery).await);
        }
        result
    }

    async fn attempt(&mut self, delivery: &Delivery) -> u16 {
        if let Ok(Some(status)) = timeout(ANSWER_WITHIN, self.exchange(delivery)).await {
            status
        } else {
            self.connection = None;
            0
        }
    }

    async fn exchange(&mut self, delivery: &Delivery) -> Option<u16> {
        let request = self.request(delivery)?;
        let connection = self.connected().await?;
        let answer = connection.send_request(request).await.ok()?;
        let status = answer.status().as_u16();
        answer.into_body().collect().await.ok()?;
        Some(status)
    }

    /// The connection that is open, or a new one: Shopify keeps connections alive.
    async fn connected(&mut self) -> Option<&mut http1::SendRequest<Full<Bytes>>> {
        let alive = match &mut self.connection {
            Some(open) => open.ready().await.is_ok(),
            None => false,
        };
        if !alive {
            let stream = TcpStream::connect(&self.address).await.ok()?;
            let (open, driver) = http1::handshake(TokioIo::new(stream)).await.ok()?;
            tokio::spawn(driver);
            self.connection = Some(open);
        }
        self.connection.as_mut()
    }

    fn request(&self, delivery: &Delivery) -> Option<Request<Full<Bytes>>> {
        let mut request = Request::post(&self.path).header("host", &self.host);
        for (name, value) in self.headers(delivery) {
            request = request.header(name, value);
        }
        request.body(Full::new(Bytes::from(delivery.body.clone()))).ok()
    }

    fn headers(&self, delivery: &Delivery) -> Vec<(String, String)> {
        let family = if self.manner.events_headers { HeaderFamily::Events } else { HeaderFamily::Classic };
        if !self.manner.tamper {
            return delivery.sign(&self.secret, family);
        }
        let mut other = delivery.clone();
        other.body.push(b' ');
        other.sign(&self.secret, family)
    }
}
