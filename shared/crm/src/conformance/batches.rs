//! Any number, in order, and each for itself.

use std::collections::BTreeSet;

use domain::{Field, Write};

use super::people::{create, create_named, key, text, update};
use super::{Stage, Trouble, apply, done, kind, only};
use crate::CrmErrorKind;

/// What a call with many writes promises.
pub async fn batches<S: Stage>() {
    for count in [0, 1, 100, 101, 200, 201] {
        any_number_is_taken(&S::empty(None).await, count).await;
    }
    the_last_of_one_key_wins(&S::empty(None).await).await;
    the_last_of_one_record_wins(&S::empty(None).await).await;
    creates_and_updates_mix(&S::empty(None).await).await;
    one_bad_write_fails_alone(&S::empty(None).await).await;
    a_bad_update_fails_alone(&S::empty(None).await).await;
}

async fn any_number_is_taken(stage: &impl Stage, count: usize) {
    let writes: Vec<_> = (0..count).map(create).collect();
    let made: Vec<_> = apply(stage, &writes).await.into_iter().map(done).collect();
    assert!(made.iter().all(|written| written.created), "{count} new records are new");
    assert_eq!(
        made.iter().map(|w| &w.record).collect::<BTreeSet<_>>().len(),
        count,
        "{count} have {count} ids"
    );
    assert_eq!(stage.records().len(), count, "{count} writes make {count} records");
    let changes: Vec<_> =
        made.iter().map(|w| update(&w.record, Field::LastName, text(w.record.as_str()))).collect();
    let updated = apply(stage, &changes).await.into_iter().map(done);
    assert!(
        updated.map(|w| w.record).eq(made.into_iter().map(|w| w.record)),
        "outcomes are in the writes' order"
    );
    for record in stage.records() {
        assert_eq!(record.fields[&Field::LastName], text(record.id.as_str()), "each got its own");
    }
    in_their_own_order(stage, count).await;
}

/// Keys that are written the other way round answer the other way round.
async fn in_their_own_order(stage: &impl Stage, count: usize) {
    let keys: Vec<_> = (0..count).rev().map(key).collect();
    let writes: Vec<_> = (0..count).rev().map(create).collect();
    let outcomes: Vec<_> = apply(stage, &writes).await.into_iter().map(done).collect();
    let records = stage.crm().read(&keys).await.expect("what is there can be read");
    let ids: Vec<_> = records.into_iter().flatten().map(|record| record.id).collect();
    assert!(
        outcomes.into_iter().map(|w| w.record).eq(ids),
        "outcomes and reads are in the order they were asked"
    );
}

async fn the_last_of_one_key_wins(stage: &impl Stage) {
    let writes = [create_named(1, "first"), create(2), create_named(1, "second"), create_named(1, "third")];
    let outcomes: Vec<_> = apply(stage, &writes).await.into_iter().map(done).collect();
    assert_eq!(outcomes[0].record, outcomes[3].record, "one key is one record");
    let created: Vec<_> = outcomes.iter().map(|outcome| outcome.created).collect();
    assert_eq!(created, [true, true, false, false], "one key is new once");
    let records = stage.records();
    assert_eq!(records.len(), 2, "one key is one record");
    let now = records.iter().find(|record| record.key == Some(key(1))).expect("it is there");
    assert_eq!(now.fields[&Field::FirstName], text("third"), "the last write of one key wins");
}

async fn the_last_of_one_record_wins(stage: &impl Stage) {
    let record = done(apply(stage, &[create(1)]).await.remove(0)).record;
    let writes = ["first", "second", "third"].map(|name| update(&record, Field::LastName, text(name)));
    let outcomes = apply(stage, &writes).await.into_iter().map(done);
    assert!(
        outcomes.map(|written| written.record).eq([&record; 3].map(Clone::clone)),
        "each has its outcome"
    );
    assert_eq!(only(stage).fields[&Field::LastName], text("third"), "the last write of one record wins");
}

async fn creates_and_updates_mix(stage: &impl Stage) {
    let there = done(apply(stage, &[create(1)]).await.remove(0)).record;
    let writes: Vec<Write> = vec![create(2), update(&there, Field::LastName, text("mixed")), create(3)];
    let outcomes: Vec<_> = apply(stage, &writes).await.into_iter().map(done).collect();
    assert_eq!(outcomes[1].record, there, "outcomes are in the writes' order");
    assert_eq!(
        outcomes.iter().map(|w| w.created).collect::<Vec<_>>(),
        [true, false, true],
        "each has its own"
    );
}

async fn one_bad_write_fails_alone(stage: &impl Stage) {
    stage.trouble(Trouble::Rejected(key(5)));
    let writes: Vec<_> = (0..12).map(create).collect();
    let outcomes = apply(stage, &writes).await;
    let is_rejected = |kind: CrmErrorKind| matches!(kind, CrmErrorKind::Rejected { .. });
    assert!(is_rejected(kind(&outcomes[5])), "a refused record is rejected");
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 11, "its neighbours are written");
    assert_eq!(stage.records().len(), 11, "a refused record is not made");
}

async fn a_bad_update_fails_alone(stage: &impl Stage) {
    let made: Vec<_> = apply(stage, &[create(1), create(2), create(3)]).await.into_iter().map(done).collect();
    stage.trouble(Trouble::Rejected(key(2)));
    let writes: Vec<_> = made.iter().map(|w| update(&w.record, Field::LastName, text("new"))).collect();
    let outcomes = apply(stage, &writes).await;
    assert!(matches!(kind(&outcomes[1]), CrmErrorKind::Rejected { .. }), "a refused update is rejected");
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "its neighbours are written");
    let named =
        |name: &str| stage.records().iter().filter(|r| r.fields[&Field::LastName] == text(name)).count();
    assert_eq!(named("new"), 2, "a refused update changes nothing");
}
