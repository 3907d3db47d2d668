//! How a shop stands, as far as people have to know.

use serde::{Deserialize, Serialize};

use crate::report::{Purpose, Report};

/// How a shop stands after a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Both halves say the same, or nearly: nobody was told of anything, or all was well again.
    #[default]
    Well,
    /// More customers differ than should.
    Drifting,
    /// The last proof could not be finished.
    Failing,
}

/// How much drift is none yet: parts in a million of the customers that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance(pub u64);

impl Standing {
    /// How the shop stands after this run, when it stood so before. Only a nightly proof or a weekly count in earnest says
    /// anything, each of its own matter: a dry run, an import and a backfill find what is to be found, and leave it as it was.
    #[must_use]
    pub fn after(self, report: &Report, tolerance: Tolerance) -> Self {
        let is_drifting = match report.purpose {
            Purpose::Proof => report.drift_ppm() > tolerance.0,
            // What is missing is sent again; what is too many is left to a person.
            Purpose::Count => report.tally.left > 0,
            Purpose::Import | Purpose::Backfill => return self,
        };
        match (report.is_whole(), is_drifting) {
            _ if report.dry_run || report.end.is_none() => self,
            (false, _) => Self::Failing,
            (true, true) => Self::Drifting,
            (true, false) => Self::Well,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cause::Cause;
    use crate::report::End;
    use crate::report::tests::report;

    pub(crate) const TOLERANCE: Tolerance = Tolerance(1_000);

    /// A proof of 10,000 customers that ended so, and found so many stale.
    pub(crate) fn night(end: End, stale: u64) -> Report {
        let mut report = report(false);
        report.tally.shop_customers = 10_000;
        report.tally.crm_records = 10_000;
        if stale > 0 {
            report.tally.causes.insert(Cause::Stale, stale);
            report.tally.queued = stale;
        }
        report.ended(end, "2026-11-25T03:20:07Z".parse().unwrap())
    }

    #[test]
    fn s_169_a_shop_drifts_from_beyond_the_tolerance_on() {
        for (stale, expected) in [(0, Standing::Well), (10, Standing::Well), (11, Standing::Drifting)] {
            for before in [Standing::Well, Standing::Drifting, Standing::Failing] {
                assert_eq!(before.after(&night(End::Whole, stale), TOLERANCE), expected, "{stale}");
            }
        }
    }

    #[test]
    fn s_188_a_run_that_is_not_whole_is_a_failure_whatever_it_counted() {
        for end in [End::Failed("bulk_failed".into()), End::Cancelled] {
            assert_eq!(Standing::Well.after(&night(end, 0), TOLERANCE), Standing::Failing);
        }
    }

    #[test]
    fn what_is_no_proof_in_earnest_changes_nothing() {
        let proof = night(End::Failed("x".into()), 0);
        for other in [
            Report { dry_run: true, ..proof.clone() },
            Report { purpose: Purpose::Import, ..proof.clone() },
            Report { purpose: Purpose::Backfill, ..proof.clone() },
            Report { end: None, ..proof },
        ] {
            for before in [Standing::Well, Standing::Drifting] {
                assert_eq!(before.after(&other, TOLERANCE), before);
            }
        }
    }
}
