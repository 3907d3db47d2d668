//! What is remembered of a customer's signals from one look to the next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::SignalName;

/// Where a flag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether it is on.
    pub is_on: bool,
    /// How often it went on so far: what tells one time from the next, also where the look that it went on in is made again.
    pub times: u32,
}

/// What is remembered of a customer's signals: whether a flag goes off, whether its going on is news, and when time alone
/// changes one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignalState {
    /// Every flag that ever was on.
    pub flags: BTreeMap<SignalName, Standing>,
    /// When they were last looked at, UTC; never, where there is none.
    pub looked_at: Option<Timestamp>,
    /// Since when the newest checkout that was left lies there, UTC, where one was.
    pub abandoned_at: Option<Timestamp>,
    /// When one of them changes although nothing happens, UTC.
    pub due_at: Option<Timestamp>,
}

impl SignalState {
    /// The flags that are on.
    pub fn on(&self) -> BTreeSet<SignalName> {
        self.flags.iter().filter(|(_, standing)| standing.is_on).map(|(name, _)| *name).collect()
    }

    /// How often a flag went on so far.
    pub fn times(&self, name: SignalName) -> u32 {
        self.flags.get(&name).map_or(0, |standing| standing.times)
    }

    /// The same flags where exactly `on` are on now: each that was off has gone on once more.
    #[must_use]
    pub fn with(mut self, on: &BTreeSet<SignalName>) -> Self {
        for (name, standing) in &mut self.flags {
            standing.is_on = standing.is_on && on.contains(name);
        }
        for name in on {
            let standing = self.flags.entry(*name).or_default();
            if !standing.is_on {
                *standing = Standing { is_on: true, times: standing.times.saturating_add(1) };
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_that_goes_on_again_is_counted_and_one_that_stays_on_is_not() {
        let vip = SignalName::parse("vip_buyer").unwrap();
        let (on, off) = (BTreeSet::from([vip]), BTreeSet::new());
        let mut state = SignalState::default();
        for (now, times) in [(&on, 1), (&on, 1), (&off, 1), (&off, 1), (&on, 2)] {
            state = state.with(now);
            assert_eq!((state.times(vip), state.on()), (times, now.clone()));
        }
    }
}
