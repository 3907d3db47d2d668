//! The contract.

use crm::{
    CompanyOutcome, CompanyWrite, Crm, CrmError, CrmFuture, Cursor, DealOutcome, DealSpan, DealWrite, Errand,
    Merged, NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite, Wanted, Written,
};
use domain::{ExternalKey, Match, Record, RecordId, Write};

use crate::client::HubSpot;
use crate::contacts;
use crate::cost::calls;
use crate::error::Refusal;
use crate::objects::{companies, counting, deals, notes, tasks};

impl Crm for HubSpot {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        Box::pin(async move { contacts::find(self, wanted).await.map_err(Refusal::error) })
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>> {
        Box::pin(contacts::apply(self, writes))
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move { contacts::read(self, keys).await.map_err(Refusal::error) })
    }

    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move { contacts::fetch(self, records).await.map_err(Refusal::error) })
    }

    fn follow<'a>(&'a self, record: &'a RecordId) -> CrmFuture<'a, Result<Option<Record>, CrmError>> {
        Box::pin(async move { contacts::follow(self, record).await.map_err(Refusal::error) })
    }

    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>> {
        Box::pin(async move { contacts::holders(self, keys).await.map_err(Refusal::error) })
    }

    fn merge<'a>(
        &'a self,
        primary: &'a RecordId,
        other: &'a RecordId,
    ) -> CrmFuture<'a, Result<Merged, CrmError>> {
        Box::pin(async move { contacts::merge(self, primary, other).await.map_err(Refusal::error) })
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        Box::pin(deals::write(self, deals))
    }

    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>> {
        Box::pin(async move { counting::count(self, span).await.map_err(Refusal::error) })
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        Box::pin(notes::write(self, notes))
    }

    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>> {
        Box::pin(tasks::write(self, tasks))
    }

    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>> {
        Box::pin(companies::write(self, companies))
    }

    fn cost(&self, errand: Errand<'_>) -> usize {
        calls(errand)
    }

    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>> {
        Box::pin(async move { contacts::page(self, after).await.map_err(Refusal::error) })
    }
}
