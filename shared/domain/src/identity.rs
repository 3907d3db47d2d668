//! Which record is this customer?

use crate::{Desired, ExternalKey, Record, RecordId};

/// By what a record was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchedBy {
    /// The unique key that we stamped on it.
    Key,
    /// A verified e-mail address.
    Email,
}

/// A record that may be the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// By what it was found.
    pub by: MatchedBy,
    /// The record as the CRM has it.
    pub record: Record,
}

/// What the candidates say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Nobody: a new record is to be made.
    New,
    /// This one.
    Found(Match),
    /// It cannot be told, so it is not guessed: a person has to look at these records.
    Ambiguous(Vec<RecordId>),
}

/// Chooses among the candidates: the stamped key, then the address. A record found by address that carries another
/// customer's key is somebody else's, and two records with one address are a question for a person.
pub fn identify(desired: &Desired, candidates: Vec<Match>) -> Identity {
    let (by_key, by_email): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| c.by == MatchedBy::Key);
    match one(by_key) {
        Identity::New => match one(by_email) {
            Identity::Found(found) if taken(&found.record, &desired.key) => {
                Identity::Ambiguous(vec![found.record.id])
            }
            other => other,
        },
        other => other,
    }
}

fn one(mut matches: Vec<Match>) -> Identity {
    matches.sort_by(|a, b| a.record.id.cmp(&b.record.id));
    matches.dedup_by(|a, b| a.record.id == b.record.id);
    match matches.len() {
        0 => Identity::New,
        1 => matches.pop().map_or(Identity::New, Identity::Found),
        _ => Identity::Ambiguous(matches.into_iter().map(|m| m.record.id).collect()),
    }
}

fn taken(record: &Record, key: &ExternalKey) -> bool {
    record.key.as_ref().is_some_and(|theirs| theirs != key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::desired::tests::ada;
    use crate::{Rules, desired};

    fn found(by: MatchedBy, id: &str, key: Option<&str>) -> Match {
        let key = key.map(ExternalKey::from_crm);
        Match { by, record: Record { id: RecordId::new(id), key, fields: BTreeMap::new() } }
    }

    fn choose(candidates: Vec<Match>) -> Identity {
        identify(&desired(&ada(), "", &Rules::default()), candidates)
    }

    #[test]
    fn s_152_the_key_goes_before_the_address() {
        let by_key = found(MatchedBy::Key, "1", Some("7"));
        let chosen = choose(vec![found(MatchedBy::Email, "2", None), by_key.clone()]);
        assert_eq!(chosen, Identity::Found(by_key));
    }

    #[test]
    fn s_154_nobody_means_a_new_record() {
        assert_eq!(choose(vec![]), Identity::New);
    }

    #[test]
    fn a_record_that_carries_another_customers_key_is_never_taken_over() {
        let theirs = found(MatchedBy::Email, "2", Some("8"));
        assert_eq!(choose(vec![theirs]), Identity::Ambiguous(vec![RecordId::new("2")]));
    }

    #[test]
    fn two_records_with_one_address_are_a_question_for_a_person() {
        let both = vec![found(MatchedBy::Email, "2", None), found(MatchedBy::Email, "3", None)];
        assert_eq!(choose(both), Identity::Ambiguous(vec![RecordId::new("2"), RecordId::new("3")]));
    }
}
