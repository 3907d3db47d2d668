//! What a CRM is about to be asked, to know what it costs.

use domain::{ExternalKey, RecordId, Write};

use crate::{CompanyWrite, Cursor, DealSpan, DealWrite, NoteWrite, TaskWrite, Wanted};

/// A call of the contract, before it is made: one variant for each method that asks the CRM.
#[derive(Debug, Clone, Copy)]
pub enum Errand<'a> {
    /// Of `find`.
    Find(&'a [Wanted]),
    /// Of `apply`.
    Apply(&'a [Write]),
    /// Of `read`.
    Read(&'a [ExternalKey]),
    /// Of `fetch`.
    Fetch(&'a [RecordId]),
    /// Of `holders`.
    Holders(&'a [ExternalKey]),
    /// Of `merge`: the one that goes on, and the other.
    Merge(&'a RecordId, &'a RecordId),
    /// Of `write_deals`.
    Deals(&'a [DealWrite]),
    /// Of `count_deals`.
    CountDeals(&'a DealSpan),
    /// Of `write_notes`.
    Notes(&'a [NoteWrite]),
    /// Of `write_tasks`.
    Tasks(&'a [TaskWrite]),
    /// Of `write_companies`.
    Companies(&'a [CompanyWrite]),
    /// Of `page`.
    Page(Option<&'a Cursor>),
}
