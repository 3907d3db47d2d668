//! An update writes what it names, to the record it means.

use domain::{Field, RecordId, Value};

use super::people::{create, email, key, lead, person, text, update};
use super::{Stage, apply, apply_one, done, kind, only};
use crate::CrmErrorKind;

/// What an update promises.
pub async fn updating<S: Stage>() {
    an_update_writes_what_it_names(&S::empty(None).await).await;
    a_lead_becomes_a_customer(&S::empty(None).await).await;
    an_address_is_left_alone(&S::empty(None).await).await;
    a_merged_record_is_followed(&S::empty(None).await).await;
    a_deleted_record_is_gone(&S::empty(None).await).await;
    a_record_that_never_was_is_gone(&S::empty(None).await).await;
    a_taken_value_names_its_holder(&S::empty(None).await).await;
}

async fn an_update_writes_what_it_names(stage: &impl Stage) {
    let record = done(apply_one(stage, create(1)).await).record;
    let written = done(apply_one(stage, update(&record, Field::LastName, text("Byron"))).await);
    assert_eq!((&written.record, written.created), (&record, false), "an update names its record");
    let now = only(stage);
    assert_eq!(now.fields[&Field::LastName], text("Byron"), "an update writes what it names");
    for (field, value) in person(1) {
        assert_eq!(now.fields[&field], value, "an update leaves alone what it does not name");
    }
}

async fn a_lead_becomes_a_customer(stage: &impl Stage) {
    let record = stage.has(&lead(1), &[]);
    done(apply_one(stage, update(&record, Field::CustomerKey, text(key(1).as_str()))).await);
    let again = done(apply_one(stage, create(1)).await);
    assert_eq!((again.record, again.created), (record, false), "a stamped record is found by its key");
    assert_eq!(only(stage).key, Some(key(1)), "the key is stamped on the record");
}

async fn an_address_is_left_alone(stage: &impl Stage) {
    let record = stage.has(&lead(1), &[&email(2)]);
    done(apply_one(stage, update(&record, Field::FirstName, text("Ada"))).await);
    let conflict = kind(&apply_one(stage, create(2)).await);
    let existing = Some(record);
    assert_eq!(
        conflict,
        CrmErrorKind::Conflict { existing },
        "an update without an address keeps all addresses"
    );
}

async fn a_merged_record_is_followed(stage: &impl Stage) {
    let [first, second] = [1, 2].map(|n| stage.has(&person(n), &[]));
    let bystander = stage.has(&person(3), &[]);
    let survivor = stage.merge(&first, &second);
    let writes = [
        update(&second, Field::LastName, text("Merged")),
        update(&bystander, Field::LastName, text("Bystander")),
    ];
    let mut outcomes = apply(stage, &writes).await;
    done(outcomes.remove(1));
    assert_eq!(done(outcomes.remove(0)).record, survivor, "a merged record's update names the survivor");
    let records = stage.records();
    let now = records.iter().find(|record| record.id == survivor).expect("the survivor is there");
    assert_eq!(
        now.fields[&Field::LastName],
        text("Merged"),
        "a merged record's update is done to the survivor"
    );
    assert_eq!(now.fields[&Field::FirstName], text("Person 1"), "nothing else of the survivor changes");
}

async fn a_deleted_record_is_gone(stage: &impl Stage) {
    let [first, second] = [1, 2].map(|n| stage.has(&person(n), &[]));
    stage.delete(&first);
    let name = || text("Byron");
    let writes = [update(&first, Field::LastName, name()), update(&second, Field::LastName, name())];
    let outcomes = apply(stage, &writes).await;
    assert_eq!(kind(&outcomes[0]), CrmErrorKind::Gone, "an update of a deleted record is gone");
    assert!(outcomes[1].is_ok(), "the neighbour of a deleted record is written");
    assert_eq!(only(stage).id, second, "an update does not bring a deleted record back");
}

async fn a_record_that_never_was_is_gone(stage: &impl Stage) {
    for id in ["999", "not-an-id", "../1", ""] {
        let outcome = apply_one(stage, update(&RecordId::new(id), Field::LastName, Value::Empty)).await;
        assert_eq!(kind(&outcome), CrmErrorKind::Gone, "a record that never was is gone: {id:?}");
    }
}

async fn a_taken_value_names_its_holder(stage: &impl Stage) {
    let [first, second] = [1, 2].map(|n| stage.has(&person(n), &[]));
    let takes = [(Field::Email, text(&email(2))), (Field::CustomerKey, text(key(2).as_str()))];
    for (field, value) in takes {
        let outcome = apply_one(stage, update(&first, field, value)).await;
        let existing = Some(second.clone());
        assert_eq!(
            kind(&outcome),
            CrmErrorKind::Conflict { existing },
            "a taken {} names its holder",
            field.name()
        );
    }
}
