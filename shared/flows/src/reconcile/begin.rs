//! The bulk operation: begun or adopted, and waited for. Its word that it is finished is not waited for: it is asked.

use bulk::DOCUMENT;
use domain::{CustomerId, ExternalKey};
use jiff::{SignedDuration, Timestamp};
use shopify::{BulkFailure, BulkId, BulkOperation, BulkResult, BulkStart, BulkState};
use store::{Budgets, Links, Outbox, Runs};

use super::halt::Halt;
use super::state::{State, Step};
use super::{Next, Run};

/// One that counts no further for so long is stalled: cancelled, and begun anew.
const STALLED: SignedDuration = SignedDuration::from_hours(2);
/// How often one is begun anew before the run fails.
const AGAIN: u32 = 3;
/// How long to wait between two looks, and how often in one call: a small shop is done in seconds.
const LOOK_EACH: SignedDuration = SignedDuration::from_secs(5);
const LOOKS: usize = 6;

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// The CRM is asked for a key first: where it has no field for it, nothing may be compared, and nobody be created (S-016).
    pub(super) async fn begin(&self, state: &mut State) -> Result<Next, Halt> {
        let nobody = ExternalKey::new(self.prefix(), CustomerId::new(0));
        state.report.tally.crm_calls += 1;
        self.engine.crm.read(&[nobody]).await?;
        state.report.tally.shop_calls += 2;
        let now = self.now();
        match self.engine.admin.start_bulk(self.shop, DOCUMENT, now).await? {
            BulkStart::Begun(begun) | BulkStart::Adopted(begun) => {
                let bulk = begun.id.as_str().to_owned();
                Ok(Next::Step(Step::Wait { bulk, objects: begun.objects, moved_at: now }))
            }
            BulkStart::NoPlace => Ok(Next::Later),
        }
    }

    pub(super) async fn wait(
        &self,
        state: &mut State,
        bulk: String,
        mut objects: u64,
        mut moved_at: Timestamp,
    ) -> Result<Next, Halt> {
        for _ in 0..LOOKS {
            let Some(found) = self.operation(state, &bulk).await? else {
                return again(state, "is gone");
            };
            match found.state {
                BulkState::Completed(result) => {
                    state.report.snapshot_at = Some(found.created_at);
                    state.report.tally.buckets = u64::from(drift::bucket_count(result.roots).get());
                    state.set_body(vec![]);
                    return Ok(Next::Step(Step::Read { bulk }));
                }
                BulkState::Canceled => return again(state, "was cancelled"),
                BulkState::Expired => return again(state, "has expired"),
                BulkState::Failed(BulkFailure::Denied) => {
                    let why = "the bulk operation was denied: check the scopes and approvals of the app";
                    return Err(Halt::ended("bulk_denied", why));
                }
                BulkState::Failed(_) => return again(state, "failed"),
                BulkState::Running | BulkState::Canceling => {}
            }
            if found.objects != objects {
                (objects, moved_at) = (found.objects, self.now());
            }
            state.step = Step::Wait { bulk: bulk.clone(), objects, moved_at };
            if self.now().duration_since(moved_at) > STALLED {
                self.engine.admin.cancel_bulk(self.shop, &found.id, self.now()).await?;
                return again(state, "stalled");
            }
            if self.means.is_late(self.now()) {
                break;
            }
            self.rest().await;
        }
        Ok(Next::Later)
    }

    pub(super) async fn rest(&self) {
        let until = self.now().saturating_add(LOOK_EACH).unwrap_or(Timestamp::MAX);
        (self.engine.alarm)(until).await;
    }

    async fn operation(&self, state: &mut State, bulk: &str) -> Result<Option<BulkOperation>, Halt> {
        state.report.tally.shop_calls += 1;
        Ok(self.engine.admin.bulk(self.shop, &BulkId::new(bulk), self.now()).await?)
    }

    /// The result, with an address that is good now.
    pub(super) async fn result(&self, state: &mut State, bulk: &str) -> Result<Option<BulkResult>, Halt> {
        let found = self.operation(state, bulk).await?;
        Ok(found.and_then(|found| match found.state {
            BulkState::Completed(result) => Some(result),
            _ => None,
        }))
    }
}

/// From the beginning, with another operation: nothing of what was read before counts.
pub(super) fn again(state: &mut State, why: &str) -> Result<Next, Halt> {
    state.again += 1;
    if state.again > AGAIN {
        return Err(Halt::ended(
            "bulk_failed",
            format!("the bulk operation {why}, {AGAIN} times before too"),
        ));
    }
    state.report.tally = drift::Tally {
        hops: state.report.tally.hops,
        crm_calls: state.report.tally.crm_calls,
        shop_calls: state.report.tally.shop_calls,
        shop_points: state.report.tally.shop_points,
        file_bytes: state.report.tally.file_bytes,
        ..drift::Tally::default()
    };
    state.set_body(vec![]);
    Ok(Next::Step(Step::Begin))
}
