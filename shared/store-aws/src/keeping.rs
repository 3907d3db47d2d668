//! Keeping a link: the customer's row and the way back, both or none.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Delete, Put, TransactWriteItem, Update};
use domain::{CustomerKey, RecordId};
use store::{Claimant, Link, StoreError, StoreErrorKind};

use crate::due_row::index_attributes;
use crate::error::store_error;
use crate::record_row::{customer_row, newest_order_text, signals_text, way_back_row, written_map};
use crate::row::{Row, n, s};

const DOING: &str = "could not keep the link in the table of records";
/// The order of the actions is that of the reasons in a refusal.
const ROW: usize = 0;
const FORMER_WAY_BACK: usize = 2;

/// Which record the row is linked with, as far as we know.
#[derive(Debug)]
pub(crate) enum Former {
    /// The same one, or none yet: nearly always.
    SameOrNone,
    /// This one, and its way back leads to our customer.
    Ours(RecordId),
    /// This one, but its way back leads to another customer by now, and stays.
    Anothers(RecordId),
}

/// What became of a try.
#[derive(Debug)]
pub(crate) enum Tried {
    Kept,
    /// The fence held, something was left meanwhile, or the row is linked with another record: this is the row.
    RowRefused(Row),
    /// The former record's way back leads to another customer.
    WayBackRefused,
}

/// What is to be kept, where and by whom.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    pub(crate) client: &'a Client,
    pub(crate) table: &'a str,
    pub(crate) customer: &'a CustomerKey,
    pub(crate) claimant: &'a Claimant,
    pub(crate) link: &'a Link,
    /// How many mentions the claimant has seen.
    pub(crate) seen: usize,
}

/// Nothing was left that the claimant has not seen. Who says it again has removed what it saw already.
pub(crate) const ALL_SEEN: &str = "(attribute_not_exists(mentions) OR size(mentions) <= :seen)";

const REMEMBERED: &str = "SET #record = :record, #version = :version, #written = :written, newest_order = :newest, \
                          signals = :signals, lease_until_ms = :over";

impl Transaction<'_> {
    /// One transaction. The SDK gives each call a `ClientRequestToken` and keeps it over its own retries, so that a
    /// retry whose first try was carried out is answered with success.
    pub(crate) async fn attempt(&self, former: &Former) -> Result<Tried, StoreError> {
        let write = self.client.transact_write_items().set_transact_items(Some(self.actions(former)?));
        match write.send().await {
            Ok(_) => Ok(Tried::Kept),
            Err(error) => refusal(error),
        }
    }

    fn actions(&self, former: &Former) -> Result<Vec<TransactWriteItem>, StoreError> {
        let row = self.row(former).map_err(unbuilt)?;
        let way_back = self.way_back().map_err(unbuilt)?;
        let mut actions = vec![
            TransactWriteItem::builder().update(row).build(),
            TransactWriteItem::builder().put(way_back).build(),
        ];
        if let Former::Ours(record) = former {
            let removed = self.without_way_back(record).map_err(unbuilt)?;
            actions.push(TransactWriteItem::builder().delete(removed).build());
        }
        Ok(actions)
    }

    fn row(&self, former: &Former) -> Result<Update, BuildError> {
        let linked = match former {
            Former::SameOrNone => &self.link.record,
            Former::Ours(record) | Former::Anothers(record) => record,
        };
        self.due(Update::builder())
            .table_name(self.table)
            .set_key(Some(customer_row(self.customer)))
            .expression_attribute_values(":newest", newest_order_text(self.link))
            .expression_attribute_values(":signals", signals_text(self.link))
            .condition_expression(format!(
                "lease_owner = :me AND {ALL_SEEN} AND (attribute_not_exists(#record) OR #record = :linked)"
            ))
            .expression_attribute_values(":seen", count(self.seen))
            .expression_attribute_names("#record", "record")
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#written", "written")
            .expression_attribute_values(":record", s(self.link.record.as_str()))
            .expression_attribute_values(":version", s(self.link.version.to_string()))
            .expression_attribute_values(":written", written_map(self.link))
            .expression_attribute_values(":over", n(0))
            .expression_attribute_values(":me", s(&self.claimant.owner))
            .expression_attribute_values(":linked", s(linked.as_str()))
            .return_values_on_condition_check_failure(AllOld)
            .build()
    }

    /// What is remembered; the row comes into the index of what is due, or out of it.
    fn due(&self, update: UpdateBuilder) -> UpdateBuilder {
        let Some(at) = self.link.signals.due_at else {
            return update.update_expression(format!("{REMEMBERED} REMOVE mentions, due_in, due_at_ms"));
        };
        let [part, due] = index_attributes(&self.customer.shop, at);
        update
            .update_expression(format!("{REMEMBERED}, due_in = :part, due_at_ms = :due REMOVE mentions"))
            .expression_attribute_values(":part", part)
            .expression_attribute_values(":due", due)
    }

    fn way_back(&self) -> Result<Put, BuildError> {
        let put = Put::builder().table_name(self.table).set_item(Some(way_back_row(&self.link.record)));
        put.item("shop", s(self.customer.shop.as_str()))
            .item("customer_id", n(self.customer.customer.get()))
            .build()
    }

    fn without_way_back(&self, record: &RecordId) -> Result<Delete, BuildError> {
        Delete::builder()
            .table_name(self.table)
            .set_key(Some(way_back_row(record)))
            .condition_expression("attribute_not_exists(pk) OR (#shop = :shop AND customer_id = :id)")
            .expression_attribute_names("#shop", "shop")
            .expression_attribute_values(":shop", s(self.customer.shop.as_str()))
            .expression_attribute_values(":id", n(self.customer.customer.get()))
            .build()
    }
}

/// A count to compare with.
pub(crate) fn count(seen: usize) -> AttributeValue {
    n(i128::try_from(seen).unwrap_or(i128::MAX))
}

fn unbuilt(cause: BuildError) -> StoreError {
    StoreError::new(StoreErrorKind::Refused, DOING).because(cause)
}

fn refusal(error: SdkError<TransactWriteItemsError>) -> Result<Tried, StoreError> {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().to_vec()
        }
        _ => return Err(store_error(DOING, error)),
    };
    let refused =
        |action: usize| reasons.get(action).filter(|reason| code(reason) == "ConditionalCheckFailed");
    if let Some(row) = refused(ROW) {
        return Ok(Tried::RowRefused(row.item.clone().unwrap_or_default()));
    }
    if refused(FORMER_WAY_BACK).is_some() {
        return Ok(Tried::WayBackRefused);
    }
    match reasons.iter().map(code).find(|code| is_passing(code)) {
        Some(code) => {
            Err(StoreError::new(StoreErrorKind::Unavailable, format!("{DOING}: cancelled by {code}"))
                .because(error.into_service_error()))
        }
        None => Err(store_error(DOING, error)),
    }
}

fn code(reason: &CancellationReason) -> &str {
    reason.code.as_deref().unwrap_or("None")
}

/// Reasons that are over in a moment (`API_TransactWriteItems`, "`TransactionCanceledException`").
fn is_passing(code: &str) -> bool {
    matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
}
