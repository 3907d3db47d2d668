//! An account is made ready, once or again.

mod account;

use account::Account;
use crm::{Crm, CrmErrorKind};
use crm_hubspot::{HubSpot, SetupError, setup, setup_orders};
use domain::{ExternalKey, Field};
use twin_hubspot::Property;

#[tokio::test]
async fn s_083_and_s_085_an_empty_account_gets_our_properties_and_a_second_time_changes_nothing() {
    let account = Account::fresh().await;
    let first = setup(&account.hubspot).await.unwrap();
    assert_eq!(first.existing, ["firstname", "lastname", "email", "phone", "lifecyclestage"]);
    assert_eq!(first.created.len() + first.existing.len(), Field::ALL.len());
    let second = setup(&account.hubspot).await.unwrap();
    assert_eq!((second.created.len(), second.existing.len()), (0, Field::ALL.len()));
    assert_eq!(account.hubspot.read(&[ExternalKey::from_crm("1")]).await.unwrap(), [None]);
}

#[tokio::test]
async fn what_is_there_stays_and_what_is_missing_is_made() {
    let account = Account::without(Some(Field::LastOrderAt)).await;
    assert_eq!(setup(&account.hubspot).await.unwrap().created, ["last_order_at"]);
}

#[tokio::test]
async fn a_key_that_is_not_unique_is_a_clear_error() {
    let account = Account::fresh().await;
    account.portal.define_property(Property::new("shopify_customer_id", "string", "text")).unwrap();
    let error = setup(&account.hubspot).await.unwrap_err();
    assert!(matches!(error, SetupError::NotUnique), "{error:?}");
    let words = error.to_string();
    assert!(words.contains("shopify_customer_id") && words.contains("rename or delete"), "{words}");
}

#[tokio::test]
async fn s_092_a_property_of_another_type_is_named_before_anything_is_made() {
    let account = Account::fresh().await;
    account.portal.define_property(Property::new("total_spent", "string", "text")).unwrap();
    let words = setup(&account.hubspot).await.unwrap_err().to_string();
    assert!(words.contains("`total_spent` is of the type string and must be number"), "{words}");
    assert!(!account.portal.calls().contains_key("properties/groups/create"));
}

#[tokio::test]
async fn refused_credentials_end_the_set_up() {
    let account = Account::fresh().await;
    account.portal.set_token("another");
    let Err(SetupError::Refused(error)) = setup(&account.hubspot).await else { panic!("it must be refused") };
    assert_eq!(*error.kind(), CrmErrorKind::Unauthorized);
    let nowhere = HubSpot::new(account::outbound(), account::config("http://127.0.0.1:1"));
    assert!(setup(&nowhere).await.is_err());
}

#[tokio::test]
async fn the_keys_of_what_is_beside_contacts_are_made_once() {
    let account = Account::fresh().await;
    let keys = ["shopify_order_id", "shopify_refund_id", "shopify_action_key", "shopify_company_id"];
    let first = setup_orders(&account.hubspot).await.unwrap();
    assert_eq!((&first.created[..], first.existing.len()), (&keys[..], 0));
    assert_eq!(setup_orders(&account.hubspot).await.unwrap().existing, keys);
}
