//! The budgets, in the table of keys.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use domain::{Ask, Budget, Reservation, Signal, Why};
use jiff::Timestamp;
use store::{Account, Budgets, StoreError, StoreErrorKind};

use crate::budget_row;
use crate::error::store_error;
use crate::row::{Row, n, s};

const RESERVING: &str = "could not reserve units of the account in the table of keys";
const HEARING: &str = "could not note what was heard of the account in the table of keys";

/// How often somebody else may be faster before a batch waits: each try is a write.
const TRIES: u32 = 10;

/// By then those who were faster are done.
const CROWD_IS_GONE: Duration = Duration::from_millis(200);

/// The memory of what accounts were used for in `DynamoDB`.
#[derive(Debug, Clone)]
pub struct AccountBudgets {
    client: Client,
    table: String,
}

impl AccountBudgets {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the row, decides, and writes what was decided if the row is still that one; if not, decides over the row
    /// that stood against it. `None` where somebody else was faster each time: then nothing was written.
    async fn change<T>(
        &self,
        account: &Account,
        now: Timestamp,
        doing: &str,
        decide: impl Fn(Budget) -> (Budget, T) + Send,
    ) -> Result<Option<T>, StoreError> {
        let mut row = self.read(account, doing).await?;
        for _ in 0..TRIES {
            let before = budget_row::budget(&row)?;
            let (after, answer) = decide(before);
            if after == before {
                return Ok(Some(answer));
            }
            match self.write(account, &row, after, now, doing).await? {
                None => return Ok(Some(answer)),
                Some(theirs) => row = theirs,
            }
        }
        Ok(None)
    }

    async fn read(&self, account: &Account, doing: &str) -> Result<Row, StoreError> {
        let get = self.client.get_item().table_name(&self.table).key("pk", s(pk(account)));
        let found = get.consistent_read(true).send().await.map_err(|error| store_error(doing, error))?;
        Ok(found.item.unwrap_or_default())
    }

    /// One conditional write. The row that stood against it, or `None` where it was made.
    async fn write(
        &self,
        account: &Account,
        seen: &Row,
        after: Budget,
        now: Timestamp,
        doing: &str,
    ) -> Result<Option<Row>, StoreError> {
        let version = budget_row::version(seen)?;
        let put = self.client.put_item().table_name(&self.table).item("pk", s(pk(account)));
        let put = put.return_values_on_condition_check_failure(AllOld);
        let put = budget_row::attributes(&after, version + 1, now)
            .into_iter()
            .fold(put, |put, (name, value)| put.item(name, value));
        match still_as(put, version).send().await {
            Ok(_) => Ok(None),
            Err(error) => stood_against(error, doing).map(Some),
        }
    }
}

impl Budgets for AccountBudgets {
    async fn reserve(&self, account: &Account, ask: &Ask, now: Timestamp) -> Result<Reservation, StoreError> {
        let reserved = self.change(account, now, RESERVING, |budget| budget.reserve(ask, now)).await?;
        Ok(reserved.unwrap_or_else(|| {
            let until = now.checked_add(CROWD_IS_GONE).unwrap_or(Timestamp::MAX);
            Reservation::Wait { until, why: Why::Rate }
        }))
    }

    async fn heard(&self, account: &Account, signal: Signal, now: Timestamp) -> Result<(), StoreError> {
        let heard = self.change(account, now, HEARING, |budget| (budget.heard(signal, now), ())).await?;
        let words = || format!("{HEARING}: its row changed each time while it was written");
        heard.ok_or_else(|| StoreError::new(StoreErrorKind::Unavailable, words()))
    }
}

fn pk(account: &Account) -> String {
    format!("budget#{account}")
}

/// Only where the row is still of that version; zero is no row.
fn still_as(put: PutItemFluentBuilder, version: u64) -> PutItemFluentBuilder {
    if version == 0 {
        return put.condition_expression("attribute_not_exists(pk)");
    }
    let put = put.condition_expression("#version = :seen").expression_attribute_names("#version", "version");
    put.expression_attribute_values(":seen", n(version))
}

/// The row that the condition failed on, where that is what happened; empty where it was removed meanwhile.
fn stood_against(error: SdkError<PutItemError>, doing: &str) -> Result<Row, StoreError> {
    if let Some(PutItemError::ConditionalCheckFailedException(failed)) = error.as_service_error() {
        return Ok(failed.item.clone().unwrap_or_default());
    }
    Err(store_error(doing, error))
}
