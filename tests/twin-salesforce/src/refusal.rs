//! Salesforce's refusals: status, code and words, in the shapes that were seen in the wild.

use serde_json::{Map, Value, json};

/// A refusal of a call or of one row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    /// `None`: the key is left out, as in refusals of a call as a whole.
    fields: Option<Vec<String>>,
    /// What a duplicate rule found, under the key the version gives it.
    details: Option<Box<(&'static str, Value)>>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), fields: None, details: None }
    }

    /// 400 about these fields of a record.
    pub(crate) fn of_fields(code: &str, message: impl Into<String>, fields: &[&str]) -> Self {
        let fields = Some(fields.iter().map(ToString::to_string).collect());
        Self { fields, ..Self::new(400, code, message) }
    }

    pub(crate) fn with_details(mut self, key: &'static str, details: Value) -> Self {
        self.details = Some(Box::new((key, details)));
        self
    }

    /// The body of a call that was refused: a list of one error.
    pub(crate) fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), json!(self.message));
        error.insert("errorCode".into(), json!(self.code));
        if let Some(fields) = &self.fields {
            error.insert("fields".into(), json!(fields));
        }
        self.add_details(&mut error);
        json!([error])
    }

    /// The error inside a row of a collections answer: the code is called `statusCode` there.
    pub(crate) fn row_error(&self) -> Value {
        let mut error = Map::new();
        error.insert("statusCode".into(), json!(self.code));
        error.insert("message".into(), json!(self.message));
        error.insert("fields".into(), json!(self.fields.clone().unwrap_or_default()));
        self.add_details(&mut error);
        Value::Object(error)
    }

    /// The row of a collections answer.
    pub(crate) fn row(&self) -> Value {
        json!({"success": false, "errors": [self.row_error()]})
    }

    /// The error column of a bulk result: `CODE:words:fields --`.
    pub(crate) fn bulk_error(&self) -> String {
        let fields = self.fields.clone().unwrap_or_default().join(",");
        format!("{}:{}:{fields} --", self.code, self.message)
    }

    fn add_details(&self, error: &mut Map<String, Value>) {
        if let Some((key, details)) = self.details.as_deref() {
            error.insert((*key).to_owned(), details.clone());
        }
    }

    /// 400: no such field, or none that the API user may see.
    pub(crate) fn no_column(field: &str, object: &str) -> Self {
        Self::new(400, "INVALID_FIELD", format!("No such column '{field}' on sobject of type {object}"))
    }

    /// 400: a field that can be read and not written.
    pub(crate) fn read_only(fields: &[&str]) -> Self {
        let words = format!(
            "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
            fields.join(", ")
        );
        Self::of_fields("INVALID_FIELD_FOR_INSERT_UPDATE", words, fields)
    }

    pub(crate) fn required(fields: &[&str]) -> Self {
        let words = format!("Required fields are missing: [{}]", fields.join(", "));
        Self::of_fields("REQUIRED_FIELD_MISSING", words, fields)
    }

    pub(crate) fn deleted() -> Self {
        Self::of_fields("ENTITY_IS_DELETED", "entity is deleted", &[])
    }

    /// 400: a reference to a record that is not there.
    pub(crate) fn cross_reference() -> Self {
        Self::of_fields("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", &[])
    }

    /// 404: no such path, object or record.
    pub(crate) fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    /// 404: the field of an upsert's path is not there, not visible, or no external id.
    pub(crate) fn no_key(field: &str) -> Self {
        let words = format!("Provided external ID field does not exist or is not accessible: {field}");
        Self::new(404, "NOT_FOUND", words)
    }

    /// 400: another record holds the value of a unique field. The id has 15 characters, or is not told at all.
    pub(crate) fn duplicate_value(field: &str, holder: Option<&str>) -> Self {
        let words = match holder {
            Some(id) => {
                format!("duplicate value found: {field} duplicates value on record with id: {}", &id[..15])
            }
            None => {
                "duplicate value found: <unknown> duplicates value on record with id: <unknown>".to_owned()
            }
        };
        Self::of_fields("DUPLICATE_VALUE", words, &[])
    }

    pub(crate) fn locked(id: &str) -> Self {
        let words = format!("unable to obtain exclusive access to this record or 1 records: {id}");
        Self::of_fields("UNABLE_TO_LOCK_ROW", words, &[])
    }

    pub(crate) fn malformed_query(words: impl Into<String>) -> Self {
        Self::new(400, "MALFORMED_QUERY", words)
    }

    /// 400: a value that no field of this type can take, by where it stands in the body.
    pub(crate) fn not_a(kind: &str, token: &str, value: &str, column: usize) -> Self {
        let words = format!(
            "Cannot deserialize instance of {kind} from {token} value {value} at [line:1, column:{column}]"
        );
        Self::new(400, "JSON_PARSER_ERROR", words)
    }

    /// 400: the body is no JSON.
    pub(crate) fn malformed(error: &serde_json::Error) -> Self {
        let words = format!("{error} at [line:{}, column:{}]", error.line(), error.column());
        Self::new(400, "JSON_PARSER_ERROR", words)
    }

    /// 401: no session, or one that is over.
    pub(crate) fn no_session() -> Self {
        Self::new(401, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    /// 403 of the day (`TotalRequests`) or of the moment (`ConcurrentPerOrgLongTxn`).
    pub(crate) fn limited(what: &str) -> Self {
        Self::new(403, "REQUEST_LIMIT_EXCEEDED", format!("{what} Limit exceeded."))
    }
}
