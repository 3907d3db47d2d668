//! Which of a shop's webhook subscriptions are gone, and since when nothing was told.
//!
//! Decides only. The order that loses nothing: what [`look`] says is kept first, then what is missing is registered, then
//! the gap is pulled, and then [`Seen::pulled`] is kept. Who dies in between finds the gap still open.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::reconcile::Window;

/// A gap begins this long before a subscription was last seen: what changed just before may have failed to arrive, and those
/// who are synced twice come to no harm.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// A subscription as the shop lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Such as `ORDERS_CREATE`.
    pub topic: String,
    /// Where it delivers to.
    pub uri: String,
}

/// What is remembered of a shop's subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Up to when each topic is known to be told or pulled, UTC.
    pub topics: BTreeMap<String, Timestamp>,
    /// Since when something was not told and is not yet pulled, UTC.
    pub gap_since: Option<Timestamp>,
}

/// What should be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The topics.
    pub topics: &'a [&'a str],
    /// Our address.
    pub uri: &'a str,
    /// Whether a topic that was never seen is registered too.
    pub register_unseen: bool,
}

/// What a look comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Topics to register.
    pub register: Vec<String>,
    /// Topics of ours that deliver somewhere else. They are told of and left as they are.
    pub elsewhere: Vec<String>,
    /// To be kept before anything is done.
    pub remember: Seen,
}

/// Compares what a shop lists with what should be and what was seen last, at `now` in UTC.
pub fn look(wanted: &Wanted<'_>, listed: &[Listed], seen: &Seen, now: Timestamp) -> Look {
    let mut look = Look { register: vec![], elsewhere: vec![], remember: seen.clone() };
    for &topic in wanted.topics {
        let of_topic = || listed.iter().filter(|one| one.topic == topic);
        if of_topic().any(|one| one.uri != wanted.uri) {
            look.elsewhere.push(topic.into());
        }
        if of_topic().any(|one| one.uri == wanted.uri) {
            look.remember.topics.insert(topic.into(), now);
        } else {
            look.miss(topic, wanted.register_unseen, now);
        }
    }
    look
}

impl Look {
    /// What was never there has no gap before now.
    fn miss(&mut self, topic: &str, register_unseen: bool, now: Timestamp) {
        let seen = &mut self.remember;
        match seen.topics.get(topic) {
            Some(&last) => {
                let since = last.saturating_sub(OVERLAP).unwrap_or(last);
                seen.gap_since = Some(seen.gap_since.map_or(since, |open| open.min(since)));
            }
            None if register_unseen => {
                seen.topics.insert(topic.into(), now);
            }
            None => return,
        }
        self.register.push(topic.into());
    }
}

impl Seen {
    /// What is to be pulled, where something is. `now` is after the registering, so that nothing falls between, UTC.
    pub fn gap(&self, now: Timestamp) -> Option<Window> {
        self.gap_since.map(|since| Window { since, until: now })
    }

    /// The same after the backfill of this gap began.
    #[must_use]
    pub fn pulled(mut self, gap: Window) -> Self {
        self.gap_since = self.gap_since.filter(|since| *since < gap.since);
        // A topic that could not be registered is missed from here on, and not from its first day each time.
        if self.gap_since.is_none() {
            self.topics.values_mut().for_each(|at| *at = (*at).max(gap.until));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted<'_> = Wanted {
        topics: &["ORDERS_CREATE", "REFUNDS_CREATE"],
        uri: "https://a.example/hook",
        register_unseen: false,
    };

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).unwrap()
    }

    fn listed(topic: &str, uri: &str) -> Listed {
        Listed { topic: topic.into(), uri: uri.into() }
    }

    fn both() -> Vec<Listed> {
        WANTED.topics.iter().map(|topic| listed(topic, WANTED.uri)).collect()
    }

    #[test]
    fn a_first_look_only_remembers() {
        let first = look(&WANTED, &both()[..1], &Seen::default(), at(10));
        assert_eq!((first.register.len(), first.remember.gap(at(10))), (0, None));
        assert_eq!(first.remember.topics.into_iter().collect::<Vec<_>>(), [("ORDERS_CREATE".into(), at(10))]);
    }

    #[test]
    fn what_was_never_seen_is_registered_where_that_is_wanted_and_its_gap_begins_then() {
        let wanted = Wanted { register_unseen: true, ..WANTED };
        let first = look(&wanted, &[], &Seen::default(), at(10));
        assert_eq!((first.register.len(), first.remember.gap(at(10))), (2, None));
        let died_before_registering = look(&wanted, &[], &first.remember, at(11));
        assert_eq!(died_before_registering.remember.gap_since, Some(at(9)));
    }

    #[test]
    fn s_188_gaps_of_several_topics_are_one_from_an_hour_before_the_earliest() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let seen = look(&WANTED, &both()[..1], &seen, at(12)).remember;
        let gone = look(&WANTED, &[], &seen, at(13));
        assert_eq!(gone.register, WANTED.topics);
        assert_eq!(gone.remember.gap(at(14)), Some(Window { since: at(9), until: at(14) }));
    }

    #[test]
    fn s_188_a_gap_stays_open_though_all_is_registered_until_it_was_pulled() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let gone = look(&WANTED, &[], &seen, at(12)).remember;
        let again = look(&WANTED, &both(), &gone, at(13)).remember;
        let gap = again.gap(at(13)).unwrap();
        assert_eq!(gap.since, at(9));
        let pulled = again.pulled(gap);
        assert_eq!(pulled.gap_since, None);
        assert_eq!(look(&WANTED, &both(), &pulled, at(14)).remember.gap_since, None);
    }

    #[test]
    fn what_cannot_be_registered_is_pulled_from_the_last_pull_on() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let gone = look(&WANTED, &[], &seen, at(12)).remember;
        let gap = gone.gap(at(12)).unwrap();
        let still = look(&WANTED, &[], &gone.pulled(gap), at(13));
        assert_eq!(still.remember.gap_since, Some(at(11)));
    }

    #[test]
    fn another_address_is_told_of_and_is_not_ours() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let list = [listed("ORDERS_CREATE", "https://b.example"), listed("REFUNDS_CREATE", WANTED.uri)];
        let odd = look(&WANTED, &list, &seen, at(11));
        assert_eq!(
            (odd.register, odd.elsewhere),
            (vec!["ORDERS_CREATE".into()], vec!["ORDERS_CREATE".into()])
        );
    }
}
