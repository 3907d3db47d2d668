//! The table of links.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::{CustomerKey, Mention, RecordId};
use jiff::Timestamp;
use store::{
    Asking, Claimant, HandedOver, Holding, Keeping, Kept, Lease, Link, Links, MAX_MENTIONS, StoreError,
    StoreErrorKind,
};

use crate::error::store_error;
use crate::keeping::{ALL_SEEN, Former, Transaction, Tried, count};
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

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    pub(crate) async fn get(&self, key: Row, doing: &str) -> Result<Option<Row>, StoreError> {
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

    /// Gives the row back as dealt with where there is nothing to remember.
    async fn let_go(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        seen: usize,
    ) -> Result<Kept, StoreError> {
        let update = self
            .update(customer, claimant)
            .update_expression("SET lease_until_ms = :over REMOVE mentions")
            .condition_expression(format!("lease_owner = :me AND {ALL_SEEN}"))
            .expression_attribute_values(":over", n(GIVEN_BACK))
            .expression_attribute_values(":seen", count(seen))
            .return_values_on_condition_check_failure(AllOld);
        match update.send().await {
            Ok(_) => Ok(Kept::Kept),
            Err(error) => match refused(&error) {
                Some(row) if is_owner(&row, claimant)? => Ok(Kept::Mentioned(record_row::mentions(&row)?)),
                Some(_) => Ok(Kept::LostLease),
                None => Err(store_error("could not let the customer go in the table of records", error)),
            },
        }
    }

    async fn keep_link(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: &Link,
        seen: usize,
    ) -> Result<Kept, StoreError> {
        let keeping =
            Transaction { client: &self.client, table: &self.table, customer, claimant, link, seen };
        let mut former = Former::SameOrNone;
        // The record that is linked now is only read where it is another one: the first try says which.
        for _ in 0..3 {
            former = match (keeping.attempt(&former).await?, former) {
                (Tried::Kept, _) => return Ok(Kept::Kept),
                (Tried::RowRefused(row), _) => match why(&row, claimant, seen)? {
                    Why::Moved(record) => Former::Ours(record),
                    Why::Over(kept) => return Ok(kept),
                },
                (Tried::WayBackRefused, Former::Ours(record)) => Former::Anothers(record),
                (Tried::WayBackRefused, former) => former,
            };
        }
        let words = "could not keep the link: its row changed while it was written";
        Err(StoreError::new(StoreErrorKind::Unavailable, words))
    }
}

/// The end of a lease that was given back, and of one that was abandoned: both are long over.
pub(crate) const GIVEN_BACK: i64 = 0;
const ABANDONED: i64 = 1;

/// The row as it was before this lease: an end of the former lease that was not set to zero was never given back.
pub(crate) fn granted_over(before: &Row) -> Result<Lease, StoreError> {
    let link = record_row::link(before)?;
    let in_doubt =
        before.contains_key("lease_until_ms") && number::<i64>(before, "lease_until_ms")? != GIVEN_BACK;
    let link = if in_doubt { link.map(Link::in_doubt) } else { link };
    Ok(Lease::Granted(Holding { link, in_doubt, mentions: record_row::mentions(before)? }))
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

    async fn hand_over(
        &self,
        customer: &CustomerKey,
        owner: &str,
        mentions: &[Mention],
        now: Timestamp,
    ) -> Result<HandedOver, StoreError> {
        let room = MAX_MENTIONS.checked_sub(mentions.len());
        let Some(room) = room else { return Ok(HandedOver::Full) };
        let update = self.client.update_item().table_name(&self.table).set_key(Some(customer_row(customer)));
        let update = update
            .update_expression("SET mentions = list_append(if_not_exists(mentions, :none), :these)")
            .condition_expression(
                "lease_until_ms > :now AND lease_owner = :owner \
                 AND (attribute_not_exists(mentions) OR size(mentions) <= :room)",
            )
            .expression_attribute_values(":owner", s(owner))
            .expression_attribute_values(":none", AttributeValue::L(vec![]))
            .expression_attribute_values(":these", record_row::mention_list(mentions)?)
            .expression_attribute_values(":now", n(now.as_millisecond()))
            .expression_attribute_values(":room", count(room))
            .return_values_on_condition_check_failure(AllOld);
        match update.send().await {
            Ok(_) => Ok(HandedOver::Taken),
            Err(error) => match refused(&error) {
                Some(row) => not_taken(&row, owner, now),
                None => Err(store_error("could not leave word for the writer of the customer", error)),
            },
        }
    }

    async fn keep(
        &self,
        customer: &CustomerKey,
        claimant: &Claimant,
        link: Option<&Link>,
        seen: usize,
    ) -> Result<Kept, StoreError> {
        match link {
            Some(link) => self.keep_link(customer, claimant, link, seen).await,
            None => self.let_go(customer, claimant, seen).await,
        }
    }

    async fn lease_all(&self, asked: &[Asking<'_>]) -> Vec<Result<Lease, StoreError>> {
        let mut leases = Vec::with_capacity(asked.len());
        for (plain, Asking { customer, claimant }) in self.lease_plain(asked).await.into_iter().zip(asked) {
            leases.push(match plain {
                Some(lease) => lease,
                None => self.lease(customer, claimant).await,
            });
        }
        leases
    }

    async fn keep_all(&self, keepings: &[Keeping<'_>]) -> Vec<Result<Kept, StoreError>> {
        let mut all = Vec::with_capacity(keepings.len());
        for (plain, keeping) in self.keep_plain(keepings).await.into_iter().zip(keepings) {
            let Keeping { customer, claimant, link, seen, .. } = keeping;
            all.push(match plain {
                Some(kept) => kept,
                None => self.keep(customer, claimant, *link, *seen).await,
            });
        }
        all
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
    match refused(&error) {
        Some(row) => held_by(&row),
        None => Err(store_error("could not lease the customer in the table of records", error)),
    }
}

/// The row that stood against a condition, where that is what happened.
fn refused(error: &SdkError<UpdateItemError>) -> Option<Row> {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            Some(failed.item.clone().unwrap_or_default())
        }
        _ => None,
    }
}

fn is_owner(row: &Row, claimant: &Claimant) -> Result<bool, StoreError> {
    Ok(row.contains_key("lease_owner") && text(row, "lease_owner")? == claimant.owner)
}

/// Nobody writes, or there is no room.
fn not_taken(row: &Row, owner: &str, now: Timestamp) -> Result<HandedOver, StoreError> {
    let is_held = row.contains_key("lease_until_ms")
        && moment(row, "lease_until_ms")? > now
        && text(row, "lease_owner")? == owner;
    Ok(if is_held { HandedOver::Full } else { HandedOver::Free })
}

/// Why the row was not kept.
enum Why {
    /// It is linked with this other record.
    Moved(RecordId),
    /// There is nothing to try again.
    Over(Kept),
}

fn why(row: &Row, claimant: &Claimant, seen: usize) -> Result<Why, StoreError> {
    if !is_owner(row, claimant)? {
        return Ok(Why::Over(Kept::LostLease));
    }
    let mentions = record_row::mentions(row)?;
    if mentions.len() > seen {
        return Ok(Why::Over(Kept::Mentioned(mentions)));
    }
    Ok(Why::Moved(RecordId::new(text(row, "record")?)))
}

/// The answer to one whom the row stood against.
pub(crate) fn held_by(row: &Row) -> Result<Lease, StoreError> {
    Ok(Lease::Held { owner: text(row, "lease_owner")?.to_owned(), until: moment(row, "lease_until_ms")? })
}
