//! The memory of long runs, in the table of records.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem, Update};
use domain::ShopDomain;
use jiff::Timestamp;
use store::{Checkpoint, Claimant, REPORTS, RunLock, Runs, Standing, StoreError, StoreErrorKind, Told};

use crate::error::store_error;
use crate::row::{Row, maybe_text, moment, n, s};
use crate::run_rows::{
    Body, bytes, is_untold, maybe_moment, part_row, parts, reports, reports_row, state_row,
};

const LOCKING: &str = "could not ask for the lock of the shop's run in the table of records";
const SAVING: &str = "could not keep the run's checkpoint in the table of records";
const READING: &str = "could not read the shop's run in the table of records";
const CONCLUDING: &str = "could not conclude the run in the table of records";

/// The memory of long runs in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct RunTable {
    client: Client,
    table: String,
}

impl RunTable {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    async fn get(&self, key: Row) -> Result<Row, StoreError> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        Ok(get.send().await.map_err(|error| store_error(READING, error))?.item.unwrap_or_default())
    }

    /// A change of the state that only the owner of the lock can make.
    fn fenced(&self, shop: &ShopDomain, claimant: &Claimant) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table).set_key(Some(state_row(shop)));
        update.condition_expression("lock_owner = :me").expression_attribute_values(":me", s(&claimant.owner))
    }

    async fn checkpoint(&self, shop: &ShopDomain, state: &Row) -> Result<Option<Checkpoint>, StoreError> {
        let Some(head) = maybe_text(state, "head")? else { return Ok(None) };
        let kept = Body::of(state)?;
        let mut body = Vec::new();
        for part in 0..kept.parts {
            body.extend_from_slice(bytes(&self.get(part_row(shop, &kept, part)).await?)?);
        }
        Ok(Some(Checkpoint { head, body }))
    }

    /// Writes the body beside the one that is kept: it counts only when the state names it.
    async fn write(&self, shop: &ShopDomain, mut to: Body, body: &[u8]) -> Result<Body, StoreError> {
        for part in parts(body) {
            let mut item = part_row(shop, &to, to.parts);
            item.insert("bytes".to_owned(), part);
            let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
            put.send().await.map_err(|error| store_error(SAVING, error))?;
            to.parts += 1;
        }
        Ok(to)
    }

    /// What is left behind where this fails is never read, and overwritten when its number comes again.
    async fn forget(&self, shop: &ShopDomain, body: Body) {
        for part in 0..body.parts {
            let key = part_row(shop, &body, part);
            drop(self.client.delete_item().table_name(&self.table).set_key(Some(key)).send().await);
        }
    }
}

impl Runs for RunTable {
    async fn lock(&self, shop: &ShopDomain, claimant: &Claimant) -> Result<RunLock, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(state_row(shop)))
            .update_expression("SET lock_owner = :me, lock_until_ms = :until")
            .condition_expression(
                "attribute_not_exists(lock_owner) OR lock_owner = :me OR lock_until_ms <= :now",
            )
            .expression_attribute_values(":me", s(&claimant.owner))
            .expression_attribute_values(":until", n(claimant.until.as_millisecond()))
            .expression_attribute_values(":now", n(claimant.now.as_millisecond()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(AllOld);
        match update.send().await {
            Ok(done) => {
                let state = done.attributes.unwrap_or_default();
                Ok(RunLock::Granted(self.checkpoint(shop, &state).await?))
            }
            Err(error) => match refused(&error) {
                Some(row) => Ok(RunLock::Held(moment(&row, "lock_until_ms")?)),
                None => Err(store_error(LOCKING, error)),
            },
        }
    }

    async fn save(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        head: &str,
        body: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        let Some(body) = body else {
            let update = self.fenced(shop, claimant).update_expression("SET head = :head");
            return done(update.expression_attribute_values(":head", s(head)).send().await, SAVING);
        };
        let state = self.get(state_row(shop)).await?;
        if maybe_text(&state, "lock_owner")?.as_ref() != Some(&claimant.owner) {
            return Ok(false);
        }
        let before = Body::of(&state)?;
        let next = Body { number: before.number + 1, owner: claimant.owner.clone(), parts: 0 };
        let written = self.write(shop, next, body).await?;
        let update = self
            .fenced(shop, claimant)
            .update_expression("SET head = :head, body_number = :number, body_owner = :me, parts = :parts")
            .expression_attribute_values(":head", s(head))
            .expression_attribute_values(":number", n(written.number))
            .expression_attribute_values(":parts", count(written.parts));
        let saved = done(update.send().await, SAVING)?;
        if saved {
            self.forget(shop, before).await;
        }
        Ok(saved)
    }

    async fn conclude(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        report: &str,
        watermark: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let state = self.get(state_row(shop)).await?;
        let mut all = self.reports(shop).await?;
        if all.first().is_none_or(|newest| newest != report) {
            all.insert(0, report.to_owned());
        }
        all.truncate(REPORTS);
        let write = self.client.transact_write_items();
        let write = write.transact_items(self.over(shop, claimant, watermark)?);
        match write.transact_items(self.told(shop, &all)?).send().await {
            Ok(_) => {
                self.forget(shop, Body::of(&state)?).await;
                Ok(true)
            }
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(store_error(CONCLUDING, error)),
        }
    }

    async fn unlock(&self, shop: &ShopDomain, claimant: &Claimant) -> Result<bool, StoreError> {
        let update = self.fenced(shop, claimant).update_expression("SET lock_until_ms = :over");
        let update = update.expression_attribute_values(":over", n(0));
        done(update.send().await, "could not give back the lock of the shop's run in the table of records")
    }

    async fn told(&self, shop: &ShopDomain) -> Result<Told, StoreError> {
        let state = self.get(state_row(shop)).await?;
        Ok(Told { text: maybe_text(&state, "told")?, is_due: is_untold(&state)? })
    }

    async fn tell(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        text: &str,
        is_due: bool,
    ) -> Result<bool, StoreError> {
        let update = self.fenced(shop, claimant).update_expression("SET told = :told, untold = :due");
        let update = update.expression_attribute_values(":told", s(text));
        let update = update.expression_attribute_values(":due", AttributeValue::Bool(is_due));
        done(
            update.send().await,
            "could not remember what was told of the shop's runs in the table of records",
        )
    }

    async fn standing(&self, shop: &ShopDomain) -> Result<Standing, StoreError> {
        let state = self.get(state_row(shop)).await?;
        let held_until = maybe_moment(&state, "lock_until_ms")?;
        Ok(Standing {
            head: maybe_text(&state, "head")?,
            held_until: held_until.filter(|until| *until > Timestamp::UNIX_EPOCH),
            watermark: maybe_moment(&state, "watermark_ms")?,
        })
    }

    async fn reports(&self, shop: &ShopDomain) -> Result<Vec<String>, StoreError> {
        let row = self.get(reports_row(shop)).await?;
        if row.is_empty() { Ok(vec![]) } else { reports(&row) }
    }
}

impl RunTable {
    /// The run is over. The number of its body stays, so that the next one's is another.
    fn over(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        watermark: Option<Timestamp>,
    ) -> Result<TransactWriteItem, StoreError> {
        let moved = if watermark.is_some() { ", watermark_ms = :watermark" } else { "" };
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(state_row(shop)))
            .condition_expression("lock_owner = :me")
            .update_expression(format!("SET parts = :none, untold = :yes{moved} REMOVE head"))
            .expression_attribute_values(":me", s(&claimant.owner))
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":yes", AttributeValue::Bool(true));
        if let Some(watermark) = watermark {
            update = update.expression_attribute_values(":watermark", n(watermark.as_millisecond()));
        }
        let update = update.build().map_err(unbuildable)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn told(&self, shop: &ShopDomain, all: &[String]) -> Result<TransactWriteItem, StoreError> {
        let mut item = reports_row(shop);
        item.insert("reports".to_owned(), AttributeValue::L(all.iter().map(s).collect()));
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build().map_err(unbuildable)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

fn count(count: usize) -> AttributeValue {
    n(u64::try_from(count).unwrap_or(u64::MAX))
}

fn unbuildable(cause: aws_smithy_types::error::operation::BuildError) -> StoreError {
    StoreError::new(StoreErrorKind::Refused, CONCLUDING).because(cause)
}

/// Whether it was done, or the lock is somebody else's.
fn done<T>(answer: Result<T, SdkError<UpdateItemError>>, doing: &str) -> Result<bool, StoreError> {
    match answer {
        Ok(_) => Ok(true),
        Err(error) if refused(&error).is_some() => Ok(false),
        Err(error) => Err(store_error(doing, error)),
    }
}

/// The row that the condition failed on, as far as it was asked for.
fn refused(error: &SdkError<UpdateItemError>) -> Option<Row> {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            Some(failed.item.clone().unwrap_or_default())
        }
        _ => None,
    }
}

/// Whether the condition of a transaction failed; a conflict with another one is none.
fn is_refused(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return false;
    };
    cancelled.cancellation_reasons().iter().any(|why| why.code() == Some("ConditionalCheckFailed"))
}
