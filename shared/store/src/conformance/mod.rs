//! One suite for every implementation: each function panics with a sentence about the promise that was broken.
//!
//! Time is the suite's own where a trait takes it as an argument; where a queue has its own time, the [`Stage`] says
//! how it passes. A suite wants an empty store and leaves its rows behind.

#![allow(clippy::panic, clippy::expect_used, reason = "a broken promise ends the test that runs the suite")]

mod actions;
mod archive;
mod awkward;
mod budgets;
mod checkouts;
mod deeds;
mod due;
mod figures;
mod inbox;
mod links;
mod parked;
mod queues;
mod runs;

use std::fmt;

use domain::ShopDomain;
use jiff::{SignedDuration, Timestamp};

pub use actions::{ActionsStage, actions};
pub use archive::archive;
pub use budgets::budgets;
pub use deeds::deeds;
pub use due::due;
pub use figures::figures;
pub use inbox::inbox;
pub use links::links;
pub use queues::{Stage, queues};
pub use runs::runs;

use crate::{Claimant, StoreError};

/// How many ask at once where only one may win.
const RIVALS: usize = 40;

/// Some second in 2030: a store that removes what expired by its own clock does not come in between.
fn at(second: i64) -> Timestamp {
    Timestamp::constant(1_900_000_000, 0) + SignedDuration::from_secs(second)
}

fn claimant(owner: &str, now: i64, until: i64) -> Claimant {
    Claimant { owner: owner.to_owned(), now: at(now), until: at(until) }
}

fn shop(name: &str) -> ShopDomain {
    ShopDomain::parse(&format!("{name}.myshopify.com")).expect("the suite's shops have names")
}

fn answered<T>(answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| panic!("the store failed: {}", Whole(&error)))
}

/// An error with all its causes.
struct Whole<'a>(&'a dyn std::error::Error);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        self.0.source().map_or(Ok(()), |cause| write!(f, ": {}", Whole(cause)))
    }
}
