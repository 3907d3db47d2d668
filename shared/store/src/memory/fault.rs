//! Stores that fail when they are told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{StoreError, StoreErrorKind};

/// What can be made to fail: one for each method of the traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the method of that name")]
pub enum Operation {
    Concluded,
    Note,
    Trail,
    Lease,
    HandOver,
    Keep,
    Release,
    Abandon,
    Link,
    CustomerOf,
    Send,
    Park,
    ComeBackAfter,
    Take,
    Delete,
    LetGo,
    About,
    Reserve,
    Heard,
    Lock,
    Save,
    ConcludeRun,
    Unlock,
    Standing,
    Reports,
    Told,
    Tell,
    Put,
    Begin,
    Done,
    Undone,
    Outcome,
    Due,
    Touched,
    Over,
    Checkout,
    Figure,
    KeepFigure,
    Fire,
    Wake,
}

/// When it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing was done.
    Before,
    /// It was done, and the answer got lost.
    After,
}

/// The faults that are still to come. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<BTreeMap<Operation, VecDeque<Moment>>>>);

impl Faults {
    /// The next `times` calls of `operation` answer `Unavailable`, after those that were asked for before.
    pub fn next(&self, operation: Operation, times: usize, moment: Moment) {
        self.all().entry(operation).or_default().extend(std::iter::repeat_n(moment, times));
    }

    /// Nothing fails any more.
    pub fn clear(&self) {
        self.all().clear();
    }

    /// How many are still to come.
    pub fn left(&self) -> usize {
        self.all().values().map(VecDeque::len).sum()
    }

    /// Does it, fails, or does it and fails.
    pub(super) fn run<T>(
        &self,
        operation: Operation,
        effect: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.all().get_mut(&operation).and_then(VecDeque::pop_front) {
            None => return effect(),
            Some(Moment::Before) => {}
            Some(Moment::After) => drop(effect()),
        }
        Err(StoreError::new(StoreErrorKind::Unavailable, format!("{operation:?} was told to fail")))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Operation, VecDeque<Moment>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
