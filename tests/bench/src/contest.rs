//! Everybody in the same rounds, on the same CPU.

use std::collections::BTreeMap;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::cloud::{Calls, Cloud};
use crate::environment;
use crate::failure::{Failure, FailureKind};
use crate::reference;
use crate::statistics;
use crate::trial::{self, Entry, Visit, Warm};
use crate::workspace::say;

/// What came of all rounds.
pub(crate) struct Results {
    visits: BTreeMap<&'static str, Vec<Visit>>,
    /// CPU of HMAC and one JSON pass over the reference body, each round, microseconds.
    pub(crate) reference_us: Vec<f64>,
}

/// Runs the rounds, with everything on one CPU.
pub(crate) fn hold(
    entries: &[Entry],
    reference_body: &str,
    rounds: u32,
    cpu: Option<usize>,
) -> Result<Results, Failure> {
    let _pinned = Pinned::to(cpu)?;
    let cloud = Cloud::open(vec![("webhook", environment::webhook_secret())], false)
        .map_err(|cause| Failure::caused(FailureKind::Harness, "no port for the AWS stand-in", cause))?;
    let mut results = Results { visits: BTreeMap::new(), reference_us: Vec::new() };
    for round in 1..=rounds {
        say(&format!("round {round} of {rounds}"));
        results.reference_us.push(reference::hmac_and_pass_us(reference_body)?);
        for entry in in_turn(entries, round) {
            let visit = trial::visit(entry, &cloud)?;
            results.visits.entry(entry.candidate.name).or_default().push(visit);
        }
    }
    Ok(results)
}

/// Another order each round, the same in every run: who comes after a big one starts with cold caches, and that must
/// not always be the same.
fn in_turn(entries: &[Entry], round: u32) -> Vec<&Entry> {
    let mut order: Vec<_> = entries.iter().collect();
    fastrand::Rng::with_seed(u64::from(round)).shuffle(&mut order);
    order
}

impl Results {
    /// Whether this function took part.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.visits.contains_key(name)
    }

    /// One number of each round of a function; empty when it did not take part.
    pub(crate) fn each(&self, name: &str, number: impl Fn(&Visit) -> f64) -> Vec<f64> {
        self.visits.get(name).into_iter().flatten().map(number).collect()
    }

    /// The median over the rounds.
    pub(crate) fn median(&self, name: &str, number: impl Fn(&Visit) -> f64) -> Option<f64> {
        statistics::median(self.each(name, number))
    }

    /// The median over the rounds of ours through theirs.
    pub(crate) fn ratio(&self, ours: &str, theirs: &str, number: impl Fn(&Visit) -> f64) -> Option<f64> {
        statistics::ratio(self.each(ours, &number), self.each(theirs, &number))
    }

    /// Calls of one API for each measured invoke of a load, over all rounds.
    pub(crate) fn calls(&self, name: &str, load: usize, api: &str) -> Option<f64> {
        let warm: Vec<&Warm> =
            self.visits.get(name)?.iter().filter_map(|visit| visit.loads.get(load)).collect();
        let invokes: f64 = warm.iter().map(|warm| f64::from(warm.invokes)).sum();
        let calls: u64 = warm.iter().map(|warm| count(&warm.calls, api)).sum();
        (invokes > 0.0).then(|| f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / invokes)
    }
}

fn count(calls: &Calls, api: &str) -> u64 {
    calls.get(api).copied().unwrap_or_default()
}

/// This thread, and the threads and processes it starts meanwhile, on one CPU: no wake-up from idle and no move between
/// CPUs gets into the figures. Dropped, what is started later may go where it could before.
struct Pinned(CpuSet);

impl Pinned {
    fn to(cpu: Option<usize>) -> Result<Self, Failure> {
        let refused =
            |cause| Failure::caused(FailureKind::Harness, "this process cannot be kept on one CPU", cause);
        let itself = Pid::from_raw(0);
        let allowed = sched_getaffinity(itself).map_err(refused)?;
        let last = (0..CpuSet::count()).rev().find(|cpu| allowed.is_set(*cpu).unwrap_or(false));
        let mut one = CpuSet::new();
        one.set(cpu.or(last).unwrap_or(0)).map_err(refused)?;
        sched_setaffinity(itself, &one).map_err(refused)?;
        Ok(Self(allowed))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // It was allowed before, so it is now.
        sched_setaffinity(Pid::from_raw(0), &self.0).ok();
    }
}
