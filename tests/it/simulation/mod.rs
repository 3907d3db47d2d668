//! A deterministic simulation of the worker: seeded, in virtual time, with a failure at every call and a death at every
//! await. `SEED=7 cargo test -p it simulation` plays one seed and prints what happened in it.

mod engine;
mod far;
mod net;
mod play;
mod shop;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use play::Play;

/// How many seeds are played where nothing else is said (`SEEDS`).
const SEEDS: u64 = 10_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn play(seed: u64, traced: bool) -> Result<(), String> {
    let play = Rc::new(Play::new(seed, traced));
    let ended =
        catch_unwind(AssertUnwindSafe(|| play.run())).unwrap_or_else(|_| Err("it panicked".to_owned()));
    ended.map_err(|wrong| format!("{}\nseed {seed}: {wrong}", play.trace().join("\n")))
}

/// The first failing seed, among all that a number of threads take in turn.
fn first_failing(seeds: u64) -> Option<u64> {
    let (next, failed) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let work = || {
        while failed.load(Relaxed) == u64::MAX {
            let seed = next.fetch_add(1, Relaxed);
            if seed >= seeds {
                return;
            }
            if play(seed, false).is_err() {
                failed.fetch_min(seed, Relaxed);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    Some(failed.into_inner()).filter(|seed| *seed < u64::MAX)
}

#[test]
fn s_004_and_s_086_whatever_fails_and_whoever_dies_both_halves_match_in_the_end() {
    if let Some(seed) = number("SEED") {
        return play(seed, true).unwrap_or_else(|trace| panic!("{trace}"));
    }
    if let Some(seed) = first_failing(number("SEEDS").unwrap_or(SEEDS)) {
        let trace = play(seed, true).unwrap_err();
        panic!("{trace}\nplay it again: SEED={seed} cargo test -p it simulation");
    }
}

#[test]
fn the_same_seed_is_the_same_play() {
    let trace = |seed| {
        let play = Rc::new(Play::new(seed, true));
        play.run().unwrap();
        play.trace()
    };
    for seed in [3, 4] {
        assert_eq!(trace(seed), trace(seed), "seed {seed}");
        assert!(trace(seed).len() > 20, "seed {seed} tells what happened");
    }
}
