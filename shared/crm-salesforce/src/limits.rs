//! Salesforce's limits on one call, and how long its other limits ask us to wait.

use std::time::Duration;

/// Records of one sObject Collections call; more are refused.
pub(crate) const MAX_ROWS: usize = 200;

/// From how many rows on a job is cheaper than calls.
pub(crate) const BULK_FROM: usize = 2_000;

/// Rows of one ingest job: its CSV stays far below its 100 MB, and what it says of them below what we take as an answer.
pub(crate) const BULK_ROWS: usize = 10_000;

/// How long a job is waited for.
pub(crate) const BULK_PATIENCE: Duration = Duration::from_mins(10);

/// How long after it was begun a job is asked after for the first time; then each time twice as long, up to the last.
pub(crate) const BULK_WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// A query goes in an address, which takes 16 KB with its headers. Counted as it is escaped.
pub(crate) const MAX_QUERY: usize = 12_000;

/// Values in one list of a query.
pub(crate) const MAX_LISTED: usize = 400;

/// An address is no longer than this (RFC 5321).
pub(crate) const MAX_EMAIL: usize = 254;

/// Rows of one page of a listing.
pub(crate) const PAGE_ROWS: usize = 2_000;

/// Rows that are refused in one call with one and the same code, from which on it is not the records' fault.
pub(crate) const ALL_ALIKE: usize = 4;

/// The longest name of an opportunity.
pub(crate) const OPPORTUNITY_NAME: usize = 120;

/// The longest name of an order.
pub(crate) const ORDER_NAME: usize = 80;

/// The longest name of an account, and the longest subject of a task.
pub(crate) const NAME: usize = 255;

/// The longest description of a task. What is beyond stays in the shop.
pub(crate) const DESCRIPTION: usize = 32_000;

/// The longest family name.
pub(crate) const LAST_NAME: usize = 80;

/// The day's calls come back over 24 hours: looked at again after this.
pub(crate) const USED_UP: Duration = Duration::from_mins(15);

/// Too many long calls at once.
pub(crate) const TOO_MANY: Duration = Duration::from_secs(5);
