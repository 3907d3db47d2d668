//! A budget as a row of the table of keys, and back.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Breaker, Budget};
use jiff::Timestamp;
use store::StoreError;

use crate::row::{Row, n, number, unreadable};

const REMEMBERED_FOR_S: i64 = 24 * 3600;

/// The budget in a row; where there is none, that of an account that nobody asked about.
pub(crate) fn budget(row: &Row) -> Result<Budget, StoreError> {
    if row.is_empty() {
        return Ok(Budget::default());
    }
    let closed_until = if row.contains_key("closed_until_us") {
        moment(row, "closed_until_us")?
    } else {
        Timestamp::default()
    };
    Ok(Budget { whole_at: moment(row, "whole_at_us")?, closed_until, breaker: breaker(row)? })
}

/// A row of a breaker that is closed names no time.
fn breaker(row: &Row) -> Result<Breaker, StoreError> {
    let failures = if row.contains_key("failures") { number(row, "failures")? } else { 0 };
    if row.contains_key("open_until_us") {
        return Ok(Breaker::Open { failures, until: moment(row, "open_until_us")? });
    }
    if row.contains_key("probing_until_us") {
        return Ok(Breaker::Probing { failures, until: moment(row, "probing_until_us")? });
    }
    Ok(Breaker::Closed { failures })
}

/// Which of the rows this is; zero is none.
pub(crate) fn version(row: &Row) -> Result<u64, StoreError> {
    if row.is_empty() { Ok(0) } else { number(row, "version") }
}

/// The other way, without the key: what says nothing is left out.
pub(crate) fn attributes(
    budget: &Budget,
    version: u64,
    now: Timestamp,
) -> Vec<(&'static str, AttributeValue)> {
    let expires_at = budget.free_at().max(now).as_second() + REMEMBERED_FOR_S + 1;
    let always = [
        ("version", n(version)),
        ("expires_at", n(expires_at)),
        ("whole_at_us", n(budget.whole_at.as_microsecond())),
    ];
    let closed = (budget.closed_until > Timestamp::default())
        .then(|| ("closed_until_us", n(budget.closed_until.as_microsecond())));
    let (failures, until) = match budget.breaker {
        Breaker::Closed { failures } => (failures, None),
        Breaker::Open { failures, until } => (failures, Some(("open_until_us", n(until.as_microsecond())))),
        Breaker::Probing { failures, until } => {
            (failures, Some(("probing_until_us", n(until.as_microsecond()))))
        }
    };
    let failures = (failures > 0).then(|| ("failures", n(failures)));
    always.into_iter().chain(closed).chain(failures).chain(until).collect()
}

/// A moment in microseconds since 1970: an account of 2,000 points a second gets one each 500 µs.
fn moment(row: &Row, name: &str) -> Result<Timestamp, StoreError> {
    let us = number(row, name)?;
    Timestamp::from_microsecond(us).map_err(|_| unreadable(name, "a moment in microseconds since 1970"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use store::StoreErrorKind;

    use super::*;
    use crate::row::s;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn row(attributes: Vec<(&'static str, AttributeValue)>) -> Row {
        attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn a_budget_comes_back_as_it_was_written() {
        let (whole_at, until) = (at(1) + Duration::from_micros(500), at(2) + Duration::from_micros(1));
        let breakers = [
            Breaker::default(),
            Breaker::Closed { failures: 4 },
            Breaker::Open { failures: 5, until },
            Breaker::Probing { failures: u32::MAX, until },
        ];
        for breaker in breakers {
            for closed_until in [Timestamp::default(), until] {
                let written = Budget { whole_at, closed_until, breaker };
                let row = row(attributes(&written, 7, at(0)));
                assert_eq!((budget(&row).unwrap(), version(&row).unwrap()), (written, 7));
            }
        }
    }

    #[test]
    fn a_healthy_account_takes_three_attributes_and_no_row_is_a_new_account() {
        let written = Budget { whole_at: at(1), ..Budget::default() };
        assert_eq!(attributes(&written, 1, at(0)).len(), 3);
        assert_eq!((budget(&Row::new()).unwrap(), version(&Row::new()).unwrap()), (Budget::default(), 0));
    }

    #[test]
    fn a_row_is_remembered_for_a_day_after_it_makes_nobody_wait() {
        let expires = |budget: &Budget, now| number::<i64>(&row(attributes(budget, 1, now)), "expires_at");
        let closed = Budget { closed_until: at(500), ..Budget::default() };
        let day = at(24 * 3600 + 1).as_second();
        assert_eq!(expires(&closed, at(0)).unwrap(), day + 500);
        assert_eq!(expires(&Budget::default(), at(9)).unwrap(), day + 9);
    }

    #[test]
    fn a_row_that_cannot_be_read_is_said_to_be_so_by_its_attribute_and_never_by_its_value() {
        let whole = ("whole_at_us", n(1));
        let table = [
            ("whole_at_us", row(vec![("pk", s("budget#x"))])),
            ("whole_at_us", row(vec![("whole_at_us", n(i64::MAX))])),
            ("closed_until_us", row(vec![whole.clone(), ("closed_until_us", s("secret"))])),
            ("failures", row(vec![whole.clone(), ("failures", n(-1))])),
            ("open_until_us", row(vec![whole.clone(), ("open_until_us", s("secret"))])),
            ("probing_until_us", row(vec![whole.clone(), ("probing_until_us", s("secret"))])),
        ];
        for (attribute, row) in table {
            let error = budget(&row).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Unreadable);
            assert!(error.to_string().contains(&format!("`{attribute}`")), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        assert!(version(&row(vec![whole])).is_err(), "a row without a version is not ours");
    }
}
