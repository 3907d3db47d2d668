//! A chat, told no faster than each of its channels allows.

use std::time::Duration;

use domain::{Grant, Rate, Signal};
use notify::{Channel, Message, Notifier, NotifyError, NotifyErrorKind, NotifyFuture};
use store::{Account, Budgets};

use super::Pace;

/// A chat behind a budget for each channel, in messages.
pub struct PacedChat<'a, B> {
    chat: &'a dyn Notifier,
    rate: Rate,
    pace: &'a Pace<'a, B>,
}

impl<'a, B> PacedChat<'a, B> {
    /// `rate` is what each channel allows, in messages.
    pub fn new(chat: &'a dyn Notifier, rate: Rate, pace: &'a Pace<'a, B>) -> Self {
        Self { chat, rate, pace }
    }
}

fn used_up(wait: Duration) -> NotifyError {
    let kind = NotifyErrorKind::RateLimited { retry_after: Some(wait) };
    NotifyError::new(kind, "the channel's budget, which all functions share, is used up or closed")
}

impl<B: Budgets> PacedChat<'_, B> {
    async fn posted(&self, channel: &Channel, message: &Message) -> Result<(), NotifyError> {
        let account = Account::channel(channel.as_str());
        let grant = self.pace.enter(&account, self.rate, 1).await.map_err(used_up)?;
        let posted = self.chat.post(channel, message).await;
        self.tell(&account, grant, posted.as_ref().err().map(NotifyError::kind)).await;
        posted
    }

    async fn tell(&self, account: &Account, grant: Grant, failure: Option<&NotifyErrorKind>) {
        let signal = match failure {
            Some(NotifyErrorKind::RateLimited { retry_after }) => {
                Signal::SlowDown { until: self.pace.after(*retry_after) }
            }
            Some(NotifyErrorKind::Unavailable | NotifyErrorKind::Unanswered) => Signal::Failed,
            Some(NotifyErrorKind::Credentials) => Signal::Refused,
            // It answered, whatever it was.
            Some(NotifyErrorKind::Refused | NotifyErrorKind::NoChannel { .. }) | None => Signal::Succeeded,
        };
        self.pace.tell(account, grant, signal).await;
    }
}

impl<B: Budgets> Notifier for PacedChat<'_, B> {
    fn post<'a>(&'a self, channel: &'a Channel, message: &'a Message) -> NotifyFuture<'a> {
        Box::pin(self.posted(channel, message))
    }
}
