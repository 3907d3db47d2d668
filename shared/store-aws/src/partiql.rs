//! Many conditional writes in few calls.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementErrorCodeEnum, BatchStatementRequest, BatchStatementResponse,
    ReturnValuesOnConditionCheckFailure,
};
use store::{StoreError, StoreErrorKind};

use crate::error::store_error;
use crate::row::Row;

/// `BatchExecuteStatement` takes no more (docs.aws.amazon.com/amazondynamodb, `API_BatchExecuteStatement`).
const AT_ONCE: usize = 25;

/// One conditional write of one row.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) parameters: Vec<AttributeValue>,
}

/// What became of one statement.
#[derive(Debug)]
pub(crate) enum Stated {
    /// It was carried out; the row that it returns, where it asks for one and there was one.
    Done(Row),
    /// Its condition did not hold, or the row to be inserted is there already: this is the row, where it was told.
    Stood(Row),
}

/// Carries out all of them, so many in a call. One answer for each, in their order. No two may be about the same row.
pub(crate) async fn execute(
    client: &Client,
    statements: Vec<Statement>,
    doing: &str,
) -> Vec<Result<Stated, StoreError>> {
    let mut answers = Vec::with_capacity(statements.len());
    let mut statements = statements.into_iter().peekable();
    while statements.peek().is_some() {
        let some: Vec<_> = statements.by_ref().take(AT_ONCE).collect();
        answers.extend(one_call(client, some, doing).await);
    }
    answers
}

async fn one_call(
    client: &Client,
    statements: Vec<Statement>,
    doing: &str,
) -> Vec<Result<Stated, StoreError>> {
    let count = statements.len();
    let requests = statements.into_iter().map(request).collect::<Result<Vec<_>, _>>();
    let requests = match requests {
        Ok(requests) => requests,
        Err(cause) => {
            let unbuilt = StoreError::new(StoreErrorKind::Refused, doing).because(cause);
            return all(&unbuilt, count);
        }
    };
    match client.batch_execute_statement().set_statements(Some(requests)).send().await {
        Ok(said) => each(said.responses.unwrap_or_default(), count, doing),
        Err(error) => all(&store_error(doing, error), count),
    }
}

fn request(statement: Statement) -> Result<BatchStatementRequest, aws_sdk_dynamodb::error::BuildError> {
    BatchStatementRequest::builder()
        .statement(statement.text)
        .set_parameters(Some(statement.parameters))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
}

/// An answer that speaks of fewer statements says nothing of the others.
fn each(
    responses: Vec<BatchStatementResponse>,
    count: usize,
    doing: &str,
) -> Vec<Result<Stated, StoreError>> {
    let mut answers: Vec<_> = responses.into_iter().take(count).map(|said| answer(said, doing)).collect();
    let unsaid =
        || StoreError::new(StoreErrorKind::Unavailable, format!("{doing}: not every statement was answered"));
    answers.resize_with(count, || Err(unsaid()));
    answers
}

fn answer(said: BatchStatementResponse, doing: &str) -> Result<Stated, StoreError> {
    let row = said.item.unwrap_or_default();
    let Some(error) = said.error else { return Ok(Stated::Done(row)) };
    let Some(code) = error.code else {
        return Err(StoreError::new(StoreErrorKind::Unavailable, format!("{doing}: refused without a code")));
    };
    if matches!(
        code,
        BatchStatementErrorCodeEnum::ConditionalCheckFailed | BatchStatementErrorCodeEnum::DuplicateItem
    ) {
        return Ok(Stated::Stood(error.item.unwrap_or(row)));
    }
    Err(StoreError::new(kind(&code), format!("{doing}: a statement was answered {code}")))
}

/// The codes of `API_BatchStatementError`.
fn kind(code: &BatchStatementErrorCodeEnum) -> StoreErrorKind {
    match code {
        BatchStatementErrorCodeEnum::InternalServerError
        | BatchStatementErrorCodeEnum::ProvisionedThroughputExceeded
        | BatchStatementErrorCodeEnum::RequestLimitExceeded
        | BatchStatementErrorCodeEnum::ThrottlingError
        | BatchStatementErrorCodeEnum::TransactionConflict => StoreErrorKind::Unavailable,
        BatchStatementErrorCodeEnum::AccessDenied | BatchStatementErrorCodeEnum::ResourceNotFound => {
            StoreErrorKind::Misconfigured
        }
        _ => StoreErrorKind::Refused,
    }
}

fn all(error: &StoreError, count: usize) -> Vec<Result<Stated, StoreError>> {
    (0..count).map(|_| Err(error.clone())).collect()
}

/// A table's name in a statement. Names have letters, digits, `_`, `-` and `.` only, so nothing in it has to be escaped.
pub(crate) fn quoted(table: &str) -> String {
    format!("\"{table}\"")
}
