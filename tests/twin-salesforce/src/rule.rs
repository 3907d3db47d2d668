//! Validation rules as a test scripts them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{record::Record, refusal::Refusal};

/// A rule that refuses records by one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationRule {
    /// The object type.
    pub object: String,
    /// The field it looks at.
    pub field: String,
    /// The value it refuses; absent refuses an empty field.
    #[serde(default)]
    pub refuses: Option<String>,
    /// What it says.
    pub message: String,
}

impl ValidationRule {
    /// Refuses records of `object` in which `field` is empty.
    pub fn requires(object: &str, field: &str, message: &str) -> Self {
        Self { object: object.into(), field: field.into(), refuses: None, message: message.into() }
    }

    /// Refuses records of `object` in which `field` says this.
    pub fn refuses(object: &str, field: &str, value: &str, message: &str) -> Self {
        Self { refuses: Some(value.into()), ..Self::requires(object, field, message) }
    }

    pub(crate) fn is_broken_by(&self, record: &Record) -> bool {
        match (&self.refuses, record.value(&self.field)) {
            (None, held) => held.is_null(),
            (Some(value), Value::String(held)) => *value == held,
            (Some(value), held) => held.to_string().eq(value),
        }
    }

    pub(crate) fn refusal(&self) -> Refusal {
        Refusal::of_fields("FIELD_CUSTOM_VALIDATION_EXCEPTION", self.message.clone(), &[&self.field])
    }
}
