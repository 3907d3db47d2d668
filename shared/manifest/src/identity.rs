//! `[identity]`: what makes two customers one.

use domain::{AliasPolicy, Duplicates, Rules};

use crate::table::{Entry, Table};

const ALIASES: [(&str, AliasPolicy); 3] =
    [("exact", AliasPolicy::Exact), ("plus", AliasPolicy::Plus), ("plus-and-dots", AliasPolicy::PlusAndDots)];

const DUPLICATES: [(&str, Duplicates); 2] = [("merge", Duplicates::Merge), ("propose", Duplicates::Propose)];

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    table.only(&["aliases", "phone", "default_region", "composite", "duplicates"]);
    if let Some(aliases) = table.get("aliases").and_then(|entry| entry.choice(ALIASES)) {
        rules.identity.aliases = aliases;
    }
    if let Some(phone) = table.get("phone").and_then(|entry| entry.flag()) {
        rules.identity.phone = phone;
    }
    if let Some(region) = table.get("default_region").and_then(|entry| region(&entry)) {
        rules.identity.default_region = Some(region);
    }
    if let Some(composite) = table.get("composite").and_then(|entry| entry.flag()) {
        rules.identity.composite = composite;
    }
    if let Some(duplicates) = table.get("duplicates").and_then(|entry| entry.choice(DUPLICATES)) {
        rules.identity.duplicates = duplicates;
    }
}

fn region(entry: &Entry<'_>) -> Option<String> {
    let region = entry.text()?;
    let is_region = region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_region {
        entry.misshapen("write the two capital letters of a country (ISO 3166), such as \"DE\"");
    }
    is_region.then(|| region.to_owned())
}
