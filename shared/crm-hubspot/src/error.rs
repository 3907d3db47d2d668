//! HubSpot's refusals in our kinds.
//!
//! No field of a refusal is promised, messages change, and a gateway answers in HTML: so every part is read on its
//! own, and the status decides where nothing else does. Codes are kept, the message never is: it may hold addresses.

use std::sync::Arc;
use std::time::Duration;

use crm::{CrmError, CrmErrorKind};
use domain::{Field, MetafieldName, RecordId};
use outbound::{Answer, OutboundError, OutboundErrorKind};
use serde_json::Value;

use crate::decode::loose::texts;
use crate::limits;
use crate::property;

mod problem;

use problem::Problem;

/// Whom a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The whole call: no record in it would have fared better.
    Everyone,
    /// A record, or one of its values.
    Record,
    /// Nobody in particular: in a batch it may be one record's fault.
    Unnamed,
}

/// A refusal: can be told to each record of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) kind: CrmErrorKind,
    pub(crate) scope: Scope,
    code: String,
    correlation: Option<String>,
    cause: Option<Arc<OutboundError>>,
}

impl Refusal {
    /// Of a whole call that was not answered with a 2xx.
    pub(crate) fn of_answer(answer: &Answer, metafields: &[MetafieldName]) -> Self {
        let body = answer.json().unwrap_or_default();
        Self::read(answer.status(), &body, answer.retry_after(), metafields)
    }

    /// Of one row in a 207; the row is named, so a refusal without a reason is about it.
    pub(crate) fn of_row(body: &Value, metafields: &[MetafieldName]) -> Self {
        let status = match text(body, "category") {
            "OBJECT_NOT_FOUND" => 404,
            "CONFLICT" | "OBJECT_ALREADY_EXISTS" => 409,
            "RATE_LIMITS" | "RATE-LIMIT_REACHED" => 429,
            _ => 400,
        };
        let mut refusal = Self::read(status, body, None, metafields);
        if refusal.kind == CrmErrorKind::Misunderstood {
            refusal.scope = Scope::Unnamed;
        }
        refusal.about_a_record()
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

    /// A 2xx that does not speak of a record proves nothing about it.
    pub(crate) fn unanswered(status: u16) -> Self {
        Self::new(CrmErrorKind::Unanswered, Scope::Record, format!("{status} without a word about it"))
    }

    /// An id that HubSpot cannot have given.
    pub(crate) fn no_such_id() -> Self {
        Self::new(CrmErrorKind::Gone, Scope::Record, "no record id")
    }

    /// A record that nothing leads to any more.
    pub(crate) fn gone() -> Self {
        Self::new(CrmErrorKind::Gone, Scope::Record, "no such record")
    }

    fn new(kind: CrmErrorKind, scope: Scope, code: impl Into<String>) -> Self {
        Self { kind, scope, code: code.into(), correlation: None, cause: None }
    }

    /// `body` is `Null` where it was no JSON.
    pub(crate) fn read(
        status: u16,
        body: &Value,
        retry_after: Option<Duration>,
        metafields: &[MetafieldName],
    ) -> Self {
        let problems = problem::all(body);
        let (kind, scope) = judge(status, body, &problems, retry_after, metafields);
        let correlation = Some(text(body, "correlationId")).filter(|id| is_code(id)).map(str::to_owned);
        Self { correlation, ..Self::new(kind, scope, code(status, body, &problems)) }
    }

    /// A 404 of an address that names no record is about the address.
    pub(crate) fn about_no_record(mut self) -> Self {
        if self.kind == CrmErrorKind::Gone {
            (self.kind, self.scope) = (CrmErrorKind::Misunderstood, Scope::Everyone);
        }
        self
    }

    /// It turned out whom it was about.
    pub(crate) fn about_a_record(mut self) -> Self {
        if self.scope == Scope::Unnamed {
            (self.kind, self.scope) = (CrmErrorKind::Rejected { field: None }, Scope::Record);
        }
        self
    }

    /// Whether the next call would be refused in the same way, so that it need not be made.
    pub(crate) fn stops(&self) -> bool {
        use CrmErrorKind::{QuotaUsedUp, RateLimited, Unauthorized, Unavailable};
        matches!(self.kind, RateLimited { .. } | QuotaUsedUp { .. } | Unauthorized | Unavailable)
    }

    pub(crate) fn error(self) -> CrmError {
        let error = CrmError::new(self.kind, self.code).correlated(self.correlation);
        match self.cause {
            Some(cause) => error.because(cause),
            None => error,
        }
    }
}

fn judge(
    status: u16,
    body: &Value,
    problems: &[Problem],
    retry_after: Option<Duration>,
    metafields: &[MetafieldName],
) -> (CrmErrorKind, Scope) {
    let message = text(body, "message");
    match status {
        401 | 403 => (CrmErrorKind::Unauthorized, Scope::Everyone),
        404 | 410 => (CrmErrorKind::Gone, Scope::Record),
        408 | 500..=599 => (CrmErrorKind::Unavailable, Scope::Everyone),
        409 => (CrmErrorKind::Conflict { existing: existing(message) }, Scope::Record),
        413 => (CrmErrorKind::Misunderstood, Scope::Unnamed),
        414 if message.contains("identities") => (CrmErrorKind::Rejected { field: None }, Scope::Record),
        423 => (limits::locked(retry_after), Scope::Everyone),
        429 => (limits::limited(text(body, "policyName"), message, retry_after), Scope::Everyone),
        477 => (limits::used_up(retry_after), Scope::Everyone),
        400 | 422 => judge_request(body, message, problems, metafields),
        _ => (CrmErrorKind::Misunderstood, Scope::Everyone),
    }
}

fn judge_request(
    body: &Value,
    message: &str,
    problems: &[Problem],
    metafields: &[MetafieldName],
) -> (CrmErrorKind, Scope) {
    if matches!(text(body, "status"), "BAD_REFRESH_TOKEN" | "BAD_HUB") {
        return (CrmErrorKind::Unauthorized, Scope::Everyone);
    }
    if message.contains("already has that value") || text(body, "errorType") == "UNIQUE_VALUE_CONFLICT" {
        return (CrmErrorKind::Conflict { existing: holder(message) }, Scope::Record);
    }
    if let Some(existing) = existing(message) {
        return (CrmErrorKind::Conflict { existing: Some(existing) }, Scope::Record);
    }
    if let Some(name) = problems.iter().find_map(|problem| problem.missing(metafields)) {
        return (CrmErrorKind::MissingField { name: name.to_owned() }, Scope::Everyone);
    }
    if !problems.is_empty() {
        let field = problems.iter().find_map(|problem| property::field(&problem.property, metafields));
        return (CrmErrorKind::Rejected { field }, Scope::Record);
    }
    if body["invalidEmails"].is_array() {
        return (CrmErrorKind::Rejected { field: Some(Field::Email) }, Scope::Record);
    }
    let unnamed = !text(body, "category").is_empty() && !message.contains("idProperty");
    (CrmErrorKind::Misunderstood, if unnamed { Scope::Unnamed } else { Scope::Everyone })
}

/// `Contact already exists. Existing ID: 37765128953`.
fn existing(message: &str) -> Option<RecordId> {
    let after = message.split_once("Existing ID:")?.1.trim_start();
    let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    record_id(&after[..end])
}

/// `Cannot set PropertyValueCoordinates{...} on 1. 2 already has that value.`: the second one holds it.
fn holder(message: &str) -> Option<RecordId> {
    let before = message.split_once(" already has that value")?.0;
    record_id(before.rsplit(' ').next()?)
}

fn record_id(digits: &str) -> Option<RecordId> {
    let is_id = (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| RecordId::new(digits))
}

/// Such as `400 VALIDATION_ERROR/REQUIRED_FIELD_NOT_SET:closedate`: what is shaped like a code or the name of a property, and
/// nothing else.
fn code(status: u16, body: &Value, problems: &[Problem]) -> String {
    let family = ["category", "errorType", "error"].map(|name| text(body, name));
    let family = family.into_iter().find(|code| is_code(code));
    let detail = problems.first().map_or_else(|| text(body, "policyName"), |problem| &problem.code);
    let property = problems.first().map(|problem| problem.property.as_str());
    let mut all = status.to_string();
    let parts = [
        (' ', family),
        ('/', Some(detail).filter(|code| is_code(code))),
        (':', property.filter(|name| is_name(name))),
    ];
    for (before, code) in parts {
        if let Some(code) = code {
            all.push(if before == '/' && family.is_none() { ' ' } else { before });
            all.push_str(code);
        }
    }
    all
}

/// The name of a property (developers.hubspot.com, properties guide).
fn is_name(text: &str) -> bool {
    is_code(text) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// Whom an entry of `errors` in a 207 names: by trace id, or by record id.
pub(crate) fn named(body: &Value) -> (Vec<String>, Vec<String>) {
    let context = &body["context"];
    let mut ids = texts(&context["ids"]);
    ids.extend(texts(&context["id"]));
    (texts(&context["objectWriteTraceId"]), ids)
}

#[cfg(test)]
mod leaks;
#[cfg(test)]
mod samples;
