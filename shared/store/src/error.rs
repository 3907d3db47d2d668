//! Why a memory failed us.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What a caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It may work in a moment: throttled, timed out, not reachable. The change may or may not have been made.
    Unavailable,
    /// It will not work until somebody mends the set-up: no such table, no permission, no such queue.
    Misconfigured,
    /// What we sent was refused for what it is: too large, not allowed characters.
    Refused,
    /// What is stored cannot be read: not written by us, or by a version we do not know.
    Unreadable,
}

/// A failure of a store: its kind, words for a person, and its cause. One failed call may concern many.
#[derive(Debug, Clone)]
pub struct StoreError {
    kind: StoreErrorKind,
    words: String,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// `words` say what was being done, without values of the record.
    pub fn new(kind: StoreErrorKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), cause: None }
    }

    /// The same, with what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
