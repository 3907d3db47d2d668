//! Salesforce's refusals in our kinds.
//!
//! Messages come in the org's language and a gateway answers in HTML: so codes are what counts, and the status decides
//! where there is none. Codes are kept, the message never is: it may hold addresses.

use std::sync::Arc;

use crm::{CrmError, CrmErrorKind};
use domain::Field;
use outbound::{Answer, OutboundError, OutboundErrorKind};
use serde_json::Value;

use crate::id;
use crate::limits::{TOO_MANY, USED_UP};
use crate::ours;
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
    /// A row that is known by a key of ours, or has none yet.
    Keyed,
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

    /// Of the token endpoint. Whatever it does not like is how the org or the secret is set up.
    pub(crate) fn of_token(status: u16, body: &Value) -> Self {
        let kind = match status {
            429 => CrmErrorKind::RateLimited { retry_after: Some(TOO_MANY) },
            408 | 500..=599 => CrmErrorKind::Unavailable,
            _ => CrmErrorKind::Unauthorized,
        };
        let first = problem::all(body).into_iter().next().unwrap_or_default();
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
        let (kind, scope) = judge(status, body, &first, of, words);
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

/// A lock can be hidden in the failure of somebody's trigger; so can a limit of one transaction.
fn is_locked(problem: &Problem) -> bool {
    let hidden = ["UNABLE_TO_LOCK_ROW", "Too many SOQL queries"];
    problem.code == "UNABLE_TO_LOCK_ROW" || hidden.iter().any(|word| problem.message.contains(word))
}

fn judge(status: u16, body: &Value, problem: &Problem, of: Of, words: &Words) -> (CrmErrorKind, Scope) {
    if status != 401 && is_locked(problem) {
        return (CrmErrorKind::Unavailable, Scope::Record);
    }
    match (status, problem.code.as_str()) {
        (401, _) => (CrmErrorKind::Unauthorized, Scope::Everyone),
        (_, "REQUEST_LIMIT_EXCEEDED") => (limited(&problem.message), Scope::Everyone),
        (429, _) => (CrmErrorKind::RateLimited { retry_after: Some(TOO_MANY) }, Scope::Everyone),
        (408 | 500..=599, _) => (CrmErrorKind::Unavailable, Scope::Everyone),
        (_, "") => judge_status(status, body, of),
        (_, _) => judge_code(status, problem, of, words),
    }
}

/// Without a code that could be read.
fn judge_status(status: u16, body: &Value, of: Of) -> (CrmErrorKind, Scope) {
    match status {
        300 => (CrmErrorKind::Conflict { existing: None }, Scope::Record),
        403 => (CrmErrorKind::Unauthorized, Scope::Everyone),
        404 | 410 if of == Of::Known => (CrmErrorKind::Gone, Scope::Record),
        // Texts instead of problems are records that may have been meant.
        400 if problem::addresses(body) => (CrmErrorKind::Conflict { existing: None }, Scope::Record),
        _ => (CrmErrorKind::Misunderstood, Scope::Everyone),
    }
}

/// Of the two limits on requests only that of the day counts them all.
fn limited(message: &str) -> CrmErrorKind {
    if message.contains("Concurrent") {
        CrmErrorKind::RateLimited { retry_after: Some(TOO_MANY) }
    } else {
        CrmErrorKind::QuotaUsedUp { retry_after: Some(USED_UP) }
    }
}

fn judge_code(status: u16, problem: &Problem, of: Of, words: &Words) -> (CrmErrorKind, Scope) {
    let rejected = || CrmErrorKind::Rejected { field: field(problem, words) };
    match problem.code.as_str() {
        "DUPLICATES_DETECTED" => {
            (CrmErrorKind::Conflict { existing: matched(problem, words) }, Scope::Record)
        }
        "DUPLICATE_VALUE" => {
            (CrmErrorKind::Conflict { existing: id::in_text(&problem.message) }, Scope::Record)
        }
        "DUPLICATE_EXTERNAL_ID" => (CrmErrorKind::Conflict { existing: None }, Scope::Record),
        "ENTITY_IS_DELETED" => (CrmErrorKind::Gone, Scope::Record),
        "NOT_FOUND" | "INVALID_CROSS_REFERENCE_KEY" | "MALFORMED_ID" if of == Of::Known => {
            (CrmErrorKind::Gone, Scope::Record)
        }
        // An address with our key in it that is not there: the field is missing, not the record.
        "NOT_FOUND" if of == Of::Keyed => missing(crate::property::KEY),
        "INVALID_FIELD" | "INVALID_FIELD_FOR_INSERT_UPDATE" => unknown(problem, words),
        "ALL_OR_NONE_OPERATION_ROLLED_BACK" | "PROCESSING_HALTED" => {
            (CrmErrorKind::Unavailable, Scope::Record)
        }
        "INVALID_SESSION_ID" | "INVALID_AUTH_HEADER" => (CrmErrorKind::Unauthorized, Scope::Everyone),
        "STORAGE_LIMIT_EXCEEDED" | "JSON_PARSER_ERROR" | "MALFORMED_QUERY" | "INVALID_TYPE" => {
            (CrmErrorKind::Misunderstood, Scope::Everyone)
        }
        "SERVER_UNAVAILABLE" | "QUERY_TIMEOUT" => (CrmErrorKind::Unavailable, Scope::Everyone),
        _ if status == 403 => (CrmErrorKind::Unauthorized, Scope::Everyone),
        _ if of == Of::Call && problem.fields.is_empty() && !says_whom(&problem.code) => {
            (CrmErrorKind::Misunderstood, Scope::Everyone)
        }
        _ => (rejected(), Scope::Record),
    }
}

/// Codes that are always about what a record says.
fn says_whom(code: &str) -> bool {
    const VALUES: [&str; 9] = [
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "REQUIRED_FIELD_MISSING",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "FIELD_INTEGRITY_EXCEPTION",
        "MALFORMED_ID",
        "INVALID_CROSS_REFERENCE_KEY",
        "INACTIVE_OWNER_OR_USER",
    ];
    VALUES.contains(&code)
}

/// The record that a duplicate rule found, where it is a person as we keep them and the only one. Which of several it is,
/// is for a person to say.
fn matched(problem: &Problem, words: &Words) -> Option<domain::RecordId> {
    let mut ids: Vec<_> = problem
        .matches
        .iter()
        .filter(|(object, _)| object == words.object())
        .map(|(_, id)| id.clone())
        .collect();
    ids.dedup();
    if ids.len() == 1 { ids.pop() } else { None }
}

fn missing(name: &str) -> (CrmErrorKind, Scope) {
    (CrmErrorKind::MissingField { name: name.to_owned() }, Scope::Everyone)
}

/// A field that is not there, or that we may not see. One that is none of ours is our mistake.
fn unknown(problem: &Problem, words: &Words) -> (CrmErrorKind, Scope) {
    let named = problem.about();
    match named.into_iter().find_map(|name| ours::name(name, words)) {
        Some(name) => missing(&name),
        None => (CrmErrorKind::Misunderstood, Scope::Everyone),
    }
}

fn field(problem: &Problem, words: &Words) -> Option<Field> {
    problem.about().into_iter().find_map(|name| words.field(name))
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

#[cfg(test)]
mod samples;
