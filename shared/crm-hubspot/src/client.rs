//! The calls.

use domain::{MetafieldName, SignalName};
use outbound::{Answer, Method, Outbound, OutboundErrorKind};
use serde::Serialize;

use crate::config::HubSpotConfig;
use crate::error::Refusal;

/// A HubSpot account, as a [`Crm`](crm::Crm). Cheap to clone.
#[derive(Debug, Clone)]
pub struct HubSpot {
    outbound: Outbound,
    config: HubSpotConfig,
}

impl HubSpot {
    /// Makes no call.
    pub fn new(outbound: Outbound, config: HubSpotConfig) -> Self {
        Self { outbound, config }
    }

    /// The metafields that the account is kept true to.
    pub(crate) fn metafields(&self) -> &[MetafieldName] {
        self.config.metafields()
    }

    /// The signals that have a property of their own.
    pub(crate) fn signals(&self) -> &[SignalName] {
        self.config.signals()
    }

    /// `contacts/{rest}`.
    pub(crate) fn contacts(&self, rest: &str) -> String {
        self.config.url("objects", &format!("contacts/{rest}"))
    }

    /// `{object}/{rest}`, such as `deals/batch/upsert`.
    pub(crate) fn objects(&self, path: &str) -> String {
        self.config.url("objects", path)
    }

    /// `{from}/{to}/{rest}`, such as `deals/contacts/batch/associate/default`.
    pub(crate) fn associations(&self, path: &str) -> String {
        self.config.url("associations", path)
    }

    /// The properties of an object; `path` begins with its name, such as `deals/groups`.
    pub(crate) fn properties(&self, path: &str) -> String {
        self.config.url("properties", path)
    }

    /// The pipelines of an object; `path` begins with its name.
    pub(crate) fn pipelines(&self, path: &str) -> String {
        self.config.url("pipelines", path)
    }

    /// A call with a body that names no record in its address.
    pub(crate) async fn post<B: Serialize + ?Sized>(&self, url: &str, body: &B) -> Result<Answer, Refusal> {
        self.call(Method::POST, url, Some(body)).await.map_err(Refusal::about_no_record)
    }

    /// One call; an answer that is no 2xx is a refusal. What was never sent is sent once more, at once: a function
    /// that was frozen wakes up with dead connections. Any other repetition is decided elsewhere.
    pub(crate) async fn call<B: Serialize + ?Sized>(
        &self,
        method: Method,
        url: &str,
        body: Option<&B>,
    ) -> Result<Answer, Refusal> {
        let secret = ("authorization", self.config.authorization());
        let mut answer = self.outbound.json(method.clone(), url, Some(secret), body).await;
        if answer.as_ref().is_err_and(|error| error.kind() == OutboundErrorKind::NotSent) {
            answer = self.outbound.json(method, url, Some(secret), body).await;
        }
        let answer = answer.map_err(Refusal::of_transport)?;
        if answer.is_success() { Ok(answer) } else { Err(Refusal::of_answer(&answer, self.metafields())) }
    }
}
