//! What an errand costs is known before it is made.

use domain::{AliasPolicy, Field, Namesake, Phone, RecordId};

use super::companies::company;
use super::orders::{deal, note};
use super::people::{create, key, text, update, wanted};
use super::tasks::task;
use super::{MORE_THAN_A_CALL, Stage, done};
use crate::{Crm, CrmError, Errand, Wanted};

/// What a CRM promises about costs.
pub async fn costs<S: Stage>() {
    for count in [0, 1, 101, 201, MORE_THAN_A_CALL] {
        people_cost_what_is_said(&S::empty(None).await, count).await;
        what_is_beside_them_costs_what_is_said(&S::empty(None).await, count).await;
        a_listing_costs_no_more_than_is_said(&S::empty(None).await, count).await;
    }
    for count in [1, 7, 100] {
        strangers_cost_what_is_said(&S::empty(None).await, count).await;
    }
    a_record_that_is_written_twice_costs_twice(&S::empty(None).await).await;
}

/// Makes the call of an errand, which goes well.
async fn go(crm: &dyn Crm, errand: Errand<'_>) {
    fn all<T>(outcomes: Vec<Result<T, CrmError>>) -> Result<(), CrmError> {
        outcomes.into_iter().try_for_each(|outcome| outcome.map(drop))
    }
    let went = match errand {
        Errand::Find(wanted) => crm.find(wanted).await.map(drop),
        Errand::Apply(writes) => all(crm.apply(writes).await),
        Errand::Read(keys) => crm.read(keys).await.map(drop),
        Errand::Fetch(records) => crm.fetch(records).await.map(drop),
        Errand::Holders(keys) => crm.holders(keys).await.map(drop),
        Errand::Merge(primary, other) => crm.merge(primary, other).await.map(drop),
        Errand::Deals(deals) => all(crm.write_deals(deals).await),
        Errand::CountDeals(span) => crm.count_deals(span).await.map(drop),
        Errand::Notes(notes) => all(crm.write_notes(notes).await),
        Errand::Tasks(tasks) => all(crm.write_tasks(tasks).await),
        Errand::Companies(companies) => all(crm.write_companies(companies).await),
        Errand::Page(after) => crm.page(after).await.map(drop),
    };
    went.unwrap_or_else(|error| panic!("an errand that can be done failed: {error}"));
}

/// What was said, and what was sent.
async fn told_and_sent(stage: &impl Stage, errand: Errand<'_>) -> (usize, usize) {
    let (told, before) = (stage.crm().cost(errand), stage.calls());
    go(stage.crm(), errand).await;
    (told, stage.calls() - before)
}

async fn costs_just_that(stage: &impl Stage, what: &str, errand: Errand<'_>) {
    let (told, sent) = told_and_sent(stage, errand).await;
    assert_eq!(sent, told, "{what}: so many calls as were said are sent");
}

async fn costs_no_more(stage: &impl Stage, what: &str, errand: Errand<'_>) {
    let (told, sent) = told_and_sent(stage, errand).await;
    assert!(sent <= told, "{what}: {sent} calls are sent, and {told} were said");
}

async fn people_cost_what_is_said(stage: &impl Stage, count: usize) {
    let everybody: Vec<_> = (0..count).map(wanted).collect();
    let keys: Vec<_> = (0..count).map(key).collect();
    let creates: Vec<_> = (0..count).map(create).collect();
    costs_just_that(stage, "strangers are looked for", Errand::Find(&everybody)).await;
    costs_just_that(stage, "strangers are read", Errand::Read(&keys)).await;
    costs_just_that(stage, "all that carry the keys are asked for", Errand::Holders(&keys)).await;
    costs_just_that(stage, "people are made", Errand::Apply(&creates)).await;
    let ids = ids(stage);
    let updates: Vec<_> = ids.iter().map(|id| update(id, Field::FirstName, text("Other"))).collect();
    let both: Vec<_> = creates.iter().chain(&updates).cloned().collect();
    costs_just_that(stage, "people are changed", Errand::Apply(&updates)).await;
    costs_just_that(stage, "known people are read", Errand::Read(&keys)).await;
    costs_just_that(stage, "records are read", Errand::Fetch(&ids)).await;
    costs_no_more(stage, "known people are looked for", Errand::Find(&everybody)).await;
    costs_no_more(stage, "people are made again and changed", Errand::Apply(&both)).await;
    let cleared: Vec<_> = ids.iter().map(|id| update(id, Field::LastName, domain::Value::Empty)).collect();
    costs_no_more(stage, "names are cleared", Errand::Apply(&cleared)).await;
    if let [first, second, ..] = &ids[..] {
        costs_just_that(stage, "two are merged", Errand::Merge(first, second)).await;
    }
}

fn ids(stage: &impl Stage) -> Vec<RecordId> {
    stage.records().into_iter().map(|record| record.id).collect()
}

async fn what_is_beside_them_costs_what_is_said(stage: &impl Stage, count: usize) {
    let creates: Vec<_> = (0..count).map(create).collect();
    let made = stage.crm().apply(&creates).await;
    let ids: Vec<_> = made.into_iter().map(|outcome| done(outcome).record).collect();
    let numbered = || ids.iter().enumerate();
    let deals: Vec<_> = numbered().map(|(n, id)| deal(n, id)).collect();
    let notes: Vec<_> = numbered().map(|(n, id)| note(n, id)).collect();
    let tasks: Vec<_> = numbered().map(|(n, id)| task(n, id)).collect();
    let companies: Vec<_> = numbered().map(|(n, id)| company(n, &[id])).collect();
    let mut unwanted = deals.clone();
    for write in &mut unwanted {
        write.deal.is_wanted = false;
    }
    costs_no_more(stage, "unwanted deals that are not there", Errand::Deals(&unwanted)).await;
    let all = [
        ("deals", Errand::Deals(&deals)),
        ("notes", Errand::Notes(&notes)),
        ("tasks", Errand::Tasks(&tasks)),
        ("companies", Errand::Companies(&companies)),
    ];
    for (what, errand) in all {
        costs_just_that(stage, &format!("new {what}"), errand).await;
        costs_no_more(stage, &format!("{what} again"), errand).await;
    }
    costs_no_more(stage, "unwanted deals that are there", Errand::Deals(&unwanted)).await;
}

async fn a_listing_costs_no_more_than_is_said(stage: &impl Stage, count: usize) {
    let creates: Vec<_> = (0..count).map(create).collect();
    stage.crm().apply(&creates).await.into_iter().for_each(|outcome| drop(done(outcome)));
    let mut after = None;
    loop {
        costs_no_more(stage, "a page", Errand::Page(after.as_ref())).await;
        match stage.crm().page(after.as_ref()).await.expect("it was read before").next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
}

/// With all that can be looked for of them.
async fn strangers_cost_what_is_said(stage: &impl Stage, count: usize) {
    let with_a_number =
        |n: usize| Wanted { phone: Phone::parse(&format!("+4915112{n:06}"), None).ok(), ..wanted(n) };
    let with_all = |n: usize| Wanted {
        aliases: AliasPolicy::Plus,
        namesake: Namesake::new(&format!("Maria{n:02}"), &format!("Schneider{n:02}"), "8001"),
        ..with_a_number(n)
    };
    let numbers: Vec<_> = (0..count).map(with_a_number).collect();
    costs_just_that(stage, "strangers with numbers", Errand::Find(&numbers)).await;
    let all: Vec<_> = (0..count).map(with_all).collect();
    costs_just_that(stage, "strangers with all", Errand::Find(&all)).await;
}

async fn a_record_that_is_written_twice_costs_twice(stage: &impl Stage) {
    let twice = [create(1), create(2), create(1)];
    costs_just_that(stage, "one record twice", Errand::Apply(&twice)).await;
}
