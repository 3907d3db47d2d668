//! Salesforce's refusals in our kinds.
//!
//! Messages come in the org's language and a gateway answers in HTML: so codes are what counts, and the status decides
//! where there is none. Codes are kept, the message never is: it may hold addresses.

use std::sync::Arc;

use crm::{CrmError, CrmErrorKind};
use outbound::{Answer, OutboundError, OutboundErrorKind};
use serde_json::Value;

use crate::problem::{self, Problem};
use crate::property::Words;

/// Whom a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The whole call: no record in it would have fared better.
    Everyone,
    /// A record, or one of its values.
    Record,
}

/// What was asked for when it was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A call as a whole.
    Call,
    /// A row that is known by this field of ours.
    Keyed(&'static str),
    /// A row of a record that is not there yet.
    New,
    /// A row that is known by its id.
    Known,
}

/// A refusal: can be told to each record of a call.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) kind: CrmErrorKind,
    pub(crate) scope: Scope,
    /// Their code alone, such as `DUPLICATE_VALUE`; empty where there was none.
    pub(crate) reason: String,
    /// A duplicate rule said no and did not say what it found.
    pub(crate) is_bare: bool,
    /// A job said it, in few words.
    pub(crate) is_from_a_job: bool,
    code: String,
    cause: Option<Arc<OutboundError>>,
}

impl Refusal {
    /// Of a whole call that was not answered with a 2xx.
    pub(crate) fn of_answer(answer: &Answer, of: Of, words: &Words) -> Self {
        let body = answer.json().unwrap_or_default();
        let mut refusal = Self::read(answer.status(), &body, of, words);
        if let CrmErrorKind::RateLimited { retry_after } = &mut refusal.kind {
            *retry_after = answer.retry_after().or(*retry_after);
        }
        refusal
    }

    /// Of one row; its body is its list of errors.
    pub(crate) fn of_row(errors: &Value, of: Of, words: &Words) -> Self {
        let status = if of == Of::Known && problem::all(errors).is_empty() { 404 } else { 400 };
        Self::read(status, errors, of, words).about_a_record()
    }

    /// Of a call without an answer.
    pub(crate) fn of_transport(error: OutboundError) -> Self {
        let kind = match error.kind() {
            OutboundErrorKind::NotSent => CrmErrorKind::Unavailable,
            OutboundErrorKind::Unanswered | OutboundErrorKind::TooLarge => CrmErrorKind::Unanswered,
            OutboundErrorKind::Unbuildable => CrmErrorKind::Misunderstood,
        };
        Self { cause: Some(Arc::new(error)), ..Self::new(kind, Scope::Everyone, "no answer") }
    }

    /// Whatever happened to this call, nothing was written.
    pub(crate) fn before_anything(mut self) -> Self {
        if self.kind == CrmErrorKind::Unanswered {
            self.kind = CrmErrorKind::Unavailable;
        }
        self
    }

    /// Of the token endpoint. Whatever it does not like is how the org or the secret is set up, but for what passes.
    pub(crate) fn of_token(status: u16, body: &Value) -> Self {
        let first = problem::all(body).into_iter().next().unwrap_or_default();
        let kind = judge::of_token(status, &first);
        Self::new(kind, Scope::Everyone, format!("token: {}", code(status, &first)))
    }

    /// A 2xx that does not speak of a record proves nothing about it.
    pub(crate) fn unanswered(status: u16) -> Self {
        Self::new(CrmErrorKind::Unanswered, Scope::Record, format!("{status} without a word about it"))
    }

    /// There is no such record, and none that it became.
    pub(crate) fn gone(code: impl Into<String>) -> Self {
        Self::new(CrmErrorKind::Gone, Scope::Record, code)
    }

    pub(crate) fn new(kind: CrmErrorKind, scope: Scope, code: impl Into<String>) -> Self {
        Self {
            kind,
            scope,
            reason: String::new(),
            is_bare: false,
            is_from_a_job: false,
            code: code.into(),
            cause: None,
        }
    }

    /// `body` is `Null` where it was no JSON.
    pub(crate) fn read(status: u16, body: &Value, of: Of, words: &Words) -> Self {
        let problems = problem::all(body);
        let first = problems.first().cloned().unwrap_or_default();
        let (kind, scope) = judge::judge(status, body, &first, of, words);
        let reason = if is_code(&first.code) { first.code.clone() } else { String::new() };
        let is_bare = reason == "DUPLICATES_DETECTED" && first.matches.is_empty();
        Self { reason, is_bare, ..Self::new(kind, scope, code(status, &first)) }
    }

    /// Whether the next call would be refused in the same way, so that it need not be made.
    pub(crate) fn stops(&self) -> bool {
        use CrmErrorKind::{QuotaUsedUp, RateLimited, Unauthorized, Unavailable};
        let is_lasting =
            matches!(self.kind, RateLimited { .. } | QuotaUsedUp { .. } | Unauthorized | Unavailable);
        is_lasting && self.scope == Scope::Everyone
    }

    /// It turned out that others fared better: it was refused for what it says.
    pub(crate) fn about_a_record(mut self) -> Self {
        if self.kind == CrmErrorKind::Misunderstood && self.reason != "STORAGE_LIMIT_EXCEEDED" {
            (self.kind, self.scope) = (CrmErrorKind::Rejected { field: None }, Scope::Record);
        }
        self
    }

    /// Everybody was refused with it: it is how the org is set up, and no record's fault. The messages wait.
    pub(crate) fn about_the_org(mut self) -> Self {
        if matches!(self.kind, CrmErrorKind::Rejected { .. }) {
            (self.kind, self.scope) = (CrmErrorKind::Misunderstood, Scope::Everyone);
        }
        self
    }

    pub(crate) fn error(self) -> CrmError {
        let error = CrmError::new(self.kind, self.code);
        match self.cause {
            Some(cause) => error.because(cause),
            None => error,
        }
    }
}

/// Such as `400 STRING_TOO_LONG/LastName`: what is shaped like a code or a field's name, and nothing else.
fn code(status: u16, problem: &Problem) -> String {
    let mut all = status.to_string();
    if is_code(&problem.code) {
        all.push(' ');
        all.push_str(&problem.code);
        if let Some(field) = problem.fields.first().filter(|field| is_code(field)) {
            all.push('/');
            all.push_str(field);
        }
    }
    all
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

mod judge;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod samples;
