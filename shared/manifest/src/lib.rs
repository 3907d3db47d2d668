#![doc = include_str!("../README.md")]

mod actions;
mod fields;
mod identity;
mod lead_source;
mod lifecycle;
mod metafields;
mod mistake;
mod near;
mod notes;
mod orders;
mod salesforce;
mod sections;
mod signals;
mod table;
mod tags;

pub use mistake::{Mistake, Mistakes};

use domain::Rulebook;
use toml::de::DeTable;

use crate::notes::Notes;
use crate::table::Table;

/// Reads the text of a manifest. Goes in: TOML. Comes out: the rules of all shops, or everything that is wrong with the
/// text, each with its line, its key, what was found there and how to mend it. Never half a rulebook.
pub fn parse(text: &str) -> Result<Rulebook, Mistakes> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let notes = Notes::new(text, &errors);
    let book = sections::book(&Table::root(&notes, root.get_ref()));
    notes.into_mistakes().map_or(Ok(book), Err)
}
