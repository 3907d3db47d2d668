//! Everybody, page by page.

use std::collections::BTreeMap;

use domain::{ExternalKey, Field, Record, RecordId};

use super::people::{create, key, lead, person, text, update};
use super::{Stage, Trouble, apply, apply_one, done};
use crate::{Cursor, Page};

/// More pages than any listing of the suite has, also of a CRM that prepares for a while.
const MANY: usize = 10_000;

/// What a listing promises.
pub async fn paging<S: Stage>() {
    for count in [0, 1, 100, 101, 200, 201] {
        everybody_is_listed_once(&S::empty(None).await, count).await;
    }
    a_lead_has_no_key(&S::empty(None).await).await;
    a_page_can_be_asked_for_again(&S::empty(None).await).await;
    none_that_was_there_all_along_is_left_out(&S::empty(None).await).await;
    for trouble in [Trouble::RateLimited, Trouble::QuotaUsedUp, Trouble::Unavailable, Trouble::AnswerLost] {
        a_failed_page_is_no_end(&S::empty(None).await, trouble).await;
    }
}

async fn page(stage: &impl Stage, after: Option<&Cursor>) -> Page {
    stage
        .crm()
        .page(after)
        .await
        .unwrap_or_else(|error| panic!("a page that can be read was refused: {error}"))
}

/// All records from there to the end.
async fn rest(stage: &impl Stage, after: Option<Cursor>) -> Vec<Record> {
    let (mut after, mut records) = (after, vec![]);
    for _ in 0..MANY {
        let page = page(stage, after.as_ref()).await;
        records.extend(page.records);
        after = page.next;
        if after.is_none() {
            return records;
        }
    }
    panic!("a listing comes to an end");
}

/// The first page that has records.
async fn first(stage: &impl Stage) -> Page {
    let mut page = page(stage, None).await;
    for _ in 0..MANY {
        match &page.next {
            Some(next) if page.records.is_empty() => page = self::page(stage, Some(next)).await,
            _ => break,
        }
    }
    page
}

async fn people(stage: &impl Stage, count: usize) -> Vec<RecordId> {
    let writes: Vec<_> = (0..count).map(create).collect();
    apply(stage, &writes).await.into_iter().map(|outcome| done(outcome).record).collect()
}

fn keyed(records: Vec<Record>) -> BTreeMap<ExternalKey, Record> {
    records.into_iter().filter_map(|record| Some((record.key.clone()?, record))).collect()
}

async fn everybody_is_listed_once(stage: &impl Stage, count: usize) {
    let ids = people(stage, count).await;
    let records = rest(stage, None).await;
    assert_eq!(records.len(), count, "{count} people are listed once each");
    let records = keyed(records);
    for (n, id) in ids.iter().enumerate() {
        let record = records.get(&key(n)).expect("everybody is listed");
        assert_eq!(record.id, *id, "a listed record has its id");
        for (field, value) in person(n) {
            assert_eq!(record.fields.get(&field), Some(&value), "a listed record says its fields");
        }
    }
}

async fn a_lead_has_no_key(stage: &impl Stage) {
    let ours = done(apply_one(stage, create(1)).await).record;
    let theirs = stage.has(&lead(2), &[]);
    for record in rest(stage, None).await {
        let expected = if record.id == ours { Some(key(1)) } else { None };
        assert!([&ours, &theirs].contains(&&record.id), "only who is there is listed");
        assert_eq!(record.key, expected, "a record that nobody stamped has no key");
    }
}

async fn a_page_can_be_asked_for_again(stage: &impl Stage) {
    people(stage, 201).await;
    let begun = first(stage).await;
    let kept = begun.next.as_ref().map(|next| Cursor::new(next.as_str()));
    let twice = [rest(stage, begun.next).await, rest(stage, kept).await].map(keyed);
    assert!(twice[0] == twice[1], "a listing goes on from a kept cursor as often as it is asked");
    let listed = keyed(begun.records).into_iter().chain(twice[0].clone()).collect::<BTreeMap<_, _>>();
    assert_eq!(listed.len(), 201, "a page and what comes after it are everybody");
}

/// Some who were listed are deleted, some who were not are changed, and somebody is new.
async fn none_that_was_there_all_along_is_left_out(stage: &impl Stage) {
    let ids = people(stage, 201).await;
    let begun = first(stage).await;
    let mut records = keyed(begun.records);
    let gone: Vec<_> = records.values().take(7).map(|record| record.id.clone()).collect();
    for id in &gone {
        stage.delete(id);
    }
    let changed: Vec<_> = ids.iter().filter(|id| !records.values().any(|record| record.id == **id)).collect();
    let writes: Vec<_> = changed.iter().map(|id| update(id, Field::LastName, text("changed"))).collect();
    apply(stage, &writes).await.into_iter().for_each(|outcome| drop(done(outcome)));
    done(apply_one(stage, create(999)).await);
    if let Some(next) = begun.next {
        records.extend(keyed(rest(stage, Some(next)).await));
    }
    for (n, id) in ids.iter().enumerate().filter(|(_, id)| !gone.contains(id)) {
        assert_eq!(records.get(&key(n)).map(|record| &record.id), Some(id), "none is left out: {n}");
    }
}

async fn a_failed_page_is_no_end(stage: &impl Stage, trouble: Trouble) {
    people(stage, 3).await;
    stage.trouble(trouble.clone());
    if let Err(error) = stage.crm().page(None).await {
        assert!(trouble.is_told_as(error.kind()), "{trouble:?} was told as {error}");
    } else {
        panic!("a page that failed is told");
    }
    assert_eq!(rest(stage, None).await.len(), 3, "a failed page can be asked for again");
}
