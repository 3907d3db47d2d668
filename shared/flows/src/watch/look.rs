//! Which of a shop's webhook subscriptions are gone, and since when nothing was told.
//!
//! Decides only. The order that loses nothing and pulls nothing twice: what [`look`] says is kept first, then what is missing is
//! registered, then the name of the run that is going to pull the gap is kept, then that run begins, and when it ended well the
//! gap is closed. Who dies in between finds the gap still open, or by that name what became of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shopify::Subscription;

use crate::reconcile::Window;

/// A gap begins this long before a subscription was last seen: Shopify removes it after eight failures within four hours,
/// in which it is still listed. Those who are synced twice come to no harm.
const OVERLAP: SignedDuration = SignedDuration::from_hours(5);

/// What is remembered of a shop's subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Seen {
    /// Up to when each topic is known to be told or pulled, UTC.
    pub topics: BTreeMap<String, Timestamp>,
    /// Since when something was not told and is not yet pulled, UTC.
    pub gap_since: Option<Timestamp>,
    /// The run that pulls a gap, until it is known what became of it.
    pub pulling: Option<Pulling>,
}

/// A run that pulls a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pulling {
    /// Its name.
    pub run: String,
    /// What it pulls.
    pub gap: Window,
}

/// What should be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The topics that are registered where they are missing.
    pub needed: &'a [&'a str],
    /// Those that are registered again where they were seen before.
    pub optional: &'a [&'a str],
    /// Our address.
    pub uri: &'a str,
}

/// What a look comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    /// Topics to register.
    pub register: Vec<String>,
    /// Topics of ours that deliver somewhere else. They are told of and left as they are.
    pub elsewhere: Vec<String>,
    /// To be kept before anything is done.
    pub remember: Seen,
}

/// Compares what a shop lists with what should be and what was seen last, at `now` in UTC.
pub(super) fn look(wanted: &Wanted<'_>, listed: &[Subscription], seen: &Seen, now: Timestamp) -> Look {
    let mut look = Look { register: vec![], elsewhere: vec![], remember: seen.clone() };
    let needed = wanted.needed.iter().map(|topic| (*topic, true));
    for (topic, is_needed) in needed.chain(wanted.optional.iter().map(|topic| (*topic, false))) {
        let of_topic = || listed.iter().filter(|one| one.topic == topic);
        if of_topic().any(|one| one.uri != wanted.uri) {
            look.elsewhere.push(topic.into());
        }
        if of_topic().any(|one| one.uri == wanted.uri) {
            look.remember.topics.insert(topic.into(), now);
        } else {
            look.miss(topic, is_needed, now);
        }
    }
    look
}

impl Look {
    /// What was never there has no gap before now.
    fn miss(&mut self, topic: &str, is_needed: bool, now: Timestamp) {
        let seen = &mut self.remember;
        match seen.topics.get(topic) {
            Some(&last) => {
                let since = last.saturating_sub(OVERLAP).unwrap_or(last);
                seen.gap_since = Some(seen.gap_since.map_or(since, |open| open.min(since)));
            }
            None if is_needed => {
                seen.topics.insert(topic.into(), now);
            }
            None => return,
        }
        self.register.push(topic.into());
    }
}

impl Seen {
    /// What is to be pulled, where something is and nothing pulls yet. `now` is after the registering, so that nothing falls
    /// between, UTC.
    pub(super) fn gap(&self, now: Timestamp) -> Option<Window> {
        self.gap_since.filter(|_| self.pulling.is_none()).map(|since| Window { since, until: now })
    }

    /// The same while a run pulls the gap: what is missed from now on is another gap.
    pub(super) fn pulled_by(self, run: &str, gap: Window) -> Self {
        Self { gap_since: None, pulling: Some(Pulling { run: run.to_owned(), gap }), ..self }
    }

    /// Whether the run of that name pulls a gap.
    pub(super) fn is_pulled_by(&self, run: &str) -> bool {
        self.pulling.as_ref().is_some_and(|pulling| pulling.run == run)
    }

    /// The same after that run ended whole: up to the end of its gap everything is told or pulled.
    pub(super) fn pulled(mut self) -> Self {
        let Some(Pulling { gap, .. }) = self.pulling.take() else { return self };
        self.gap_since =
            self.gap_since.map(|since| if since < gap.since { since } else { since.max(gap.until) });
        self.topics.values_mut().for_each(|at| *at = (*at).max(gap.until));
        self
    }

    /// The same after that run came to nothing: its gap is open again.
    pub(super) fn reopened(mut self) -> Self {
        let Some(Pulling { gap, .. }) = self.pulling.take() else { return self };
        self.gap_since = Some(self.gap_since.map_or(gap.since, |since| since.min(gap.since)));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted<'_> =
        Wanted { needed: &[], optional: &["ORDERS_CREATE", "REFUNDS_CREATE"], uri: "https://a.example/hook" };

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).unwrap()
    }

    fn listed(topic: &str, uri: &str) -> Subscription {
        Subscription { topic: topic.into(), uri: uri.into() }
    }

    fn both() -> Vec<Subscription> {
        WANTED.optional.iter().map(|topic| listed(topic, WANTED.uri)).collect()
    }

    #[test]
    fn a_first_look_only_remembers() {
        let first = look(&WANTED, &both()[..1], &Seen::default(), at(10));
        assert_eq!((first.register.len(), first.remember.gap(at(10))), (0, None));
        assert_eq!(first.remember.topics.into_iter().collect::<Vec<_>>(), [("ORDERS_CREATE".into(), at(10))]);
    }

    #[test]
    fn what_was_never_seen_is_registered_where_it_is_needed_and_its_gap_begins_then() {
        let wanted = Wanted { needed: WANTED.optional, optional: &[], ..WANTED };
        let first = look(&wanted, &[], &Seen::default(), at(10));
        assert_eq!((first.register.len(), first.remember.gap(at(10))), (2, None));
        let died_before_registering = look(&wanted, &[], &first.remember, at(11));
        assert_eq!(died_before_registering.remember.gap_since, Some(at(5)));
    }

    #[test]
    fn s_188_gaps_of_several_topics_are_one_from_five_hours_before_the_earliest() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let seen = look(&WANTED, &both()[..1], &seen, at(12)).remember;
        let gone = look(&WANTED, &[], &seen, at(13));
        assert_eq!(gone.register, WANTED.optional);
        assert_eq!(gone.remember.gap(at(14)), Some(Window { since: at(5), until: at(14) }));
    }

    #[test]
    fn s_188_a_gap_stays_open_though_all_is_registered_until_it_was_pulled() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let gone = look(&WANTED, &[], &seen, at(12)).remember;
        let again = look(&WANTED, &both(), &gone, at(13)).remember;
        let gap = again.gap(at(13)).unwrap();
        assert_eq!(gap.since, at(5));
        let pulls = again.pulled_by("r", gap);
        assert_eq!(pulls.gap(at(13)), None, "it is pulled already");
        assert_eq!(pulls.clone().reopened().gap_since, Some(at(5)), "a run that failed closes nothing");
        let pulled = pulls.pulled();
        assert_eq!((pulled.gap_since, &pulled.pulling), (None, &None));
        assert_eq!(look(&WANTED, &both(), &pulled, at(14)).remember.gap_since, None);
    }

    #[test]
    fn what_cannot_be_registered_is_pulled_from_the_last_pull_on() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let gone = look(&WANTED, &[], &seen, at(12)).remember;
        let gap = gone.gap(at(12)).unwrap();
        let still = look(&WANTED, &[], &gone.pulled_by("r", gap).pulled(), at(13));
        assert_eq!(still.remember.gap_since, Some(at(7)));
    }

    #[test]
    fn s_188_what_is_missed_while_a_run_pulls_is_another_gap() {
        let seen = look(&WANTED, &both(), &Seen::default(), at(10)).remember;
        let gone = look(&WANTED, &[], &seen, at(12)).remember;
        let gap = gone.gap(at(12)).unwrap();
        let again = look(&WANTED, &both(), &gone.pulled_by("r", gap), at(13)).remember;
        let gone_again = look(&WANTED, &[], &again, at(14)).remember;
        assert_eq!(gone_again.pulled().gap(at(15)), Some(Window { since: at(12), until: at(15) }));
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
