//! Contacts: written by batches, looked for, read, and listed page by page.

mod apply;
mod find;
mod inputs;
mod look_up;
mod merge;
mod page;
mod search;

pub(crate) use apply::{apply, calls as calls_to_apply};
pub(crate) use find::{calls as calls_to_find, fetch, find, follow, holders, holders_calls, read};
pub(crate) use inputs::inputs;
pub(crate) use merge::merge;
pub(crate) use page::page;
