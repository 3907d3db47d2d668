//! `[metafields."namespace.key"]`: the merchant's own fields.

use std::collections::BTreeMap;

use domain::{Field, MetafieldKey, Rules};

use crate::fields::{is_the_crms, purpose};
use crate::table::{Entry, Table};

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    for entry in table.entries() {
        if let Some((metafield, field)) = metafield(&entry, &rules.metafields) {
            rules.metafields.insert(metafield, field);
        }
    }
}

fn metafield(entry: &Entry<'_>, there: &BTreeMap<MetafieldKey, String>) -> Option<(MetafieldKey, String)> {
    let key = MetafieldKey::parse(entry.name);
    if key.is_none() {
        let mend = "write namespace and key in quotes: [metafields.\"custom.loyalty_tier\"]";
        entry.wrong_key("is no metafield's name", mend);
    }
    let table = entry.table()?;
    table.only(&["field", "use"]);
    let was_listed = key.as_ref().is_some_and(|key| there.contains_key(key));
    purpose(&table, was_listed);
    let field = name(&table.required("field", "say under which name the CRM knows it")?)?;
    let key = key?;
    if there.iter().any(|(other, name)| *other != key && *name == field) {
        table.wrong("field", "is the name of another metafield too", "give each a name of its own");
    }
    Some((key, field))
}

fn name(entry: &Entry<'_>) -> Option<String> {
    let name = entry.text()?;
    let begins = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !begins || name.len() > 100 || !name.bytes().all(is_name) {
        entry.misshapen("write small letters, digits and _ only, a letter first, at most 100");
        return None;
    }
    if Field::from_name(name).is_some() || is_the_crms(name) {
        let found = "is the name of a field that is ours or the CRM's already";
        entry.wrong(found, "choose another name, such as \"loyalty_tier\"");
        return None;
    }
    Some(name.to_owned())
}
