//! Why the halves differ, and what is done about it.

use serde::{Deserialize, Serialize};

/// Why a customer differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The shop has them, and no record carries their key.
    MissingInCrm,
    /// The record is there, and nobody remembers it.
    MissingLink,
    /// The CRM says what was written last, and the shop went on: an event was lost.
    Stale,
    /// The CRM says what nobody wrote, in a field that is the shop's.
    ManualEdit,
    /// A field was never written: it is new in the manifest, or was switched on.
    MappingChanged,
    /// The record has another id than the one that is remembered: it was merged, and its key went along.
    Merged,
    /// Another customer's record holds the address: two contacts were merged that are two customers.
    MergedAway,
    /// Several records carry one key.
    Duplicate,
    /// The shop has no such customer.
    ExtraInCrm,
}

/// What is done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// The customer is synced again from the shop's truth, quietly.
    Resync,
    /// The records are merged, and the customer is synced again; where that may not be or is refused, a person is told.
    Merge,
    /// A person has to say what is right: nobody else deletes records, or merges what only looks alike.
    Person,
}

impl Cause {
    /// Each.
    pub const ALL: [Self; 9] = [
        Self::MissingInCrm,
        Self::MissingLink,
        Self::Stale,
        Self::ManualEdit,
        Self::MappingChanged,
        Self::Merged,
        Self::MergedAway,
        Self::Duplicate,
        Self::ExtraInCrm,
    ];

    /// Its name in logs and reports: stable.
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingInCrm => "missing_in_crm",
            Self::MissingLink => "missing_link",
            Self::Stale => "stale",
            Self::ManualEdit => "manual_edit",
            Self::MappingChanged => "mapping_changed",
            Self::Merged => "merged",
            Self::MergedAway => "merged_away",
            Self::Duplicate => "duplicate",
            Self::ExtraInCrm => "extra_in_crm",
        }
    }

    /// Its name for a person.
    pub fn title(self) -> &'static str {
        match self {
            Self::MissingInCrm => "missing in CRM",
            Self::MissingLink => "missing link",
            Self::Stale => "stale",
            Self::ManualEdit => "manual edit",
            Self::MappingChanged => "mapping changed",
            Self::Merged => "merged",
            Self::MergedAway => "merged into another customer's",
            Self::Duplicate => "duplicate",
            Self::ExtraInCrm => "extra in CRM",
        }
    }

    /// What it means and what happens, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::MissingInCrm => {
                "The shop has them, the CRM does not. What died of theirs is replayed, or they are synced again."
            }
            Self::MissingLink => "The record is there, but its link was lost. They are synced again.",
            Self::Stale => {
                "An event was lost: the CRM has an older word of the shop's. They are synced again."
            }
            Self::ManualEdit => "Somebody edited a field that is the shop's. It is set right.",
            Self::MappingChanged => "A field is written that was not before. They are synced again.",
            Self::Merged => "The contact was merged with another; the link follows.",
            Self::MergedAway => {
                "Two contacts were merged that are two customers in the shop: take them apart."
            }
            Self::Duplicate => {
                "Several contacts carry one key. Where they were not merged, merge them into the one that is named first."
            }
            Self::ExtraInCrm => "The shop has no such customer any more: decide whether the contact stays.",
        }
    }

    /// What is done about it: a deletion cannot be undone, so it is never done here; a merge cannot either, so it is done only of
    /// records that carry one key.
    pub fn repair(self) -> Repair {
        match self {
            Self::MergedAway | Self::ExtraInCrm => Repair::Person,
            Self::Duplicate => Repair::Merge,
            _ => Repair::Resync,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_193_what_cannot_be_undone_is_left_to_a_person_but_for_records_with_one_key() {
        let by = |repair| Cause::ALL.into_iter().filter(|cause| cause.repair() == repair).collect::<Vec<_>>();
        assert_eq!(by(Repair::Person), [Cause::MergedAway, Cause::ExtraInCrm]);
        assert_eq!(by(Repair::Merge), [Cause::Duplicate], "of what is merged each carries the very key");
    }

    #[test]
    fn every_cause_has_the_same_name_in_json_as_in_metrics() {
        for cause in Cause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.name());
        }
    }
}
