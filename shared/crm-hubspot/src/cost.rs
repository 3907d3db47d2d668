//! How many calls an errand takes.

use std::collections::BTreeSet;

use crm::{CompanyWrite, DealWrite, Errand};
use domain::{ExternalKey, RecordId};

use crate::contacts;
use crate::limits::MAX_INPUTS;

/// As the contract has it: exactly, where all of it is new. Each kind of row goes in batches of its own.
pub(crate) fn calls(errand: Errand<'_>) -> usize {
    match errand {
        Errand::Find(wanted) => contacts::calls_to_find(wanted),
        Errand::Apply(writes) => contacts::calls_to_apply(writes),
        Errand::Read(keys) => {
            batches(different(keys.iter().map(ExternalKey::as_str).filter(|key| !key.is_empty())))
        }
        Errand::Fetch(records) => batches(different(records.iter().map(RecordId::as_str))),
        Errand::Holders(keys) => contacts::holders_calls(keys),
        Errand::Deals(deals) => deals_and_ties(deals),
        // Looked for, and made.
        Errand::Notes(notes) => 2 * batches(different(notes.iter().map(|write| write.note.key.as_str()))),
        Errand::Tasks(tasks) => 2 * batches(different(tasks.iter().map(|write| write.task.key.as_str()))),
        Errand::Companies(companies) => companies_and_ties(companies),
        Errand::Merge(..) | Errand::CountDeals(_) | Errand::Page(_) => 1,
    }
}

fn batches(rows: usize) -> usize {
    rows.div_ceil(MAX_INPUTS)
}

fn different<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.collect::<BTreeSet<_>>().len()
}

/// Those that are only changed are looked for before.
fn deals_and_ties(deals: &[DealWrite]) -> usize {
    let those = |is_wanted: bool| {
        let some = deals.iter().filter(|write| write.deal.is_wanted == is_wanted);
        batches(different(some.map(|write| write.deal.key.as_str())))
    };
    let tied = deals.iter().filter(|write| write.contact.is_some());
    those(true) + 2 * those(false) + batches(different(tied.map(|write| write.deal.key.as_str())))
}

fn companies_and_ties(companies: &[CompanyWrite]) -> usize {
    let key = |write: &CompanyWrite| write.company.key.as_str().to_owned();
    let keys: BTreeSet<_> = companies.iter().map(key).collect();
    let ties: BTreeSet<_> = companies
        .iter()
        .flat_map(|write| write.contacts.iter().map(move |contact| (key(write), contact)))
        .collect();
    batches(keys.len()) + batches(ties.len())
}
