//! Reading the control API's bodies field by field, so that a refusal can name the field, what it is, and the mend.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::{error::TwinError, gid, money};

/// A JSON object whose keys are all known.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body; nothing at all is an empty object. A key that is not in `known` is refused.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, TwinError> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        let value = serde_json::from_slice(body)
            .map_err(|cause| TwinError::invalid(format!("the body is no JSON ({cause})")).because(cause))?;
        Self::of(value, known)
    }

    pub(super) fn of(value: Value, known: &[&str]) -> Result<Self, TwinError> {
        let Value::Object(fields) = value else {
            return Err(TwinError::invalid(format!("the body is {}; send an object", shape(&value))));
        };
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(TwinError::invalid(format!(
                "`{unknown}` is not known here; known are {}",
                known.join(", ")
            ))),
            None => Ok(Self(fields)),
        }
    }

    /// Absent is `None`, null is `Some(None)`: what is absent is left as it is, null takes the value away.
    #[allow(clippy::option_option, reason = "absent and null are two things here")]
    pub(super) fn text(&self, name: &str) -> Result<Option<Option<String>>, TwinError> {
        self.read_as(name, "a string or null", |value| match value {
            Value::Null => Some(None),
            Value::String(text) => Some(Some(text.clone())),
            _ => None,
        })
    }

    /// A string where null and absent are the same.
    pub(super) fn words(&self, name: &str) -> Result<Option<String>, TwinError> {
        Ok(self.text(name)?.flatten())
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, TwinError> {
        self.read_as(name, "true or false", Value::as_bool)
    }

    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<String>>, TwinError> {
        self.read_as(name, "a list of strings", |value| {
            value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    pub(super) fn amount(&self, name: &str) -> Result<Option<Decimal>, TwinError> {
        self.read_as(name, "an amount like \"49.90\"", |value| {
            if value.is_object() { None } else { money::from_value(value) }
        })
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, TwinError> {
        self.read_as(name, "a number", Value::as_f64)
    }

    pub(super) fn whole(&self, name: &str) -> Result<Option<i64>, TwinError> {
        self.read_as(name, "a whole number", Value::as_i64)
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, TwinError> {
        self.read_as(name, "a date like 2026-11-24T02:00:00Z", |value| value.as_str()?.parse().ok())
    }

    pub(super) fn id(&self, name: &str, kind: &str) -> Result<Option<u64>, TwinError> {
        if self.0.get(name).is_some_and(Value::is_null) {
            return Ok(None);
        }
        self.read_as(name, "an id (number, digits or GID)", |value| gid::from_value(kind, value))
    }

    pub(super) fn objects(&self, name: &str) -> Result<Vec<Value>, TwinError> {
        Ok(self.read_as(name, "a list of objects", |value| value.as_array().cloned())?.unwrap_or_default())
    }

    fn read_as<T>(
        &self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, TwinError> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let refused = || TwinError::invalid(format!("`{name}` is {}; send {wanted}", shape(value)));
        read(value).map(Some).ok_or_else(refused)
    }
}

/// What a value is, without saying it: it may be somebody's name.
fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string that does not fit",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
