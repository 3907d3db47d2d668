//! The contract, kept.

use domain::{ExternalKey, Match, Record, RecordId, Write};

use super::fault::{self, Operation};
use super::{MemoryCrm, State};
use crate::{
    CompanyOutcome, CompanyWrite, Crm, CrmError, CrmErrorKind, CrmFuture, Cursor, DealOutcome, DealSpan,
    DealWrite, Errand, Merged, NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite, Wanted, Written,
};

type Outcome = Result<Written, CrmError>;

/// So many records are on a page.
const A_PAGE: usize = 100;

impl Crm for MemoryCrm {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.find += 1;
            state.reading(Operation::Find, |state| wanted.iter().map(|one| state.candidates(one)).collect())
        })
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.apply += 1;
            state.writing(Operation::Apply, writes, State::write)
        })
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.read += 1;
            state.reading(Operation::Read, |state| keys.iter().map(|key| state.carrying(key)).collect())
        })
    }

    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.fetch += 1;
            state.reading(Operation::Fetch, |state| records.iter().map(|id| state.shelf.very(id)).collect())
        })
    }

    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.holders += 1;
            state.reading(Operation::Holders, |state| {
                keys.iter().map(|key| state.shelf.holding(key)).collect()
            })
        })
    }

    fn merge<'a>(
        &'a self,
        primary: &'a RecordId,
        other: &'a RecordId,
    ) -> CrmFuture<'a, Result<Merged, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.merge += 1;
            let pair = [(primary, other)];
            let mut outcomes = state
                .writing(Operation::Merge, &pair, |state, (primary, other)| state.merged(primary, other));
            outcomes.remove(0)
        })
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.write_deals += 1;
            state.writing(Operation::WriteDeals, deals, State::write_deal)
        })
    }

    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.count_deals += 1;
            state.reading(Operation::CountDeals, |state| state.count(span))
        })
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.write_notes += 1;
            state.writing(Operation::WriteNotes, notes, State::write_note)
        })
    }

    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.write_tasks += 1;
            state.writing(Operation::WriteTasks, tasks, State::write_task)
        })
    }

    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.write_companies += 1;
            state.writing(Operation::WriteCompanies, companies, State::write_company)
        })
    }

    /// Each method is a call.
    fn cost(&self, _: Errand<'_>) -> usize {
        1
    }

    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>> {
        Box::pin(async move {
            let mut state = self.state();
            state.calls.page += 1;
            state.reading(Operation::Page, |state| state.page(after))?
        })
    }
}

impl State {
    fn reading<T>(&mut self, operation: Operation, read: impl FnOnce(&Self) -> T) -> Result<T, CrmError> {
        match fault::take(&mut self.faults, operation, None) {
            Some(fault) => Err(fault.error()),
            None => Ok(read(self)),
        }
    }

    fn carrying(&self, key: &ExternalKey) -> Option<Record> {
        self.shelf.by_key(key).and_then(|id| self.shelf.shown(id))
    }

    fn candidates(&self, wanted: &Wanted) -> Vec<Match> {
        self.shelf.candidates(wanted).into_iter().map(|(by, record)| Match { by, record }).collect()
    }

    /// Each for itself, but for a fault that meets the whole call.
    fn writing<W, T>(
        &mut self,
        operation: Operation,
        writes: &[W],
        write: impl Fn(&mut Self, &W) -> Result<T, CrmError>,
    ) -> Vec<Result<T, CrmError>> {
        let Some(fault) = fault::take(&mut self.faults, operation, None) else {
            return writes.iter().map(|one| write(self, one)).collect();
        };
        let mut outcomes = Vec::with_capacity(writes.len());
        for (n, one) in writes.iter().enumerate() {
            let is_spared = n < fault.spared();
            let outcome = (is_spared || fault.is_done()).then(|| write(self, one));
            outcomes.push(outcome.filter(|_| is_spared).unwrap_or_else(|| Err(fault.error())));
        }
        outcomes
    }

    /// In the order of their making, so whoever is made or merged meanwhile comes later.
    fn page(&self, after: Option<&Cursor>) -> Result<Page, CrmError> {
        let not_ours = |_| CrmError::new(CrmErrorKind::Misunderstood, "no such cursor");
        let after = after.map_or(Ok(0), |cursor| cursor.as_str().parse().map_err(not_ours))?;
        let records: Vec<_> = self.shelf.behind(after).take(A_PAGE).collect();
        let is_full = records.len() == A_PAGE;
        let next = records.last().filter(|_| is_full).map(|last| Cursor::new(last.id.as_str()));
        Ok(Page { records, next })
    }
}
