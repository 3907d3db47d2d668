//! The contract.

use crm::{
    CompanyOutcome, CompanyWrite, Crm, CrmError, CrmFuture, Cursor, DealOutcome, DealSpan, DealWrite, Errand,
    Merged, NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite, Wanted, Written,
};
use domain::{ExternalKey, Match, Record, RecordId, Write};

use crate::client::Salesforce;
use crate::cost::calls;
use crate::error::Refusal;
use crate::{activities, apply, companies, counting, deals, find, page};

/// Only the SOAP API merges (developer.salesforce.com, SOAP API, `merge()`), and it is not spoken here.
const NO_MERGE: &str = "Salesforce merges by an API that Counterfoil does not speak: merge them there";

impl Crm for Salesforce {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        Box::pin(async move { find::find(self, wanted).await.map_err(Refusal::error) })
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>> {
        Box::pin(apply::apply(self, writes))
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move { find::read(self, keys).await.map_err(Refusal::error) })
    }

    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        Box::pin(async move { find::fetch(self, records).await.map_err(Refusal::error) })
    }

    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>> {
        Box::pin(async move { find::holders(self, keys).await.map_err(Refusal::error) })
    }

    fn merge<'a>(&'a self, _: &'a RecordId, _: &'a RecordId) -> CrmFuture<'a, Result<Merged, CrmError>> {
        Box::pin(async move { Ok(Merged::Unsupported(NO_MERGE)) })
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        Box::pin(deals::write(self, deals))
    }

    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>> {
        Box::pin(async move { counting::count(self, span).await.map_err(Refusal::error) })
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        Box::pin(activities::write_notes(self, notes))
    }

    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>> {
        Box::pin(activities::write_tasks(self, tasks))
    }

    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>> {
        Box::pin(companies::write(self, companies))
    }

    fn cost(&self, errand: Errand<'_>) -> usize {
        calls(self, errand)
    }

    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>> {
        Box::pin(async move { page::page(self, after).await.map_err(Refusal::error) })
    }
}
