//! Which kind a refusal is, and whom it is about: from the top, the first that fits.

use crm::CrmErrorKind;
use domain::{Field, RecordId};
use serde_json::Value;

use super::{Of, Scope};
use crate::id;
use crate::limits::{TOO_MANY, USED_UP};
use crate::ours;
use crate::problem::{self, Problem};
use crate::property::Words;

/// A lock can be hidden in the failure of somebody's trigger; so can a limit of one transaction.
fn is_locked(problem: &Problem) -> bool {
    let hidden = ["UNABLE_TO_LOCK_ROW", "Too many SOQL queries"];
    problem.code == "UNABLE_TO_LOCK_ROW" || hidden.iter().any(|word| problem.message.contains(word))
}

pub(super) fn judge(
    status: u16,
    body: &Value,
    problem: &Problem,
    of: Of,
    words: &Words,
) -> (CrmErrorKind, Scope) {
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

/// Of whoever asked for a session.
pub(super) fn of_token(status: u16, problem: &Problem) -> CrmErrorKind {
    match (status, problem.code.as_str()) {
        (_, "REQUEST_LIMIT_EXCEEDED") => limited(&problem.message),
        (429, _) => CrmErrorKind::RateLimited { retry_after: Some(TOO_MANY) },
        (408 | 500..=599, _) => CrmErrorKind::Unavailable,
        _ => CrmErrorKind::Unauthorized,
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
    // An address with our key in it that is not there: the field is missing, not the record.
    if let (Of::Keyed(key), "NOT_FOUND") = (of, problem.code.as_str()) {
        return missing(key);
    }
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
fn matched(problem: &Problem, words: &Words) -> Option<RecordId> {
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
