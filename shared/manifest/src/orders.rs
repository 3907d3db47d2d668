//! `[orders]`: which orders become deals, the stage of each, and whether refunds become notes.

use domain::{OrdersMode, Rules, Threshold};

use crate::table::{Entry, Table};

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    table.only(&["mode", "high_value_above", "pipeline", "refund_notes", "stages"]);
    let modes = OrdersMode::ALL.map(|mode| (mode.name(), mode));
    if let Some(mode) = table.get("mode").and_then(|entry| entry.choice(modes)) {
        rules.orders.mode = mode;
    }
    if let Some(threshold) = table.get("high_value_above").and_then(|entry| threshold(&entry)) {
        rules.orders.high_value = threshold;
    }
    if let Some(pipeline) = table.get("pipeline").and_then(|entry| entry.words()) {
        rules.orders.pipeline = Some(pipeline.to_owned());
    }
    if let Some(notes) = table.get("refund_notes").and_then(|entry| entry.flag()) {
        rules.orders.refund_notes = notes;
    }
    let stages = table.get("stages").and_then(|entry| entry.table());
    let mut seen = Vec::new();
    for entry in stages.iter().flat_map(Table::entries) {
        stage(&entry, &mut seen, rules);
    }
    if rules.orders.mode != OrdersMode::Aggregate && rules.orders.stages.is_empty() {
        let mend = "a deal needs a stage: list the statuses of orders and the stage of each";
        table.missing("stages", mend);
    }
}

/// A float would not say cents exactly, so money is a text.
fn threshold(entry: &Entry<'_>) -> Option<Threshold> {
    let mend = "write an amount in quotes, with a currency or without for the shop's own: \"500.00 USD\"";
    let threshold = entry.text().map(str::parse);
    if let Some(Err(_)) = threshold {
        entry.misshapen(mend);
    }
    threshold?.ok()
}

/// Whether a status exists is not looked at: a new one must be mapped without waiting for a new version of ours (S-203).
fn stage(entry: &Entry<'_>, seen: &mut Vec<String>, rules: &mut Rules) {
    let status = entry.name.to_lowercase();
    if !is_status(&status) {
        let mend = "write the payment's status, or both with a slash: \"paid\" or \"paid/fulfilled\"";
        entry.wrong_key("is no status of an order", mend);
    } else if seen.contains(&status) {
        entry.wrong_key("is there twice, in another letter case", "keep one of them");
    }
    if let Some(stage) = entry.words() {
        rules.orders.stages.set(&status, stage);
    }
    seen.push(status);
}

fn is_status(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match text.split_once('/') {
        Some((financial, fulfilment)) => is_word(financial) && is_word(fulfilment),
        None => is_word(text),
    }
}
