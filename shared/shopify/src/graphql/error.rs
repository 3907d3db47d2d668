//! Why the shop did not tell us.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use outbound::OutboundError;

/// What a caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopErrorKind {
    /// Too many points or calls; wait this long.
    RateLimited {
        /// At least this long.
        retry_after: Duration,
    },
    /// They are not there, or have trouble. Reading again does no harm.
    Unavailable,
    /// The token, a scope, or an approval was refused.
    Unauthorized,
    /// The app lacks a scope: a person has to grant it, and trying again is of no use until then.
    MissingScope {
        /// Which scope.
        scope: &'static str,
    },
    /// They will not make what was asked for, as it is: trying again is of no use.
    Refused {
        /// For which of its fields; empty where they name none.
        field: String,
    },
    /// The shop is closed, frozen, or not reachable under that name with this app.
    ShopInactive,
    /// A field that must be there is not: the API changed, or we may not see it.
    Incomplete {
        /// Which field.
        field: &'static str,
    },
    /// What they say is older than what they said before: a copy that lags behind. It can be read again later.
    Behind,
    /// They did not understand the query: our mistake.
    Misunderstood,
    /// The shop has no credentials in our configuration.
    NotConfigured,
}

/// A failure of the shop's API: its kind, their code, and its cause. Never their message: it may quote values.
#[derive(Debug)]
pub struct ShopError {
    kind: ShopErrorKind,
    code: String,
    request_id: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl ShopError {
    /// `code` is the shop's own code or status, without personal data.
    pub fn new(kind: ShopErrorKind, code: impl Into<String>) -> Self {
        Self { kind, code: code.into(), request_id: None, cause: None }
    }

    pub(crate) fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(crate) fn of_request(mut self, id: Option<&str>) -> Self {
        self.request_id = id.filter(|id| is_code(id)).map(ToOwned::to_owned);
        self
    }

    /// A read does no harm, and what we make is found the second time, so whether it was sent makes no difference.
    pub(crate) fn no_answer(error: OutboundError) -> Self {
        Self::new(ShopErrorKind::Unavailable, "no answer").because(error)
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> &ShopErrorKind {
        &self.kind
    }

    /// Shopify's code, or the HTTP status.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The id by which Shopify's support finds the call (`x-request-id`).
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// Whether a text can be kept: nothing else that they say is, since it may quote values.
pub(super) fn is_code(text: &str) -> bool {
    let is_in_codes = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(is_in_codes)
}

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match &self.kind {
            ShopErrorKind::RateLimited { .. } => "the shop asks us to slow down",
            ShopErrorKind::Unavailable => "the shop's API is not available",
            ShopErrorKind::Unauthorized => "the shop's API refused our token or a scope",
            ShopErrorKind::MissingScope { scope } => {
                return write!(f, "the app lacks the scope `{scope}` in this shop ({})", self.code);
            }
            ShopErrorKind::Refused { field } => {
                return write!(f, "the shop refuses what was to be made, for its `{field}` ({})", self.code);
            }
            ShopErrorKind::ShopInactive => "the shop is closed, frozen, or not reachable with this app",
            ShopErrorKind::Incomplete { field } => {
                return write!(f, "the shop's API did not give `{field}` ({})", self.code);
            }
            ShopErrorKind::Behind => "the shop's API says what it said before: a copy of it lags behind",
            ShopErrorKind::Misunderstood => "the shop's API did not understand the query",
            ShopErrorKind::NotConfigured => "the shop has no API credentials in the Shopify secret",
        };
        write!(f, "{words} ({})", self.code)
    }
}

impl Error for ShopError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
