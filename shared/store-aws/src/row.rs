//! Reading rows that somebody else may have written.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{StoreError, StoreErrorKind};

/// A row as `DynamoDB` gives it; empty where there was none.
pub(crate) type Row = HashMap<String, AttributeValue>;

/// A text attribute.
pub(crate) fn text<'a>(row: &'a Row, name: &str) -> Result<&'a str, StoreError> {
    row.get(name)
        .and_then(|value| value.as_s().ok())
        .map(String::as_str)
        .ok_or_else(|| unreadable(name, "a text"))
}

/// A text attribute that may be missing.
pub(crate) fn maybe_text(row: &Row, name: &str) -> Result<Option<String>, StoreError> {
    if row.contains_key(name) { text(row, name).map(|text| Some(text.to_owned())) } else { Ok(None) }
}

/// A whole number.
pub(crate) fn number<T: std::str::FromStr>(row: &Row, name: &str) -> Result<T, StoreError> {
    let number = row.get(name).and_then(|value| value.as_n().ok()).and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| unreadable(name, "a whole number"))
}

/// A moment in milliseconds since 1970.
pub(crate) fn moment(row: &Row, name: &str) -> Result<Timestamp, StoreError> {
    let ms = number(row, name)?;
    Timestamp::from_millisecond(ms).map_err(|_| unreadable(name, "a moment in milliseconds since 1970"))
}

/// What cannot be read, by its name and what it should have been, never by its value.
pub(crate) fn unreadable(name: &str, should_be: &str) -> StoreError {
    let words = format!(
        "a stored row has no `{name}` that is {should_be}; it was written by hand or by another version: \
         mend the row, or remove it where it can be made again"
    );
    StoreError::new(StoreErrorKind::Unreadable, words)
}

/// A text to write.
pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number to write.
pub(crate) fn n(number: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}
