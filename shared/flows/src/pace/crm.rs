//! A CRM, asked no faster than its account allows.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use crm::{
    CompanyOutcome, CompanyWrite, Crm, CrmError, CrmErrorKind, CrmFuture, Cursor, DealOutcome, DealSpan,
    DealWrite, Errand, Merged, NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite, Wanted, Written,
};
use domain::{ExternalKey, Grant, Match, Rate, Record, RecordId, Signal, Write};
use store::{Account, Budgets};

use super::Pace;

/// A CRM behind the budget of its account, in requests.
pub struct PacedCrm<'a, B> {
    crm: &'a dyn Crm,
    account: Account,
    rate: Rate,
    pace: &'a Pace<'a, B>,
    /// Records that failed in a row.
    failed: AtomicUsize,
}

impl<'a, B> PacedCrm<'a, B> {
    /// `account` is a name that all functions give it; `rate` is what it allows, in requests.
    pub fn new(crm: &'a dyn Crm, account: &str, rate: Rate, pace: &'a Pace<'a, B>) -> Self {
        Self { crm, account: Account::crm(account), rate, pace, failed: AtomicUsize::new(0) }
    }
}

fn used_up(wait: Duration) -> CrmError {
    let kind = CrmErrorKind::RateLimited { retry_after: Some(wait) };
    CrmError::new(kind, "the account's budget, which all functions share, is used up or closed")
}

impl<B: Budgets> PacedCrm<'_, B> {
    /// As many requests as the adapter says: only it knows what it asks beside its writes.
    async fn enter(&self, errand: Errand<'_>) -> Result<Grant, Duration> {
        let requests = u32::try_from(self.crm.cost(errand)).unwrap_or(u32::MAX);
        self.pace.enter(&self.account, self.rate, requests).await
    }

    /// One failure among many rows is a row's own; where all of them failed so, it is the CRM.
    async fn heard<'e>(&self, grant: Grant, rows: usize, failures: impl Iterator<Item = &'e CrmErrorKind>) {
        let (mut failed, mut refused) = (0, 0);
        for kind in failures {
            match kind {
                CrmErrorKind::RateLimited { retry_after } => {
                    let until = self.pace.after(*retry_after);
                    return self.pace.tell(&self.account, grant, Signal::SlowDown { until }).await;
                }
                CrmErrorKind::QuotaUsedUp { retry_after } => {
                    let until = self.pace.after(*retry_after);
                    return self.pace.tell(&self.account, grant, Signal::UsedUp { until }).await;
                }
                CrmErrorKind::Unavailable | CrmErrorKind::Unanswered => failed += 1,
                CrmErrorKind::Unauthorized => refused += 1,
                _ => {}
            }
        }
        if refused == rows && rows > 0 {
            return self.pace.tell(&self.account, grant, Signal::Refused).await;
        }
        let signal = if failed < rows { Signal::Succeeded } else { Signal::Failed };
        let in_a_row = self.in_a_row(failed, rows);
        // A single record that fails may be at fault itself and must not stop all others. But who finds out whether the
        // account works again has to say what it saw.
        if signal == Signal::Succeeded || in_a_row > 1 || grant == Grant::Probe {
            self.pace.tell(&self.account, grant, signal).await;
        }
    }

    /// How many records failed since the last one that did not.
    fn in_a_row(&self, failed: usize, rows: usize) -> usize {
        if failed < rows {
            self.failed.store(0, Relaxed);
            return 0;
        }
        self.failed.fetch_add(failed, Relaxed) + failed
    }

    /// A call when the account's budget has the requests that it takes. One that fails as a whole fails for each of its rows.
    async fn asked<T>(
        &self,
        errand: Errand<'_>,
        rows: usize,
        asking: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, CrmError> {
        let grant = self.enter(errand).await.map_err(used_up)?;
        let answer = asking.await;
        let failure = answer.as_ref().err().map(CrmError::kind);
        let failures = failure.into_iter().flat_map(|kind| std::iter::repeat_n(kind, rows));
        self.heard(grant, rows, failures).await;
        answer
    }

    /// The same for a merge. One that is refused may want a permission that nothing else wants: that says nothing of the account,
    /// which would be left alone by everybody.
    async fn merged(&self, primary: &RecordId, other: &RecordId) -> Result<Merged, CrmError> {
        let grant = self.enter(Errand::Merge(primary, other)).await.map_err(used_up)?;
        let answer = self.crm.merge(primary, other).await;
        let failure = answer.as_ref().err().map(CrmError::kind);
        let of_all = failure.filter(|kind| **kind != CrmErrorKind::Unauthorized);
        self.heard(grant, 1, of_all.into_iter()).await;
        answer
    }

    /// The same for a call with an outcome for each of its rows.
    async fn written<T>(
        &self,
        errand: Errand<'_>,
        rows: usize,
        writing: impl Future<Output = Vec<Result<T, CrmError>>>,
    ) -> Vec<Result<T, CrmError>> {
        let grant = match self.enter(errand).await {
            Ok(grant) => grant,
            Err(wait) => return (0..rows).map(|_| Err(used_up(wait))).collect(),
        };
        let outcomes = writing.await;
        let failures = outcomes.iter().filter_map(|outcome| outcome.as_ref().err().map(CrmError::kind));
        self.heard(grant, outcomes.len(), failures).await;
        outcomes
    }
}

impl<B: Budgets> Crm for PacedCrm<'_, B> {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        Box::pin(self.asked(Errand::Find(wanted), wanted.len(), self.crm.find(wanted)))
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>> {
        Box::pin(self.written(Errand::Apply(writes), writes.len(), self.crm.apply(writes)))
    }

    fn fetch<'a>(&'a self, ids: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(self.asked(Errand::Fetch(ids), ids.len(), self.crm.fetch(ids)))
    }

    fn follow<'a>(&'a self, id: &'a RecordId) -> CrmFuture<'a, Result<Option<Record>, CrmError>> {
        Box::pin(self.asked(Errand::Fetch(std::slice::from_ref(id)), 1, self.crm.follow(id)))
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(self.asked(Errand::Read(keys), keys.len(), self.crm.read(keys)))
    }

    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>> {
        Box::pin(self.asked(Errand::Holders(keys), keys.len(), self.crm.holders(keys)))
    }

    fn merge<'a>(
        &'a self,
        primary: &'a RecordId,
        other: &'a RecordId,
    ) -> CrmFuture<'a, Result<Merged, CrmError>> {
        Box::pin(self.merged(primary, other))
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        Box::pin(self.written(Errand::Deals(deals), deals.len(), self.crm.write_deals(deals)))
    }

    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>> {
        Box::pin(self.asked(Errand::CountDeals(span), 1, self.crm.count_deals(span)))
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        Box::pin(self.written(Errand::Notes(notes), notes.len(), self.crm.write_notes(notes)))
    }

    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>> {
        Box::pin(self.written(Errand::Tasks(tasks), tasks.len(), self.crm.write_tasks(tasks)))
    }

    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>> {
        Box::pin(self.written(
            Errand::Companies(companies),
            companies.len(),
            self.crm.write_companies(companies),
        ))
    }

    fn cost(&self, errand: Errand<'_>) -> usize {
        self.crm.cost(errand)
    }

    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>> {
        Box::pin(self.asked(Errand::Page(after), 1, self.crm.page(after)))
    }
}
