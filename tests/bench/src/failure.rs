//! What can go wrong while measuring.

use std::error::Error;
use std::fmt;

/// Which step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A function or a peer could not be built.
    Build,
    /// The harness could not be set up: a socket, a CPU, a file.
    Harness,
    /// The function under test did not start, stopped, or did not answer in time.
    Function,
    /// The function answered, but not as a receiver has to: its figures would be those of something else.
    Answer,
}

/// Measuring failed, so there is no figure; a goal that is missed is not a failure.
#[derive(Debug)]
pub struct Failure {
    kind: FailureKind,
    words: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), cause: None }
    }

    pub(crate) fn caused(
        kind: FailureKind,
        words: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { kind, words: words.into(), cause: Some(cause.into()) }
    }

    /// Which step failed.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
