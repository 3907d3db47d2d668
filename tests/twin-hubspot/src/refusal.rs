//! HubSpot's refusals: status and body, in the shapes that were seen in the wild.

use serde_json::{Map, Value, json};

/// A refusal of a call or of one row. The correlation id is added when it is sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: Map<String, Value>,
}

/// One property value that was not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) property: String,
    pub(crate) code: &'static str,
    pub(crate) words: String,
}

impl Problem {
    pub(crate) fn new(property: &str, code: &'static str, words: String) -> Self {
        Self { property: property.into(), code, words }
    }
}

impl Refusal {
    fn new(status: u16, message: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("status".into(), json!("error"));
        body.insert("message".into(), json!(message.into()));
        Self { status, body }
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.body.insert(key.into(), value);
        self
    }

    fn category(self, category: &str) -> Self {
        self.with("category", json!(category))
    }

    /// 400 `VALIDATION_ERROR` with these words.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, message).category("VALIDATION_ERROR")
    }

    /// 409: the contact's e-mail is held by `holder`.
    pub(crate) fn contact_exists(holder: u64) -> Self {
        Self::new(409, format!("Contact already exists. Existing ID: {holder}")).category("CONFLICT")
    }

    /// 400: another record holds the value of a unique property. The text is a Java record printed as it is.
    pub(crate) fn unique_conflict(type_id: &str, property: &str, value: &str, on: u64, holder: u64) -> Self {
        let place = format!(
            "PropertyValueCoordinates{{portalId=1, objectTypeId=ObjectTypeId{{legacyObjectType={type_id}}}, propertyName={property}, value={value}}}"
        );
        Self::validation(format!("Cannot set {place} on {on}. {holder} already has that value."))
            .with("errorType", json!("UNIQUE_VALUE_CONFLICT"))
    }

    /// 400: an id occurs twice in one batch.
    pub(crate) fn duplicate_ids(ids: &[String]) -> Self {
        let message = format!("Duplicate IDs found in batch input: [{}]. IDs must be unique", ids.join(", "));
        Self::validation(message).with("context", json!({"ids": ids}))
    }

    /// 400: values were not valid. The message repeats the list as a string; a bad e-mail has no `errors` entry.
    pub(crate) fn invalid_values(problems: &[Problem]) -> Self {
        let told =
            |p: &Problem| json!({"isValid": false, "message": p.words, "error": p.code, "name": p.property});
        let list = Value::Array(problems.iter().map(told).collect());
        let refusal = Self::validation(format!("Property values were not valid: {list}"));
        let errors: Vec<_> = problems.iter().filter(|p| p.code != "INVALID_EMAIL").map(error_entry).collect();
        if errors.is_empty() { refusal } else { refusal.with("errors", Value::Array(errors)) }
    }

    /// 400 without a category: the JSON could not be read.
    pub(crate) fn malformed(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::new(400, format!("Invalid input JSON on line {line}, column {column}: {error}"))
    }

    /// 400: more inputs than a batch may have.
    pub(crate) fn too_many_inputs(got: usize) -> Self {
        Self::validation(format!("Batch size {got} exceeds the maximum of 100 inputs"))
    }

    /// 400: a property that a new record needs is absent (`REQUIRED_FIELD_NOT_SET`).
    pub(crate) fn required(message: &str, properties: &[&str]) -> Self {
        let error = json!({"message": message, "code": "REQUIRED_FIELD_NOT_SET", "context": {"propertyName": properties}});
        Self::validation(message).with("errors", json!([error]))
    }

    /// 404: no such path, or no such record.
    pub(crate) fn not_found() -> Self {
        Self::new(404, "resource not found").category("OBJECT_NOT_FOUND")
    }

    /// 404: an id that is not a number.
    pub(crate) fn not_numeric() -> Self {
        Self::new(404, "Object not found.  objectId are usually numeric.").category("OBJECT_NOT_FOUND")
    }

    /// 405: the path exists, the method does not.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(405, "HTTP 405 Method Not Allowed")
    }

    /// 409: a property or a group of this name exists.
    pub(crate) fn already_defined(what: &str, name: &str) -> Self {
        Self::new(409, format!("A {what} named '{name}' already exists."))
            .category("OBJECT_ALREADY_EXISTS")
            .with("context", json!({"name": [name]}))
    }

    /// 414: the survivor of a merge would have too many addresses.
    pub(crate) fn too_many_identities() -> Self {
        Self::new(414, "Cannot have more than 250 identities on a profile").category("VALIDATION_ERROR")
    }

    /// 401: no token, or not this account's.
    pub(crate) fn unauthenticated() -> Self {
        let words = "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview";
        Self::new(401, words).category("INVALID_AUTHENTICATION")
    }

    /// 401: an OAuth token past its time (the key in the context really has a space).
    pub(crate) fn expired(seconds: i64, at: &str) -> Self {
        let words = format!("The OAuth token used to make this call expired {seconds} second(s) ago.");
        Self::new(401, words).category("EXPIRED_AUTHENTICATION").with("context", json!({"expire time": [at]}))
    }

    /// 429 with the policy that was hit: `TEN_SECONDLY_ROLLING`, `DAILY` or `SECONDLY`; no category.
    pub(crate) fn limited(policy: &str) -> Self {
        let words = match policy {
            "DAILY" => "You have reached your daily limit.",
            "SECONDLY" => "You have reached your secondly limit.",
            _ => "You have reached your ten_secondly_rolling limit.",
        };
        Self::new(429, words).with("errorType", json!("RATE_LIMIT")).with("policyName", json!(policy))
    }

    /// 500 or 503.
    pub(crate) fn unavailable(status: u16) -> Self {
        Self::new(status, "There was a problem with the request.")
    }

    /// This refusal as one entry of `errors` in a 207, named by its trace id.
    pub(crate) fn of_row(&self, trace_id: &str) -> Value {
        let mut body = self.body.clone();
        let context = body.entry("context").or_insert_with(|| json!({}));
        if let Some(context) = context.as_object_mut() {
            context.insert("objectWriteTraceId".into(), json!([trace_id]));
        }
        Value::Object(body)
    }
}

fn error_entry(problem: &Problem) -> Value {
    json!({"message": problem.words, "code": problem.code, "context": {"propertyName": [problem.property]}})
}
