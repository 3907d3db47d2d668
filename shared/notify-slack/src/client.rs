//! The calls.

use notify::{Channel, Message, NotifyError};
use outbound::{Answer, Method, Outbound, OutboundErrorKind};
use secrecy::ExposeSecret;

use crate::compose::compose;
use crate::config::SlackConfig;
use crate::error::{Refusal, of_transport};
use crate::payload::Payload;

/// The incoming webhooks of a Slack workspace, as a [`Notifier`](notify::Notifier). Cheap to clone.
#[derive(Debug, Clone)]
pub struct Slack {
    outbound: Outbound,
    config: SlackConfig,
}

impl Slack {
    /// Makes no call.
    pub fn new(outbound: Outbound, config: SlackConfig) -> Self {
        Self { outbound, config }
    }

    /// Posts a message: in blocks, and where these are refused once more as text alone.
    pub(crate) async fn send(&self, channel: &Channel, message: &Message) -> Result<(), NotifyError> {
        let known = || self.config.channels();
        let hook = self.config.hook(channel).ok_or_else(|| NotifyError::no_channel(channel, known()))?;
        if message.is_silent() {
            return Err(NotifyError::silent());
        }
        let (url, payload) = (hook.expose_secret(), compose(message));
        let Some(refusal) = self.call(url, &payload).await? else { return Ok(()) };
        if !refusal.is_of_blocks() || payload.blocks.is_empty() {
            return Err(refusal.error());
        }
        let refusal = self.call(url, &payload.without_blocks()).await?;
        refusal.map_or(Ok(()), |refusal| Err(refusal.error()))
    }

    async fn call(&self, url: &str, payload: &Payload) -> Result<Option<Refusal>, NotifyError> {
        Ok(Refusal::of(&self.answer(url, payload).await?))
    }

    /// One call. What was never sent is sent once more, at once: a function that was frozen wakes up with dead connections.
    /// Any other repetition is decided elsewhere.
    async fn answer(&self, url: &str, payload: &Payload) -> Result<Answer, NotifyError> {
        let mut answer = self.outbound.json(Method::POST, url, None, Some(payload)).await;
        if answer.as_ref().is_err_and(|error| error.kind() == OutboundErrorKind::NotSent) {
            answer = self.outbound.json(Method::POST, url, None, Some(payload)).await;
        }
        answer.map_err(of_transport)
    }
}
