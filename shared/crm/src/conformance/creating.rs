//! A create is keyed: one record, however often.

use domain::Field;
use futures_util::future::join_all;

use super::people::{create, create_named, email, key, lead, person, text};
use super::{Stage, apply, apply_one, done, kind, only};
use crate::CrmErrorKind;

/// How many create the same record at once.
const RIVALS: usize = 20;

/// What a create promises.
pub async fn creating<S: Stage>() {
    a_create_makes_a_record(&S::empty(None).await).await;
    twice_makes_one(&S::empty(None).await).await;
    at_once_makes_one(&S::empty(None).await).await;
    a_taken_address_names_its_holder(&S::empty(None).await).await;
    a_further_address_is_taken_too(&S::empty(None).await).await;
    a_deleted_record_is_made_anew(&S::empty(None).await).await;
}

async fn a_create_makes_a_record(stage: &impl Stage) {
    let written = done(apply_one(stage, create(1)).await);
    assert!(written.created, "a record that was not there is new");
    let record = only(stage);
    assert_eq!(record.id, written.record, "the outcome names the record");
    assert_eq!(record.key, Some(key(1)), "a created record carries its key");
    for (field, value) in person(1) {
        assert_eq!(record.fields.get(&field), Some(&value), "a created record says what was written");
    }
}

async fn twice_makes_one(stage: &impl Stage) {
    let first = done(apply_one(stage, create(1)).await);
    let again = done(apply_one(stage, create_named(1, "Augusta")).await);
    assert_eq!(again.record, first.record, "a create done twice is done to one record");
    assert!(!again.created, "a record that was there is not new");
    assert_eq!(
        only(stage).fields[&Field::FirstName],
        text("Augusta"),
        "a create of what is there updates it"
    );
}

async fn at_once_makes_one(stage: &impl Stage) {
    let writes = [create(1)];
    let rivals = join_all((0..RIVALS).map(|_| stage.crm().apply(&writes))).await;
    let written: Vec<_> = rivals.into_iter().flatten().map(done).collect();
    assert_eq!(written.len(), RIVALS, "each write has one outcome");
    assert_eq!(written.iter().filter(|one| one.created).count(), 1, "one of many at once makes the record");
    let record = only(stage);
    assert!(written.iter().all(|one| one.record == record.id), "all of many at once name one record");
}

async fn a_taken_address_names_its_holder(stage: &impl Stage) {
    let holder = stage.has(&lead(1), &[]);
    let conflict = CrmErrorKind::Conflict { existing: Some(holder) };
    assert_eq!(kind(&apply_one(stage, create(1)).await), conflict, "a taken address names its holder");
    let among = apply(stage, &[create(2), create(1), create(3)]).await;
    assert_eq!(kind(&among[1]), conflict, "a taken address among others names its holder");
    assert!(among[0].is_ok() && among[2].is_ok(), "the neighbours of a taken address are written");
    assert_eq!(stage.records().len(), 3, "a taken address makes no second record");
}

async fn a_further_address_is_taken_too(stage: &impl Stage) {
    let holder = stage.has(&lead(1), &[&email(2)]);
    let conflict = CrmErrorKind::Conflict { existing: Some(holder) };
    assert_eq!(kind(&apply_one(stage, create(2)).await), conflict, "a further address names its holder");
    assert_eq!(stage.records().len(), 1, "a taken further address makes no second record");
}

async fn a_deleted_record_is_made_anew(stage: &impl Stage) {
    let first = done(apply_one(stage, create(1)).await);
    stage.delete(&first.record);
    let again = done(apply_one(stage, create(1)).await);
    assert!(again.created && again.record != first.record, "a deleted record is not written to");
    assert_eq!(only(stage).id, again.record, "a deleted record stays deleted");
}
