//! From what the SDK says to what a caller can do about it.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use store::{StoreError, StoreErrorKind};

/// The one place where a failure is sorted. `doing` says what was tried, without values.
pub(crate) fn store_error<E>(doing: &str, error: SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let said = StoreError::new(kind(&error), format!("{doing}: {}", words(&error)));
    // The source and not the whole: the whole holds the raw answer, and that may hold a row.
    match error.into_source() {
        Ok(source) => said.because(source),
        Err(error) => said.because(error),
    }
}

fn kind<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> StoreErrorKind {
    match error {
        // No region, no credentials, no endpoint: nothing has left us.
        SdkError::ConstructionFailure(_) => StoreErrorKind::Misconfigured,
        SdkError::DispatchFailure(failure) if failure.is_user() => StoreErrorKind::Misconfigured,
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or_default();
            of_code(code).unwrap_or_else(|| of_status(answer.raw().status().as_u16()))
        }
        _ => StoreErrorKind::Unavailable,
    }
}

/// DynamoDB: docs.aws.amazon.com/amazondynamodb, "Error handling with DynamoDB". SQS: `API_SendMessage`,
/// `API_ReceiveMessage`, "Common error types" (the older dotted names still come in a header). S3: docs.aws.amazon.com/AmazonS3, "Error responses".
pub(crate) fn of_code(code: &str) -> Option<StoreErrorKind> {
    let kind = match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "TransactionConflictException"
        | "TransactionInProgressException"
        | "ReplicatedWriteConflictException"
        | "KmsThrottled"
        | "KMS.ThrottlingException"
        | "OverLimit"
        | "InternalFailure"
        | "InternalServerError"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "SlowDown"
        | "OperationAborted"
        // A frozen function may wake up with old credentials; the next try has new ones.
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired" => StoreErrorKind::Unavailable,
        "ResourceNotFoundException"
        | "TableNotFoundException"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue"
        | "QueueDeletedRecently"
        | "AccessDenied"
        | "AccessDeniedException"
        | "NotAuthorized"
        | "OptInRequired"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidAddress"
        | "InvalidSecurity"
        | "UnsupportedOperation"
        | "NoSuchBucket"
        | "PermanentRedirect"
        | "InvalidAccessKeyId"
        | "AllAccessDisabled"
        | "KmsAccessDenied"
        | "KmsDisabled"
        | "KmsInvalidKeyUsage"
        | "KmsInvalidState"
        | "KmsNotFound"
        | "KmsOptInRequired" => StoreErrorKind::Misconfigured,
        _ => return None,
    };
    Some(kind)
}

fn of_status(status: u16) -> StoreErrorKind {
    match status {
        401 | 403 => StoreErrorKind::Misconfigured,
        408 | 429 | 500.. => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Refused,
    }
}

fn words<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    match error {
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "no answer came in time".to_owned(),
        SdkError::DispatchFailure(_) => "no connection carried it".to_owned(),
        SdkError::ResponseError(answer) => {
            format!("the answer could not be read (HTTP {})", answer.raw().status().as_u16())
        }
        SdkError::ServiceError(answer) => {
            let code = answer.err().code().unwrap_or("no code");
            format!("answered {code} (HTTP {})", answer.raw().status().as_u16())
        }
        _ => "it failed in a way that the SDK has no word for".to_owned(),
    }
}
