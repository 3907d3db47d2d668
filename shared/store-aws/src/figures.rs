//! The figures of shops, in the table of records.

use std::hash::{BuildHasher, Hasher, RandomState};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use domain::ShopDomain;
use store::{Figure, Figures, LARGEST_FIGURE, StoreError, StoreErrorKind};

use crate::error::store_error;
use crate::row::{Row, n, number, s, text, unreadable};

const READING: &str = "could not read the figure in the table of records";
const KEEPING: &str = "could not keep the figure in the table of records";

/// The memory of figures in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct ShopFigures {
    client: Client,
    table: String,
}

impl ShopFigures {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    fn put(&self, shop: &ShopDomain, name: &str, bytes: &[u8], version: u64) -> PutItemFluentBuilder {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(figure_row(shop, name)));
        put.item("bytes", AttributeValue::B(Blob::new(bytes)))
            .item("version", n(version))
            .return_values_on_condition_check_failure(AllOld)
    }
}

impl Figures for ShopFigures {
    async fn figure(&self, shop: &ShopDomain, name: &str) -> Result<Option<Figure>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(figure_row(shop, name)));
        let found = get.consistent_read(true).send().await.map_err(|error| store_error(READING, error))?;
        found.item.map(|row| figure(&row)).transpose()
    }

    /// The SDK tries again by itself where an answer got lost, and then its own first try stands against the second. So
    /// each write has a mark, by which it knows itself.
    async fn keep_figure(
        &self,
        shop: &ShopDomain,
        name: &str,
        bytes: &[u8],
        before: Option<u64>,
    ) -> Result<bool, StoreError> {
        if bytes.len() > LARGEST_FIGURE {
            return Err(StoreError::new(StoreErrorKind::Refused, "a figure is larger than it may be"));
        }
        let mark = mark();
        let version = before.map_or(1, |before| before.saturating_add(1));
        let put = self.put(shop, name, bytes, version).item("mark", s(&mark));
        match still_as(put, before).send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    has_mark(failed.item.as_ref(), &mark)
                }
                _ => Err(store_error(KEEPING, error)),
            },
        }
    }
}

fn figure_row(shop: &ShopDomain, name: &str) -> Row {
    let key = [("pk", format!("figure#{shop}#{name}")), ("sk", "figure".to_owned())];
    key.map(|(name, value)| (name.to_owned(), s(value))).into()
}

fn figure(row: &Row) -> Result<Figure, StoreError> {
    let bytes = row.get("bytes").and_then(|value| value.as_b().ok());
    let bytes = bytes.ok_or_else(|| unreadable("bytes", "bytes"))?;
    Ok(Figure { bytes: bytes.as_ref().to_vec(), version: number(row, "version")? })
}

/// Only where the row is still of that version; none is no row.
fn still_as(put: PutItemFluentBuilder, before: Option<u64>) -> PutItemFluentBuilder {
    let Some(before) = before else { return put.condition_expression("attribute_not_exists(pk)") };
    let put =
        put.condition_expression("#version = :before").expression_attribute_names("#version", "version");
    put.expression_attribute_values(":before", n(before))
}

/// What no other write of the same figure has: the keys of a hasher are random, and others for each.
fn mark() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// Whether the row that stood against a write is that write.
fn has_mark(row: Option<&Row>, mark: &str) -> Result<bool, StoreError> {
    match row {
        Some(row) if row.contains_key("mark") => Ok(text(row, "mark")? == mark),
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_writes_have_one_mark() {
        let marks: std::collections::BTreeSet<_> = (0..1_000).map(|_| mark()).collect();
        assert_eq!(marks.len(), 1_000);
    }

    #[test]
    fn a_row_that_cannot_be_read_is_said_to_be_so_by_its_attribute() {
        let bytes = ("bytes".to_owned(), AttributeValue::B(Blob::new([1])));
        for (attribute, row) in [("bytes", Row::new()), ("version", Row::from([bytes]))] {
            let error = figure(&row).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unreadable);
            assert!(error.to_string().contains(&format!("`{attribute}`")), "{error}");
        }
    }
}
