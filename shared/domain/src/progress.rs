//! Is a value further along than the one that is there?

use std::cmp::Ordering;

use crate::{Field, Rules, Value};

/// Where a value stands beside the one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Further along.
    Ahead,
    /// The same.
    Same,
    /// Further back; nothing at all is the furthest back.
    Back,
    /// It cannot be told: somebody wrote a stage that our order does not know.
    Unknown,
}

/// Compares. What somebody typed where a number or a moment should be is no value, so anything is further along.
pub(crate) fn progress(rules: &Rules, field: Field, there: &Value, wish: &Value) -> Progress {
    match (there, wish) {
        _ if there.canonical() == wish.canonical() => Progress::Same,
        (Value::Empty, _) => Progress::Ahead,
        (_, Value::Empty) => Progress::Back,
        (Value::Number(there), Value::Number(wish)) => of(there.cmp(wish)),
        (Value::Time(there), Value::Time(wish)) => of(there.cmp(wish)),
        (_, Value::Number(_) | Value::Time(_)) => Progress::Ahead,
        (Value::Text(there), Value::Text(wish)) if field == Field::LifecycleStage => {
            let rank = |stage| rules.lifecycle.rank(stage);
            rank(there).zip(rank(wish)).map_or(Progress::Unknown, |(there, wish)| of(there.cmp(&wish)))
        }
        _ => Progress::Unknown,
    }
}

fn of(there_to_wish: Ordering) -> Progress {
    match there_to_wish {
        Ordering::Less => Progress::Ahead,
        Ordering::Equal => Progress::Same,
        Ordering::Greater => Progress::Back,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(there: &str, wish: &str) -> Progress {
        let text = |stage: &str| Value::Text(stage.to_owned());
        progress(&Rules::default(), Field::LifecycleStage, &text(there), &text(wish))
    }

    #[test]
    fn a_stage_goes_forward_along_the_order_only() {
        assert_eq!(stage("lead", "customer"), Progress::Ahead);
        assert_eq!(stage("evangelist", "customer"), Progress::Back);
        assert_eq!(stage("opportunity", "opportunity"), Progress::Same);
        assert_eq!(stage("our own stage", "customer"), Progress::Unknown);
    }

    #[test]
    fn numbers_and_moments_have_an_order_and_nothing_comes_before_all() {
        let number = |n: i64| Value::Number(n.into());
        let at = |text: &str| Value::Time(text.parse().unwrap());
        let of = |there, wish| progress(&Rules::default(), Field::TotalSpent, &there, &wish);
        assert_eq!(of(number(9), number(10)), Progress::Ahead);
        assert_eq!(of(number(10), number(9)), Progress::Back);
        assert_eq!(of(at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z")), Progress::Ahead);
        assert_eq!(of(Value::Empty, number(0)), Progress::Ahead);
        assert_eq!(of(number(0), Value::Empty), Progress::Back);
        assert_eq!(of(Value::Text("a lot".into()), number(1)), Progress::Ahead);
    }
}
