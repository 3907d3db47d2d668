//! `[lead_source]`: what a new contact's lead source says.

use domain::Rules;

use crate::table::Table;

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    table.only(&["text"]);
    if let Some(text) = table.get("text").and_then(|entry| entry.words()) {
        text.clone_into(&mut rules.lead_source);
    }
}
