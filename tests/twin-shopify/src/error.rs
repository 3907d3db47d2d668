//! What the twin refuses, in words that name the field and the mend.

use std::{error::Error, fmt};

/// What kind of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwinErrorKind {
    /// The shop, customer or order is not here (404 over HTTP).
    NotFound,
    /// A value has the wrong shape (400).
    Invalid,
    /// It is possible, but not now (409).
    Conflict,
}

/// A refusal of the twin's own API (never of the Shopify APIs it imitates; those answer in Shopify's words).
#[derive(Debug)]
pub struct TwinError {
    /// Kind, for a caller to act on.
    pub kind: TwinErrorKind,
    words: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl TwinError {
    pub(crate) fn not_found(words: impl Into<String>) -> Self {
        Self { kind: TwinErrorKind::NotFound, words: words.into(), cause: None }
    }

    pub(crate) fn invalid(words: impl Into<String>) -> Self {
        Self { kind: TwinErrorKind::Invalid, words: words.into(), cause: None }
    }

    pub(crate) fn conflict(words: impl Into<String>) -> Self {
        Self { kind: TwinErrorKind::Conflict, words: words.into(), cause: None }
    }

    pub(crate) fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }
}

impl fmt::Display for TwinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Error for TwinError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &(dyn Error + 'static))
    }
}
