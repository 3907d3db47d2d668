//! The table of deliveries.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use domain::DeliveryKey;
use jiff::Timestamp;
use store::{Claim, Claimant, Concluded, Inbox, StoreError, Trail};

use crate::error::store_error;
use crate::row::{Row, maybe_text, moment, n, number, s, text};

const REMEMBERED_FOR_S: i64 = 7 * 24 * 3600;
const IN_PROGRESS: &str = "in_progress";
const DONE: &str = "done";
const FAILED: &str = "failed";
const CONCLUDING: &str = "could not note what became of the delivery in the table of keys";
const CLAIMING: &str = "could not claim the delivery in the table of keys";

/// What makes a row free for a claimant. An expired row does not count, and its outcome must not come back: that case
/// is [`Keys::start_over`]'s.
const FREE: &str = "attribute_not_exists(pk) OR (expires_at > :now_s AND (#state = :failed \
    OR (#state = :in_progress AND (until_ms <= :now_ms OR #owner = :me)) \
    OR (#state = :done AND replays < :replays)))";

/// The memory of deliveries in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct Keys {
    client: Client,
    table: String,
}

impl Keys {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// One cheap read that opens the connection, for the time before the first event.
    pub async fn warm(&self) -> Result<(), StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", s("warm"));
        get.send()
            .await
            .map_err(|error| store_error("could not open the connection to the table of keys", error))?;
        Ok(())
    }

    fn update(&self, delivery: &DeliveryKey, claimant: &Claimant) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table).key("pk", s(pk(delivery)));
        update
            .return_values_on_condition_check_failure(AllOld)
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":in_progress", s(IN_PROGRESS))
            .expression_attribute_values(":me", s(&claimant.owner))
            .expression_attribute_values(":expires", n(expires_at(claimant.now)))
    }

    /// One conditional write: the claim, or the row that stood against it.
    async fn take(
        &self,
        delivery: &DeliveryKey,
        replays: u32,
        claimant: &Claimant,
    ) -> Result<Result<Claim, Row>, StoreError> {
        let update = self
            .update(delivery, claimant)
            .update_expression(
                "SET #state = :in_progress, #owner = :me, until_ms = :until, replays = :replays, expires_at = :expires",
            )
            .condition_expression(FREE)
            .expression_attribute_values(":failed", s(FAILED))
            .expression_attribute_values(":done", s(DONE))
            .expression_attribute_values(":until", n(claimant.until.as_millisecond()))
            .expression_attribute_values(":now_ms", n(claimant.now.as_millisecond()))
            .expression_attribute_values(":now_s", n(claimant.now.as_second()))
            .expression_attribute_values(":replays", n(replays))
            .return_values(ReturnValue::AllOld);
        match update.send().await {
            Ok(granted) if granted.attributes.as_ref().is_some_and(|before| !before.is_empty()) => {
                Ok(Ok(Claim::Again))
            }
            Ok(_) => Ok(Ok(Claim::Fresh)),
            Err(error) => stood_against(error, CLAIMING).map(Err),
        }
    }

    /// The row has expired and was not removed yet: it is replaced as a whole.
    async fn start_over(
        &self,
        delivery: &DeliveryKey,
        replays: u32,
        claimant: &Claimant,
    ) -> Result<Result<Claim, Row>, StoreError> {
        let put = self.client.put_item().table_name(&self.table);
        let put = put
            .item("pk", s(pk(delivery)))
            .item("state", s(IN_PROGRESS))
            .item("owner", s(&claimant.owner))
            .item("until_ms", n(claimant.until.as_millisecond()))
            .item("replays", n(replays))
            .item("expires_at", n(expires_at(claimant.now)))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now_s")
            .expression_attribute_values(":now_s", n(claimant.now.as_second()))
            .return_values_on_condition_check_failure(AllOld);
        match put.send().await {
            Ok(_) => Ok(Ok(Claim::Fresh)),
            Err(error) => stood_against_put(error, CLAIMING).map(Err),
        }
    }

    async fn end(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        state: &str,
        words: &str,
    ) -> Result<Concluded, StoreError> {
        let update = self
            .update(delivery, claimant)
            .update_expression("SET #state = :state, #outcome = :words, expires_at = :expires")
            .condition_expression("#owner = :me AND #state = :in_progress")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_values(":state", s(state))
            .expression_attribute_values(":words", s(words));
        match update.send().await {
            Ok(_) => Ok(Concluded::Noted),
            Err(error) => said_before(&stood_against(error, CONCLUDING)?, claimant, state),
        }
    }
}

impl Inbox for Keys {
    async fn claim(
        &self,
        delivery: &DeliveryKey,
        replays: u32,
        claimant: &Claimant,
    ) -> Result<Claim, StoreError> {
        let taken = match self.take(delivery, replays, claimant).await? {
            Err(row) if expired(&row, claimant.now)? => self.start_over(delivery, replays, claimant).await?,
            taken => taken,
        };
        taken.or_else(|row| answer(&row, replays, claimant))
    }

    async fn conclude(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        outcome: &str,
    ) -> Result<Concluded, StoreError> {
        self.end(delivery, claimant, DONE, outcome).await
    }

    async fn give_back(
        &self,
        delivery: &DeliveryKey,
        claimant: &Claimant,
        reason: &str,
    ) -> Result<Concluded, StoreError> {
        self.end(delivery, claimant, FAILED, reason).await
    }

    async fn trail(&self, delivery: &DeliveryKey, now: Timestamp) -> Result<Option<Trail>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", s(pk(delivery)));
        let doing = "could not read the delivery in the table of keys";
        let found = get.consistent_read(true).send().await.map_err(|error| store_error(doing, error))?;
        match found.item {
            Some(row) if !expired(&row, now)? => {
                Ok(Some(Trail { done: text(&row, "state")? == DONE, outcome: maybe_text(&row, "outcome")? }))
            }
            _ => Ok(None),
        }
    }
}

fn pk(delivery: &DeliveryKey) -> String {
    format!("delivery#{delivery}")
}

/// The second is rounded up, so that the seven days are whole ones.
fn expires_at(now: Timestamp) -> i64 {
    now.as_second() + REMEMBERED_FOR_S + 1
}

/// TTL removes late (days, says AWS), so the expiry is looked at everywhere.
fn expired(row: &Row, now: Timestamp) -> Result<bool, StoreError> {
    Ok(number::<i64>(row, "expires_at")? <= now.as_second())
}

/// What the row says to one whom it stood against. The row's owner is let in: its first answer got lost on the way.
fn answer(row: &Row, replays: u32, claimant: &Claimant) -> Result<Claim, StoreError> {
    match text(row, "state")? {
        DONE if number::<u32>(row, "replays")? >= replays => Ok(Claim::Done),
        IN_PROGRESS if text(row, "owner")? == claimant.owner => Ok(Claim::Again),
        _ => Ok(Claim::InProgress { until: moment(row, "until_ms")? }),
    }
}

/// An owner who repeats itself, because the first answer got lost on the way, gets the same answer.
fn said_before(row: &Row, claimant: &Claimant, state: &str) -> Result<Concluded, StoreError> {
    let same = !row.is_empty() && text(row, "owner")? == claimant.owner && text(row, "state")? == state;
    Ok(if same { Concluded::Noted } else { Concluded::LostClaim })
}

/// The row that the condition failed on, where that is what happened.
fn stood_against(error: SdkError<UpdateItemError>, doing: &str) -> Result<Row, StoreError> {
    if let Some(UpdateItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() {
        return Ok(failed.item.clone().unwrap_or_default());
    }
    Err(store_error(doing, error))
}

/// The same for a row that was to be replaced.
fn stood_against_put(error: SdkError<PutItemError>, doing: &str) -> Result<Row, StoreError> {
    if let Some(PutItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() {
        return Ok(failed.item.clone().unwrap_or_default());
    }
    Err(store_error(doing, error))
}
