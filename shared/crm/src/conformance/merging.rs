//! Two records of one customer become one, and nothing of either is lost.

use domain::{Field, RecordId};

use super::orders::{OrdersStage, deal};
use super::people::{create, email, key, person, text, update};
use super::{Stage, Trouble, apply, apply_one, done, only};
use crate::{CrmError, CrmErrorKind, Merged};

/// What a merge promises; of a CRM that has none, that it says so.
pub async fn merging<S: OrdersStage>() {
    who_carries_a_key_is_given(&S::empty(None).await).await;
    all_that_carry_a_key_are_given(&S::empty(None).await).await;
    if !S::MERGES {
        return a_merge_that_is_none_is_told(&S::empty(None).await).await;
    }
    two_become_one(&S::empty(None).await).await;
    what_was_tied_is_tied_to_the_one_that_stands(&S::empty(None).await).await;
    two_that_are_one_are_told_as_such(&S::empty(None).await).await;
    a_lost_answer_to_a_merge_can_be_asked_for_again(&S::empty(None).await).await;
    a_refused_merge_changes_nothing(&S::empty(None).await).await;
    one_that_is_not_there_is_gone(&S::empty(None).await).await;
}

async fn merge(stage: &impl Stage, primary: &RecordId, other: &RecordId) -> Result<Merged, CrmError> {
    stage.crm().merge(primary, other).await
}

/// The record that stands, of two that can be merged.
async fn merged(stage: &impl Stage, primary: &RecordId, other: &RecordId) -> RecordId {
    match merge(stage, primary, other).await {
        Ok(Merged::Now(record)) => record,
        other => panic!("two that can be merged are merged: {other:?}"),
    }
}

fn pair(stage: &impl Stage) -> [RecordId; 2] {
    [1, 2].map(|n| stage.has(&person(n), &[]))
}

async fn who_carries_a_key_is_given(stage: &impl Stage) {
    let [_, second] = pair(stage);
    let holders = stage.crm().holders(&[key(2), key(9)]).await.expect("they can be asked for");
    let ids: Vec<Vec<_>> = holders.iter().map(|all| all.iter().map(|one| one.id.clone()).collect()).collect();
    assert_eq!(ids, [vec![second], vec![]], "each key has its answer, in their order");
}

async fn all_that_carry_a_key_are_given(stage: &impl Stage) {
    let [first, _] = pair(stage);
    let Some(double) = stage.doubles(&first) else { return };
    let holders = stage.crm().holders(&[key(1)]).await.expect("they can be asked for");
    let mut ids: Vec<_> = holders.concat().into_iter().map(|record| record.id).collect();
    let mut both = vec![first, double];
    ids.sort();
    both.sort();
    assert_eq!(ids, both, "all that carry a key are given, also where no two should");
}

async fn a_merge_that_is_none_is_told(stage: &impl Stage) {
    let [first, second] = pair(stage);
    let told = merge(stage, &first, &second).await;
    let is_told = matches!(&told, Ok(Merged::Unsupported(why)) if !why.is_empty());
    assert!(is_told, "a CRM that lets nobody merge says why: {told:?}");
    assert_eq!(stage.records().len(), 2, "what is not supported changes nothing");
}

async fn two_become_one(stage: &impl Stage) {
    let [first, second] = pair(stage);
    let mut lacks = person(3);
    lacks.remove(&Field::FirstName);
    let third = stage.has(&lacks, &[]);
    let stands = merged(stage, &third, &second).await;
    let now = stage.records().into_iter().find(|record| record.id == stands).expect("it is there");
    assert_eq!(now.key, Some(key(3)), "the values of the one that goes on win");
    assert_eq!(now.fields[&Field::Email], text(&email(3)), "the values of the one that goes on win");
    assert_eq!(now.fields[&Field::FirstName], text("Person 2"), "what it lacks comes from the other");
    let last = merged(stage, &first, &stands).await;
    assert_eq!(only(stage).id, last, "one stands, also after a second merge");
    let written = done(apply_one(stage, update(&second, Field::LastName, text("Merged"))).await);
    assert_eq!(written.record, last, "an old id leads to the one that stands");
}

async fn what_was_tied_is_tied_to_the_one_that_stands(stage: &impl OrdersStage) {
    let [first, second] = pair(stage);
    let deals = [deal(1, &first), deal(2, &second)];
    let outcomes = stage.crm().write_deals(&deals).await;
    assert!(outcomes.iter().all(Result::is_ok), "deals are written");
    let stands = merged(stage, &first, &second).await;
    for deal in stage.deals() {
        let theirs = std::slice::from_ref(&stands);
        assert_eq!(deal.contacts, theirs, "what was tied to either is tied to the one that stands");
    }
}

async fn two_that_are_one_are_told_as_such(stage: &impl Stage) {
    let [first, second] = pair(stage);
    let stands = merged(stage, &first, &second).await;
    for (primary, other) in [(&first, &second), (&second, &first), (&stands, &second)] {
        let again = merge(stage, primary, other).await.expect("it can be asked for again");
        assert_eq!(again, Merged::Before(stands.clone()), "of two that are one already it says so");
    }
    assert_eq!(only(stage).id, stands, "a merge that is asked for again merges nothing");
}

async fn a_lost_answer_to_a_merge_can_be_asked_for_again(stage: &impl Stage) {
    let [first, second] = pair(stage);
    stage.trouble(Trouble::AnswerLost);
    let lost = merge(stage, &first, &second).await.expect_err("a lost answer is told as such");
    assert_eq!(*lost.kind(), CrmErrorKind::Unanswered, "a lost answer is told as such");
    let again = merge(stage, &first, &second).await.expect("it can be asked for again");
    assert_eq!(again, Merged::Before(only(stage).id), "a lost answer does not undo the merge");
}

async fn a_refused_merge_changes_nothing(stage: &impl Stage) {
    let [first, second] = pair(stage);
    for trouble in [Trouble::RateLimited, Trouble::QuotaUsedUp, Trouble::Unavailable] {
        stage.trouble(trouble.clone());
        let error = merge(stage, &first, &second).await.expect_err("a refused merge is none");
        assert!(trouble.is_told_as(error.kind()), "{trouble:?} was told as {error}");
    }
    stage.trouble(Trouble::Unauthorized);
    let error = merge(stage, &first, &second).await.expect_err("a refused merge is none");
    assert_eq!(*error.kind(), CrmErrorKind::Unauthorized, "refused credentials are told as such");
    assert_eq!(stage.records().len(), 2, "a refused merge changes nothing");
}

async fn one_that_is_not_there_is_gone(stage: &impl Stage) {
    let [first, second] = pair(stage);
    stage.delete(&second);
    for other in [second, RecordId::new("999"), RecordId::new("not-an-id"), RecordId::new("")] {
        for (one, two) in [(&first, &other), (&other, &first)] {
            let error = merge(stage, one, two).await.expect_err("nobody is merged with who is not there");
            assert_eq!(*error.kind(), CrmErrorKind::Gone, "one that is not there is gone: {other:?}");
        }
    }
    apply(stage, &[create(1)]).await.into_iter().for_each(|outcome| drop(done(outcome)));
    assert_eq!(only(stage).id, first, "the other is as it was");
}
