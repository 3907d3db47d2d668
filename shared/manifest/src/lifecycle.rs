//! `[lifecycle]`: the stages in their order, and from how many orders on each is reached.

use domain::{Lifecycle, Reached, Rules};

use crate::near::nearest;
use crate::table::{Entry, Table};

pub(crate) fn read(table: &Table<'_>, rules: &mut Rules) {
    table.only(&["order", "stages"]);
    if let Some(order) = table.get("order").and_then(|entry| order(&entry)) {
        rules.lifecycle.order = order;
    }
    if let Some(reached) = table.get("stages").and_then(|entry| entry.list()) {
        rules.lifecycle.reached = reached.iter().filter_map(stage).collect();
    }
    check(&rules.lifecycle, table);
}

fn order(entry: &Entry<'_>) -> Option<Vec<String>> {
    let mut order: Vec<String> = Vec::new();
    for stage in entry.list()? {
        match stage.words() {
            Some(word) if order.iter().any(|known| known == word) => {
                stage.wrong("is there twice", "name each stage once, the first one first");
            }
            Some(word) => order.push(word.to_owned()),
            None => {}
        }
    }
    Some(order)
}

fn stage(entry: &Entry<'_>) -> Option<Reached> {
    let table = entry.table()?;
    table.only(&["stage", "from_orders"]);
    let mend = "write { stage = \"customer\", from_orders = 1 }";
    let (stage, from_orders) = (table.required("stage", mend), table.required("from_orders", mend));
    Some(Reached { stage: stage?.words()?.to_owned(), from_orders: from_orders?.count()? })
}

/// Each is in the order, and more orders never lead to an earlier stage.
fn check(lifecycle: &Lifecycle, table: &Table<'_>) {
    for reached in &lifecycle.reached {
        if lifecycle.rank(&reached.stage).is_none() {
            let near = nearest(&reached.stage, lifecycle.order.iter().map(String::as_str));
            let near = near.map(|word| format!("did you mean {word:?}? ")).unwrap_or_default();
            let mend = format!("{near}add the stage to lifecycle.order, in its place");
            table.wrong("stages", "names a stage that `order` does not have", &mend);
        }
    }
    for (earlier, later) in lifecycle.reached.iter().zip(lifecycle.reached.iter().skip(1)) {
        let is_further = match (lifecycle.rank(&earlier.stage), lifecycle.rank(&later.stage)) {
            (Some(earlier), Some(later)) => earlier < later,
            _ => true,
        };
        if earlier.from_orders >= later.from_orders || !is_further {
            let mend =
                "a later stage needs more orders than the one before it, and lies behind it in `order`";
            table.wrong("stages", "does not rise from one to the next", mend);
        }
    }
}
