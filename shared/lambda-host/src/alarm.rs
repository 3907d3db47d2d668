//! When to go on.

use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;

use crate::now;

/// Rings at that time, UTC; at once where it is past.
pub fn alarm(at: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(tokio::time::sleep(Duration::try_from(at.duration_since(now())).unwrap_or_default()))
}
