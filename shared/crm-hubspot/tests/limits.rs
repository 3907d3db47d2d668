//! What an account allows, and what its administrator wants.

#![allow(clippy::unwrap_used, reason = "an account that cannot be set ends its test")]

mod account;

use std::collections::BTreeMap;
use std::time::Duration;

use account::Account;
use crm::{Crm, CrmErrorKind, Wanted};
use domain::{AliasPolicy, ExternalKey, Field, Namesake, Value, Write};
use twin_hubspot::Settings;

async fn account(settings: impl FnOnce(&mut Settings)) -> Account {
    let account = Account::without(None).await;
    account.portal.clock().advance_ms(60_000);
    let mut all = account.portal.settings();
    settings(&mut all);
    account.portal.set_settings(all);
    account.portal.forget_calls();
    account
}

fn calls(account: &Account) -> u64 {
    account.portal.calls().values().sum()
}

fn create(n: usize, fields: &[(Field, &str)]) -> Write {
    let name = (Field::FirstName, Value::Text("Ada".into()));
    let others = fields.iter().map(|(field, value)| (*field, Value::Text((*value).to_owned())));
    let key = ExternalKey::from_crm(&n.to_string());
    Write::Create { key, fields: [name].into_iter().chain(others).collect() }
}

fn many(count: usize) -> Vec<Write> {
    (0..count).map(|n| create(n, &[])).collect()
}

#[tokio::test]
async fn the_burst_ends_a_write_and_the_next_interval_goes_on() {
    let account = account(|all| all.burst_max = 2).await;
    let outcomes = account.hubspot.apply(&many(350)).await;
    assert!(outcomes[..200].iter().all(Result::is_ok), "two calls are allowed");
    let limited = CrmErrorKind::RateLimited { retry_after: Some(Duration::from_secs(10)) };
    for outcome in &outcomes[200..] {
        assert_eq!(*outcome.as_ref().unwrap_err().kind(), limited);
    }
    assert_eq!(calls(&account), 3, "no call is made after the one that was refused");
    account.portal.clock().advance_ms(10_001);
    assert!(account.hubspot.apply(&many(350)[200..]).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn the_day_ends_a_write_and_is_asked_again_in_an_hour() {
    let account = account(|all| all.daily_max = 0).await;
    let outcomes = account.hubspot.apply(&many(250)).await;
    let used_up = CrmErrorKind::QuotaUsedUp { retry_after: Some(Duration::from_hours(1)) };
    for outcome in &outcomes {
        assert_eq!(*outcome.as_ref().unwrap_err().kind(), used_up);
    }
    assert_eq!(calls(&account), 1, "a day that is over is not asked again");
}

fn stranger(n: usize) -> Wanted {
    let (email, aliases) = (Some(format!("ada-{n}+shop@example.com")), AliasPolicy::Plus);
    Wanted { email, aliases, ..Wanted::by_key(ExternalKey::from_crm(&n.to_string())) }
}

#[tokio::test]
async fn a_sixth_search_in_a_second_fails_the_look_up_and_waits_a_second() {
    let account = account(|all| all.search_per_second = 5).await;
    let strangers: Vec<_> = (0..30).map(stranger).collect();
    let found = account.hubspot.find(&strangers[..25]).await.unwrap();
    assert_eq!(found, vec![vec![]; 25], "five searches know five aliases each");
    let error = account.hubspot.find(&strangers[25..]).await.unwrap_err();
    let limited = CrmErrorKind::RateLimited { retry_after: Some(Duration::from_secs(1)) };
    assert_eq!(*error.kind(), limited, "not knowing is not absence");
    account.portal.clock().advance_ms(1_001);
    assert_eq!(account.hubspot.find(&strangers[25..]).await.unwrap(), vec![vec![]; 5]);
}

#[tokio::test]
async fn s_216_a_hundred_names_are_looked_for_within_a_second_and_nobody_is_taken_for_another() {
    let account = account(|all| all.search_per_second = 5).await;
    let rep = |first: &str, last: &str| {
        account.portal.rep_creates(&[("firstname", first), ("lastname", last), ("zip", "8001")]).unwrap()
    };
    let (ada, mixed) = (rep("Ada", "Name 7"), rep("Ada", "Other"));
    account.portal.clock().advance_ms(60_000);
    let named = |n: usize| Wanted {
        namesake: Namesake::new(if n == 7 { "ADA" } else { "Bob" }, &format!("Name {n}"), "8001"),
        ..Wanted::by_key(ExternalKey::from_crm(&n.to_string()))
    };
    let mut strangers: Vec<_> = (0..100).map(named).collect();
    strangers[8].namesake = Namesake::new("Bob", "Other", "8001");
    let found = account.hubspot.find(&strangers).await.unwrap();
    let ids: Vec<_> = found.iter().flatten().map(|one| one.record.id.as_str()).collect();
    assert_eq!(ids, [ada.as_str()], "{mixed} has the first name of one and the last name of another");
    assert_eq!(found[7].len(), 1);
}

#[tokio::test]
async fn a_rule_of_the_account_refuses_the_record_that_breaks_it_alone() {
    let account = account(|all| all.required_contact_properties = vec!["lead_source".into()]).await;
    let writes = [
        create(1, &[(Field::LeadSource, "shop")]),
        create(2, &[]),
        create(3, &[(Field::LeadSource, "shop")]),
    ];
    let outcomes = account.hubspot.apply(&writes).await;
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    let error = outcomes[1].as_ref().unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Rejected { field: Some(Field::LeadSource) });
}

#[tokio::test]
async fn a_rule_about_a_property_that_is_none_of_ours_names_it_and_spares_those_who_are_there() {
    let account = account(|_| ()).await;
    let record = account.hubspot.apply(&[create(1, &[])]).await.remove(0).unwrap().record;
    let mut settings = account.portal.settings();
    settings.required_contact_properties = vec!["jobtitle".into()];
    account.portal.set_settings(settings);
    let fields = BTreeMap::from([(Field::LastName, Value::Text("Byron".into()))]);
    let outcomes = account.hubspot.apply(&[create(2, &[]), Write::Update { record, fields }]).await;
    let error = outcomes[0].as_ref().unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Rejected { field: None });
    assert_eq!(error.code(), "400 VALIDATION_ERROR/REQUIRED_FIELD_NOT_SET:jobtitle");
    assert!(outcomes[1].is_ok(), "the rule is about new contacts");
}
