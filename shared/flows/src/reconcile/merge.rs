//! Records that carry one key, merged into the one that knows of the newest order. It is the only thing that a run does to a CRM.
//!
//! Who is to be merged is in the checkpoint before the first merge is asked for, and nothing is counted before the last is
//! answered. So a run that dies in between goes on with the same customers: whose records are one by then were merged by it,
//! and are synced again, so that the link follows to the record that stands.

use crm::{CrmError, CrmErrorKind, Merged};
use domain::{CustomerId, Duplicates, ExternalKey, Record, RecordId};
use drift::{Cause, Difference, Purpose, survivor_first};
use store::{Budgets, Links, Outbox, Runs};

use super::halt::Halt;
use super::state::{State, Step};
use super::{Next, Run, repair};

/// So few in one step that an invocation does not end amid it.
const AT_ONCE: usize = 10;

/// Why records are not merged that are remembered as two people's.
const ANOTHERS: &str = "one of them is another customer's, who is linked to it";

/// What became of a customer's records.
enum Outcome {
    /// This one is all there is.
    One(RecordId),
    /// They are several still; the one that should go on is the first.
    Several(Vec<RecordId>, String),
    /// There is none any more.
    Nobody,
}

impl<L: Links, U: Runs, O: Outbox, B: Budgets> Run<'_, '_, L, U, O, B> {
    /// Whether what differs is mended by a merge: in the nightly proof alone, and where the rules say so.
    pub(super) fn merges(&self, state: &State, found: &Difference) -> bool {
        let may_be = state.report.purpose == Purpose::Proof && !state.report.dry_run;
        let wanted = self.means.rules(self.shop).identity.duplicates == Duplicates::Merge;
        may_be && wanted && found.cause == Cause::Duplicate
    }

    /// Merges the records of some of these customers, and leaves the others to the next step; then looks at those from `at` on.
    pub(super) async fn merge(
        &self,
        state: &mut State,
        at: usize,
        customers: Vec<u64>,
    ) -> Result<Next, Halt> {
        let (some, rest) = customers.split_at(customers.len().min(AT_ONCE));
        let some: Vec<_> = some.iter().copied().map(CustomerId::new).collect();
        let outcomes = self.outcomes(state, &some).await?;
        let mut repairs = Vec::new();
        for (customer, outcome) in some.iter().zip(outcomes) {
            if note(state, *customer, outcome) {
                repairs.push(*customer);
            }
        }
        repair::send(self.shop, &state.report.run, &repairs, self.engine.outbox, self.now()).await?;
        Ok(Next::Step(match rest {
            [] => Step::Look { at },
            rest => Step::Merge { at, customers: rest.to_vec() },
        }))
    }

    /// Whose records they are is read again, since a merge cannot be undone.
    async fn outcomes(&self, state: &mut State, some: &[CustomerId]) -> Result<Vec<Outcome>, Halt> {
        let keys: Vec<_> = some.iter().map(|customer| ExternalKey::new(self.prefix(), *customer)).collect();
        state.report.tally.crm_calls += 1;
        let holders = self.engine.crm.holders(&keys).await?;
        let mut outcomes = Vec::with_capacity(some.len());
        for (customer, records) in some.iter().zip(holders) {
            let order = self.order(*customer, &records).await?;
            let is_anothers = self.is_anothers(*customer, &order).await?;
            outcomes.push(if is_anothers {
                Outcome::Several(order, ANOTHERS.to_owned())
            } else {
                self.made_one(state, order).await?
            });
        }
        Ok(outcomes)
    }

    async fn order(&self, customer: CustomerId, records: &[Record]) -> Result<Vec<RecordId>, Halt> {
        let link = self.engine.links.link(&self.customer(customer)).await?;
        Ok(survivor_first(records, link.as_ref().map(|link| &link.record)))
    }

    /// Whether one of them is remembered as another customer's: then somebody wrote this key over theirs, and they are two people.
    async fn is_anothers(&self, customer: CustomerId, records: &[RecordId]) -> Result<bool, Halt> {
        let customer = self.customer(customer);
        for record in records {
            let known = self.engine.links.customer_of(record).await?;
            if known.is_some_and(|known| known != customer) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// One after the other goes up in the first, whose id may be another one after each.
    async fn made_one(&self, state: &mut State, order: Vec<RecordId>) -> Result<Outcome, Halt> {
        let mut order = order.into_iter();
        let Some(mut stands) = order.next() else { return Ok(Outcome::Nobody) };
        while let Some(other) = order.next() {
            state.report.tally.crm_calls += 1;
            let why = match self.engine.crm.merge(&stands, &other).await {
                Ok(Merged::Now(record) | Merged::Before(record)) => {
                    stands = record;
                    continue;
                }
                Ok(Merged::Unsupported(why)) => why.to_owned(),
                Err(error) if passes(&error) => return Err(error.into()),
                Err(error) => error.to_string(),
            };
            return Ok(Outcome::Several([stands, other].into_iter().chain(order).collect(), why));
        }
        Ok(Outcome::One(stands))
    }
}

/// What may work in a while. What is refused for good is a person's.
fn passes(error: &CrmError) -> bool {
    use CrmErrorKind::{QuotaUsedUp, RateLimited, Unanswered, Unavailable};
    matches!(error.kind(), RateLimited { .. } | QuotaUsedUp { .. } | Unavailable | Unanswered)
}

/// Counts it. Whether the customer is to be synced again.
fn note(state: &mut State, customer: CustomerId, outcome: Outcome) -> bool {
    let (report, customer) = (&mut state.report, customer.get());
    match outcome {
        Outcome::One(record) => report.note_merged(customer, &record),
        Outcome::Several(records, why) => {
            report.note_proposed(customer, &records, &why);
            return false;
        }
        Outcome::Nobody => {
            let gone = Difference { cause: Cause::MissingInCrm, fields: vec![], records: vec![] };
            return report.note(customer, &gone);
        }
    }
    true
}
