//! What goes wrong is told as what it is, and is safe to do again.

use std::collections::BTreeSet;

use domain::Field;

use super::people::{create, key, text, update, wanted};
use super::{MORE_THAN_A_CALL, Stage, Trouble, apply, apply_one, done, kind, only};
use crate::{CrmError, CrmErrorKind};

/// What a failure promises.
pub async fn troubles<S: Stage>() {
    for trouble in [Trouble::RateLimited, Trouble::QuotaUsedUp, Trouble::Unavailable] {
        a_refused_call_writes_nothing(&S::empty(None).await, trouble.clone()).await;
        a_refused_look_up_is_no_nobody(&S::empty(None).await, trouble).await;
    }
    refused_credentials_are_everybodys(&S::empty(None).await).await;
    credentials_that_end_amid_a_write_stop_the_rest(&S::empty(None).await).await;
    a_lost_answer_is_told_and_can_be_repeated(&S::empty(None).await).await;
    a_lost_answer_to_an_update_too(&S::empty(None).await).await;
    what_is_not_spoken_of_is_unanswered(&S::empty(None).await).await;
    a_missing_field_is_named(&S::empty(Some(Field::TotalSpent)).await).await;
}

async fn a_refused_call_writes_nothing(stage: &impl Stage, trouble: Trouble) {
    stage.trouble(trouble.clone());
    let writes = [create(1), create(2)];
    for outcome in apply(stage, &writes).await {
        assert!(trouble.is_told_as(&kind(&outcome)), "{trouble:?} was told as {:?}", kind(&outcome));
    }
    assert!(stage.records().is_empty(), "a refused call writes nothing");
    apply(stage, &writes).await.into_iter().for_each(|outcome| drop(done(outcome)));
    assert_eq!(stage.records().len(), 2, "a refused call can be made again");
}

async fn a_refused_look_up_is_no_nobody(stage: &impl Stage, trouble: Trouble) {
    let told = |error: CrmError| assert!(trouble.is_told_as(error.kind()), "{trouble:?} was told as {error}");
    stage.trouble(trouble.clone());
    told(
        stage
            .crm()
            .find(&[wanted(1)])
            .await
            .expect_err("a refused look-up does not say that nobody is there"),
    );
    stage.trouble(trouble.clone());
    told(stage.crm().read(&[key(1)]).await.expect_err("a refused read does not say that nobody is there"));
}

async fn refused_credentials_are_everybodys(stage: &impl Stage) {
    stage.trouble(Trouble::Unauthorized);
    for outcome in apply(stage, &[create(1), create(2)]).await {
        assert_eq!(kind(&outcome), CrmErrorKind::Unauthorized, "refused credentials are told as such");
    }
    let find = stage.crm().find(&[wanted(1)]).await.expect_err("refused credentials find nobody");
    assert_eq!(*find.kind(), CrmErrorKind::Unauthorized, "refused credentials are told as such");
    let read = stage.crm().read(&[key(1)]).await.expect_err("refused credentials read nothing");
    assert_eq!(*read.kind(), CrmErrorKind::Unauthorized, "refused credentials are told as such");
}

/// Either it is told, or the adapter has repeated it, which a key makes safe.
async fn credentials_that_end_amid_a_write_stop_the_rest(stage: &impl Stage) {
    stage.trouble(Trouble::Expiring);
    let writes: Vec<_> = (0..MORE_THAN_A_CALL).map(create).collect();
    let outcomes = apply(stage, &writes).await;
    let (written, refused): (Vec<_>, Vec<_>) = outcomes.iter().partition(|outcome| outcome.is_ok());
    assert!(!written.is_empty() && !refused.is_empty(), "a part is written, and the rest is refused");
    for outcome in refused {
        assert_eq!(kind(outcome), CrmErrorKind::Unauthorized, "refused credentials are told as such");
    }
    let there: BTreeSet<_> = stage.records().into_iter().map(|record| record.id).collect();
    let said: BTreeSet<_> = outcomes.into_iter().flatten().map(|written| written.record).collect();
    assert_eq!(there, said, "what is told as written is there, and nothing else");
}

async fn a_lost_answer_is_told_and_can_be_repeated(stage: &impl Stage) {
    stage.trouble(Trouble::AnswerLost);
    if let Err(error) = apply_one(stage, create(1)).await {
        assert_eq!(*error.kind(), CrmErrorKind::Unanswered, "a lost answer is told as such");
    }
    let again = done(apply_one(stage, create(1)).await);
    assert!(!again.created, "a lost answer does not undo the write");
    assert_eq!(only(stage).id, again.record, "a lost answer makes no second record");
}

async fn a_lost_answer_to_an_update_too(stage: &impl Stage) {
    let record = done(apply_one(stage, create(1)).await).record;
    stage.trouble(Trouble::AnswerLost);
    let write = update(&record, Field::LastName, text("once"));
    if let Err(error) = apply_one(stage, write.clone()).await {
        assert_eq!(*error.kind(), CrmErrorKind::Unanswered, "a lost answer is told as such");
    }
    done(apply_one(stage, write).await);
    assert_eq!(only(stage).fields[&Field::LastName], text("once"), "an update can be repeated");
}

async fn what_is_not_spoken_of_is_unanswered(stage: &impl Stage) {
    stage.trouble(Trouble::Unmentioned(key(2)));
    let outcomes = apply(stage, &[create(1), create(2), create(3)]).await;
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "what is spoken of is written");
    assert_eq!(kind(&outcomes[1]), CrmErrorKind::Unanswered, "an answer proves only what it speaks of");
    done(apply_one(stage, create(2)).await);
    assert_eq!(stage.records().len(), 3, "what was not spoken of can be written again");
}

async fn a_missing_field_is_named(stage: &impl Stage) {
    let with_amount = |n: usize| {
        let mut fields = super::people::person(n);
        fields.insert(Field::TotalSpent, domain::Value::Number(rust_decimal::Decimal::ONE));
        domain::Write::Create { key: key(n), fields }
    };
    for outcome in apply(stage, &[with_amount(1), with_amount(2)]).await {
        let CrmErrorKind::MissingField { name } = kind(&outcome) else {
            panic!("a missing field was told as {:?}", kind(&outcome));
        };
        assert!(name.to_lowercase().contains("total_spent"), "a missing field is named, and it was {name}");
    }
    assert!(stage.records().is_empty(), "a record without one of its fields is not written");
    done(apply_one(stage, create(1)).await);
}
