//! The contract.

use std::future::Future;
use std::pin::Pin;

use domain::{AliasPolicy, ExternalKey, Match, Namesake, Phone, Record, RecordId, Write};

use crate::{
    CompanyOutcome, CompanyWrite, CrmError, Cursor, DealOutcome, DealSpan, DealWrite, Errand, Merged,
    NoteOutcome, NoteWrite, Page, TaskOutcome, TaskWrite,
};

/// What a CRM gives back: boxed, because which CRM it is is chosen at run time.
pub type CrmFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Somebody we are looking for. What is not given is not looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The unique key that we may have stamped on the record.
    pub key: ExternalKey,
    /// A verified address, in lower case.
    pub email: Option<String>,
    /// How far a record's address may differ from it.
    pub aliases: AliasPolicy,
    /// A number.
    pub phone: Option<Phone>,
    /// Where a number that a record has without a country code is taken to be from: ISO 3166.
    pub region: Option<String>,
    /// Name and postal code.
    pub namesake: Option<Namesake>,
}

impl Wanted {
    /// By the key alone.
    pub fn by_key(key: ExternalKey) -> Self {
        Self { key, email: None, aliases: AliasPolicy::Exact, phone: None, region: None, namesake: None }
    }

    /// Whether this number, as a record has it, is the wanted one.
    pub fn has_phone(&self, text: &str) -> bool {
        let Some(phone) = &self.phone else { return false };
        // However it is spelled, it ends alike: most numbers need no closer look.
        let end = |text: &str| text.bytes().rev().filter(u8::is_ascii_digit).take(4).collect::<Vec<_>>();
        let may_be = !text.is_ascii() || end(text) == end(phone.as_str());
        may_be && Phone::parse(text, self.region.as_deref()).as_ref() == Ok(phone)
    }

    /// Whether this address, as a record has it, is the same person's by the policy, and not the wanted one itself.
    pub fn has_alias(&self, email: &str) -> bool {
        if self.aliases == AliasPolicy::Exact {
            return false;
        }
        let plain = |email: &str| self.aliases.plain(email);
        let is_itself = |ours: &str| AliasPolicy::Exact.plain(ours) == AliasPolicy::Exact.plain(email);
        self.email.as_deref().is_some_and(|ours| !is_itself(ours) && plain(ours) == plain(email))
    }
}

/// A write that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The record that now says so. It may be another one than was named, where records were merged.
    pub record: RecordId,
    /// Whether it is new.
    pub created: bool,
}

/// A CRM that we can read from and write to.
///
/// Delivery is at-least-once, so every call must be safe to make again:
///
/// - `apply` gives **one outcome for each write, in their order**. "Written" means that the CRM named this very write
///   as done; a 2xx that does not speak of a write is [`CrmErrorKind::Unanswered`](crate::CrmErrorKind::Unanswered).
///   A failed write says nothing about its neighbours: those that can be written are written.
/// - A [`Write::Create`] is keyed: done twice, at once or later, it makes one record. Where a record with that key is
///   there already it is updated, and `created` is false. Where another record holds a unique value of it (an
///   address), the outcome is a conflict that names that record, never a second record.
/// - A [`Write::Update`] writes exactly the fields it names. An update of a record that was merged away is done to the
///   survivor, whose id is returned; of one that was deleted, the outcome is gone.
/// - `find` gives, for each wanted, all candidates by the best proof that anybody has: key, address, alias, phone, name
///   and postal code, in this order. Candidates by lesser proof may be given too, and each comes after the better.
///   It reads what is stored and no index that may lag behind, as far as the CRM lets it, and asks for lesser proof only
///   of those who were not found by better. Where it cannot tell it fails: not knowing is not absence. Two exceptions,
///   where the CRM cannot be asked in few calls: a further address of a record may be passed over, since a create with
///   it ends in a conflict that names the record; and of aliases only the plain form of the wanted address, and those
///   with another word behind the `+`, must be found.
/// - `fetch` reads records by their id. One that is not there, also because it was merged away, is `None`.
/// - `holders` gives all records that carry a key, also where several do, although no two should. It reads what is stored of
///   each, but who is among them may come from an index that lags behind.
/// - A merge cannot be undone. The values of the one that goes on win, the other gives what that one lacks, and what was tied
///   to either is tied to the record that stands afterwards, whose id may be new. Both old ids lead to it, as far as
///   [`Crm::follow`] follows merges. Of two that are one already it says so, so it can be asked for again; one that is not
///   there any more is gone.
/// - A deal is keyed by its order: done twice, at once or later, it makes one, which says what the last write said. One
///   that is not wanted is changed where it is there, and never made. A deal without facts keeps those it has. It is tied
///   to the contact each time, since the answer to the write that made it may have been lost before it was.
/// - Deals are counted by the moment that they were closed at, as it was last written, and by what may lag behind: what was
///   written minutes ago may be missing. A count that is not exact is a failure.
/// - A note is keyed by its refund: done twice, at once or later, it makes one. One that is there is left as it is: a rep
///   may have written on.
/// - A task is keyed like a note: done twice, at once or later, it makes one, and one that is there is left as it is: a
///   rep may have closed it.
/// - A company is keyed by its key: done twice, at once or later, it makes one, which has the name of the last write. Its
///   buyers are tied each time, and nobody is untied. A buyer who is not there any more makes the outcome gone, although
///   the company is written and the others are tied.
/// - A deal, a note or a task whose contact is not there any more is gone; its neighbours are written.
/// - `page` lists all contacts that carry a key of ours; others may be given too. Each page may be asked for again. What
///   changes meanwhile may come twice or in either state; none that was there all along is left out.
/// - Any number of writes or wanted may be handed over; the adapter keeps the CRM's limits on one call.
/// - `cost` asks nobody. It says how many calls to the CRM an errand takes, for whoever keeps a budget: exactly so many where
///   all of it is new and nothing goes wrong. What is there already mostly takes fewer. What a refusal, a merge or somebody
///   else at the same moment makes necessary comes on top, and so does reading again whom lesser proof than an address found.
pub trait Crm: Send + Sync {
    /// Looks for people. One answer for each wanted, in their order.
    fn find<'a>(&'a self, wanted: &'a [Wanted]) -> CrmFuture<'a, Result<Vec<Vec<Match>>, CrmError>>;

    /// Writes. One outcome for each write, in their order.
    fn apply<'a>(&'a self, writes: &'a [Write]) -> CrmFuture<'a, Vec<Result<Written, CrmError>>>;

    /// Reads the records that carry these keys; `None` where there is none. One answer for each key, in their order.
    fn read<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>>;

    /// Reads these records; `None` where one is not there. One answer for each id, in their order.
    fn fetch<'a>(&'a self, records: &'a [RecordId]) -> CrmFuture<'a, Result<Vec<Option<Record>>, CrmError>>;

    /// Reads a record by its id or, where it went up in another by a merge, that one; `None` where neither is there. It is one
    /// call for one record, for the few that nothing else finds. A CRM that keeps no trace of merges only reads the record.
    fn follow<'a>(&'a self, record: &'a RecordId) -> CrmFuture<'a, Result<Option<Record>, CrmError>> {
        Box::pin(async move { Ok(self.fetch(std::slice::from_ref(record)).await?.pop().flatten()) })
    }

    /// All records that carry these keys. One answer for each key, in their order.
    fn holders<'a>(&'a self, keys: &'a [ExternalKey]) -> CrmFuture<'a, Result<Vec<Vec<Record>>, CrmError>>;

    /// Merges `other` into `primary`; both are records of one customer.
    fn merge<'a>(
        &'a self,
        primary: &'a RecordId,
        other: &'a RecordId,
    ) -> CrmFuture<'a, Result<Merged, CrmError>>;

    /// Makes and changes deals. One outcome for each, in their order.
    fn write_deals<'a>(&'a self, deals: &'a [DealWrite]) -> CrmFuture<'a, Vec<DealOutcome>>;

    /// Counts the deals of a span.
    fn count_deals<'a>(&'a self, span: &'a DealSpan) -> CrmFuture<'a, Result<u64, CrmError>>;

    /// Makes notes. One outcome for each, in their order.
    fn write_notes<'a>(&'a self, notes: &'a [NoteWrite]) -> CrmFuture<'a, Vec<NoteOutcome>>;

    /// Makes tasks. One outcome for each, in their order.
    fn write_tasks<'a>(&'a self, tasks: &'a [TaskWrite]) -> CrmFuture<'a, Vec<TaskOutcome>>;

    /// Makes companies, says their names and ties their buyers. One outcome for each, in their order.
    fn write_companies<'a>(&'a self, companies: &'a [CompanyWrite]) -> CrmFuture<'a, Vec<CompanyOutcome>>;

    /// How many calls an errand takes.
    fn cost(&self, errand: Errand<'_>) -> usize;

    /// A page of all contacts that carry a key of ours, from the beginning or from where a page ended.
    fn page<'a>(&'a self, after: Option<&'a Cursor>) -> CrmFuture<'a, Result<Page, CrmError>>;
}
