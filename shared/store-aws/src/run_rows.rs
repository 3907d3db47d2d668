//! The rows of a shop's run: where it is, the parts of its checkpoint, what past ones came to.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ShopDomain;
use jiff::Timestamp;
use store::StoreError;

use crate::row::{Row, number, s, text, unreadable};

/// A row may have 400 kB (docs.aws.amazon.com/amazondynamodb, "Quotas"); its names count too.
const PART_BYTES: usize = 350_000;

/// The row with the lock and where the run is.
pub(crate) fn state_row(shop: &ShopDomain) -> Row {
    key(shop, "state".to_owned())
}

/// The row with what past runs came to.
pub(crate) fn reports_row(shop: &ShopDomain) -> Row {
    key(shop, "reports".to_owned())
}

/// A part of a checkpoint's body. Those of one owner and number belong together: two who both believe that they hold the
/// lock do not write into each other's.
pub(crate) fn part_row(shop: &ShopDomain, body: &Body, part: usize) -> Row {
    key(shop, format!("part#{}#{}#{part}", body.number, body.owner))
}

fn key(shop: &ShopDomain, sk: String) -> Row {
    HashMap::from([("pk".to_owned(), s(format!("run#{shop}"))), ("sk".to_owned(), s(sk))])
}

/// A body in parts; an empty one has none.
pub(crate) fn parts(body: &[u8]) -> impl Iterator<Item = AttributeValue> {
    body.chunks(PART_BYTES).map(|part| AttributeValue::B(Blob::new(part)))
}

/// Which parts the body of a checkpoint is in: its number, who wrote it, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Body {
    pub(crate) number: u64,
    pub(crate) owner: String,
    pub(crate) parts: usize,
}

impl Body {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        if !row.contains_key("body_number") {
            return Ok(Self::default());
        }
        let owner = text(row, "body_owner")?.to_owned();
        Ok(Self { number: number(row, "body_number")?, owner, parts: number(row, "parts")? })
    }
}

/// The bytes of a part.
pub(crate) fn bytes(row: &Row) -> Result<&[u8], StoreError> {
    let blob = row.get("bytes").and_then(|value| value.as_b().ok());
    blob.map(Blob::as_ref).ok_or_else(|| unreadable("bytes", "bytes"))
}

/// A moment that may be missing, in milliseconds since 1970.
pub(crate) fn maybe_moment(row: &Row, name: &str) -> Result<Option<Timestamp>, StoreError> {
    if row.contains_key(name) { crate::row::moment(row, name).map(Some) } else { Ok(None) }
}

/// Whether something of the runs is to be told; a row without that word has nothing.
pub(crate) fn is_untold(row: &Row) -> Result<bool, StoreError> {
    let Some(value) = row.get("untold") else { return Ok(false) };
    value.as_bool().copied().map_err(|_| unreadable("untold", "true or false"))
}

/// The reports, the newest first.
pub(crate) fn reports(row: &Row) -> Result<Vec<String>, StoreError> {
    let wrong = || unreadable("reports", "a list of texts");
    let list = row.get("reports").and_then(|value| value.as_l().ok()).ok_or_else(wrong)?;
    list.iter().map(|one| one.as_s().cloned().map_err(|_| wrong())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_into_parts_that_fit_and_an_empty_one_has_none() {
        let body = vec![7; PART_BYTES * 2 + 1];
        let lengths: Vec<_> = parts(&body).map(|part| part.as_b().unwrap().as_ref().len()).collect();
        assert_eq!(lengths, [PART_BYTES, PART_BYTES, 1]);
        assert_eq!(parts(&[]).count(), 0);
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named_by_its_attribute() {
        let row = Row::from([("body_number".to_owned(), s("one")), ("body_owner".to_owned(), s("me"))]);
        assert!(Body::of(&row).unwrap_err().to_string().contains("`body_number`"));
        assert!(reports(&row).unwrap_err().to_string().contains("`reports`"));
        assert!(bytes(&row).unwrap_err().to_string().contains("`bytes`"));
        assert!(is_untold(&Row::from([("untold".to_owned(), s("yes"))])).is_err());
        assert!(!is_untold(&Row::new()).unwrap());
        assert_eq!(Body::of(&Row::new()).unwrap(), Body::default());
    }
}
