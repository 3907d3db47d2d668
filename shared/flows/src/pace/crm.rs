//! A CRM, asked no faster than its account allows.

use std::collections::BTreeSet;
use std::time::Duration;

use crm::{Crm, CrmError, CrmErrorKind, CrmFuture, Wanted, Written};
use domain::{ExternalKey, Grant, Match, Rate, Record, Signal, Write};
use store::{Account, Budgets};

use super::Pace;

/// A CRM behind the budget of its account, in requests.
pub struct PacedCrm<'a, B> {
    crm: &'a dyn Crm,
    account: Account,
    rate: Rate,
    pace: &'a Pace<'a, B>,
}

impl<'a, B> PacedCrm<'a, B> {
    /// `account` is a name that all functions give it; `rate` is what it allows, in requests.
    pub fn new(crm: &'a dyn Crm, account: &str, rate: Rate, pace: &'a Pace<'a, B>) -> Self {
        Self { crm, account: Account::crm(account), rate, pace }
    }
}

/// What every batch of the CRMs we know can carry.
const AT_ONCE: usize = 100;

/// At least so many requests: an adapter that needs more is still told so by the CRM itself.
fn requests(rows: usize, kinds: usize) -> u32 {
    u32::try_from(rows.div_ceil(AT_ONCE).max(1) * kinds.max(1)).unwrap_or(u32::MAX)
}

fn used_up(wait: Duration) -> CrmError {
    let kind = CrmErrorKind::RateLimited { retry_after: Some(wait) };
    CrmError::new(kind, "the account's budget, which all functions share, is used up or closed")
}

impl<B: Budgets> PacedCrm<'_, B> {
    async fn enter(&self, requests: u32) -> Result<Grant, Duration> {
        self.pace.enter(&self.account, self.rate, requests).await
    }

    /// One failure among many rows is a row's own; where all failed so, it is the CRM.
    fn signal<'e>(&self, failures: impl ExactSizeIterator<Item = Option<&'e CrmErrorKind>>) -> Signal {
        let (rows, mut failed) = (failures.len(), 0);
        for kind in failures.flatten() {
            match kind {
                CrmErrorKind::RateLimited { retry_after } => {
                    return Signal::SlowDown { until: self.pace.after(*retry_after) };
                }
                CrmErrorKind::QuotaUsedUp { retry_after } => {
                    return Signal::UsedUp { until: self.pace.after(*retry_after) };
                }
                CrmErrorKind::Unavailable | CrmErrorKind::Unanswered => failed += 1,
                _ => {}
            }
        }
        if rows > 0 && failed == rows { Signal::Failed } else { Signal::Succeeded }
    }

    async fn asked<T>(&self, grant: Grant, answer: Result<T, CrmError>) -> Result<T, CrmError> {
        let failure = answer.as_ref().err().map(CrmError::kind);
        self.pace.tell(&self.account, grant, self.signal([failure].into_iter())).await;
        answer
    }

    async fn written(&self, writes: &[Write]) -> Vec<Result<Written, CrmError>> {
        let kinds: BTreeSet<_> = writes.iter().map(|write| matches!(write, Write::Create { .. })).collect();
        let grant = match self.enter(requests(writes.len(), kinds.len())).await {
            Ok(grant) => grant,
            Err(wait) => return writes.iter().map(|_| Err(used_up(wait))).collect(),
        };
        let outcomes = self.crm.apply(writes).await;
        let failures: Vec<_> =
            outcomes.iter().map(|outcome| outcome.as_ref().err().map(CrmError::kind)).collect();
        self.pace.tell(&self.account, grant, self.signal(failures.into_iter())).await;
        outcomes
    }
}

impl<B: Budgets> Crm for PacedCrm<'_, B> {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        Box::pin(async move {
            let grant = self.enter(requests(wanted.len(), 2)).await.map_err(used_up)?;
            self.asked(grant, self.crm.find(wanted).await).await
        })
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>> {
        Box::pin(self.written(writes))
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move {
            let grant = self.enter(requests(keys.len(), 1)).await.map_err(used_up)?;
            self.asked(grant, self.crm.read(keys).await).await
        })
    }
}
