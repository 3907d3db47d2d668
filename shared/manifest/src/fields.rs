//! `[fields.<name>]`: whether a field is written, how, and what sales does with it.

use domain::{Field, FieldRule, Owner, Policy, Rules, is_the_crms};

use crate::table::{Entry, Table};

const KEYS: [&str; 4] = ["sync", "owner", "policy", "use"];

/// A use is a sentence, and a sentence has this many words.
const WORDS_OF_A_SENTENCE: usize = 3;

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    for entry in table.entries() {
        field(&entry, rules);
    }
    if !rules.fields.contains_key(&Field::CustomerKey) {
        table.missing("customer_key", "list it: without it no record is found again");
    }
}

fn field(entry: &Entry<'_>, rules: &mut Rules) {
    let field = Field::built_in(entry.name);
    if field.is_none() {
        unknown(entry);
    }
    let Some(table) = entry.table() else { return };
    table.only(&KEYS);
    let listed = field.and_then(|field| rules.fields.get(&field)).copied();
    purpose(&table, listed.is_some());
    let usual = FieldRule { is_synced: true, ..FieldRule::usual(field.unwrap_or(Field::CustomerKey)) };
    let rule = rule(&table, listed.unwrap_or(usual));
    let Some(field) = field else { return };
    check(field, rule, &table);
    rules.fields.insert(field, rule);
}

fn unknown(entry: &Entry<'_>) {
    if is_the_crms(entry.name) {
        let found = "is the CRM's, and is never written";
        entry.wrong_key(
            found,
            "take the section out: whom a contact belongs to and how it is worked on is for people",
        );
    } else {
        entry.unknown("no field of ours", Field::ALL.iter().map(|field| field.name()));
    }
}

pub(crate) fn rule(table: &Table<'_>, mut rule: FieldRule) -> FieldRule {
    if let Some(is_synced) = table.get("sync").and_then(|entry| entry.flag()) {
        rule.is_synced = is_synced;
    }
    let owners = Owner::ALL.map(|owner| (owner.name(), owner));
    if let Some(owner) = table.get("owner").and_then(|entry| entry.choice(owners)) {
        rule.owner = owner;
    }
    let policies = Policy::ALL.map(|policy| (policy.name(), policy));
    if let Some(policy) = table.get("policy").and_then(|entry| entry.choice(policies)) {
        rule.policy = policy;
    }
    rule
}

/// What sales does with it (S-025, S-056). It is there for people, so only that it is there is looked at.
pub(crate) fn purpose(table: &Table<'_>, was_said_before: bool) {
    let mend = "say in a sentence what sales does with it: a field that changes no follow-up, segment or score is not \
                worth syncing";
    match table.get("use") {
        Some(entry) => {
            let words = entry.text().map(|text| text.split_whitespace().count());
            if words.is_some_and(|words| words < WORDS_OF_A_SENTENCE) {
                entry.misshapen(mend);
            }
        }
        None if was_said_before => {}
        None => table.missing("use", mend),
    }
}

pub(crate) fn check(field: Field, rule: FieldRule, table: &Table<'_>) {
    let as_it_must_be = FieldRule { is_synced: true, owner: Owner::Shop, policy: Policy::Always };
    if field == Field::CustomerKey && rule != as_it_must_be {
        let mend = "leave it synced, the shop's and \"always\": without it no record is found again";
        table.wrong("", "cannot be treated like this", mend);
    }
    if rule.policy == Policy::ForwardOnly && !field.has_order() {
        let ordered: Vec<_> = Field::ALL.iter().filter(|field| field.has_order()).map(|f| f.name()).collect();
        let mend = format!("choose another policy; those that have an order are {}", ordered.join(", "));
        table.wrong("policy", "is \"forward-only\", and its values have no order", &mend);
    }
}
