//! Which record is this customer?

use std::collections::BTreeMap;

use crate::{Desired, ExternalKey, Record, RecordId};

/// By what a record was found, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchedBy {
    /// The unique key that we stamped on it.
    Key,
    /// A verified e-mail address.
    Email,
    /// An address that is the same person's, by the policy on aliases.
    Alias,
    /// A phone number.
    Phone,
    /// First name, last name and postal code together.
    Composite,
}

impl MatchedBy {
    /// Whether two customers of a shop may well share it: then a record that is another customer's is no candidate.
    fn is_shared(self) -> bool {
        self == Self::Composite
    }
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

/// Chooses among the candidates, in any order: the best kind of proof that anybody has decides alone. Two records with
/// the same proof are a question for a person, and so is a record that carries another customer's key: it is somebody
/// else's, and never taken over.
pub fn identify(desired: &Desired, candidates: Vec<Match>) -> Identity {
    let is_taken = |found: &Match| taken(&found.record, &desired.key);
    let mut by_proof: BTreeMap<MatchedBy, BTreeMap<RecordId, Match>> = BTreeMap::new();
    for found in candidates {
        by_proof.entry(found.by).or_default().insert(found.record.id.clone(), found);
    }
    // Namesakes: those that are all known to be others prove nothing.
    by_proof.retain(|by, found| !(by.is_shared() && found.values().all(is_taken)));
    let Some((_, mut found)) = by_proof.pop_first() else { return Identity::New };
    match found.pop_first() {
        Some((_, only)) if found.is_empty() && !is_taken(&only) => Identity::Found(only),
        Some((first, _)) => Identity::Ambiguous(std::iter::once(first).chain(found.into_keys()).collect()),
        None => Identity::New,
    }
}

fn taken(record: &Record, key: &ExternalKey) -> bool {
    record.key.as_ref().is_some_and(|theirs| theirs != key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::desired::tests::ada;
    use crate::{Rules, desired};

    const ALL: [MatchedBy; 5] =
        [MatchedBy::Key, MatchedBy::Email, MatchedBy::Alias, MatchedBy::Phone, MatchedBy::Composite];

    fn found(by: MatchedBy, id: &str, key: Option<&str>) -> Match {
        let key = key.map(ExternalKey::from_crm);
        Match { by, record: Record { id: RecordId::new(id), key, fields: BTreeMap::new() } }
    }

    fn choose(candidates: Vec<Match>) -> Identity {
        identify(&desired(&ada(), "", &Rules::default()), candidates)
    }

    fn ambiguous(ids: &[&str]) -> Identity {
        Identity::Ambiguous(ids.iter().map(|id| RecordId::new(*id)).collect())
    }

    #[test]
    fn s_152_the_key_goes_before_the_address() {
        let by_key = found(MatchedBy::Key, "1", Some("7"));
        let chosen = choose(vec![found(MatchedBy::Email, "2", None), by_key.clone()]);
        assert_eq!(chosen, Identity::Found(by_key));
    }

    #[test]
    fn s_047_and_s_216_each_proof_counts_where_no_better_one_does() {
        for (n, by) in ALL.into_iter().enumerate() {
            let worse = ALL[n..].iter().map(|by| found(*by, &format!("{by:?}"), None));
            let chosen = choose(worse.rev().collect());
            assert_eq!(chosen, Identity::Found(found(by, &format!("{by:?}"), None)));
        }
    }

    #[test]
    fn s_154_nobody_means_a_new_record() {
        assert_eq!(choose(vec![]), Identity::New);
    }

    #[test]
    fn a_record_that_carries_another_customers_key_is_never_taken_over() {
        for by in [MatchedBy::Email, MatchedBy::Alias, MatchedBy::Phone] {
            assert_eq!(choose(vec![found(by, "2", Some("8"))]), ambiguous(&["2"]), "{by:?}");
        }
    }

    #[test]
    fn a_record_that_carries_our_own_key_is_ours_by_whatever_it_was_found() {
        for by in ALL {
            assert_eq!(choose(vec![found(by, "2", Some("7"))]), Identity::Found(found(by, "2", Some("7"))));
        }
    }

    #[test]
    fn two_records_with_one_address_are_a_question_for_a_person() {
        for by in ALL {
            let both = vec![found(by, "3", None), found(by, "2", None)];
            assert_eq!(choose(both), ambiguous(&["2", "3"]), "{by:?}");
        }
    }

    #[test]
    fn a_namesake_that_is_another_customer_is_nobody_but_makes_a_second_one_a_question() {
        let other = found(MatchedBy::Composite, "2", Some("8"));
        assert_eq!(choose(vec![other.clone()]), Identity::New);
        assert_eq!(choose(vec![other, found(MatchedBy::Composite, "3", None)]), ambiguous(&["2", "3"]));
    }

    #[test]
    fn one_record_that_was_found_twice_is_one() {
        let twice = vec![found(MatchedBy::Phone, "2", None), found(MatchedBy::Phone, "2", None)];
        assert_eq!(choose(twice), Identity::Found(found(MatchedBy::Phone, "2", None)));
    }

    fn candidates() -> impl Strategy<Value = Vec<Match>> {
        let key = prop_oneof![Just(None), Just(Some("7")), Just(Some("8"))];
        // A record has one key, whatever it was found by.
        let records = prop::collection::vec(key, 4);
        let finds = prop::collection::vec((0_usize..5, 0_usize..4), 0..8);
        (records, finds).prop_map(|(keys, finds)| {
            finds.into_iter().map(|(by, n)| found(ALL[by], &n.to_string(), keys[n])).collect()
        })
    }

    proptest! {
        #[test]
        fn the_order_of_candidates_never_matters(
            (all, shuffled) in candidates().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        ) {
            prop_assert_eq!(choose(all), choose(shuffled));
        }

        #[test]
        fn anothers_record_is_never_taken_and_nobody_is_guessed(all in candidates()) {
            match choose(all.clone()) {
                Identity::New => {
                    let is_other = |c: &Match| c.by == MatchedBy::Composite && taken(&c.record, &ExternalKey::from_crm("7"));
                    prop_assert!(all.iter().all(is_other));
                }
                Identity::Found(one) => {
                    prop_assert!(!taken(&one.record, &ExternalKey::from_crm("7")));
                    let alike = |c: &&Match| c.by == one.by && c.record.id != one.record.id;
                    prop_assert_eq!(all.iter().filter(alike).count(), 0);
                    prop_assert!(all.iter().all(|c| c.by >= one.by || c.by == MatchedBy::Composite));
                }
                Identity::Ambiguous(ids) => {
                    let best = all.iter().map(|c| c.by).min();
                    let mut named: Vec<_> = all.iter().filter(|c| Some(c.by) == best).map(|c| c.record.id.clone()).collect();
                    named.sort();
                    named.dedup();
                    prop_assert_eq!(ids, named);
                }
            }
        }
    }
}
