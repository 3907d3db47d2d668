//! An account is made ready, once or again.

#![allow(clippy::unwrap_used, reason = "an account that cannot be set ends its test")]

mod account;

use account::Account;
use crm::{Crm, CrmErrorKind};
use crm_hubspot::{
    DealStage, HubSpot, Keyed, Pipeline, SetupError, setup, setup_keys, setup_orders, setup_pipeline,
};
use domain::{ExternalKey, Field, SignalName};
use twin_hubspot::Property;

#[tokio::test]
async fn s_083_s_085_and_s_097_an_empty_account_gets_our_properties_and_a_second_time_changes_nothing() {
    let account = Account::fresh().await;
    let first = setup(&account.hubspot).await.unwrap();
    assert_eq!(first.existing, ["firstname", "lastname", "email", "phone", "lifecyclestage"]);
    assert_eq!(first.created.len() + first.existing.len(), Field::ALL.len());
    let second = setup(&account.hubspot).await.unwrap();
    assert_eq!((second.created.len(), second.existing.len()), (0, Field::ALL.len()));
    assert_eq!(account.hubspot.read(&[ExternalKey::from_crm("1")]).await.unwrap(), [None]);
}

#[tokio::test]
async fn s_024_what_a_signal_says_gets_a_property_of_its_own() {
    let (account, tier) = (Account::fresh().await, SignalName::parse("pricing_tier").unwrap());
    let hubspot = HubSpot::new(account::outbound(), account::config(&account.url()).with_signals([tier]));
    assert!(setup(&hubspot).await.unwrap().created.contains(&"signal_pricing_tier"));
    let again = setup(&hubspot).await.unwrap();
    assert!(again.created.is_empty() && again.existing.contains(&"signal_pricing_tier"), "{again:?}");
    assert_eq!(hubspot.read(&[ExternalKey::from_crm("1")]).await.unwrap(), [None]);
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
async fn s_223_the_keys_of_what_is_beside_contacts_are_made_once() {
    let account = Account::fresh().await;
    let keys = ["shopify_order_id", "shopify_refund_id", "shopify_action_key", "shopify_company_id"];
    let first = setup_orders(&account.hubspot).await.unwrap();
    assert_eq!((&first.created[..], first.existing.len()), (&keys[..], 0));
    assert_eq!(setup_orders(&account.hubspot).await.unwrap().existing, keys);
}

#[tokio::test]
async fn only_the_objects_that_are_named_are_looked_at() {
    let account = Account::fresh().await;
    let prepared = setup_keys(&account.hubspot, &[Keyed::Tasks]).await.unwrap();
    assert_eq!(prepared.created, ["shopify_action_key"]);
    assert!(account.portal.calls().keys().all(|call| call.starts_with("tasks/")));
}

#[tokio::test]
async fn a_key_of_another_object_that_is_not_as_it_must_be_is_named() {
    let defined = |value_type: &str, field_type: &str| {
        let mut property = Property::new("shopify_action_key", value_type, field_type);
        property.group_name = "task".into();
        property
    };
    let account = Account::fresh().await;
    account.portal.define_task_property(defined("string", "text")).unwrap();
    let error = setup_orders(&account.hubspot).await.unwrap_err();
    assert!(matches!(error, SetupError::KeyNotUnique { object: "tasks", .. }), "{error:?}");
    assert!(error.to_string().contains("`shopify_action_key` of tasks"), "{error}");
    let account = Account::fresh().await;
    account.portal.define_task_property(defined("number", "number").unique()).unwrap();
    let words = setup_orders(&account.hubspot).await.unwrap_err().to_string();
    assert!(words.contains("`shopify_action_key` is of the type number and must be string"), "{words}");
}

fn stage(name: &str, tenths: u8) -> DealStage {
    DealStage::new(name, tenths).unwrap()
}

#[tokio::test]
async fn s_098_a_pipeline_is_made_with_its_stages_once() {
    let account = Account::fresh().await;
    let pipeline = Pipeline::new("shop", vec![stage("open", 5), stage("won", 10), stage("lost", 0)]).unwrap();
    let first = setup_pipeline(&account.hubspot, &pipeline).await.unwrap();
    assert_eq!((first.is_new, &first.created[..]), (true, &["open", "won", "lost"].map(str::to_owned)[..]));
    let second = setup_pipeline(&account.hubspot, &pipeline).await.unwrap();
    assert_eq!((second.is_new, second.created.len(), second.existing.len()), (false, 0, 3));
    assert_eq!(account.portal.calls()["deals/pipelines/create"], 1);
    let made = account.portal.pipelines().into_iter().find(|pipeline| pipeline.id == "shop").unwrap();
    let said: Vec<_> = made.stages.iter().map(|stage| stage.probability.as_str()).collect();
    assert_eq!(said, ["0.5", "1.0", "0.0"]);
}

#[tokio::test]
async fn stages_are_added_behind_those_that_are_there_and_nothing_is_changed() {
    let account = Account::fresh().await;
    let before = account.portal.pipelines().remove(0).stages;
    let stages = vec![stage("closedwon", 3), stage("won", 10)];
    let pipeline = Pipeline::new(Pipeline::DEFAULT, stages).unwrap();
    let prepared = setup_pipeline(&account.hubspot, &pipeline).await.unwrap();
    assert_eq!(
        (&prepared.existing[..], &prepared.created[..]),
        (&["closedwon".into()][..], &["won".into()][..])
    );
    let after = account.portal.pipelines().remove(0).stages;
    assert_eq!(after[..before.len()], before, "what is there keeps its probability");
    assert_eq!(after.last().map(|stage| stage.display_order), Some(7));
}

#[tokio::test]
async fn a_stage_that_hubspot_names_otherwise_is_told() {
    let account = Account::fresh().await;
    let mut settings = account.portal.settings();
    settings.stages_are_numbered = true;
    account.portal.set_settings(settings);
    for name in ["shop", Pipeline::DEFAULT] {
        let pipeline = Pipeline::new(name, vec![stage("open", 5)]).unwrap();
        let words = setup_pipeline(&account.hubspot, &pipeline).await.unwrap_err().to_string();
        assert!(words.contains(&format!("`{name}` has no stage `open`")), "{words}");
    }
}

#[tokio::test]
async fn the_next_version_of_the_api_serves_as_well() {
    let account = Account::fresh().await;
    let config = account::config(&account.url()).version("2026-09").unwrap();
    let hubspot = HubSpot::new(account::outbound(), config);
    setup(&hubspot).await.unwrap();
    setup_orders(&hubspot).await.unwrap();
    setup_pipeline(&hubspot, &account::stages()).await.unwrap();
    assert_eq!(hubspot.page(None).await.unwrap().records, []);
}
