//! Small parts that a story puts into the world.

use std::sync::{Arc, Mutex};

use crm::{
    CompanyOutcome, CompanyWrite, Crm, CrmError, CrmFuture, Cursor, DealOutcome, DealSpan, DealWrite, Errand,
    Merged, NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite, Wanted, Written,
};
use domain::{ExternalKey, Match, Record, RecordId, Write};
use flows::{Keyring, NoSecrets};
use jiff::Timestamp;
use shopify::ClientSecrets;

use super::secrets;

/// Secrets that a story sets: what is known, and what would be found if they were asked for again.
pub(crate) struct FixedKeyring {
    pub(crate) known: Mutex<Option<Arc<ClientSecrets>>>,
    pub(crate) fresh: Mutex<Option<Arc<ClientSecrets>>>,
}

impl FixedKeyring {
    pub(crate) fn of(domains: &[&str], list: &[&str]) -> Self {
        Self { known: Mutex::new(Some(secrets(domains, list))), fresh: Mutex::new(None) }
    }
}

impl Keyring for FixedKeyring {
    async fn current(&self, _: Timestamp) -> Result<Arc<ClientSecrets>, NoSecrets> {
        self.known.lock().unwrap().clone().ok_or_else(|| NoSecrets("Secrets Manager is away".into()))
    }

    async fn doubted(&self, _: Timestamp) -> Option<Arc<ClientSecrets>> {
        self.fresh.lock().unwrap().clone()
    }
}

/// A CRM whose adapter falls over one customer.
pub(crate) struct PanickingCrm<'a> {
    pub(crate) inner: &'a dyn Crm,
    pub(crate) over: ExternalKey,
}

impl Crm for PanickingCrm<'_> {
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>> {
        assert!(wanted.iter().all(|w| w.key != self.over), "fell over {:?}", self.over);
        self.inner.find(wanted)
    }

    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>> {
        self.inner.apply(writes)
    }

    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        self.inner.read(keys)
    }

    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>> {
        self.inner.fetch(records)
    }

    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>> {
        self.inner.holders(keys)
    }

    fn merge<'a>(
        &'a self,
        primary: &'a RecordId,
        other: &'a RecordId,
    ) -> CrmFuture<'a, Result<Merged, CrmError>> {
        self.inner.merge(primary, other)
    }

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        self.inner.write_deals(deals)
    }

    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>> {
        self.inner.count_deals(span)
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        self.inner.write_notes(notes)
    }

    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>> {
        self.inner.write_tasks(tasks)
    }

    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>> {
        self.inner.write_companies(companies)
    }

    fn cost(&self, errand: Errand<'_>) -> usize {
        self.inner.cost(errand)
    }

    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>> {
        self.inner.page(after)
    }
}
