//! The table of links.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use domain::{CustomerKey, RecordId};
use store::{Claimant, Kept, Lease, Link, Links, StoreError, StoreErrorKind};

use crate::error::store_error;
use crate::keeping::{Former, Keeping, Tried};
use crate::record_row::{self, customer_row, way_back_row};
use crate::row::{Row, moment, n, number, s, text};

/// The memory of links in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct Records {
    client: Client,
    table: String,
}

impl Records {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// One cheap read that opens the connection, for the time before the first event.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let key = way_back_row(&RecordId::new("warm"));
        self.get(key, "could not open the connection to the table of records").await?;
        Ok(())
    }

    async fn get(&self, key: Row, doing: &str) -> Result<Option<Row>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        Ok(get.send().await.map_err(|error| store_error(doing, error))?.item)
    }

    fn update(&self, customer: &CustomerKey, claimant: &Claimant) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table).set_key(Some(customer_row(customer)));
        update.expression_attribute_values(":me", s(&claimant.owner))
    }

    async fn end_lease(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        end_ms: i64,
    ) -> Result<Kept, StoreError> {
        let update = self
            .update(customer, claimant)
            .update_expression("SET lease_until_ms = :over")
            .condition_expression("lease_owner = :me")
            .expression_attribute_values(":over", n(end_ms));
        match update.send().await {
            Ok(_) => Ok(Kept::Kept),
            Err(SdkError::ServiceError(answer)) if answer.err().is_conditional_check_failed_exception() => {
                Ok(Kept::LostLease)
            }
            Err(error) => Err(store_error("could not release the customer in the table of records", error)),
        }
    }
}

/// The end of a lease that was given back, and of one that was abandoned: both are long over.
const GIVEN_BACK: i64 = 0;
const ABANDONED: i64 = 1;

/// The row as it was before this lease: an end of the former lease that was not set to zero was never given back.
fn granted_over(before: &Row) -> Result<Lease, StoreError> {
    let link = record_row::link(before)?;
    let ran_out =
        before.contains_key("lease_until_ms") && number::<i64>(before, "lease_until_ms")? != GIVEN_BACK;
    Ok(Lease::Granted(if ran_out { link.map(Link::in_doubt) } else { link }))
}

impl Links for Records {
    /// The owner's name stays in the row when the lease is given back; only its time ends. So an owner who repeats
    /// itself, because an answer got lost on the way, is known.
    async fn lease(&self, customer: &CustomerKey, claimant: &Claimant) -> Result<Lease, StoreError> {
        let update = self
            .update(customer, claimant)
            .update_expression("SET lease_owner = :me, lease_until_ms = :until")
            .condition_expression(
                "attribute_not_exists(lease_owner) OR lease_until_ms <= :now OR lease_owner = :me",
            )
            .expression_attribute_values(":now", n(claimant.now.as_millisecond()))
            .expression_attribute_values(":until", n(claimant.until.as_millisecond()))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(AllOld);
        match update.send().await {
            Ok(granted) => granted_over(&granted.attributes.unwrap_or_default()),
            Err(error) => held(error),
        }
    }

    async fn keep(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: &Link,
    ) -> Result<Kept, StoreError> {
        let keeping = Keeping { client: &self.client, table: &self.table, customer, claimant, link };
        let mut former = Former::SameOrNone;
        // The record that is linked now is only read where it is another one: the first try says which.
        for _ in 0..3 {
            former = match (keeping.attempt(&former).await?, former) {
                (Tried::Kept, _) => return Ok(Kept::Kept),
                (Tried::RowRefused(row), _) => match moved(&row, claimant)? {
                    Some(record) => Former::Ours(record),
                    None => return Ok(Kept::LostLease),
                },
                (Tried::WayBackRefused, Former::Ours(record)) => Former::Anothers(record),
                (Tried::WayBackRefused, former) => former,
            };
        }
        let words = "could not keep the link: its row changed while it was written";
        Err(StoreError::new(StoreErrorKind::Unavailable, words))
    }

    async fn release(&self, customer: &CustomerKey, claimant: &Claimant) -> Result<Kept, StoreError> {
        self.end_lease(customer, claimant, GIVEN_BACK).await
    }

    async fn abandon(&self, customer: &CustomerKey, claimant: &Claimant) -> Result<Kept, StoreError> {
        self.end_lease(customer, claimant, ABANDONED).await
    }

    async fn link(&self, customer: &CustomerKey) -> Result<Option<Link>, StoreError> {
        let row = self.get(customer_row(customer), "could not read the link in the table of records").await?;
        row.map_or(Ok(None), |row| record_row::link(&row))
    }

    async fn customer_of(&self, record: &RecordId) -> Result<Option<CustomerKey>, StoreError> {
        let row =
            self.get(way_back_row(record), "could not read the way back in the table of records").await?;
        row.map(|row| record_row::customer(&row)).transpose()
    }
}

fn held(error: SdkError<UpdateItemError>) -> Result<Lease, StoreError> {
    if let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() {
        let row = failed.item.clone().unwrap_or_default();
        return Ok(Lease::Held { until: moment(&row, "lease_until_ms")? });
    }
    Err(store_error("could not lease the customer in the table of records", error))
}

/// The record that is linked now, where the lease is the claimant's own still.
fn moved(row: &Row, claimant: &Claimant) -> Result<Option<RecordId>, StoreError> {
    if !row.contains_key("lease_owner") || text(row, "lease_owner")? != claimant.owner {
        return Ok(None);
    }
    Ok(Some(RecordId::new(text(row, "record")?)))
}
