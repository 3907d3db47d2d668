//! An org is made ready, once or again.

mod org;

use crm::{Crm, CrmErrorKind};
use crm_salesforce::{Salesforce, SetupError, setup, setup_orders};
use domain::{ExternalKey, Field, SignalName};
use org::{Account, CONTACTS, KEY, PERSONS};
use twin_salesforce::{Field as Made, FieldKind, Org};

fn keys(org: &Org) -> Vec<String> {
    org.records("CustomField").iter().map(|field| field.text("DeveloperName").to_owned()).collect()
}

#[tokio::test]
async fn s_083_and_s_084_an_empty_org_gets_our_fields_and_a_second_time_changes_nothing() {
    for layout in [CONTACTS, PERSONS] {
        let account = Account::fresh(layout).await;
        let Err(SetupError::Unassigned { permission_set, fields }) = setup(&account.salesforce).await else {
            panic!("nobody may see them yet, and that is said")
        };
        assert_eq!(permission_set, "Counterfoil");
        assert!(fields.contains(&format!("{}.{KEY}", account.people())), "{fields:?}");
        let made = keys(&account.org);
        account.assigns();
        let second = setup(&account.salesforce).await.unwrap();
        assert_eq!((second.created.len(), second.granted.len()), (0, 0));
        assert_eq!(second.existing.len(), fields.len());
        assert_eq!(setup(&account.salesforce).await.unwrap(), second);
        assert_eq!(keys(&account.org), made, "nothing is made twice");
        let read = account.salesforce.read(&[ExternalKey::from_crm("1")]).await.unwrap();
        assert_eq!(read, [None], "what is set up can be read");
    }
}

#[tokio::test]
async fn s_024_what_a_signal_says_gets_a_field_of_its_own_and_a_choice_is_one_too() {
    for is_choice in [false, true] {
        let (account, tier) = (Account::without(CONTACTS, None).await, SignalName::parse("tier").unwrap());
        if is_choice {
            let choice = Made::new("signal_tier__c", FieldKind::Picklist);
            account.org.define_field("Contact", choice).unwrap();
        }
        let config = org::config(&account.url(), CONTACTS).with_signals([tier]);
        let done = setup(&Salesforce::new(org::outbound(), config)).await.unwrap();
        let made = if is_choice { &done.existing } else { &done.created };
        assert!(made.contains(&"Contact.signal_tier__c".to_owned()), "{done:?}");
    }
}

#[tokio::test]
async fn the_permission_set_is_assigned_to_nobody_by_us() {
    let account = Account::fresh(CONTACTS).await;
    let before = account.org.records("PermissionSetAssignment").len();
    let words = setup(&account.salesforce).await.unwrap_err().to_string();
    assert_eq!(account.org.records("PermissionSetAssignment").len(), before);
    assert!(words.contains("assign the permission set Counterfoil"), "{words}");
}

#[tokio::test]
async fn what_is_hidden_is_shown_again() {
    let account = Account::without(CONTACTS, Some(Field::LastOrderAt)).await;
    let again = setup(&account.salesforce).await.unwrap();
    assert_eq!(
        (again.created.len(), again.granted),
        (0, vec!["Contact.Shopify_Last_Order_At__c".to_owned()])
    );
}

#[tokio::test]
async fn s_092_a_field_of_another_type_is_named_before_anything_is_made() {
    let account = Account::fresh(CONTACTS).await;
    account.org.define_field("Contact", Made::new("Shopify_Total_Spent__c", FieldKind::String)).unwrap();
    let made = keys(&account.org).len();
    let words = setup(&account.salesforce).await.unwrap_err().to_string();
    assert!(
        words.contains("Contact.Shopify_Total_Spent__c is of the type string and must be double"),
        "{words}"
    );
    assert_eq!(keys(&account.org).len(), made);
}

#[tokio::test]
async fn s_084_a_key_that_is_not_unique_is_a_clear_error() {
    for made in [Made::new(KEY, FieldKind::String), Made::new(KEY, FieldKind::String).loose_key()] {
        let account = Account::fresh(CONTACTS).await;
        account.org.define_field("Contact", made).unwrap();
        let words = setup(&account.salesforce).await.unwrap_err().to_string();
        assert!(words.contains(KEY) && words.contains("External ID and unique"), "{words}");
    }
}

#[tokio::test]
async fn the_fields_of_orders_and_companies_are_made_once() {
    let account = Account::without(PERSONS, None).await;
    let again = setup_orders(&account.salesforce).await.unwrap();
    assert_eq!((again.created.len(), again.granted.len()), (0, 0));
    for field in [
        "Order.Shopify_Order_ID__c",
        "Order.Shopify_Total__c",
        "Task.Shopify_Refund_ID__c",
        "Account.Shopify_Company_ID__c",
    ] {
        assert!(again.existing.iter().any(|there| there == field), "{field}");
    }
}

#[tokio::test]
async fn refused_credentials_end_the_set_up() {
    let account = Account::fresh(CONTACTS).await;
    account.org.refuse_everybody(true);
    let Err(SetupError::Refused(error)) = setup(&account.salesforce).await else {
        panic!("it must be refused")
    };
    assert_eq!(*error.kind(), CrmErrorKind::Unauthorized);
    let nowhere = Salesforce::new(org::outbound(), org::config("http://127.0.0.1:1", CONTACTS));
    assert!(setup(&nowhere).await.is_err());
}
