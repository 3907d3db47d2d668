//! Customers who are named: synced again, whether they differ or not (S-196).

use domain::{CustomerId, ShopDomain};
use jiff::Timestamp;
use store::Outbox;

use super::repair;
use crate::failure::Failure;

/// Sends these customers to be synced again. `run` is a name of this request's own: with the same, it is the same request.
pub async fn backfill(
    shop: &ShopDomain,
    run: &str,
    customers: &[CustomerId],
    outbox: &impl Outbox,
    now: Timestamp,
) -> Result<(), Failure> {
    Ok(repair::send(shop, run, customers, outbox, now).await?)
}
