//! Names that people chose, each kept once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The same text, kept for the life of the process, so that what is named by it is as cheap to copy as a number.
pub(crate) fn kept(text: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    // A set that somebody fell over is still a set of names.
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text) {
        return known;
    }
    let new: &'static str = Box::leak(text.to_owned().into_boxed_str());
    names.insert(new);
    new
}
