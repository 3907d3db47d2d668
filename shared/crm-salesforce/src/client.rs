//! The calls.

use std::sync::Arc;

use crm::CrmErrorKind;
use outbound::{Answer, Bytes, Method, Outbound, OutboundError, OutboundErrorKind};
use serde::Serialize;
use tokio::sync::OnceCell;

use crate::config::SalesforceConfig;
use crate::error::{Of, Refusal, Scope};
use crate::property::Words;
use crate::query;
use crate::token::{Session, Sessions};
use crate::usage::{Meter, Usage};

/// A Salesforce org, as a [`Crm`](crm::Crm). Cheap to clone; clones share the session and what is known of the day's calls.
#[derive(Debug, Clone)]
pub struct Salesforce {
    outbound: Outbound,
    config: Arc<SalesforceConfig>,
    sessions: Arc<Sessions>,
    meter: Arc<Meter>,
    /// The record type of persons, once it was asked for.
    person_type: Arc<OnceCell<Option<String>>>,
}

/// A rule that only warns is overridden by nobody but people (S-102): what it found is told, and nothing is written.
const DUPLICATES: (&str, &str) = ("sforce-duplicate-rule-header", "includeRecordDetails=true");

struct Call<'a, B: ?Sized> {
    method: Method,
    path: &'a str,
    content: Content<'a, B>,
}

enum Content<'a, B: ?Sized> {
    Nothing,
    Json(&'a B),
    Csv(Bytes),
}

impl Salesforce {
    /// Makes no call.
    pub fn new(outbound: Outbound, config: SalesforceConfig) -> Self {
        let meter = Arc::new(Meter::new(config.kept_percent));
        Self {
            outbound,
            config: Arc::new(config),
            sessions: Arc::default(),
            meter,
            person_type: Arc::default(),
        }
    }

    /// How many of the org's calls of the last 24 hours are used, people's and other apps' too, as the newest answer said;
    /// `None` before the first one. Short of all of them, calls end here with
    /// [`QuotaUsedUp`](CrmErrorKind::QuotaUsedUp), and some are left to people.
    pub fn usage(&self) -> Option<Usage> {
        self.meter.usage()
    }

    /// The record type that makes an account a person; none where people are contacts. An org that has several is asked for
    /// none: which one it is, is then what the integration user's profile says.
    pub(crate) async fn person_type(&self) -> Result<Option<String>, Refusal> {
        if !self.words().are_accounts() {
            return Ok(None);
        }
        let question = "SELECT Id FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = TRUE AND IsActive = TRUE";
        self.person_type.get_or_try_init(|| self.only_one(question)).await.cloned()
    }

    /// How many calls it takes to know it.
    pub(crate) fn person_type_calls(&self) -> usize {
        usize::from(self.words().are_accounts() && !self.person_type.initialized())
    }

    async fn only_one(&self, question: &str) -> Result<Option<String>, Refusal> {
        let found = query::ask(self, query::Among::Living, question).await?;
        let only = if found.len() == 1 { found.first() } else { None };
        Ok(only.and_then(|one| one.value("Id")).map(str::to_owned))
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
    pub(crate) async fn call<B: Serialize + Sync + ?Sized>(
        &self,
        method: Method,
        path: &str,
        body: Option<&B>,
        of: Of,
    ) -> Result<Answer, Refusal> {
        let content = body.map_or(Content::Nothing, Content::Json);
        self.told(Call { method, path, content }, of).await
    }

    /// The same with rows of CSV.
    pub(crate) async fn put_csv(&self, path: &str, rows: String) -> Result<Answer, Refusal> {
        let call: Call<'_, ()> = Call { method: Method::PUT, path, content: Content::Csv(rows.into()) };
        self.told(call, Of::Call).await
    }

    async fn told<B: Serialize + Sync + ?Sized>(&self, call: Call<'_, B>, of: Of) -> Result<Answer, Refusal> {
        let answer = self.answer(&call).await?;
        if answer.is_success() { Ok(answer) } else { Err(Refusal::of_answer(&answer, of, self.words())) }
    }

    /// A session that ended is opened anew, once, and the call made again: a 401 says that nothing was done.
    async fn answer<B: Serialize + Sync + ?Sized>(&self, call: &Call<'_, B>) -> Result<Answer, Refusal> {
        if let Some(wait) = self.meter.wait() {
            let kind = CrmErrorKind::QuotaUsedUp { retry_after: Some(wait) };
            return Err(Refusal::new(kind, Scope::Everyone, "the last calls of the day are left to people"));
        }
        let session = self.sessions.current(&self.outbound, &self.config).await?;
        let answer = self.sent(&session, call).await?;
        if answer.status() != 401 {
            return Ok(answer);
        }
        let session = self.sessions.after(&session, &self.outbound, &self.config).await?;
        self.sent(&session, call).await
    }

    /// What was never sent is sent once more, at once: a function that was frozen wakes up with dead connections. Any other
    /// repetition is decided elsewhere.
    async fn sent<B: Serialize + Sync + ?Sized>(
        &self,
        session: &Session,
        call: &Call<'_, B>,
    ) -> Result<Answer, Refusal> {
        let mut answer = self.once(session, call).await;
        if answer.as_ref().is_err_and(|error| error.kind() == OutboundErrorKind::NotSent) {
            answer = self.once(session, call).await;
        }
        let answer = answer.map_err(Refusal::of_transport)?;
        self.meter.read(&answer);
        Ok(answer)
    }

    async fn once<B: Serialize + Sync + ?Sized>(
        &self,
        session: &Session,
        call: &Call<'_, B>,
    ) -> Result<Answer, OutboundError> {
        let (method, url) = (call.method.clone(), self.url(session, call.path));
        let secret = Some(("authorization", &session.authorization));
        match &call.content {
            Content::Nothing => self.outbound.json::<()>(method, &url, secret, None).await,
            Content::Json(body) => {
                self.outbound.json_with(method, &url, secret, &[DUPLICATES], Some(*body)).await
            }
            Content::Csv(rows) => self.outbound.text(method, &url, secret, "text/csv", rows.clone()).await,
        }
    }

    /// Salesforce gives the address of what goes on from the root.
    fn url(&self, session: &Session, path: &str) -> String {
        match path.strip_prefix('/') {
            Some(rest) => format!("{}/{rest}", session.instance),
            None => format!("{}/services/data/{}/{path}", session.instance, self.config.version),
        }
    }
}
