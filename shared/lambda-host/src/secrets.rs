//! A secret that is kept, renewed and served stale.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use jiff::{SignedDuration, Timestamp};

type Parsed<T> = Result<T, Box<dyn Error + Send + Sync>>;
type Parse<T> = Box<dyn Fn(&str) -> Parsed<T> + Send + Sync>;

/// A secret, parsed, behind a cache.
pub struct SecretCache<T> {
    client: Client,
    arn: String,
    parse: Parse<T>,
    kept: Mutex<Kept<T>>,
    /// One fetch at a time: who waits for it finds its result.
    fetching: tokio::sync::Mutex<()>,
}

struct Kept<T> {
    /// What was parsed, and from which text: the same text is not parsed again, so what it made lives on.
    value: Option<(String, Arc<T>)>,
    fetched_at: Timestamp,
    tried_at: Timestamp,
    doubted_at: Timestamp,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        let never = Timestamp::MIN;
        Self { value: None, fetched_at: never, tried_at: never, doubted_at: never }
    }
}

/// Why there is no secret. Never the secret.
#[derive(Debug)]
pub struct SecretError {
    words: String,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Error for SecretError {}

impl<T> fmt::Debug for SecretCache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretCache({})", self.arn)
    }
}

impl<T: Send + Sync + 'static> SecretCache<T> {
    /// How long a value is served before it is renewed.
    pub const KEPT_FOR: SignedDuration = SignedDuration::from_mins(5);
    /// How often, at most, a doubt (or a failed renewal) leads to a call.
    pub const DOUBTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

    /// A cache of the secret `arn`, to be shared; `parse` makes of its text what is kept.
    pub fn shared(
        client: Client,
        arn: impl Into<String>,
        parse: impl Fn(&str) -> Parsed<T> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let (arn, parse, kept) = (arn.into(), Box::new(parse), Mutex::default());
        Arc::new(Self { client, arn, parse, kept, fetching: tokio::sync::Mutex::default() })
    }

    /// The secret. Where it is old it is served as it is and renewed in the background; where there is none yet it is
    /// waited for.
    pub async fn current(self: &Arc<Self>, now: Timestamp) -> Result<Arc<T>, SecretError> {
        let (value, renew) = self.look(now);
        match value {
            Some(value) => {
                if renew {
                    let cache = Arc::clone(self);
                    // A failed renewal is tried again in a minute; what is kept goes on being served.
                    tokio::spawn(async move { drop(cache.fetch(now).await) });
                }
                Ok(value)
            }
            None => self.fetch(now).await,
        }
    }

    /// Somebody says that the secret does not fit: it is fetched anew, but at most once a minute, so that forged
    /// requests cost nothing. `None` where it was asked for too recently, or could not be had.
    pub async fn doubted(&self, now: Timestamp) -> Option<Arc<T>> {
        {
            let mut kept = self.kept();
            let newest = kept.doubted_at.max(kept.fetched_at);
            if now.duration_since(newest) < Self::DOUBTED_EVERY {
                return None;
            }
            kept.doubted_at = now;
        }
        self.fetch(now).await.ok()
    }

    fn look(&self, now: Timestamp) -> (Option<Arc<T>>, bool) {
        let mut kept = self.kept();
        let old = now.duration_since(kept.fetched_at) >= Self::KEPT_FOR;
        let renew = old && now.duration_since(kept.tried_at) >= Self::DOUBTED_EVERY;
        if renew && kept.value.is_some() {
            kept.tried_at = now;
        }
        (kept.value.as_ref().map(|(_, value)| Arc::clone(value)), renew)
    }

    async fn fetch(&self, now: Timestamp) -> Result<Arc<T>, SecretError> {
        let _one_at_a_time = self.fetching.lock().await;
        if let Some(value) = self.begin(now) {
            return Ok(value);
        }
        let text = self.ask().await?;
        self.keep(text, now)
    }

    /// Who waited while somebody else fetched finds what that one found.
    fn begin(&self, now: Timestamp) -> Option<Arc<T>> {
        let mut kept = self.kept();
        kept.tried_at = now;
        let (_, value) = kept.value.as_ref().filter(|_| kept.fetched_at >= now)?;
        Some(Arc::clone(value))
    }

    fn keep(&self, text: String, now: Timestamp) -> Result<Arc<T>, SecretError> {
        let mut kept = self.kept();
        let same =
            kept.value.as_ref().filter(|(before, _)| *before == text).map(|(_, value)| Arc::clone(value));
        let value = match same {
            Some(value) => value,
            None => Arc::new((self.parse)(&text).map_err(|error| self.error(&error.to_string()))?),
        };
        (kept.value, kept.fetched_at) = (Some((text, Arc::clone(&value))), now);
        Ok(value)
    }

    async fn ask(&self) -> Result<String, SecretError> {
        let answer = self.client.get_secret_value().secret_id(&self.arn).send().await;
        let answer =
            answer.map_err(|error| self.error(&format!("could not be fetched ({})", why(&error))))?;
        let text =
            answer.secret_string.ok_or_else(|| self.error("has no text: store its JSON as SecretString"))?;
        Ok(text)
    }

    fn error(&self, words: &str) -> SecretError {
        SecretError { words: format!("the secret {}: {words}", self.arn) }
    }

    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// AWS's code, or what happened on the way. Never the whole error: it holds the raw answer, and that may be the secret.
fn why<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::ServiceError(answer) => answer.err().code().unwrap_or("refused without a code").to_owned(),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(_) => "no connection".to_owned(),
        SdkError::ResponseError(_) => "an answer that cannot be read".to_owned(),
        _ => "the call could not be made".to_owned(),
    }
}
