//! What is to be remembered of a read and of what was written. Pure.

use crm::CrmErrorKind;
use domain::{
    Desired, Fingerprint, FingerprintKey, Fingerprints, OrderVersion, REPLICA_LAG, RecordId, SignalState,
};
use jiff::Timestamp;
use store::Link;

use super::Outcome;
use super::commit::End;
use super::matter::Verdict;
use super::observe::Sight;
use crate::failure::Failure;

/// What was read, of both halves.
pub(super) struct Read<'a> {
    pub(super) wish: &'a Desired,
    /// What its signals are looked at with the next time.
    pub(super) signals: &'a SignalState,
    /// The newest version of an order that came with it.
    pub(super) newest_order: Option<OrderVersion>,
    pub(super) sight: Option<&'a Sight>,
}

impl Read<'_> {
    /// The link that was known before, where it is of the same version as what was read.
    fn same(&self) -> Option<&Link> {
        match self.sight {
            Some(Sight::Remembered(link)) => Some(link)
                .filter(|link| link.version == self.wish.version && link.newest_order == self.newest_order),
            _ => None,
        }
    }

    /// What the shop says now counts as written, whether it had to be sent or not; a field that it would not tell keeps
    /// what was written to this record before.
    fn prints(&self, key: &FingerprintKey) -> Fingerprints {
        let mut prints = match self.sight {
            Some(Sight::Remembered(link)) => link.written.clone(),
            _ => Fingerprints::new(),
        };
        let fields = self.wish.fields.iter();
        prints.extend(fields.map(|(field, value)| (*field, Fingerprint::of(key, *field, value))));
        prints
    }

    fn link(&self, record: &RecordId, key: &FingerprintKey) -> Link {
        let (record, written) = (record.clone(), self.prints(key));
        let (version, newest_order, signals) = (self.wish.version, self.newest_order, self.signals.clone());
        Link { record, version, written, newest_order, signals }
    }
}

/// How the lease ends, and what to remember. After a write whose answer was lost it is not known what the record says, so
/// nothing of it may be taken for written: otherwise a change and its undoing could leave the CRM with the change.
///
/// What was true already is remembered too where it was read from a newer version (an older read must not pass later), or
/// where a flag went on or off by time alone and its label is not written.
pub(super) fn learned(read: &Read<'_>, verdict: &Verdict, key: &FingerprintKey) -> End {
    match verdict {
        Ok(Outcome::AlreadyTrue { .. }) if read.same().is_some_and(|link| link.signals == *read.signals) => {
            End::Keep(None)
        }
        Ok(Outcome::Written { record, .. } | Outcome::AlreadyTrue { record }) => {
            End::Keep(Some(read.link(record, key)))
        }
        Ok(_) => End::Keep(None),
        Err(Failure::Crm(error)) if may_be_done(error.kind()) => End::Abandon,
        Err(Failure::Panicked) => End::Abandon,
        Err(_) => End::Release,
    }
}

fn may_be_done(kind: &CrmErrorKind) -> bool {
    matches!(kind, CrmErrorKind::Unanswered | CrmErrorKind::Unavailable | CrmErrorKind::Gone)
}

/// `updated_at` has steps of one second, and a replica may lag within one: what changed without a newer version is
/// written, and read once more a little later, so that the last read wins. `youngest` is when the youngest of the events
/// was raised.
pub(super) fn reads_again(
    read: &Read<'_>,
    verdict: &Verdict,
    youngest: Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let same = read.same().is_some_and(|link| !link.written.is_empty());
    let changed = youngest.map_or(read.wish.version, |at| at.max(read.wish.version));
    let young = now.duration_since(changed) < REPLICA_LAG;
    same && young && matches!(verdict, Ok(Outcome::Written { .. }))
}
