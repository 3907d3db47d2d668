//! Figures of a whole shop, such as how much its orders are worth, or since when its subscriptions are known to be there.

use std::future::Future;

use domain::ShopDomain;

use crate::StoreError;

/// A figure as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What is kept: at most [`LARGEST_FIGURE`] bytes, opaque.
    pub bytes: Vec<u8>,
    /// Which state of it this is: each write makes the next.
    pub version: u64,
}

/// How many bytes a figure may have: 64 KiB.
pub const LARGEST_FIGURE: usize = 64 * 1024;

/// The memory of figures: read, changed and written if nobody wrote meanwhile.
pub trait Figures: Send + Sync {
    /// The figure of that name (small letters, digits, `_` and `:`), where there is one.
    fn figure(
        &self,
        shop: &ShopDomain,
        name: &str,
    ) -> impl Future<Output = Result<Option<Figure>, StoreError>> + Send;

    /// Writes the next state after `before` (none: the first one). False where another one was written meanwhile, and
    /// nothing was changed. Where this fails, it may have been written all the same: who adds to a figure cannot tell.
    fn keep_figure(
        &self,
        shop: &ShopDomain,
        name: &str,
        bytes: &[u8],
        before: Option<u64>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}
