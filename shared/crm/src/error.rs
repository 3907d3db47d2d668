//! The few kinds of failure that a caller acts on.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use domain::{Field, RecordId};

/// What went wrong, as far as it matters for what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CrmErrorKind {
    /// Too many calls; they told us how long to wait, or not.
    RateLimited {
        /// How long to wait at least.
        retry_after: Option<Duration>,
    },
    /// The allowance of the day is used up; it comes back after this long, where they told us.
    QuotaUsedUp {
        /// How long to wait at least.
        retry_after: Option<Duration>,
    },
    /// They are not there, or say that they have trouble. Nothing was written, or it is safe to write it again.
    Unavailable,
    /// The request left us and no answer came back, or an answer that does not speak of this write: it may have been
    /// applied.
    Unanswered,
    /// Our credentials or permissions were refused.
    Unauthorized,
    /// A field of ours does not exist there.
    MissingField {
        /// The name there.
        name: String,
    },
    /// They refuse this record for what it says.
    Rejected {
        /// Which of our fields, where they told us.
        field: Option<Field>,
    },
    /// The record, or a unique value in it, belongs to another record.
    Conflict {
        /// The other record, where they told us.
        existing: Option<RecordId>,
    },
    /// The record we meant to write is not there any more.
    Gone,
    /// They did not understand the request: our mistake, and no record's.
    Misunderstood,
}

/// A failure of a CRM: its kind, their code for it, and its cause. Never their message as it is: it may hold personal
/// data.
#[derive(Debug)]
pub struct CrmError {
    kind: CrmErrorKind,
    code: String,
    correlation: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl CrmError {
    /// `code` is the CRM's own code or status, such as `409 CONFLICT`, without personal data.
    pub fn new(kind: CrmErrorKind, code: impl Into<String>) -> Self {
        Self { kind, code: code.into(), correlation: None, cause: None }
    }

    /// With the id by which their support finds the call.
    #[must_use]
    pub fn correlated(mut self, id: Option<String>) -> Self {
        self.correlation = id;
        self
    }

    /// With what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What matters for what to do next.
    pub fn kind(&self) -> &CrmErrorKind {
        &self.kind
    }

    /// The CRM's code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The id by which their support finds the call.
    pub fn correlation(&self) -> Option<&str> {
        self.correlation.as_deref()
    }
}

impl fmt::Display for CrmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match &self.kind {
            CrmErrorKind::RateLimited { .. } => "the CRM asks us to slow down",
            CrmErrorKind::QuotaUsedUp { .. } => "the CRM's daily allowance is used up",
            CrmErrorKind::Unavailable => "the CRM is not available",
            CrmErrorKind::Unanswered => "the CRM did not say whether it was written",
            CrmErrorKind::Unauthorized => "the CRM refused our credentials",
            CrmErrorKind::MissingField { name } => {
                return write!(f, "the CRM has no field `{name}` ({})", self.code);
            }
            CrmErrorKind::Rejected { field: Some(field) } => {
                return write!(f, "the CRM refused the value of {} ({})", field.name(), self.code);
            }
            CrmErrorKind::Rejected { field: None } => "the CRM refused the record",
            CrmErrorKind::Conflict { existing: Some(id) } => {
                return write!(f, "a value of the record belongs to record {id} ({})", self.code);
            }
            CrmErrorKind::Conflict { existing: None } => "a value of the record belongs to another record",
            CrmErrorKind::Gone => "the record is not there any more",
            CrmErrorKind::Misunderstood => "the CRM did not understand the request",
        };
        write!(f, "{words} ({})", self.code)
    }
}

impl Error for CrmError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
