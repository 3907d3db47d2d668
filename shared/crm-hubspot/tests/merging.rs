//! Merges that the suite does not know of: what HubSpot leaves open, and what it refuses.

#![allow(clippy::expect_used, reason = "a stage that cannot be set ends its test")]

mod account;

use account::Account;
use crm::{Crm, CrmErrorKind, Merged};
use domain::RecordId;
use twin_hubspot::Settings;

fn pair(account: &Account, many: &str) -> [RecordId; 2] {
    let create =
        |held: &[(&str, &str)]| RecordId::new(account.portal.rep_creates(held).expect("HubSpot takes it"));
    [create(&[("email", "a@x.com"), ("hs_additional_emails", many)]), create(&[("email", "b@x.com")])]
}

#[tokio::test]
async fn s_193_where_the_primary_keeps_its_id_that_is_what_stands() {
    let account = Account::without(None).await;
    account.portal.set_settings(Settings { merge_keeps_primary_id: true, ..account.portal.settings() });
    let [one, two] = pair(&account, "");
    assert_eq!(account.hubspot.merge(&one, &two).await.unwrap(), Merged::Now(one.clone()));
    assert_eq!(account.hubspot.merge(&one, &two).await.unwrap(), Merged::Before(one));
}

#[tokio::test]
async fn s_193_two_with_more_addresses_than_hubspot_takes_are_refused_and_stay_two() {
    let account = Account::without(None).await;
    let many: Vec<_> = (0..249).map(|n| format!("a{n}@x.com")).collect();
    let [one, two] = pair(&account, &many.join(";"));
    let error = account.hubspot.merge(&one, &two).await.unwrap_err();
    assert_eq!(*error.kind(), CrmErrorKind::Rejected { field: None });
    assert!(error.code().starts_with("414"), "{}", error.code());
    assert_eq!(account.records().len(), 2);
}
