//! The contract.

use notify::{Channel, Message, Notifier, NotifyFuture};

use crate::client::Slack;

impl Notifier for Slack {
    fn post<'a>(&'a self, channel: &'a Channel, message: &'a Message) -> NotifyFuture<'a> {
        Box::pin(self.send(channel, message))
    }
}
