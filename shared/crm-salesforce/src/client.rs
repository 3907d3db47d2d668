//! The calls.

use std::sync::Arc;

use crm::CrmErrorKind;
use outbound::{Answer, Method, Outbound, OutboundError, OutboundErrorKind};
use serde::Serialize;

use crate::config::SalesforceConfig;
use crate::error::{Of, Refusal, Scope};
use crate::property::Words;
use crate::token::{Session, Sessions};
use crate::usage::{Meter, Usage};

/// A Salesforce org, as a [`Crm`](crm::Crm). Cheap to clone; clones share the session and what is known of the day's calls.
#[derive(Debug, Clone)]
pub struct Salesforce {
    outbound: Outbound,
    config: Arc<SalesforceConfig>,
    sessions: Arc<Sessions>,
    meter: Arc<Meter>,
}

/// A rule that only warns is overridden by nobody but people (S-102): what it found is told, and nothing is written.
const DUPLICATES: (&str, &str) = ("sforce-duplicate-rule-header", "includeRecordDetails=true");

impl Salesforce {
    /// Makes no call.
    pub fn new(outbound: Outbound, config: SalesforceConfig) -> Self {
        let meter = Arc::new(Meter::new(config.kept_percent));
        Self { outbound, config: Arc::new(config), sessions: Arc::default(), meter }
    }

    /// How many of the org's calls of the last 24 hours are used, people's and other apps' too, as the newest answer said;
    /// `None` before the first one. Short of all of them, calls end here with
    /// [`QuotaUsedUp`](CrmErrorKind::QuotaUsedUp), and some are left to people.
    pub fn usage(&self) -> Option<Usage> {
        self.meter.usage()
    }

    pub(crate) fn config(&self) -> &SalesforceConfig {
        &self.config
    }

    pub(crate) fn words(&self) -> &Words {
        &self.config.words
    }

    /// A question that names no record in its address.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Refusal> {
        self.call::<()>(Method::GET, path, None, Of::Call).await
    }

    /// One call to `/services/data/{version}/{path}`, or to a path from the root; an answer that is no 2xx is a refusal.
    pub(crate) async fn call<B: Serialize + ?Sized>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
        of: Of,
    ) -> Result<Answer, Refusal> {
        let answer = self.with_session(async |session: &Session| {
            let (url, secret) = (self.url(session, path), Some(("authorization", &session.authorization)));
            self.outbound.json_with(method.clone(), &url, secret, &[DUPLICATES], body).await
        });
        self.told(answer.await?, of)
    }

    /// The same with rows of CSV.
    pub(crate) async fn put_csv(&self, path: &str, rows: &str) -> Result<Answer, Refusal> {
        let answer = self.with_session(async |session: &Session| {
            let (url, secret) = (self.url(session, path), Some(("authorization", &session.authorization)));
            self.outbound.text(Method::PUT, &url, secret, "text/csv", rows.to_owned()).await
        });
        self.told(answer.await?, Of::Call)
    }

    fn told(&self, answer: Answer, of: Of) -> Result<Answer, Refusal> {
        if answer.is_success() { Ok(answer) } else { Err(Refusal::of_answer(&answer, of, self.words())) }
    }

    /// A session that ended is opened anew, once, and the call made again: a 401 says that nothing was done.
    async fn with_session(
        &self,
        once: impl AsyncFn(&Session) -> Result<Answer, OutboundError>,
    ) -> Result<Answer, Refusal> {
        if let Some(wait) = self.meter.wait() {
            let kind = CrmErrorKind::QuotaUsedUp { retry_after: Some(wait) };
            return Err(Refusal::new(kind, Scope::Everyone, "the last calls of the day are left to people"));
        }
        let session = self.sessions.current(&self.outbound, &self.config).await?;
        let answer = self.sent(&session, &once).await?;
        if answer.status() != 401 {
            return Ok(answer);
        }
        let session = self.sessions.after(&session, &self.outbound, &self.config).await?;
        self.sent(&session, &once).await
    }

    /// What was never sent is sent once more, at once: a function that was frozen wakes up with dead connections. Any other
    /// repetition is decided elsewhere.
    async fn sent(
        &self,
        session: &Session,
        once: &impl AsyncFn(&Session) -> Result<Answer, OutboundError>,
    ) -> Result<Answer, Refusal> {
        let mut answer = once(session).await;
        if answer.as_ref().is_err_and(|error| error.kind() == OutboundErrorKind::NotSent) {
            answer = once(session).await;
        }
        let answer = answer.map_err(Refusal::of_transport)?;
        self.meter.read(&answer);
        Ok(answer)
    }

    /// Salesforce gives the address of what goes on from the root.
    fn url(&self, session: &Session, path: &str) -> String {
        match path.strip_prefix('/') {
            Some(rest) => format!("{}/{rest}", session.instance),
            None => format!("{}/services/data/{}/{path}", session.instance, self.config.version),
        }
    }
}
