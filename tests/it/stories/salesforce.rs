//! The same stories, told to Salesforce: only what it says is looked at.

use flows::Outcome;
use serde_json::{Value, json};
use twin_salesforce::{Clock, DuplicateRule, Entry, Fault, FaultKind, Listening, Org};

use super::living::{ada, buys, person};
use crate::world::World;

const DEALS: (&str, &str) = ("mode = \"aggregate\"", "mode = \"deals\"");
const COMPANIES: (&str, &str) = ("[fields.companies]\nsync = false", "[fields.companies]\nsync = true");
const PERSONS: (&str, &str) = ("people = \"contacts\"", "people = \"person_accounts\"");
const ORDERS: (&str, &str) = ("orders = \"opportunities\"", "orders = \"orders\"");

/// A world whose CRM is a Salesforce org.
pub(super) struct Sales {
    pub(super) world: World,
    pub(super) org: Org,
    /// As long as it is held, the org answers.
    pub(super) listening: Listening,
}

impl Sales {
    /// By the default manifest with these words replaced; the org is made ready as a person would.
    pub(super) async fn ruled_by(replaced: &[(&str, &str)]) -> Self {
        let mut world = World::ruled_by(replaced).await;
        let for_org = world.clock.clone();
        let org = Org::with_clock(7, Clock::asking(move || for_org.now().as_millisecond()));
        let mut settings = org.settings();
        settings.person_accounts = replaced.contains(&PERSONS);
        settings.duplicate_rule = DuplicateRule::Block;
        settings.person_duplicate_rule = DuplicateRule::Block;
        org.set_settings(settings);
        let listening = org.listen(0).await.unwrap();
        let secret =
            json!({"client_id": Org::CLIENT_ID, "client_secret": Org::CLIENT_SECRET, "my_domain": "twin"});
        let secret = json!({"salesforce": secret, "fingerprint_key": "0123456789abcdef"}).to_string();
        let unseen = world.set_up_salesforce(&listening.url(), &secret).await.unwrap_err();
        assert!(unseen.to_string().contains("assign the permission set Counterfoil"), "{unseen}");
        let set =
            org.records("PermissionSet").into_iter().find(|set| set.text("Name") == "Counterfoil").unwrap();
        let assigned = json!({"PermissionSetId": set.id, "AssigneeId": org.user_id()});
        org.rep_creates("PermissionSetAssignment", assigned).unwrap();
        world.set_up_salesforce(&listening.url(), &secret).await.unwrap();
        Self { world, org, listening }
    }

    fn only(&self, object: &str, field: &str, value: u64) -> Entry {
        let mut found = self.org.records(object);
        found.retain(|record| record.text(field) == value.to_string());
        assert_eq!(found.len(), 1, "{object} with {field} {value}: {found:?}");
        found.remove(0)
    }

    fn contact(&self, customer: u64) -> Entry {
        self.only("Contact", "Shopify_Customer_ID__c", customer)
    }
}

fn number(record: &Entry, field: &str) -> f64 {
    record.fields.get(field).and_then(Value::as_f64).unwrap_or_else(|| panic!("{field} of {record:?}"))
}

#[tokio::test]
async fn s_028_s_084_and_s_224_an_order_becomes_a_contact_with_the_right_spend() {
    let sales = Sales::ruled_by(&[]).await;
    let ada = ada(&sales.world.shop);
    buys(&sales.world.shop, ada, "120.50");
    buys(&sales.world.shop, ada, "79.50");
    sales.world.live().await;
    let contact = sales.contact(ada);
    assert_eq!((contact.text("FirstName"), contact.text("Email")), ("Ada", "ada@example.com"));
    let figures = ["Shopify_Total_Spent__c", "Shopify_Orders_Count__c", "Shopify_Average_Order_Value__c"];
    let figures = figures.map(|field| number(&contact, field).to_string());
    assert_eq!(figures, ["200", "2", "100"]);

    let calls = sales.org.calls();
    sales.world.a_minute_later();
    sales.world.shop.change_customer(ada, |customer| customer.note = Some("called".into())).unwrap();
    sales.world.live().await;
    assert_eq!(sales.org.calls(), calls, "a second run over the same state makes no call");
}

#[tokio::test]
async fn s_033_s_040_and_s_100_orders_are_opportunities_and_refunds_are_told_on_the_contact() {
    let stages = [
        ("\npaid = \"won\"", "\npaid = \"Closed Won\""),
        ("partially_refunded = \"won\"", "partially_refunded = \"Closed Won\""),
    ];
    let sales = Sales::ruled_by(&[DEALS, stages[0], stages[1]]).await;
    let ada = ada(&sales.world.shop);
    let order = buys(&sales.world.shop, ada, "120.50");
    sales.world.live().await;
    let deal = sales.only("Opportunity", "Shopify_Order_ID__c", order);
    assert_eq!((number(&deal, "Amount"), deal.text("StageName")), (120.5, "Closed Won"));

    sales.world.a_minute_later();
    let refund = sales.world.shop.refund(order, "20.50".parse().unwrap(), Some("late".into())).unwrap();
    sales.world.live().await;
    let note = sales.only("Task", "Shopify_Refund_ID__c", refund);
    assert_eq!((note.text("WhoId"), note.text("Status")), (sales.contact(ada).id.as_str(), "Completed"));
    assert!(note.text("Description").contains("Reason: late"), "{note:?}");
    assert!((number(&sales.contact(ada), "Shopify_Refund_Count__c") - 1.0).abs() < f64::EPSILON);
    assert!(
        (number(&sales.only("Opportunity", "Shopify_Order_ID__c", order), "Amount") - 100.0).abs() < 1e-9
    );
}

#[tokio::test]
async fn s_100_people_are_person_accounts_and_orders_are_orders_where_the_manifest_says_so() {
    let status = ("\npaid = \"won\"", "\npaid = \"Draft\"");
    let sales = Sales::ruled_by(&[DEALS, PERSONS, ORDERS, status]).await;
    let ada = ada(&sales.world.shop);
    let order = buys(&sales.world.shop, ada, "120.50");
    sales.world.live().await;
    let account = sales.only("Account", "Shopify_Customer_ID__c", ada);
    assert_eq!(account.text("PersonEmail"), "ada@example.com");
    let kept = sales.only("Order", "Shopify_Order_ID__c", order);
    assert_eq!((kept.text("AccountId"), kept.text("Status")), (account.id.as_str(), "Draft"));
    assert!((number(&kept, "Shopify_Total__c") - 120.5).abs() < 1e-9);
}

#[tokio::test]
async fn s_029_and_s_030_a_company_is_an_account_with_its_buyers_under_it() {
    let sales = Sales::ruled_by(&[COMPANIES]).await;
    let (ada, bob) = (ada(&sales.world.shop), person(&sales.world.shop, "Bob", "B", "bob@example.com"));
    let acme = sales.world.shop.create_company("Acme & Sons").unwrap();
    for buyer in [ada, bob] {
        sales.world.shop.buys_for(buyer, acme).unwrap();
    }
    sales.world.live().await;
    let account = sales.only("Account", "Shopify_Company_ID__c", acme);
    assert_eq!(account.text("Name"), "Acme & Sons");
    for buyer in [ada, bob] {
        assert_eq!(sales.contact(buyer).text("AccountId"), account.id);
    }
}

#[tokio::test]
async fn s_101_a_session_that_ends_in_between_is_renewed_and_nobody_notices() {
    let sales = Sales::ruled_by(&[]).await;
    let ada = ada(&sales.world.shop);
    sales.world.live().await;
    sales.org.expire_sessions();
    sales.world.a_minute_later();
    buys(&sales.world.shop, ada, "10.00");
    let worked = sales.world.live().await;
    assert!(worked.iter().all(|one| one.verdict.is_ok()), "{worked:?}");
    assert!((number(&sales.contact(ada), "Shopify_Total_Spent__c") - 10.0).abs() < 1e-9);
}

#[tokio::test]
async fn s_102_and_s_192_a_duplicate_rule_is_never_bypassed_a_match_is_taken_or_waits_for_a_person() {
    let sales = Sales::ruled_by(&[]).await;
    let rep = json!({"LastName": "Lovelace", "Email": "ada@example.com", "Phone": "+1 555 0100"});
    let held = sales.org.rep_creates("Contact", rep).unwrap();
    let ada = ada(&sales.world.shop);
    sales.world.live().await;
    assert_eq!(sales.contact(ada).id, held, "whose address is verified is the rep's contact");

    sales.org.rep_creates("Contact", json!({"LastName": "Eve", "Email": "eve@example.com"})).unwrap();
    let fill = |customer: &mut twin_shopify::Customer| {
        customer.email = Some("eve@example.com".into());
        customer.verified_email = false;
    };
    let eve = sales.world.shop.create_customer(fill).unwrap();
    let worked = sales.world.live().await;
    assert!(!worked.iter().any(|one| matches!(one.verdict, Ok(Outcome::Written { .. }))), "{worked:?}");
    assert_eq!(sales.world.parked().first().map(|parked| parked.code.as_str()), Some("crm_conflict"));
    assert_eq!(sales.org.records("Contact").len(), 2, "and there is no second contact of {eve}");
    let bypassed =
        |request: &twin_salesforce::Request| format!("{:?}", request.headers).contains("allowSave=true");
    assert!(!sales.org.requests().iter().any(bypassed));
}

#[tokio::test]
async fn s_004_whatever_passes_by_ends_with_the_contact_right_and_alone() {
    for kind in
        [FaultKind::Unavailable, FaultKind::RateLimited, FaultKind::AnswerLost, FaultKind::ConnectionCut]
    {
        let sales = Sales::ruled_by(&[]).await;
        let ada = ada(&sales.world.shop);
        buys(&sales.world.shop, ada, "10.00");
        sales.org.set_faults(vec![Fault::new(kind).times(3)]).unwrap();
        let worked = sales.world.live().await;
        assert!(sales.org.records("Contact").len() == 1, "{kind:?}: {worked:?}");
        assert!((number(&sales.contact(ada), "Shopify_Total_Spent__c") - 10.0).abs() < 1e-9, "{kind:?}");
        assert!(sales.world.parked().is_empty() && sales.world.queues.dead().is_empty(), "{kind:?}");
    }
}
