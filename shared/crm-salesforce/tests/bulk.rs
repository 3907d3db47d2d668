//! Very many at once: a job, and all that it says is counted.

mod org;

use std::collections::BTreeMap;

use crm::{Crm, CrmErrorKind, Errand, Written};
use domain::{ExternalKey, Field, Value, Write};
use org::{Account, CONTACTS, KEY};
use twin_salesforce::{Fault, FaultKind};

/// More than a collection is used for.
const MANY: usize = 2_100;

fn fields(n: usize, first: &str) -> BTreeMap<Field, Value> {
    let text = |text: String| Value::Text(text);
    BTreeMap::from([
        (Field::FirstName, text(first.to_owned())),
        (Field::LastName, text(format!("Person, \"{n}\"\nthe {n}th"))),
        (Field::Email, text(format!("person-{n}@example.com"))),
        (Field::Tags, Value::List(vec!["vip".into(), format!("n;{n}")])),
    ])
}

fn creates(first: &str) -> Vec<Write> {
    let create =
        |n: usize| Write::Create { key: ExternalKey::from_crm(&n.to_string()), fields: fields(n, first) };
    (1..=MANY).map(create).collect()
}

fn times(account: &Account, endpoint: &str) -> u64 {
    let calls = account.org.calls();
    calls.iter().filter(|(name, _)| name.ends_with(endpoint)).map(|(_, count)| count).sum()
}

#[tokio::test]
async fn very_many_go_in_a_job_are_told_in_order_and_say_the_same() {
    let account = Account::without(CONTACTS, None).await;
    let made: Vec<Written> =
        account.salesforce.apply(&creates("First")).await.into_iter().map(|one| one.unwrap()).collect();
    assert!(made.iter().all(|written| written.created) && account.records().len() == MANY);
    assert_eq!((times(&account, "jobs/ingest/create"), times(&account, "collections/upsert")), (1, 0));
    for (n, written) in [(1, &made[0]), (MANY, &made[MANY - 1])] {
        let record = account.org.record(written.record.as_str()).unwrap();
        assert_eq!(record.text(KEY), n.to_string());
        assert_eq!(record.text("LastName"), format!("Person, \"{n}\"\nthe {n}th"));
        assert_eq!(record.text("Shopify_Tags__c"), format!("vip; n\\;{n}"));
    }
    let again: Vec<_> =
        account.salesforce.apply(&creates("Second")).await.into_iter().map(|one| one.unwrap()).collect();
    assert!(again.iter().all(|written| !written.created));
    let ids = |all: &[Written]| all.iter().map(|written| written.record.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&made), ids(&again), "done again it is done to the same");
}

#[tokio::test]
async fn a_job_that_is_over_at_once_costs_what_is_said() {
    let account = Account::without(CONTACTS, None).await;
    account.set(|settings| settings.bulk_polls = 0);
    let writes = creates("First");
    let told = account.salesforce.cost(Errand::Apply(&writes));
    assert!(account.salesforce.apply(&writes).await.iter().all(Result::is_ok));
    let sent: u64 = account.org.calls().iter().filter(|(at, _)| !at.contains("oauth")).map(|(_, n)| n).sum();
    assert_eq!((told, sent), (7, 7), "{:?}", account.org.calls());
}

#[tokio::test]
async fn updates_go_by_their_id_and_an_empty_value_clears() {
    let account = Account::without(CONTACTS, None).await;
    let made = account.salesforce.apply(&creates("First")).await.into_iter().map(|one| one.unwrap().record);
    let change = |(n, record)| {
        let value = if n % 2 == 0 { Value::Empty } else { Value::Text("Second".into()) };
        Write::Update { record, fields: [(Field::FirstName, value)].into() }
    };
    let writes: Vec<_> = made.enumerate().map(change).collect();
    let outcomes = account.salesforce.apply(&writes).await;
    assert!(outcomes.iter().all(Result::is_ok) && times(&account, "jobs/ingest/create") == 2);
    let mut records = account.records();
    records.sort_by_key(|record| record.key.as_ref().and_then(|key| key.as_str().parse::<usize>().ok()));
    assert_eq!(records[0].fields[&Field::FirstName], Value::Empty);
    assert_eq!(records[1].fields[&Field::FirstName], Value::Text("Second".into()));
    assert_eq!(
        records[0].fields[&Field::LastName],
        fields(1, "")[&Field::LastName],
        "the rest is left alone"
    );
}

#[tokio::test]
async fn a_row_that_is_refused_is_asked_once_more_and_tells_why() {
    let account = Account::without(CONTACTS, None).await;
    let rep = account.has(&fields(7, "Rep"));
    let mut writes = creates("First");
    writes[11] = Write::Create {
        key: ExternalKey::from_crm("12"),
        fields: [(Field::LastName, Value::Text("x".repeat(81)))].into(),
    };
    let outcomes = account.salesforce.apply(&writes).await;
    let kind = |n: usize| outcomes[n].as_ref().unwrap_err().kind().clone();
    assert_eq!(kind(6), CrmErrorKind::Conflict { existing: Some(domain::RecordId::new(rep)) });
    assert_eq!(kind(11), CrmErrorKind::Rejected { field: Some(Field::LastName) });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), MANY - 2);
}

#[tokio::test]
async fn what_no_result_speaks_of_is_unanswered_and_what_was_not_begun_is_tried_again() {
    let account = Account::without(CONTACTS, None).await;
    account.set(|settings| settings.bulk_unprocessed = 10);
    let dropped = Fault::new(FaultKind::DropRow).for_row(KEY, "5").at("jobs/ingest/rows");
    account.org.set_faults(vec![dropped]).unwrap();
    let outcomes = account.salesforce.apply(&creates("First")).await;
    let kind = |n: usize| outcomes[n].as_ref().unwrap_err().kind().clone();
    assert_eq!(kind(4), CrmErrorKind::Unanswered);
    assert!((MANY - 10..MANY).all(|n| kind(n) == CrmErrorKind::Unavailable), "{:?}", kind(MANY - 1));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), MANY - 11);
}

#[tokio::test]
async fn a_field_that_is_missing_is_named_by_a_job_too() {
    let account = Account::without(CONTACTS, Some(Field::Tags)).await;
    let outcomes = account.salesforce.apply(&creates("First")).await;
    let expected = CrmErrorKind::MissingField { name: "Shopify_Tags__c".into() };
    assert!(outcomes.iter().all(|outcome| *outcome.as_ref().unwrap_err().kind() == expected));
    assert!(account.records().is_empty());
}

#[tokio::test]
async fn a_job_that_cannot_be_begun_writes_nothing() {
    let account = Account::without(CONTACTS, None).await;
    for at in ["jobs/ingest/create", "jobs/ingest/upload", "jobs/ingest/change"] {
        account.org.set_faults(vec![Fault::new(FaultKind::Unavailable).at(at)]).unwrap();
        let outcomes = account.salesforce.apply(&creates("First")).await;
        let is_down = |outcome: &Result<_, crm::CrmError>| {
            *outcome.as_ref().unwrap_err().kind() == CrmErrorKind::Unavailable
        };
        assert!(outcomes.iter().all(is_down) && account.records().is_empty(), "{at}");
    }
    account.org.set_faults(vec![Fault::new(FaultKind::Unavailable).at("jobs/ingest/results")]).unwrap();
    let outcomes = account.salesforce.apply(&creates("First")).await;
    let is_open = |outcome: &Result<_, crm::CrmError>| {
        *outcome.as_ref().unwrap_err().kind() == CrmErrorKind::Unanswered
    };
    assert!(outcomes.iter().all(is_open), "once it runs, nobody knows");
    assert!(
        account
            .salesforce
            .apply(&creates("First"))
            .await
            .iter()
            .all(|outcome| !outcome.as_ref().unwrap().created)
    );
}
