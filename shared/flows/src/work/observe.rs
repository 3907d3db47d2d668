//! What is there: from memory, or by asking the CRM.

use crm::{Crm, Wanted};
use domain::{Desired, Identity, Observed, Record, RecordId, identify};
use store::Link;

use crate::failure::Failure;

/// What we know about the other half, owned.
pub(super) enum Sight {
    /// We wrote it before.
    Remembered(Link),
    /// The CRM told us.
    Read(Record),
    /// There is no record.
    Nothing,
}

impl Sight {
    pub(super) fn observed(&self) -> Observed<'_> {
        match self {
            Self::Remembered(link) => {
                Observed::Remembered { record: &link.record, written: &link.written, version: link.version }
            }
            Self::Read(record) => Observed::Read(record),
            Self::Nothing => Observed::Nothing,
        }
    }

    /// The record, where there is one.
    pub(super) fn record(&self) -> Option<&RecordId> {
        match self {
            Self::Remembered(link) => Some(&link.record),
            Self::Read(record) => Some(&record.id),
            Self::Nothing => None,
        }
    }
}

/// Asks the CRM: by the stamped key, then by verified address.
pub(super) async fn look(desired: &Desired, crm: &dyn Crm) -> Result<Sight, Failure> {
    let wanted = [Wanted { key: desired.key.clone(), email: desired.match_email.clone() }];
    let candidates = crm.find(&wanted).await?.pop().unwrap_or_default();
    match identify(desired, candidates) {
        Identity::New => Ok(Sight::Nothing),
        Identity::Found(found) => Ok(Sight::Read(found.record)),
        Identity::Ambiguous(records) => Err(Failure::Ambiguous(records)),
    }
}
