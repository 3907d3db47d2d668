//! The manifest as a whole: the usual sections, and a shop's own in the place of some of them.

use domain::{Rulebook, Rules, ShopDomain, StageTable};

use crate::table::{Entry, Table};
use crate::{
    actions, fields, identity, lead_source, lifecycle, metafields, orders, salesforce, signals, tags,
};

/// The sections that a shop may have of its own too.
const SECTIONS: [&str; 9] =
    ["fields", "lead_source", "tags", "lifecycle", "orders", "identity", "metafields", "signals", "actions"];

/// What this version of ours reads.
const VERSION: u64 = 1;

pub(crate) fn book(root: &Table<'_>) -> Rulebook {
    let known: Vec<_> = ["version", "salesforce", "shops"].into_iter().chain(SECTIONS).collect();
    root.only(&known);
    version(root);
    let usual = usual(root);
    let shops = root.get("shops").and_then(|shops| shops.table());
    let shops = shops.iter().flat_map(Table::entries);
    let shops = shops.filter_map(|entry| shop(&entry, &usual)).collect();
    let layout = root.get("salesforce").and_then(|entry| entry.table());
    Rulebook { usual, shops, layout: layout.map(|table| salesforce::read(&table)).unwrap_or_default() }
}

fn version(root: &Table<'_>) {
    match root.get("version") {
        Some(entry) if entry.count().is_some_and(|version| version != VERSION) => {
            entry.misshapen("this version of Counterfoil reads manifests of version 1");
        }
        Some(_) => {}
        None => root.missing("version", "begin the file with version = 1"),
    }
}

/// Fields are a list of what is allowed, so none is there until it is listed; signals and actions too.
fn usual(root: &Table<'_>) -> Rules {
    let mut rules = Rules { fields: [].into(), signals: [].into(), actions: [].into(), ..Rules::default() };
    let orders = root.get("orders").and_then(|orders| orders.table());
    if orders.is_some_and(|orders| orders.get("stages").is_some()) {
        // The table in the file is the whole table.
        rules.orders.stages = StageTable::default();
    }
    if root.get("fields").is_none() {
        root.missing(
            "fields",
            "list the fields that may be written, as infra/sync.toml of the repository does",
        );
    }
    read(root, &mut rules);
    rules
}

fn shop(entry: &Entry<'_>, usual: &Rules) -> Option<(ShopDomain, Rules)> {
    let domain = ShopDomain::parse(entry.name).ok();
    if domain.is_none() {
        entry.wrong_key("is no shop's domain", "write it in quotes: [shops.\"your-shop.myshopify.com\"]");
    }
    let table = entry.table()?;
    table.only(&SECTIONS);
    let mut rules = usual.clone();
    read(&table, &mut rules);
    Some((domain?, rules))
}

/// Reads the sections that are there over the rules that are there.
fn read(table: &Table<'_>, rules: &mut Rules) {
    type Read = fn(&Table<'_>, &mut Rules);
    let sections: [(&str, Read); 9] = [
        ("fields", fields::read),
        ("lead_source", lead_source::read),
        ("tags", tags::read),
        ("lifecycle", lifecycle::read),
        ("orders", orders::read),
        ("identity", identity::read),
        ("metafields", metafields::read),
        ("signals", signals::read),
        ("actions", actions::read),
    ];
    for (name, read) in sections {
        if let Some(section) = table.get(name).and_then(|entry| entry.table()) {
            read(&section, rules);
        }
    }
    actions::each_signal_has_one(table, rules);
}
