//! `[tags]`: which tags the CRM is told of.

use domain::Rules;

use crate::table::{Entry, Table};

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    table.only(&["only", "never"]);
    if let Some(only) = words(table, "only") {
        rules.tags.set_only(only);
    }
    if let Some(never) = words(table, "never") {
        rules.tags.set_never(never);
    }
    let both: Vec<_> = rules.tags.contradictions().collect();
    if !both.is_empty() {
        let found = format!("has {} of the tags that `only` has", both.len());
        table.wrong("never", &found, "a tag is on one of the lists, or on none");
    }
}

fn words<'a>(table: &Table<'a>, key: &str) -> Option<Vec<&'a str>> {
    Some(table.get(key)?.list()?.iter().filter_map(Entry::words).collect())
}
