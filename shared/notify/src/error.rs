//! The few kinds of failure that a caller acts on.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::Channel;

/// What went wrong, as far as it matters for what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotifyErrorKind {
    /// Too many messages; nothing was posted.
    RateLimited {
        /// How long to wait at least, where it is known.
        retry_after: Option<Duration>,
    },
    /// They are not there, or say that they have trouble. Nothing was posted, as far as they say.
    Unavailable,
    /// The message left us, and no answer came back: it may have been posted.
    Unanswered,
    /// They refuse this message, and will refuse it again; or they answered what a chat does not answer. Somebody should
    /// look.
    Refused,
    /// The channel's hook is gone, or we may not use it: nothing can be told there until the set-up is mended.
    Credentials,
    /// No hook of that name is set up.
    NoChannel {
        /// Those that are, in the order of their names.
        known: Vec<Channel>,
    },
}

/// A failure to tell something: its kind, their code for it, and its cause. Never a word of the message, never a hook.
#[derive(Debug)]
pub struct NotifyError {
    kind: NotifyErrorKind,
    code: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl NotifyError {
    /// `code` is the chat's own code or status, such as `404 no_service`, without personal data.
    pub fn new(kind: NotifyErrorKind, code: impl Into<String>) -> Self {
        Self { kind, code: code.into(), cause: None }
    }

    /// There is no such channel among those that are known.
    pub fn no_channel<'a>(wanted: &Channel, known: impl IntoIterator<Item = &'a Channel>) -> Self {
        let mut known: Vec<_> = known.into_iter().cloned().collect();
        known.sort();
        Self::new(NotifyErrorKind::NoChannel { known }, wanted.as_str())
    }

    /// There is no word in the message.
    pub fn silent() -> Self {
        Self::new(NotifyErrorKind::Refused, "a message without a word")
    }

    /// With what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What matters for what to do next.
    pub fn kind(&self) -> &NotifyErrorKind {
        &self.kind
    }

    /// The chat's own code; of a channel that is not set up, its name.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl fmt::Display for NotifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match &self.kind {
            NotifyErrorKind::RateLimited { .. } => "the chat asks us to slow down",
            NotifyErrorKind::Unavailable => "the chat is not available",
            NotifyErrorKind::Unanswered => "the chat did not say whether the message was posted",
            NotifyErrorKind::Refused => "the chat refused the message",
            NotifyErrorKind::Credentials => "the channel's hook is gone, or may not be used",
            NotifyErrorKind::NoChannel { known } => return no_channel(f, &self.code, known),
        };
        write!(f, "{words} ({})", self.code)
    }
}

fn no_channel(f: &mut fmt::Formatter<'_>, wanted: &str, known: &[Channel]) -> fmt::Result {
    write!(f, "no channel `{wanted}` is set up; ")?;
    if known.is_empty() {
        f.write_str("there is none")?;
    } else {
        let names: Vec<_> = known.iter().map(Channel::as_str).collect();
        write!(f, "there are: {}", names.join(", "))?;
    }
    write!(f, ". To add it, put its hook under `{wanted}` into `channels` of the chat's secret")
}

impl Error for NotifyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_it_is_and_their_code() {
        let table = [
            (NotifyErrorKind::RateLimited { retry_after: None }, "the chat asks us to slow down (x)"),
            (NotifyErrorKind::Unavailable, "the chat is not available (x)"),
            (NotifyErrorKind::Unanswered, "the chat did not say whether the message was posted (x)"),
            (NotifyErrorKind::Refused, "the chat refused the message (x)"),
            (NotifyErrorKind::Credentials, "the channel's hook is gone, or may not be used (x)"),
        ];
        for (kind, words) in table {
            assert_eq!(NotifyError::new(kind, "x").to_string(), words);
        }
    }

    #[test]
    fn a_channel_that_is_not_set_up_is_told_with_those_that_are() {
        let [ops, sales, vip] = ["ops", "sales", "vip"].map(|name| Channel::new(name).unwrap());
        let error = NotifyError::no_channel(&vip, [&sales, &ops]);
        assert_eq!(
            error.to_string(),
            "no channel `vip` is set up; there are: ops, sales. To add it, put its hook under `vip` into `channels` of the chat's secret"
        );
        assert!(NotifyError::no_channel(&vip, []).to_string().contains("there is none."));
    }

    #[test]
    fn the_cause_is_kept_beside_the_words() {
        let error = NotifyError::silent().because(std::io::Error::other("a cause"));
        assert_eq!(error.source().unwrap().to_string(), "a cause");
        assert!(!error.to_string().contains("cause"));
    }
}
