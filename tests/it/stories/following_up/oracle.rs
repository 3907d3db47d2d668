//! What should be asked of people, said once more in a few lines: by what the shop knows, and when somebody looked.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

/// What the shop knows of a customer at a moment.
pub(super) struct Figures {
    pub(super) spent: Decimal,
    pub(super) orders: u64,
    pub(super) last_order: Option<(u64, Timestamp)>,
    /// How often money went back, where somebody looked because it did.
    pub(super) refunds: Option<u64>,
}

/// A flag, whether it is on and how often it went on.
#[derive(Default, Clone, Copy)]
struct Flag {
    is_on: bool,
    times: u32,
}

impl Flag {
    /// Says whether it went on.
    fn set(&mut self, is_on: bool) -> bool {
        let went_on = is_on && !self.is_on;
        self.times += u32::from(went_on);
        self.is_on = is_on;
        went_on
    }
}

/// Somebody who was looked at from time to time.
pub(super) struct Oracle {
    created_at: Timestamp,
    was_seen: bool,
    vip: Flag,
    first: Flag,
    risk: Flag,
    silent: Flag,
    /// When time alone changes something.
    pub(super) due_at: Option<Timestamp>,
    /// What people should have been asked for, each with what it is once for.
    pub(super) asked: BTreeSet<String>,
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

impl Oracle {
    pub(super) fn of(created_at: Timestamp) -> Self {
        let flag = Flag::default();
        let (was_seen, due_at, asked) = (false, None, BTreeSet::new());
        Self { created_at, was_seen, vip: flag, first: flag, risk: flag, silent: flag, due_at, asked }
    }

    /// Somebody looks at `now`, because of something that was raised at `raised_at`.
    pub(super) fn looks(&mut self, figures: &Figures, raised_at: Timestamp, now: Timestamp) {
        let is_young = |at: Timestamp| now.duration_since(at) <= days(2);
        let is_live = is_young(raised_at) && (self.was_seen || is_young(self.created_at));
        let spent = figures.spent;
        let stays = self.vip.is_on && spent >= Decimal::from(900);
        let mut asked = Vec::new();
        if self.vip.set(spent >= Decimal::from(1000) || stays) {
            asked.push(format!("greet_vip time-{}", self.vip.times));
        }
        if self.first.set(figures.orders == 1) {
            asked.push("welcome ever".to_owned());
        }
        if self.risk.set(figures.refunds.map_or(self.risk.is_on, |count| count >= 2)) {
            asked.push(format!("review_refunds time-{}", self.risk.times));
        }
        let silent_at = figures.last_order.map(|(_, at)| at + days(91));
        let is_silent = silent_at.is_some_and(|at| at <= now);
        if let (true, Some((order, _))) = (self.silent.set(is_silent), figures.last_order) {
            asked.push(format!("win_back order-{order}"));
        }
        self.due_at = silent_at.filter(|at| *at > now);
        self.was_seen = true;
        if is_live {
            self.asked.extend(asked);
        }
    }
}
