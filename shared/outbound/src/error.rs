//! Why there is no answer.

use std::error::Error;
use std::fmt;

/// What a caller can conclude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboundErrorKind {
    /// The request did not leave us: no connection, no name, no TLS. Nothing happened there.
    NotSent,
    /// The request may have left us, and no whole answer came back. It may have been done.
    Unanswered,
    /// The answer is larger than we take.
    TooLarge,
    /// The request could not be built: an address or header that is none.
    Unbuildable,
}

/// A failure to get an answer: its kind, to which host, and the cause with its address removed.
#[derive(Debug)]
pub struct OutboundError {
    kind: OutboundErrorKind,
    cause: Option<reqwest::Error>,
}

impl OutboundError {
    pub(crate) fn new(kind: OutboundErrorKind) -> Self {
        Self { kind, cause: None }
    }

    /// The address goes: a query may hold what nobody should read in a log.
    pub(crate) fn from_reqwest(error: reqwest::Error) -> Self {
        let kind = if error.is_builder() {
            OutboundErrorKind::Unbuildable
        } else if error.is_connect() {
            OutboundErrorKind::NotSent
        } else {
            OutboundErrorKind::Unanswered
        };
        Self { kind, cause: Some(error.without_url()) }
    }

    /// What a caller can conclude.
    pub fn kind(&self) -> OutboundErrorKind {
        self.kind
    }
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            OutboundErrorKind::NotSent => "no connection: the request was not sent",
            OutboundErrorKind::Unanswered => "the request was sent, and no whole answer came back",
            OutboundErrorKind::TooLarge => "the answer is larger than is taken",
            OutboundErrorKind::Unbuildable => "the request could not be built",
        })
    }
}

impl Error for OutboundError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as &(dyn Error + 'static))
    }
}
