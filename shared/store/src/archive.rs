//! What is written once for people to look at, and kept for long.

use std::future::Future;

use crate::StoreError;

/// A place for sheets, by their names. Nothing is ever read from it here.
pub trait Archive: Send + Sync {
    /// Puts a sheet there, whole or not at all; one of the same name is replaced. A name is of letters, digits, `.`, `-`, `_`
    /// and `/`; `content_type` is what a browser goes by, such as `text/html; charset=utf-8`.
    fn put(
        &self,
        name: &str,
        content_type: &str,
        bytes: Vec<u8>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Where a person who may see it finds the sheet of that name: an address that begins with `https://` and lets nobody in
    /// by itself.
    fn place(&self, name: &str) -> String;
}
