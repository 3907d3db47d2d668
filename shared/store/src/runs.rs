//! What a long run needs to go on where it stopped, and what past runs came to.

use std::future::Future;

use domain::ShopDomain;
use jiff::Timestamp;

use crate::{Claimant, StoreError};

/// Where a run stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The step, and what is small: a few kilobytes.
    pub head: String,
    /// What is large: megabytes.
    pub body: Vec<u8>,
}

/// The answer to asking for a shop's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunLock {
    /// It is yours; with the run that goes on, where one does.
    Granted(Option<Checkpoint>),
    /// Somebody else works on the shop's run until then, UTC.
    Held(Timestamp),
}

/// What is known of a shop's run by who only looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The head of the run that goes on, where one does.
    pub head: Option<String>,
    /// Until when somebody works on it, UTC.
    pub held_until: Option<Timestamp>,
    /// Up to when everything is proven, UTC.
    pub watermark: Option<Timestamp>,
}

/// What people were told of a shop's runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// What the one who tells wrote down last; none where there was nothing yet.
    pub text: Option<String>,
    /// Whether there is something to tell: a run was concluded since, or not all could be told.
    pub is_due: bool,
}

/// The memory of long runs: one at a time for each shop.
///
/// The lock is a lease: who dies with it is waited for until it runs out. `save`, `conclude`, `tell` and `unlock` are fenced: they
/// change nothing, and say so by `false`, where the lock is somebody else's by now. A lock that ran out is its owner's until
/// somebody else takes it. An owner who repeats itself, because an answer got lost, gets the same answer. A checkpoint is
/// kept whole or not at all.
pub trait Runs: Send + Sync {
    /// Asks to be the one who works on the shop's run.
    fn lock(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<RunLock, StoreError>> + Send;

    /// Keeps where the run is. Without a body, the one that was kept before stays.
    fn save(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        head: &str,
        body: Option<&[u8]>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Ends the run: its checkpoint is forgotten, its report stands before those of earlier runs, of which [`REPORTS`] are
    /// kept, and the watermark moves where one is given. From now on there is something to tell. The lock is kept.
    fn conclude(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        report: &str,
        watermark: Option<Timestamp>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Gives the lock back.
    fn unlock(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What people were told.
    fn told(&self, shop: &ShopDomain) -> impl Future<Output = Result<Told, StoreError>> + Send;

    /// Remembers what people were told (a text of a kilobyte at most, not empty), and whether there is more to tell.
    fn tell(
        &self,
        shop: &ShopDomain,
        claimant: &Claimant,
        text: &str,
        is_due: bool,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// What is known now, without asking for anything.
    fn standing(&self, shop: &ShopDomain) -> impl Future<Output = Result<Standing, StoreError>> + Send;

    /// The reports that are kept, the newest first.
    fn reports(&self, shop: &ShopDomain) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;
}

/// How many reports are kept of a shop: a month of nights.
pub const REPORTS: usize = 31;
