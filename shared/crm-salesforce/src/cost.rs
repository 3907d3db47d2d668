//! How many calls an errand takes.

use std::collections::BTreeSet;

use crm::{CompanyWrite, Cursor, DealWrite, Errand};
use domain::RecordId;

use crate::client::Salesforce;
use crate::contacts::{questions, questions_by_key};
use crate::deals;
use crate::ours::{ACTION, ORDER, REFUND};
use crate::rows::calls as rows;
use crate::{activities, apply, companies, find, id};

/// As the contract has it: exactly, where all of it is new. Beside the rows there are questions, as many as fit into as few
/// addresses as Salesforce takes.
pub(crate) fn calls(salesforce: &Salesforce, errand: Errand<'_>) -> usize {
    let words = salesforce.words();
    match errand {
        Errand::Find(wanted) => find::calls(salesforce, wanted),
        Errand::Apply(writes) => apply::calls(salesforce, writes),
        Errand::Read(keys) | Errand::Holders(keys) => find::questions_by_key(words, keys.iter()).len(),
        Errand::Fetch(records) => {
            let ids = ids(records);
            find::questions_by_id(words, ids.iter().map(String::as_str).collect()).len()
        }
        Errand::Deals(writes) => of_deals(salesforce, writes),
        Errand::Merge(..) => 0,
        Errand::CountDeals(_) => 1,
        Errand::Notes(writes) => {
            let contacts = writes.iter().map(|write| &write.contact);
            of_activities(salesforce, REFUND, writes.iter().map(|write| write.note.key.as_str()), contacts)
        }
        Errand::Tasks(writes) => {
            let contacts = writes.iter().map(|write| &write.contact);
            of_activities(salesforce, ACTION, writes.iter().map(|write| write.task.key.as_str()), contacts)
        }
        Errand::Companies(writes) => of_companies(salesforce, writes),
        Errand::Page(after) => of_page(after),
    }
}

fn ids<'r>(records: impl IntoIterator<Item = &'r RecordId>) -> BTreeSet<String> {
    let ids = records.into_iter().filter_map(|record| id::record_id(record.as_str()));
    ids.map(|id| id.as_str().to_owned()).collect()
}

/// Whether these are there, and of which account.
fn looks<'r>(salesforce: &Salesforce, contacts: impl IntoIterator<Item = &'r RecordId>) -> usize {
    questions(salesforce.words(), ids(contacts).iter().map(String::as_str)).len()
}

/// Which of them are there, whose they are, the deals, and the roles: made, or asked for.
fn of_deals(salesforce: &Salesforce, writes: &[DealWrite]) -> usize {
    let keys: BTreeSet<_> = writes.iter().map(|write| write.deal.key.as_str()).collect();
    let tied = writes.iter().filter(|write| write.contact.is_some());
    let tied: BTreeSet<_> = tied.map(|write| write.deal.key.as_str()).collect();
    let deals = rows(keys.len());
    let there = questions_by_key(deals::object(salesforce), ORDER, "AccountId", keys).len();
    let whose = looks(salesforce, writes.iter().filter_map(|write| write.contact.as_ref()));
    let roles = if deals::has_roles(salesforce) { rows(tied.len()) } else { 0 };
    there + whose + deals + roles
}

/// Which of them are there, before and after, who they are about, and the rows.
fn of_activities<'w>(
    salesforce: &Salesforce,
    key: &str,
    keys: impl Iterator<Item = &'w str>,
    contacts: impl Iterator<Item = &'w RecordId>,
) -> usize {
    let keys: BTreeSet<_> = keys.collect();
    let count = keys.len();
    2 * questions_by_key(activities::OBJECT, key, "Status", keys).len()
        + looks(salesforce, contacts)
        + rows(count)
}

/// The companies, who the buyers are, and the ties: a contact moves in, a person is related, which is asked for before.
fn of_companies(salesforce: &Salesforce, writes: &[CompanyWrite]) -> usize {
    let key = |write: &CompanyWrite| write.company.key.as_str().to_owned();
    let keys: BTreeSet<_> = writes.iter().map(key).collect();
    let ties: BTreeSet<_> = writes
        .iter()
        .flat_map(|write| write.contacts.iter().map(move |contact| (key(write), contact)))
        .collect();
    let with_buyers = ties.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len();
    let asked = if salesforce.words().are_accounts() { companies::relations_calls(with_buyers) } else { 0 };
    rows(keys.len())
        + looks(salesforce, writes.iter().flat_map(|write| &write.contacts))
        + asked
        + rows(ties.len())
}

/// It is begun; then its state is asked for, and its first part; then each further part.
fn of_page(after: Option<&Cursor>) -> usize {
    match after {
        Some(cursor) if !cursor.as_str().contains('/') => 2,
        _ => 1,
    }
}
