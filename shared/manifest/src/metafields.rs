//! `[metafields."namespace.key"]`: the merchant's own fields.

use domain::{Field, FieldRule, InvalidName, MetafieldKey, MetafieldName, Rules};

use crate::fields::{check, purpose, rule};
use crate::table::{Entry, Table};

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    for entry in table.entries() {
        if let Some(metafield) = metafield(&entry, rules) {
            metafield.put(rules);
        }
        if rules.metafields.len() > Rules::MAX_METAFIELDS {
            let found =
                format!("is one more than the {} metafields that there may be", Rules::MAX_METAFIELDS);
            entry.wrong_key(&found, "take out those that nobody works with: each makes every read dearer");
            return;
        }
    }
}

struct Metafield {
    key: MetafieldKey,
    name: MetafieldName,
    rule: FieldRule,
}

impl Metafield {
    /// A shop's own section may give it another name than the usual one has.
    fn put(self, rules: &mut Rules) {
        if let Some(former) = rules.metafields.insert(self.key, self.name) {
            rules.fields.remove(&Field::Metafield(former));
        }
        rules.fields.insert(Field::Metafield(self.name), self.rule);
    }
}

fn metafield(entry: &Entry<'_>, rules: &Rules) -> Option<Metafield> {
    let key = MetafieldKey::parse(entry.name);
    if key.is_none() {
        let mend = "write namespace and key in quotes: [metafields.\"custom.loyalty_tier\"]";
        entry.wrong_key("is no metafield's name", mend);
    }
    let table = entry.table()?;
    table.only(&["field", "use", "sync", "owner", "policy"]);
    let listed = key.as_ref().and_then(|key| rules.metafields.get(key)).copied();
    purpose(&table, listed.is_some());
    let name = match (table.get("field"), listed) {
        (None, Some(listed)) => listed,
        _ => name(&table.required("field", "say under which name the CRM knows it")?)?,
    };
    let before = listed.and_then(|listed| rules.fields.get(&Field::Metafield(listed))).copied();
    let rule = rule(&table, before.unwrap_or(FieldRule::usual(Field::Metafield(name))));
    check(Field::Metafield(name), rule, &table);
    let key = key?;
    if rules.metafields.iter().any(|(other, taken)| *other != key && *taken == name) {
        table.wrong("field", "is the name of another metafield too", "give each a name of its own");
        return None;
    }
    Some(Metafield { key, name, rule })
}

fn name(entry: &Entry<'_>) -> Option<MetafieldName> {
    match MetafieldName::parse(entry.text()?) {
        Ok(name) => return Some(name),
        Err(InvalidName::Shape) => {
            entry.misshapen("write small letters, digits and _ only, a letter first, at most 100");
        }
        Err(InvalidName::Taken) => {
            let found = "is the name of a field that is ours or the CRM's already";
            entry.wrong(found, "choose another name, such as \"loyalty_tier\"");
        }
    }
    None
}
