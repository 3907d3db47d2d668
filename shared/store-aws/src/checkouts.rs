//! Checkouts, in the table of records: while one is open it is in the index of what comes due.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::ShopDomain;
use jiff::Timestamp;
use store::{Checkout, StoreError, StoreErrorKind};

use crate::due_row::{self, checkout_pk, checkout_row, index_attributes};
use crate::error::store_error;
use crate::keys::{READ_AT_ONCE, READS};
use crate::records::Records;
use crate::row::{Row, n, text};

const READING_MANY: &str = "could not read the checkouts in the table of records";
const REMEMBERED_FOR_S: i64 = 90 * 24 * 3600;

/// Neither over nor touched later.
const NOTHING_NEWER: &str =
    "attribute_not_exists(pk) OR (attribute_not_exists(is_over) AND touched_at_ms <= :touched)";

impl Records {
    pub(crate) async fn touch_checkout(
        &self,
        checkout: &Checkout,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        let Checkout { shop, token, touched_at, .. } = checkout;
        let update = self
            .checkout_update(shop, token)
            .condition_expression(NOTHING_NEWER)
            .expression_attribute_values(":touched", n(touched_at.as_millisecond()))
            .expression_attribute_values(":expires", expires_at(due_at.max(*touched_at)));
        match said(update, checkout, due_at).send().await {
            Ok(_) => Ok(()),
            // What is known is newer, or over.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(store_error("could not note the checkout in the table of records", error)),
        }
    }

    pub(crate) async fn end_checkout(
        &self,
        shop: &ShopDomain,
        token: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = self
            .checkout_update(shop, token)
            .update_expression(
                "SET is_over = :over, expires_at = :expires, touched_at_ms = if_not_exists(touched_at_ms, :now) \
                 REMOVE due_in, due_at_ms",
            )
            .expression_attribute_values(":over", AttributeValue::Bool(true))
            .expression_attribute_values(":expires", expires_at(now))
            .expression_attribute_values(":now", n(now.as_millisecond()));
        let doing = "could not note the end of the checkout in the table of records";
        update.send().await.map_err(|error| store_error(doing, error))?;
        Ok(())
    }

    pub(crate) async fn read_checkout(
        &self,
        shop: &ShopDomain,
        token: &str,
    ) -> Result<Option<Checkout>, StoreError> {
        let doing = "could not read the checkout in the table of records";
        let row = self.get(checkout_row(shop, token), doing).await?;
        row.map(|row| due_row::checkout(shop, token, &row)).transpose()
    }

    /// A hundred in a call, none written: most orders come from checkouts that nobody was told of.
    pub(crate) async fn which_are_open(
        &self,
        checkouts: &[(&ShopDomain, &str)],
    ) -> Result<Vec<bool>, StoreError> {
        let key = |(shop, token): &(&ShopDomain, &str)| (checkout_pk(shop, token), checkout_row(shop, token));
        let rows: BTreeMap<_, _> = checkouts.iter().map(key).collect();
        let rows: Vec<_> = rows.into_values().collect();
        let mut open = HashSet::new();
        for some in rows.chunks(READ_AT_ONCE) {
            for row in self.batch(some).await? {
                if !row.contains_key("is_over") {
                    open.insert(text(&row, "pk")?.to_owned());
                }
            }
        }
        Ok(checkouts.iter().map(|(shop, token)| open.contains(&checkout_pk(shop, token))).collect())
    }

    async fn batch(&self, keys: &[Row]) -> Result<Vec<Row>, StoreError> {
        let unbuilt = |cause| StoreError::new(StoreErrorKind::Refused, READING_MANY).because(cause);
        let mut asked = KeysAndAttributes::builder()
            .set_keys(Some(keys.to_vec()))
            .consistent_read(true)
            .projection_expression("pk, is_over")
            .build()
            .map_err(unbuilt)?;
        let mut rows = Vec::new();
        for _ in 0..READS {
            let get = self.client().batch_get_item().request_items(self.table(), asked);
            let said = get.send().await.map_err(|error| store_error(READING_MANY, error))?;
            rows.extend(said.responses.unwrap_or_default().into_values().flatten());
            match said.unprocessed_keys.unwrap_or_default().remove(self.table()) {
                Some(left) if !left.keys.is_empty() => asked = left,
                _ => return Ok(rows),
            }
        }
        Err(StoreError::new(StoreErrorKind::Unavailable, format!("{READING_MANY}: not all were read")))
    }

    fn checkout_update(&self, shop: &ShopDomain, token: &str) -> UpdateItemFluentBuilder {
        self.client().update_item().table_name(self.table()).set_key(Some(checkout_row(shop, token)))
    }
}

/// What the checkout says of itself, in place of what was known: what it does not say is removed.
fn said(update: UpdateItemFluentBuilder, checkout: &Checkout, due_at: Timestamp) -> UpdateItemFluentBuilder {
    let Checkout { shop, customer, is_over, .. } = checkout;
    let [part, due] = index_attributes(shop, due_at);
    let said = [
        ("customer_id", customer.map(|customer| n(customer.get()))),
        ("is_over", is_over.then_some(AttributeValue::Bool(true))),
        ("due_in", (!is_over).then_some(part)),
        ("due_at_ms", (!is_over).then_some(due)),
    ];
    let (set, removed): (Vec<_>, Vec<_>) = said.into_iter().partition(|(_, value)| value.is_some());
    let names: Vec<_> = set.iter().map(|(name, _)| format!(", {name} = :{name}")).collect();
    let removed: Vec<_> = removed.into_iter().map(|(name, _)| name).collect();
    let update = update.update_expression(format!(
        "SET touched_at_ms = :touched, expires_at = :expires{} REMOVE {}",
        names.concat(),
        removed.join(", ")
    ));
    let values = set.into_iter().filter_map(|(name, value)| Some((format!(":{name}"), value?)));
    values.fold(update, |update, (name, value)| update.expression_attribute_values(name, value))
}

/// Ninety days later, in seconds, rounded up.
fn expires_at(from: Timestamp) -> AttributeValue {
    n(from.as_second() + REMEMBERED_FOR_S + 1)
}

fn is_refused(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}
