//! The chat, whose secret is read when there is something to tell: most calls tell nobody anything.

use std::sync::Arc;

use domain::Rate;
use flows::{Pace, PacedChat};
use lambda_host::{SecretCache, now};
use notify::{Channel, Message, Notifier, NotifyError, NotifyErrorKind, NotifyFuture};
use notify_slack::Slack;
use store_aws::AccountBudgets;

/// Slack behind its secret and its budget.
pub(crate) struct Chat<'a> {
    pub(crate) secret: &'a Arc<SecretCache<Slack>>,
    pub(crate) rate: Rate,
    pub(crate) pace: &'a Pace<'a, AccountBudgets>,
}

impl Chat<'_> {
    /// A secret that cannot be read is a chat that lets nobody in: it is told in the journal, and no run fails for it.
    async fn posted(&self, channel: &Channel, message: &Message) -> Result<(), NotifyError> {
        let closed =
            |error| NotifyError::new(NotifyErrorKind::Credentials, "the secret of the chat").because(error);
        let slack = self.secret.current(now()).await.map_err(closed)?;
        let posted = PacedChat::new(slack.as_ref(), self.rate, self.pace).post(channel, message).await;
        if posted.as_ref().is_err_and(|error| is_of_the_secret(error.kind())) {
            // The next try has the secret as it is then; at most one call a minute.
            drop(self.secret.doubted(now()).await);
        }
        posted
    }
}

fn is_of_the_secret(kind: &NotifyErrorKind) -> bool {
    matches!(kind, NotifyErrorKind::Credentials | NotifyErrorKind::NoChannel { .. })
}

impl Notifier for Chat<'_> {
    fn post<'a>(&'a self, channel: &'a Channel, message: &'a Message) -> NotifyFuture<'a> {
        Box::pin(self.posted(channel, message))
    }
}
