//! A shop in which everything goes wrong at once: a thousand customers each time the tests run, and the size that is promised
//! where it is asked for, which takes minutes: `CUSTOMERS=20000 cargo test -p it -- reconcile::large`.

use std::sync::Arc;

use crm::memory::MemoryCrm;
use domain::{Field, Record, RecordId, Value};
use drift::{Cause, Purpose};
use flows::Ask;

use super::night::{Night, causes};
use crate::stories::living::{buys, person};

const CUSTOMERS: usize = 1_000;

/// Of ten customers one has bought nothing, the others three or four times.
fn orders(n: usize) -> usize {
    match n {
        n if n % 10 == 9 => 0,
        n if n % 3 == 0 => 4,
        _ => 3,
    }
}

async fn imported(customers: usize) -> (Night, MemoryCrm, Vec<u64>) {
    let (mut night, crm) = (Night::new().await, MemoryCrm::default());
    night.world.side.crm = Arc::new(crm.clone());
    let mut made = Vec::with_capacity(customers);
    for n in 0..customers {
        let customer =
            person(&night.world.shop, "Ada", &format!("No{n}"), &format!("customer{n}@example.com"));
        for order in 0..orders(n) {
            buys(&night.world.shop, customer, &format!("{}.50", 10 + order));
        }
        night.loses_all();
        made.push(customer);
    }
    night.later();
    let import = night.runs(Ask::Begin { purpose: Purpose::Import, dry_run: false, window: None }).await;
    assert_eq!((import.is_whole(), import.tally.queued), (true, customers as u64), "{import:?}");
    night.world.settle().await;
    assert_eq!((night.world.parked().len(), crm.records().len()), (0, customers));
    night.later();
    (night, crm, made)
}

fn records(crm: &MemoryCrm) -> std::collections::BTreeMap<u64, Record> {
    let keyed = crm.records().into_iter().filter_map(|record| {
        let customer = record.key.as_ref()?.as_str().parse().ok()?;
        Some((customer, record))
    });
    keyed.collect()
}

#[tokio::test]
async fn s_159_s_168_and_s_188_one_night_finds_all_that_went_wrong_and_the_next_only_what_waits_for_a_person()
{
    let customers = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(CUSTOMERS);
    let (mut night, crm, made) = imported(customers).await;
    let there = records(&crm);
    let id = |n: usize| -> RecordId { there[&made[n]].id.clone() };
    // Parts of a hundred: so many customers of each kind as the promise has of twenty thousand.
    let (hundredth, tenth) = (customers / 100, customers / 1_000);
    let mut next = 0;
    let mut take = |count: usize| {
        let taken: Vec<_> = (next..).filter(|n| orders(*n) > 0).take(count).collect();
        next = taken.last().map_or(next, |last| last + 1);
        taken
    };
    let (lost, edited, deleted) = (take(hundredth), take(hundredth), take(hundredth / 2));
    let (merged, doubled) = (take(tenth * 5), take(tenth * 3 / 2));
    for n in &lost {
        buys(&night.world.shop, made[*n], "77.00");
        night.loses_all();
    }
    let wrong = [(Field::TotalSpent, Value::Number(123_456.into()))].into();
    assert!(edited.iter().all(|n| crm.rep_edits(&id(*n), &wrong)));
    assert!(deleted.iter().all(|n| crm.delete(&id(*n))));
    let pairs: Vec<_> = merged.chunks_exact(2).collect();
    assert!(pairs.iter().all(|pair| crm.merge(&id(pair[0]), &id(pair[1])).is_some()));
    for n in &doubled {
        crm.rep_creates(&there[&made[*n]].fields, &[]);
    }
    let gone: Vec<_> = (0..customers).filter(|n| orders(*n) == 0).take(tenth).collect();
    for n in &gone {
        night.world.shop.delete_customer(made[*n]).unwrap();
        night.loses_all();
    }
    night.later();
    // Each invocation dies at its second step, before that is kept.
    night.each_dies_after = Some(2);
    let report = night.passes().await;
    night.each_dies_after = None;
    let count = |some: usize| some as u64;
    let left = [(Cause::MergedAway, count(pairs.len())), (Cause::ExtraInCrm, count(gone.len()))];
    let repaired = [
        (Cause::MissingInCrm, count(deleted.len())),
        (Cause::Stale, count(lost.len())),
        (Cause::ManualEdit, count(edited.len())),
        (Cause::Duplicate, count(doubled.len())),
    ];
    let mut all = [&repaired[..], &left].concat();
    all.sort_unstable();
    assert_eq!(causes(&report), all);
    assert_eq!(report.tally.merged, count(doubled.len()));
    assert!(report.tally.hops > 5, "{} invocations died", report.tally.hops);
    println!("{}", serde_json::to_string(&report.tally).unwrap());
    assert_eq!(causes(&night.passes().await), left, "only what waits for a person");
}
