//! Which actions were carried out, so that each is once.

use std::future::Future;

use domain::ActionKey;
use jiff::Timestamp;

use crate::{Claimant, StoreError};

/// The answer to beginning an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nobody ever began it: it is yours.
    Fresh,
    /// Somebody began it and never said what became of it: it is yours, and may have been done.
    Again,
    /// Somebody carries it out now.
    Held {
        /// When that one's time is up, UTC.
        until: Timestamp,
    },
    /// It was carried out, or decided against for good.
    Done,
}

/// The memory of actions. What is done stays done for at least two years; an expired memory counts as none.
///
/// `begin` is one conditional write. Of many who begin one action at once, one gets it. An owner who repeats itself,
/// because an answer got lost on the way, gets [`Begun::Again`]: whether it did anything in between it knows best, and
/// nobody else does.
pub trait Deeds: Send + Sync {
    /// Asks to be the one who carries an action out, until `claimant.until`.
    fn begin(
        &self,
        action: &ActionKey,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<Begun, StoreError>> + Send;

    /// Remembers for good what became of it; `outcome` is a word or a sentence without personal data. It does not ask
    /// whose it is: what is done is done, and what was said of it first stays.
    fn done(
        &self,
        action: &ActionKey,
        outcome: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Gives it back as if the claimant had not begun it: nothing was done. What was [`Begun::Again`] is so for the next,
    /// too. Changes nothing where it is not the claimant's, or is done.
    fn undone(
        &self,
        action: &ActionKey,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What became of it, where it was carried out.
    fn outcome(
        &self,
        action: &ActionKey,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;
}
