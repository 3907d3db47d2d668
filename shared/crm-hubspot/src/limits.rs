//! HubSpot's limits on one call, and how long its other limits ask us to wait.

use std::time::Duration;

use crm::CrmErrorKind;

/// Inputs of one batch (developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis); more are refused.
pub(crate) const MAX_INPUTS: usize = 100;

/// Records of one page of a list (developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis).
pub(crate) const LIST_PAGE: usize = 100;

/// Filter groups of one search (developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm).
pub(crate) const MAX_SEARCH_GROUPS: usize = 5;

/// Values in one list of a search.
pub(crate) const MAX_SEARCH_VALUES: usize = 100;

/// What all lists of a search are long together: with all that is to be read, its body stays below its 3,000 characters.
pub(crate) const MAX_SEARCH_VALUE_BYTES: usize = 1_600;

/// Results of one page of a search.
pub(crate) const SEARCH_PAGE: usize = 200;

/// Results that a search gives at most (developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm).
pub(crate) const MAX_SEARCH_RESULTS: u64 = 10_000;

/// Pages that are read of a search for one person. More people than on these have that name.
pub(crate) const MAX_SEARCH_PAGES: usize = 5;

/// The body of a search (developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm).
pub(crate) const MAX_SEARCH_BODY: usize = 3_000;

/// An address is no longer than this (RFC 5321), so that a search's body stays below its 3,000 characters.
pub(crate) const MAX_EMAIL_BYTES: usize = 254;

/// A name that is longer is not looked for, for the same reason.
pub(crate) const MAX_NAME_BYTES: usize = 100;

/// Refusals in a row, each of a single record and none with a reason, after which it is not the records' fault.
pub(crate) const MAX_UNNAMED: usize = 4;

const DAILY: Duration = Duration::from_hours(1);
const TEN_SECONDLY: Duration = Duration::from_secs(10);
const SECONDLY: Duration = Duration::from_secs(1);
const LOCKED: Duration = Duration::from_secs(2);

/// A 429. The policy may be missing, then the message says it; `Retry-After` is not promised. The daily limit ends at
/// the midnight of an account whose time zone we do not know, so it is looked at again in an hour.
pub(crate) fn limited(policy: &str, message: &str, retry_after: Option<Duration>) -> CrmErrorKind {
    let said = format!("{policy} {message}").to_ascii_lowercase();
    if said.contains("daily") {
        return used_up(retry_after);
    }
    let usual =
        if said.contains("secondly") && !said.contains("ten_secondly") { SECONDLY } else { TEN_SECONDLY };
    CrmErrorKind::RateLimited { retry_after: Some(retry_after.unwrap_or(usual)) }
}

/// The day's allowance, or an account that is being moved (477).
pub(crate) fn used_up(retry_after: Option<Duration>) -> CrmErrorKind {
    CrmErrorKind::QuotaUsedUp { retry_after: Some(retry_after.unwrap_or(DAILY)) }
}

/// A 423: wait at least two seconds.
pub(crate) fn locked(retry_after: Option<Duration>) -> CrmErrorKind {
    CrmErrorKind::RateLimited { retry_after: Some(retry_after.unwrap_or(LOCKED).max(LOCKED)) }
}
