//! Who is in the buckets that differ: the shop's file is read once more for them, which costs no call to its API.

use std::collections::BTreeSet;

use bulk::{Buckets, Keep};
use drift::{Candidate, CrmHalf, candidates};
use store::{Budgets, Links, Outbox, Runs};

use super::begin::again;
use super::halt::Halt;
use super::read::{Reading, unreadable};
use super::state::{State, Step};
use super::{Next, Run};

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    pub(super) async fn find(&self, state: &mut State, bulk: String) -> Result<Next, Halt> {
        let scheme = self.scheme(state);
        let shop = Buckets::from_bytes(state.part(0)).ok_or_else(unreadable)?;
        let half = CrmHalf::from_bytes(state.part(1)).ok_or_else(unreadable)?;
        let differing: BTreeSet<u32> = half.differing(&shop).into_iter().collect();
        let token = state.part(2).to_vec();
        match self.file(state, &bulk, &scheme, Keep::Buckets(differing.clone()), &token).await? {
            Reading::Gone => again(state, "has no result any more"),
            Reading::Token(token) => {
                state.set_body(vec![shop.to_bytes(), half.to_bytes(), token]);
                Ok(Next::Later)
            }
            Reading::Whole(believed) => {
                let found = candidates(&believed.customers, &half, &differing, &scheme);
                state.set_body(vec![Candidate::to_bytes(&found)]);
                let is_replayed = !state.report.dry_run && found.iter().any(Candidate::is_missing);
                Ok(Next::Step(if is_replayed { Step::Letters } else { Step::Look { at: 0 } }))
            }
        }
    }
}
