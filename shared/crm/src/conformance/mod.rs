//! One suite for every implementation: each function panics with a sentence about the promise that was broken.
//!
//! An implementer writes a [`Stage`]: a CRM of their kind and the hand on its other side. Every check begins with an
//! empty one.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a broken promise ends the test that runs the suite"
)]

mod batches;
mod companies;
mod costs;
mod creating;
mod deals;
mod finding;
mod merging;
mod notes;
mod orders;
mod paging;
mod people;
mod proving;
mod tasks;
mod troubles;
mod updating;
mod values;

use std::collections::BTreeMap;
use std::future::Future;

use domain::{ExternalKey, Field, Record, RecordId, Value, Write};

pub use batches::batches;
pub use companies::{CompaniesStage, HeldCompany, companies};
pub use costs::costs;
pub use creating::creating;
pub use deals::deals;
pub use finding::finding;
pub use merging::merging;
pub use notes::notes;
pub use orders::{HeldDeal, HeldNote, OrdersStage};
pub use paging::paging;
pub use tasks::{HeldTask, TasksStage, tasks};
pub use troubles::troubles;
pub use updating::updating;
pub use values::values;

use crate::{Crm, CrmError, CrmErrorKind, Written};

/// More rows than one call of any CRM we know can carry.
const MORE_THAN_A_CALL: usize = 450;

/// What goes wrong, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The next call is one too many.
    RateLimited,
    /// With the next call the day's allowance is used up.
    QuotaUsedUp,
    /// The next call meets a CRM that is down.
    Unavailable,
    /// The next call is done, and its answer gets lost.
    AnswerLost,
    /// From now on our credentials are refused.
    Unauthorized,
    /// The next call goes well, and then our credentials are refused: a token ends amid the batches of one write.
    Expiring,
    /// The next write of this record is refused for what it says.
    Rejected(ExternalKey),
    /// The next call that writes this record neither does it nor speaks of it, in an answer that says it went well.
    Unmentioned(ExternalKey),
}

impl Trouble {
    /// Whether this is how it is told to whoever meets it.
    fn is_told_as(&self, kind: &CrmErrorKind) -> bool {
        match self {
            Self::RateLimited => matches!(kind, CrmErrorKind::RateLimited { .. }),
            Self::QuotaUsedUp => matches!(kind, CrmErrorKind::QuotaUsedUp { .. }),
            Self::Unavailable => *kind == CrmErrorKind::Unavailable,
            Self::AnswerLost | Self::Unmentioned(_) => *kind == CrmErrorKind::Unanswered,
            Self::Unauthorized | Self::Expiring => *kind == CrmErrorKind::Unauthorized,
            Self::Rejected(_) => matches!(kind, CrmErrorKind::Rejected { .. }),
        }
    }
}

/// A CRM with somebody on its other side.
pub trait Stage: Sized {
    /// The most letters that a family name may have.
    const LONGEST: usize;

    /// Whether the CRM keeps parts of a second.
    const KEEPS_MILLISECONDS: bool = true;

    /// Whether two records can be merged there by us.
    const MERGES: bool = true;

    /// An empty CRM, which has all our fields but `missing`.
    fn empty(missing: Option<Field>) -> impl Future<Output = Self>;

    /// What is put to the test.
    fn crm(&self) -> &dyn Crm;

    /// Somebody makes a record with these fields and further addresses, long enough ago for every index to know it.
    fn has(&self, fields: &BTreeMap<Field, Value>, further_emails: &[&str]) -> RecordId;

    /// Somebody notes where the person lives, long enough ago for every index to know it.
    fn lives_at(&self, record: &RecordId, postal_code: &str);

    /// Somebody deletes a record.
    fn delete(&self, record: &RecordId);

    /// Somebody merges `other` into `primary`; gives the survivor.
    fn merge(&self, primary: &RecordId, other: &RecordId) -> RecordId;

    /// Somebody brings about another record with the key of this one, which no CRM should let happen, long enough ago for every
    /// index to know it; `None` where nobody can.
    fn doubles(&self, record: &RecordId) -> Option<RecordId>;

    /// All records, in any order.
    fn records(&self) -> Vec<Record>;

    /// How many calls were made so far, as the CRM counts them against the account's allowance.
    fn calls(&self) -> usize;

    /// Makes something go wrong.
    fn trouble(&self, trouble: Trouble);
}

async fn apply(stage: &impl Stage, writes: &[Write]) -> Vec<Result<Written, CrmError>> {
    let outcomes = stage.crm().apply(writes).await;
    assert_eq!(outcomes.len(), writes.len(), "each write has one outcome");
    outcomes
}

async fn apply_one(stage: &impl Stage, write: Write) -> Result<Written, CrmError> {
    apply(stage, &[write]).await.pop().expect("each write has one outcome")
}

fn done(outcome: Result<Written, CrmError>) -> Written {
    outcome.unwrap_or_else(|error| panic!("a write that can be done was refused: {error}"))
}

fn kind(outcome: &Result<Written, CrmError>) -> CrmErrorKind {
    match outcome {
        Ok(written) => panic!("a write that must fail was done: {written:?}"),
        Err(error) => error.kind().clone(),
    }
}

/// The one record there is.
fn only(stage: &impl Stage) -> Record {
    let mut records = stage.records();
    assert_eq!(records.len(), 1, "there is one record");
    records.remove(0)
}
