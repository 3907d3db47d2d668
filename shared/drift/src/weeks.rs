//! The shop's orders and the CRM's deals, week by week: counts, and what they come to.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// How many weeks are counted: an app without the scope `read_all_orders` sees the orders of the last sixty days, and of an
/// older week it would see deals without orders.
pub const WEEKS: usize = 8;

/// Seven days, UTC. What was cancelled, deleted or refunded counts on neither side, and a test is no order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
    /// Orders in the shop.
    pub orders: u64,
    /// Deals in the CRM that are not lost.
    pub deals: u64,
    /// Of the orders, those that no customer is known of: whether each has a deal cannot be told by counting. Only looked for
    /// where the counts differ.
    #[serde(default)]
    pub nobodys: u64,
}

/// What the two counts of a week come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Balance {
    /// As many deals as there should be.
    Even,
    /// At least so many deals are missing.
    Missing(u64),
    /// At least so many deals are too many: made by hand, or of an order that went without a word.
    TooMany(u64),
}

impl Week {
    /// The last weeks, the newest first, not counted yet. The newest ends with the last midnight before `now`.
    pub fn last(now: Timestamp) -> Vec<Self> {
        let day = |back: usize| {
            let days = i64::try_from(back * 7).unwrap_or_default();
            Offset::UTC.to_datetime(now).date().saturating_sub(days.days())
        };
        let week = |back| Self { from: day(back + 1), to: day(back), orders: 0, deals: 0, nobodys: 0 };
        (0..WEEKS).map(week).collect()
    }

    /// Its first moment and the first moment after it, UTC.
    pub fn moments(&self) -> (Timestamp, Timestamp) {
        let midnight = |day: Date| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or_default();
        (midnight(self.from), midnight(self.to))
    }

    /// Each order has one deal; those of nobody may have one.
    pub fn balance(&self) -> Balance {
        let least = self.orders.saturating_sub(self.nobodys);
        if self.deals < least {
            Balance::Missing(least - self.deals)
        } else if self.deals > self.orders {
            Balance::TooMany(self.deals - self.orders)
        } else {
            Balance::Even
        }
    }
}

/// How many deals are missing in all of these weeks, and how many are too many.
pub fn balance(weeks: &[Week]) -> (u64, u64) {
    weeks.iter().fold((0, 0), |(missing, too_many), week| match week.balance() {
        Balance::Even => (missing, too_many),
        Balance::Missing(count) => (missing + count, too_many),
        Balance::TooMany(count) => (missing, too_many + count),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn week(orders: u64, deals: u64, nobodys: u64) -> Week {
        let day = |text: &str| text.parse().unwrap();
        Week { from: day("2026-11-15"), to: day("2026-11-22"), orders, deals, nobodys }
    }

    #[test]
    fn s_194_the_last_whole_weeks_are_counted_without_a_gap() {
        let weeks = Week::last("2026-11-22T06:15:00Z".parse().unwrap());
        assert_eq!((weeks.len(), &weeks[0]), (WEEKS, &week(0, 0, 0)));
        assert!(weeks.windows(2).all(|pair| pair[0].from == pair[1].to));
        let (since, until) = weeks[0].moments();
        assert_eq!(
            (since.to_string(), until.to_string()),
            ("2026-11-15T00:00:00Z".into(), "2026-11-22T00:00:00Z".into())
        );
    }

    #[test]
    fn s_194_one_more_or_less_is_a_difference() {
        let table = [
            (week(5, 5, 0), Balance::Even),
            (week(5, 4, 0), Balance::Missing(1)),
            (week(5, 6, 0), Balance::TooMany(1)),
            (week(5, 3, 2), Balance::Even),
            (week(5, 5, 2), Balance::Even),
            (week(5, 2, 2), Balance::Missing(1)),
            (week(0, 1, 0), Balance::TooMany(1)),
        ];
        for (week, expected) in &table {
            assert_eq!(week.balance(), *expected, "{week:?}");
        }
        assert_eq!(balance(&table.map(|(week, _)| week)), (2, 2));
    }
}
