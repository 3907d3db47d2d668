//! Where is the customer's record today?

use std::panic::AssertUnwindSafe;

use domain::{ExternalKey, Record, RecordId};
use futures_util::{FutureExt, StreamExt, stream};
use store::Links;

use super::errand::Errand;
use super::{AT_A_TIME, ActOutcome, Hands};
use crate::failure::Failure;

/// Of those whose record is gone, the ones that have another today, ready to be written there. Without a link the customer
/// is gone, and it is over. Where the link still names the record that is gone, the CRM is asked which one carries the
/// customer's key now.
pub(super) async fn elsewhere<'e, D: Sync, L: Links, P: Sync, R: Sync>(
    errands: Vec<&'e mut Errand>,
    hands: &Hands<'_, D, L, P, R>,
) -> Vec<&'e mut Errand> {
    let gone: Vec<_> = errands.into_iter().filter(|errand| errand.is_gone()).collect();
    let linked = stream::iter(gone).map(|errand| async {
        let customer = errand.case.firing.customer_key();
        let link = AssertUnwindSafe(hands.links.link(&customer)).catch_unwind().await;
        let link = link.map_err(|_| Failure::Panicked).and_then(|link| Ok(link?));
        (errand, link.map(|link| link.map(|link| link.record)))
    });
    let (mut moved, mut unsure) = (Vec::new(), Vec::new());
    for (errand, linked) in linked.buffered(AT_A_TIME).collect::<Vec<_>>().await {
        match linked {
            Ok(Some(record)) if record == errand.record => unsure.push(errand),
            found => moved.extend(at(errand, found)),
        }
    }
    moved.extend(by_key(unsure, hands).await);
    moved
}

/// The errand, open again, where the record was found.
fn at(errand: &mut Errand, found: Result<Option<RecordId>, Failure>) -> Option<&mut Errand> {
    match found {
        Ok(Some(record)) => {
            (errand.record, errand.verdict) = (record, None);
            return Some(errand);
        }
        Ok(None) => errand.verdict = Some(Ok(ActOutcome::CustomerGone)),
        Err(failure) => errand.verdict = Some(Err(failure)),
    }
    None
}

async fn by_key<'e, D, L, P, R>(
    errands: Vec<&'e mut Errand>,
    hands: &Hands<'_, D, L, P, R>,
) -> Vec<&'e mut Errand> {
    if errands.is_empty() {
        return vec![];
    }
    let key = |errand: &&mut Errand| (hands.key_of)(&errand.case.firing.customer_key());
    let keys: Vec<ExternalKey> = errands.iter().map(key).collect();
    let read = AssertUnwindSafe(hands.crm.read(&keys)).catch_unwind().await;
    let read = read.map_err(|_| Failure::Panicked).and_then(|read| Ok(read?));
    let place = |(n, errand): (usize, &'e mut Errand)| {
        let found = read.as_ref().map(|read| read.get(n).and_then(Option::as_ref).map(id));
        at(errand, found.map_err(Clone::clone))
    };
    errands.into_iter().enumerate().filter_map(place).collect()
}

fn id(record: &Record) -> RecordId {
    record.id.clone()
}
