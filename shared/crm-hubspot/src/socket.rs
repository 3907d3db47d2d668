//! The contract.

use crm::{Crm, CrmError, CrmFuture, DealOutcome, DealWrite, NoteOutcome, NoteWrite, Wanted, Written};
use domain::{ExternalKey, Match, Record, RecordId, Write};

use crate::client::HubSpot;
use crate::error::Refusal;
use crate::{apply, deals, find, notes};

impl Crm for HubSpot {
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

    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>> {
        Box::pin(deals::write(self, deals))
    }

    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>> {
        Box::pin(notes::write(self, notes))
    }
}
