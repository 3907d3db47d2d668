//! How long it took from a webhook to the CRM.

use std::time::Duration;

/// Times of several changes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latency(Vec<Duration>);

impl Latency {
    /// Adds one.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
        self.0.sort_unstable();
    }

    /// How many were measured.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of the changes did not exceed (nearest rank); none without changes.
    pub(crate) fn percentile(&self, percent: usize) -> Option<Duration> {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied()
    }

    /// `p50 0.4 s, p95 0.9 s of 12`.
    pub(crate) fn words(&self) -> String {
        let of = |percent| self.percentile(percent).unwrap_or_default().as_secs_f64();
        format!("p50 {:.2} s, p95 {:.2} s of {} changes", of(50), of(95), self.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut latency = Latency::default();
        for ms in (1..=20).rev() {
            latency.add(Duration::from_millis(ms));
        }
        assert_eq!(latency.percentile(50), Some(Duration::from_millis(10)));
        assert_eq!(latency.percentile(95), Some(Duration::from_millis(19)));
        assert_eq!(latency.percentile(100), Some(Duration::from_millis(20)));
        assert_eq!(Latency::default().percentile(50), None);
    }
}
