//! A delivery comes in: believed, reduced, queued, and only then acknowledged.

use std::future::Future;
use std::sync::Arc;

use domain::{Envelope, Event, Stage, Subject};
use jiff::Timestamp;
use shopify::{ClientSecrets, Headers, Refused, Verified};
use store::{Outbox, StoreError};

/// Where the client secrets come from.
pub trait Keyring: Send + Sync {
    /// The secrets, as they are known.
    fn current(&self, now: Timestamp) -> impl Future<Output = Result<Arc<ClientSecrets>, NoSecrets>> + Send;

    /// The secrets, asked for anew because a signature did not fit; `None` where that was done a moment ago or cannot
    /// be done.
    fn doubted(&self, now: Timestamp) -> impl Future<Output = Option<Arc<ClientSecrets>>> + Send;
}

/// There are no secrets to verify with, and why.
#[derive(Debug)]
pub struct NoSecrets(pub Box<dyn std::error::Error + Send + Sync>);

/// What came over HTTP.
#[derive(Debug)]
pub struct Incoming<'a> {
    /// What the headers say.
    pub headers: Headers,
    /// The raw bytes, base64 of the gateway already taken off.
    pub body: &'a [u8],
    /// The most bytes that are taken.
    pub max_body_bytes: usize,
}

/// The answer to Shopify. Anything but 2xx makes Shopify deliver again, up to eight times in four hours.
#[derive(Debug)]
pub enum Answer {
    /// It is in the queue.
    Accepted,
    /// We cannot tell that it is them.
    Refused(Refused),
    /// It is them, but no shop of ours.
    UnknownShop,
    /// Larger than is taken; or not readable, and larger than can be kept whole.
    TooLarge,
    /// There is nothing to verify with at the moment.
    NoSecrets(NoSecrets),
    /// The queue did not say yes.
    NotQueued(StoreError),
}

impl Answer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Accepted => 200,
            Self::Refused(_) => 401,
            Self::UnknownShop => 404,
            Self::TooLarge => 413,
            Self::NoSecrets(_) | Self::NotQueued(_) => 503,
        }
    }

    /// How far the delivery came.
    pub fn stage(&self) -> Stage {
        match self {
            Self::TooLarge => Stage::Receive,
            Self::Refused(_) | Self::UnknownShop | Self::NoSecrets(_) => Stage::Verify,
            Self::Accepted | Self::NotQueued(_) => Stage::Queue,
        }
    }

    /// A stable code for logs, metrics and the answer's body.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused(refused) => refused.code(),
            Self::UnknownShop => "shop_not_configured",
            Self::TooLarge => "body_too_large",
            Self::NoSecrets(_) => "secret_unavailable",
            Self::NotQueued(_) => "queue_unavailable",
        }
    }
}

/// What was answered, and what was queued.
#[derive(Debug)]
pub struct Received {
    /// The answer.
    pub answer: Answer,
    /// The event, where one was made; it is in the queue only where the answer says so.
    pub event: Option<Event>,
}

impl From<Answer> for Received {
    fn from(answer: Answer) -> Self {
        Self { answer, event: None }
    }
}

/// An unreadable body travels in base64 inside one message of at most 1 MiB (SQS's limit).
const KEPT_WHOLE_BYTES: usize = 700 * 1024;

/// Receives one delivery. The signature comes before anything else is looked at (S-078, S-149); 200 comes only after
/// the queue said yes (S-079).
pub async fn receive(
    incoming: Incoming<'_>,
    keyring: &impl Keyring,
    outbox: &impl Outbox,
    now: Timestamp,
) -> Received {
    if incoming.body.len() > incoming.max_body_bytes {
        return Answer::TooLarge.into();
    }
    let (secrets, verified) = match believe(&incoming, keyring, now).await {
        Ok(believed) => believed,
        Err(answer) => return answer.into(),
    };
    let headers = &incoming.headers;
    let Some(shop) = headers.shop.as_ref().filter(|shop| secrets.of(shop).is_some()) else {
        return Answer::UnknownShop.into();
    };
    queue(shopify::read(shop, headers, &verified, now), incoming.body.len(), outbox).await
}

async fn queue(event: Event, body_bytes: usize, outbox: &impl Outbox) -> Received {
    if matches!(event.subject, Subject::Unreadable { .. }) && body_bytes > KEPT_WHOLE_BYTES {
        return Answer::TooLarge.into();
    }
    let envelope = Envelope::V1(event);
    let answer = match outbox.send(&envelope).await {
        Ok(()) => Answer::Accepted,
        Err(error) => Answer::NotQueued(error),
    };
    let Envelope::V1(event) = envelope;
    Received { answer, event: Some(event) }
}

/// Verifies with the secrets that are known, and once more with fresh ones where they do not fit: during a rotation
/// Shopify may sign with a secret that we have not seen yet.
async fn believe<'a>(
    incoming: &Incoming<'a>,
    keyring: &impl Keyring,
    now: Timestamp,
) -> Result<(Arc<ClientSecrets>, Verified<'a>), Answer> {
    let secrets = keyring.current(now).await.map_err(Answer::NoSecrets)?;
    match check(incoming, &secrets) {
        Ok(verified) => Ok((secrets, verified)),
        Err(Refused::Mismatch) => {
            let fresh = keyring.doubted(now).await.ok_or(Answer::Refused(Refused::Mismatch))?;
            let verified = check(incoming, &fresh).map_err(Answer::Refused)?;
            Ok((fresh, verified))
        }
        Err(refused) => Err(Answer::Refused(refused)),
    }
}

/// A shop that is not configured is checked against all secrets: only somebody who can sign learns that it is not.
fn check<'a>(incoming: &Incoming<'a>, secrets: &ClientSecrets) -> Result<Verified<'a>, Refused> {
    let signature = incoming.headers.signature.as_deref();
    match incoming.headers.shop.as_ref().and_then(|shop| secrets.of(shop)) {
        Some(of_shop) => shopify::verify(of_shop, incoming.body, signature),
        None => shopify::verify(&secrets.all(), incoming.body, signature),
    }
}
