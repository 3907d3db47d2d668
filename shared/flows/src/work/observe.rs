//! What is there: from memory, or by asking the CRM.

use crm::Wanted;
use domain::{Desired, MatchKeys, Observed, Record, RecordId};
use store::Link;

/// What we know about the other half, owned.
pub(super) enum Sight {
    /// We wrote it before.
    Remembered(Link),
    /// The CRM told us.
    Read(Record),
    /// The CRM told us, but what it says may be an older word of ours.
    Doubted(Record),
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
            Self::Doubted(record) => Observed::Doubted(record),
            Self::Nothing => Observed::Nothing,
        }
    }

    /// The same, where the CRM was asked beside what is remembered.
    pub(super) fn beside<'a>(&'a self, there: Option<&'a Record>) -> Observed<'a> {
        match (self, there) {
            (Self::Remembered(Link { record, written, version, .. }), Some(there)) => {
                Observed::Both { record, written, version: *version, there }
            }
            _ => self.observed(),
        }
    }

    /// The record, where there is one.
    pub(super) fn record(&self) -> Option<&RecordId> {
        match self {
            Self::Remembered(link) => Some(&link.record),
            Self::Read(record) | Self::Doubted(record) => Some(&record.id),
            Self::Nothing => None,
        }
    }
}

/// Whom the CRM is asked about.
pub(super) fn wanted(desired: &Desired) -> Wanted {
    let MatchKeys { aliases, phone, region, namesake, .. } = desired.match_keys.clone();
    Wanted { key: desired.key.clone(), email: desired.match_email.clone(), aliases, phone, region, namesake }
}
