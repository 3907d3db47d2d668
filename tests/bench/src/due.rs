//! How much of the index is read to find the few who are due among many.

use domain::{CustomerId, CustomerKey, Envelope, RecordId, ShopDomain, SignalState};
use flows::{Watch, due};
use jiff::{SignedDuration, Timestamp};
use store::memory::{Faults, MemoryDue, MemoryLinks};
use store::{Asking, Claimant, Keeping, Link, Links, Outbox, StoreError};
use tokio::sync::Mutex;

use crate::failure::{Failure, FailureKind};
use crate::figure::{Figure, Goal};

const CUSTOMERS: u64 = 1_000_000;
/// One of so many has been silent for long enough.
const ONE_IN: u64 = 1_000;

/// The figures of the area.
pub(crate) fn measure() -> Result<Vec<Figure>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime
        .map_err(|cause| Failure::caused(FailureKind::Harness, "the bench cannot run the flow", cause))?;
    runtime.block_on(winback(CUSTOMERS))
}

/// A shop of so many customers, and one run.
async fn winback(customers: u64) -> Result<Vec<Figure>, Failure> {
    let shop = ShopDomain::parse("demo.myshopify.com").map_err(|_| harness())?;
    let now: Timestamp = "2026-11-20T10:00:00Z".parse().map_err(|_| harness())?;
    let links = MemoryLinks::default();
    for customer in 1..=customers {
        remember(&links, &shop, customer, now).await?;
    }
    let (index, queue) = (MemoryDue::over(links, Faults::default()), Queue::default());
    let (clock, deadline) = (|| now, now + SignedDuration::from_mins(5));
    let report = due(&[shop], &Watch { index: &index, outbox: &queue, clock: &clock, deadline }, false).await;
    let rows: u64 = report.shops.iter().map(|shop| shop.rows_read).sum();
    let mut sent = queue.0.into_inner();
    sent.sort_unstable();
    sent.dedup();
    let (due, sent) = (customers / ONE_IN, sent.len());
    Ok(vec![
        figure(format!("due: rows read for {due} of {customers} customers"), rows, "rows")
            .goal(Goal::AtMost(whole(due) * 1.1)),
        figure(format!("due: of {due} sent, each once"), u64::try_from(sent).unwrap_or(u64::MAX), "events")
            .goal(Goal::Exactly(whole(due))),
    ])
}

fn figure(name: String, value: u64, unit: &'static str) -> Figure {
    Figure::new(name, Some(whole(value)), unit).beside("the index in memory")
}

#[allow(clippy::cast_precision_loss, reason = "counts of at most a million")]
fn whole(count: u64) -> f64 {
    count as f64
}

/// Some fell silent long enough ago, within the last two weeks; the others will, from a second to ninety days from now.
async fn remember(
    links: &MemoryLinks,
    shop: &ShopDomain,
    customer: u64,
    now: Timestamp,
) -> Result<(), Failure> {
    let spread = i64::try_from(customer).unwrap_or_default();
    let due_at = if customer.is_multiple_of(ONE_IN) {
        now - SignedDuration::from_secs(spread % (13 * 86_400))
    } else {
        now + SignedDuration::from_secs(1 + spread % (90 * 86_400))
    };
    let link = Link {
        record: RecordId::new(customer.to_string()),
        version: now,
        written: [].into(),
        newest_order: None,
        signals: SignalState { due_at: Some(due_at), ..SignalState::default() },
    };
    let key = CustomerKey { shop: shop.clone(), customer: CustomerId::new(customer) };
    let claimant = Claimant { owner: "bench".to_owned(), now, until: now + SignedDuration::from_mins(1) };
    let leased = links.lease_all(&[Asking { customer: &key, claimant: &claimant }]).await;
    let keeping = Keeping { customer: &key, claimant: &claimant, link: Some(&link), linked: None, seen: 0 };
    let kept = links.keep_all(&[keeping]).await;
    let is_well = leased.iter().all(Result::is_ok) && kept.iter().all(Result::is_ok);
    if is_well { Ok(()) } else { Err(harness()) }
}

fn harness() -> Failure {
    Failure::new(FailureKind::Harness, "the bench's shop cannot be made")
}

/// Keeps the ids of the deliveries.
#[derive(Default)]
struct Queue(Mutex<Vec<String>>);

impl Outbox for Queue {
    async fn send(&self, Envelope::V1(event): &Envelope) -> Result<(), StoreError> {
        self.0.lock().await.push(event.delivery_id.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_small_shop_reads_what_is_due_and_no_more() {
        let figures = winback(3_000).await.expect("figures");
        let values: Vec<_> = figures.iter().map(|figure| figure.value).collect();
        assert_eq!(values, [Some(3.0), Some(3.0)]);
        assert!(figures.iter().all(|figure| figure.holds() == Some(true)));
    }
}
