//! What is made of the rounds. Medians, since a shared machine has outliers in one direction only.

/// The middle value; of an even number the lower one of the middle two. `None` of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    quantile(values, 1, 2)
}

/// The smallest value that at least `numerator / denominator` of the values do not exceed. `None` of nothing.
pub(crate) fn quantile(
    values: impl IntoIterator<Item = f64>,
    numerator: usize,
    denominator: usize,
) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * numerator).div_ceil(denominator);
    values.get(rank.saturating_sub(1)).copied()
}

/// The median of `ours / theirs`, taken round by round, so that a drift of the machine cancels out.
pub(crate) fn ratio(
    ours: impl IntoIterator<Item = f64>,
    theirs: impl IntoIterator<Item = f64>,
) -> Option<f64> {
    median(
        ours.into_iter().zip(theirs).filter(|(_, theirs)| *theirs > 0.0).map(|(ours, theirs)| ours / theirs),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn the_median_ignores_one_wild_round() {
        assert!(close(median([3.0, 1.0, 900.0]), 3.0));
        assert!(close(median([1.0, 2.0, 3.0, 4.0]), 2.0));
        assert_eq!(median([]), None);
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        assert!(close(quantile((1..=100).map(f64::from), 99, 100), 99.0));
        assert!(close(quantile([7.0], 99, 100), 7.0));
    }

    #[test]
    fn a_drift_that_slows_both_leaves_the_ratio_alone() {
        let drift = [1.0, 1.5, 4.0];
        assert!(close(ratio(drift.map(|by| 3.0 * by), drift.map(|by| 2.0 * by)), 1.5));
    }

    #[test]
    fn a_round_without_a_base_has_no_ratio() {
        assert_eq!(ratio([1.0], [0.0]), None);
    }
}
