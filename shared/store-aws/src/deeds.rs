//! The actions that were begun and done, in the table of keys.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use domain::ActionKey;
use jiff::Timestamp;
use store::{Begun, Claimant, Deeds, StoreError};

use crate::error::store_error;
use crate::row::{Row, maybe_text, moment, n, number, s, text};

const BEGINNING: &str = "could not begin the action in the table of keys";
const ENDING: &str = "could not note what became of the action in the table of keys";
const GIVING_BACK: &str = "could not give the action back in the table of keys";
const READING: &str = "could not read the action in the table of keys";

const BEGUN: &str = "begun";
const DONE: &str = "done";

/// Two years, of which either may be a leap year.
const REMEMBERED_FOR_S: i64 = 2 * 366 * 24 * 3600;

/// Nobody began it, or its time ran out, or it is one's own.
const FREE: &str = "attribute_not_exists(pk) OR expires_at <= :now_s \
                    OR (#state = :begun AND (until_ms <= :now_ms OR begun_by = :me))";
const NOT_DONE: &str = "attribute_not_exists(pk) OR #state <> :done OR expires_at <= :now_s";

/// The memory of actions in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct ActionDeeds {
    client: Client,
    table: String,
}

impl ActionDeeds {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    fn update(&self, action: &ActionKey) -> UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(&self.table).key("pk", s(pk(action)));
        update.expression_attribute_names("#state", "state")
    }

    /// What was begun once more stays so: its time is over, and who began it before may have done it.
    async fn end_time(&self, action: &ActionKey, claimant: &Claimant) -> Result<(), StoreError> {
        let update = self
            .update(action)
            .update_expression("SET until_ms = :over")
            .condition_expression("#state = :begun AND begun_by = :me")
            .expression_attribute_values(":begun", s(BEGUN))
            .expression_attribute_values(":me", s(&claimant.owner))
            .expression_attribute_values(":over", n(0));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if refused(&error).is_some() => Ok(()),
            Err(error) => Err(store_error(GIVING_BACK, error)),
        }
    }

    /// Removes the row where nobody had begun the action before. Whether that is so.
    async fn forget(&self, action: &ActionKey, claimant: &Claimant) -> Result<bool, StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", s(pk(action)))
            .condition_expression("#state = :begun AND begun_by = :me AND begins = :once")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":begun", s(BEGUN))
            .expression_attribute_values(":me", s(&claimant.owner))
            .expression_attribute_values(":once", n(1));
        match delete.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(answer)) if answer.err().is_conditional_check_failed_exception() => {
                Ok(false)
            }
            Err(error) => Err(store_error(GIVING_BACK, error)),
        }
    }
}

impl Deeds for ActionDeeds {
    async fn begin(&self, action: &ActionKey, claimant: &Claimant) -> Result<Begun, StoreError> {
        let Claimant { owner, now, until } = claimant;
        let update = self
            .update(action)
            .update_expression(
                "SET #state = :begun, begun_by = :me, until_ms = :until_ms, expires_at = :expires, \
                 begins = if_not_exists(begins, :none) + :one REMOVE #outcome",
            )
            .condition_expression(FREE)
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_values(":begun", s(BEGUN))
            .expression_attribute_values(":me", s(owner))
            .expression_attribute_values(":until_ms", n(until.as_millisecond()))
            .expression_attribute_values(":now_ms", n(now.as_millisecond()))
            .expression_attribute_values(":now_s", n(now.as_second()))
            .expression_attribute_values(":expires", n(expires_at(*now)))
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(AllOld);
        match update.send().await {
            Ok(begun) => begun_over(&begun.attributes.unwrap_or_default(), *now),
            Err(error) => match refused(&error) {
                Some(row) => stood(&row),
                None => Err(store_error(BEGINNING, error)),
            },
        }
    }

    async fn done(&self, action: &ActionKey, outcome: &str, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .update(action)
            .update_expression(
                "SET #state = :done, #outcome = :outcome, expires_at = :expires REMOVE begun_by, until_ms, begins",
            )
            .condition_expression(NOT_DONE)
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_values(":done", s(DONE))
            .expression_attribute_values(":outcome", s(outcome))
            .expression_attribute_values(":expires", n(expires_at(now)))
            .expression_attribute_values(":now_s", n(now.as_second()));
        match update.send().await {
            Ok(_) => Ok(()),
            // What was said first stays.
            Err(error) if refused(&error).is_some() => Ok(()),
            Err(error) => Err(store_error(ENDING, error)),
        }
    }

    async fn undone(&self, action: &ActionKey, claimant: &Claimant) -> Result<(), StoreError> {
        if self.forget(action, claimant).await? { Ok(()) } else { self.end_time(action, claimant).await }
    }

    async fn outcome(&self, action: &ActionKey, now: Timestamp) -> Result<Option<String>, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", s(pk(action)));
        let found = get.consistent_read(true).send().await.map_err(|error| store_error(READING, error))?;
        match found.item {
            Some(row) if !expired(&row, now)? => maybe_text(&row, "outcome"),
            _ => Ok(None),
        }
    }
}

fn pk(action: &ActionKey) -> String {
    format!("action#{action}")
}

/// The second is rounded up, so that the years are whole ones.
fn expires_at(now: Timestamp) -> i64 {
    now.as_second() + REMEMBERED_FOR_S + 1
}

/// TTL removes late (days, says AWS), so the expiry is looked at everywhere.
fn expired(row: &Row, now: Timestamp) -> Result<bool, StoreError> {
    Ok(number::<i64>(row, "expires_at")? <= now.as_second())
}

/// The row as it was before: none, or an expired one, was nobody's.
fn begun_over(before: &Row, now: Timestamp) -> Result<Begun, StoreError> {
    Ok(if before.is_empty() || expired(before, now)? { Begun::Fresh } else { Begun::Again })
}

/// What stood against beginning it.
fn stood(row: &Row) -> Result<Begun, StoreError> {
    if text(row, "state")? == DONE {
        return Ok(Begun::Done);
    }
    Ok(Begun::Held { until: moment(row, "until_ms")? })
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
