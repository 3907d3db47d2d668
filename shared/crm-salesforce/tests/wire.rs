//! What an org does that the suite does not ask for: duplicate rules, races, merges, row locks, limits, sessions.

#![allow(clippy::unwrap_used, reason = "an org that cannot be set ends its test")]

mod org;

use std::collections::BTreeMap;

use crm::{CompanyWrite, Crm, CrmError, CrmErrorKind, DealWrite, NoteWrite, TaskWrite};
use crm_salesforce::{Salesforce, SalesforceConfig};
use domain::{
    Company, Currencies, Deal, DealFacts, ExternalKey, Field, Layout, MetafieldName, Money, Note, Priority,
    RecordId, Task, Value, Write,
};
use org::{Account, CONTACTS, KEY, PERSONS, config, outbound};
use secrecy::SecretString;
use serde_json::json;
use twin_salesforce::{DuplicateRule, Fault, FaultKind, Field as Made, FieldKind, Org, ValidationRule};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn person(n: usize) -> BTreeMap<Field, Value> {
    BTreeMap::from([
        (Field::LastName, text("Lovelace")),
        (Field::Email, text(&format!("person-{n}@example.com"))),
    ])
}

fn create(n: usize) -> Write {
    Write::Create { key: ExternalKey::from_crm(&n.to_string()), fields: person(n) }
}

async fn one(account: &Account, write: Write) -> Result<crm::Written, CrmErrorKind> {
    let outcome = account.salesforce.apply(&[write]).await.remove(0);
    outcome.map_err(|error| error.kind().clone())
}

#[tokio::test]
async fn s_102_a_rule_that_only_warns_is_never_overridden_and_its_record_is_named() {
    for (rule, details) in
        [(DuplicateRule::Alert, true), (DuplicateRule::Block, true), (DuplicateRule::Block, false)]
    {
        let account = Account::without(CONTACTS, None).await;
        account.set(|settings| (settings.duplicate_rule, settings.duplicate_details) = (rule, details));
        let rep = account.has(&person(1));
        let expected = if details { Some(RecordId::new(rep)) } else { None };
        assert_eq!(one(&account, create(1)).await, Err(CrmErrorKind::Conflict { existing: expected }));
        let is_bypass =
            |request: &twin_salesforce::Request| format!("{:?}", request.headers).contains("allowSave=true");
        assert!(!account.org.requests().iter().any(is_bypass));
        assert_eq!(account.records().len(), 1);
    }
}

#[tokio::test]
async fn s_086_who_loses_a_race_comes_again_and_finds_the_record() {
    let account = Account::without(CONTACTS, None).await;
    let race = Fault::new(FaultKind::Race).for_row(KEY, "1");
    account.org.set_faults(vec![race.clone()]).unwrap();
    let written = one(&account, create(1)).await.unwrap();
    assert!(!written.created && account.records().len() == 1);
    account.org.set_faults(vec![race.for_row(KEY, "2").times(9)]).unwrap();
    account.set(|settings| settings.foreign_ids_hidden = true);
    assert_eq!(
        one(&account, create(2)).await,
        Err(CrmErrorKind::Conflict { existing: None }),
        "once more, and no more"
    );
}

#[tokio::test]
async fn a_name_that_a_rep_typed_over_a_stand_in_stays() {
    let account = Account::without(CONTACTS, None).await;
    let fields = BTreeMap::from([(Field::Email, text("ada@example.com"))]);
    let create = || Write::Create { key: ExternalKey::from_crm("1"), fields: fields.clone() };
    let record = one(&account, create()).await.unwrap().record;
    assert_eq!(account.org.record(record.as_str()).unwrap().text("LastName"), "ada");
    assert_eq!(account.records()[0].fields[&Field::LastName], Value::Empty, "a stand-in is no name");
    account.org.rep_edits("Contact", record.as_str(), json!({"LastName": "Lovelace"})).unwrap();
    one(&account, create()).await.unwrap();
    assert_eq!(account.records()[0].fields[&Field::LastName], text("Lovelace"));
}

#[tokio::test]
async fn a_row_that_is_locked_is_tried_again_later() {
    let account = Account::without(CONTACTS, None).await;
    let record = one(&account, create(1)).await.unwrap().record;
    account.org.lock(record.as_str(), 1);
    assert_eq!(one(&account, create(1)).await, Err(CrmErrorKind::Unavailable));
    assert!(one(&account, create(1)).await.is_ok());
}

#[tokio::test]
async fn a_rule_of_the_org_refuses_one_record_and_names_its_field() {
    let account = Account::without(CONTACTS, None).await;
    account.org.add_rule(ValidationRule::refuses("Contact", "Email", "person-2@example.com", "ask Bob"));
    let outcomes = account.salesforce.apply(&[create(1), create(2), create(3)]).await;
    let kind = outcomes[1].as_ref().unwrap_err().kind().clone();
    assert_eq!(kind, CrmErrorKind::Rejected { field: Some(Field::Email) });
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
}

#[tokio::test]
async fn the_last_calls_of_the_day_are_left_to_people() {
    let account = Account::without(CONTACTS, None).await;
    account.set(|settings| settings.daily_max = 400);
    let patient = Salesforce::new(outbound(), config(&account.url(), CONTACTS).leaving_percent(50));
    let mut made = 0;
    let refused = loop {
        match patient.read(&[ExternalKey::from_crm("1")]).await {
            Ok(_) => made += 1,
            Err(error) => break error,
        }
        assert!(made < 400, "it ends before all are used");
    };
    assert!(matches!(refused.kind(), CrmErrorKind::QuotaUsedUp { retry_after: Some(_) }), "{refused}");
    let usage = patient.usage().unwrap();
    assert_eq!((usage.used, usage.allowed), (200, 400));
    assert!(account.salesforce.read(&[ExternalKey::from_crm("1")]).await.is_ok(), "who leaves less goes on");
}

#[tokio::test]
async fn s_101_a_session_that_ends_is_renewed_and_wrong_credentials_are_told() {
    let account = Account::without(CONTACTS, None).await;
    one(&account, create(1)).await.unwrap();
    account.org.expire_sessions();
    assert!(one(&account, create(1)).await.is_ok());
    account.org.expire_sessions();
    account.org.set_client(Org::CLIENT_ID, "another");
    assert_eq!(one(&account, create(1)).await, Err(CrmErrorKind::Unauthorized));
    account.org.set_client(Org::CLIENT_ID, Org::CLIENT_SECRET);
    account.set(|settings| settings.run_as_user = false);
    let error = account.salesforce.read(&[]).await;
    assert!(error.is_ok(), "nothing asked, nothing refused");
    let error = account.salesforce.read(&[ExternalKey::from_crm("1")]).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (&CrmErrorKind::Unauthorized, "token: 400 invalid_grant"));
}

#[tokio::test]
async fn s_101_a_signed_word_opens_a_session_too() {
    // A word is signed for the next minutes, so the org goes by the wall clock.
    let org = Org::new(7);
    let listening = org.listen(0).await.unwrap();
    let key = SecretString::from(include_str!("key.pem"));
    let config = SalesforceConfig::with_key("twin", Org::CLIENT_ID, Org::USERNAME, &key).unwrap();
    let salesforce = Salesforce::new(outbound(), config.at(&listening.url()).unwrap());
    let read = async || salesforce.page(None).await.map_err(|error| error.code().to_owned());
    assert!(org.set_public_key(include_str!("public.pem")));
    org.approve_app(false);
    assert_eq!(read().await.unwrap_err(), "token: 400 invalid_grant", "nobody let the app in");
    org.approve_app(true);
    assert_eq!(read().await.unwrap_err(), "400 INVALID_FIELD", "now only our fields are missing");
    assert_eq!(org.calls()["token"], 2);
}

#[tokio::test]
async fn s_214_a_metafield_is_written_read_and_cleared_under_its_name() {
    let account = Account::without(CONTACTS, None).await;
    let tier = MetafieldName::parse("loyalty_tier").unwrap();
    let config = config(&account.url(), CONTACTS).with_metafields([tier]);
    let salesforce = Salesforce::new(outbound(), config);
    let mut fields = person(1);
    fields.insert(Field::Metafield(tier), text("gold"));
    let write = [Write::Create { key: ExternalKey::from_crm("1"), fields }];
    let refused = salesforce.apply(&write).await.remove(0).unwrap_err();
    assert_eq!(*refused.kind(), CrmErrorKind::MissingField { name: "loyalty_tier__c".into() });
    account.org.define_field("Contact", Made::new("Loyalty_Tier__c", FieldKind::String)).unwrap();
    let record = salesforce.apply(&write).await.remove(0).unwrap().record;
    let value = async || {
        salesforce.fetch(std::slice::from_ref(&record)).await.unwrap().remove(0).unwrap().fields
            [&Field::Metafield(tier)]
            .clone()
    };
    assert_eq!(value().await, text("gold"));
    let clear =
        Write::Update { record: record.clone(), fields: [(Field::Metafield(tier), Value::Empty)].into() };
    salesforce.apply(&[clear]).await.remove(0).unwrap();
    assert_eq!(value().await, Value::Empty);
}

#[tokio::test]
async fn an_answer_of_many_pages_is_read_to_its_end() {
    let account = Account::without(CONTACTS, None).await;
    account.set(|settings| settings.page_size = 200);
    let writes: Vec<_> = (0..450).map(create).collect();
    let made: Vec<_> =
        account.salesforce.apply(&writes).await.into_iter().map(|one| one.unwrap().record).collect();
    let found = account.salesforce.fetch(&made).await.unwrap();
    assert!(found.into_iter().flatten().map(|record| record.id).eq(made));
    assert!(account.org.calls().keys().any(|name| name.ends_with("query/more")));
}

fn deal(n: usize, contact: &RecordId) -> DealWrite {
    let facts = DealFacts {
        name: "x".repeat(200),
        amount: Money::parse("49.90", "EUR").unwrap(),
        closed_at: "2026-11-24T23:30:00-05:00".parse().unwrap(),
    };
    let key = ExternalKey::from_crm(&n.to_string());
    let deal = Deal { key, stage: "Closed Won".into(), pipeline: None, facts: Some(facts), is_wanted: true };
    DealWrite { deal, contact: Some(contact.clone()) }
}

#[tokio::test]
async fn s_100_a_deal_has_its_companys_account_its_day_in_utc_and_its_currency_where_there_are_several() {
    for currencies in [Currencies::One, Currencies::Several] {
        let account = Account::without(Layout { currencies, ..CONTACTS }, None).await;
        account.set(|settings| settings.multi_currency = currencies == Currencies::Several);
        let company = account.org.rep_creates("Account", json!({"Name": "Acme"})).unwrap();
        let contact =
            account.org.rep_creates("Contact", json!({"LastName": "L", "AccountId": company})).unwrap();
        let written = account.salesforce.write_deals(&[deal(1, &RecordId::new(contact))]).await.remove(0);
        let record = account.org.record(written.unwrap().unwrap().record.as_str()).unwrap();
        assert_eq!((record.text("AccountId"), record.text("CloseDate")), (company.as_str(), "2026-11-25"));
        assert_eq!((record.text("Name").len(), record.text("Shopify_Currency__c")), (120, "EUR"));
        let iso = if currencies == Currencies::Several { "EUR" } else { "" };
        assert_eq!(record.text("CurrencyIsoCode"), iso);
        let other = account.org.rep_creates("Account", json!({"Name": "Other"})).unwrap();
        account.org.rep_edits("Opportunity", &record.id, json!({"AccountId": other})).unwrap();
        account.salesforce.write_deals(&[deal(1, &RecordId::new(record.id.clone()))]).await;
        assert_eq!(
            account.org.record(&record.id).unwrap().text("AccountId"),
            other,
            "it stays where a rep put it"
        );
    }
}

#[tokio::test]
async fn s_100_an_order_needs_an_account_and_says_so() {
    let layout = Layout { orders: domain::OrdersAs::Orders, ..CONTACTS };
    let account = Account::without(layout, None).await;
    let alone = RecordId::new(account.has(&person(1)));
    let mut order = deal(1, &alone);
    order.deal.stage = "Draft".into();
    let refused = account.salesforce.write_deals(&[order.clone()]).await.remove(0).unwrap_err();
    assert_eq!(refused.code(), "400 REQUIRED_FIELD_MISSING/AccountId");
    let company = account.org.rep_creates("Account", json!({"Name": "Acme"})).unwrap();
    account.org.rep_edits("Contact", alone.as_str(), json!({"AccountId": company})).unwrap();
    let record = account.salesforce.write_deals(&[order]).await.remove(0).unwrap().unwrap().record;
    let record = account.org.record(record.as_str()).unwrap();
    assert_eq!(
        (record.text("AccountId"), record.text("BillToContactId")),
        (company.as_str(), alone.as_str())
    );
}

fn kinds<T>(outcomes: Vec<Result<T, CrmError>>) -> Vec<Option<CrmErrorKind>> {
    outcomes.into_iter().map(|outcome| outcome.err().map(|error| error.kind().clone())).collect()
}

#[tokio::test]
async fn a_row_that_no_answer_speaks_of_is_unanswered_at_every_door() {
    let account = Account::without(CONTACTS, None).await;
    let contact = RecordId::new(account.has(&person(1)));
    let of = |field: &str| Fault::new(FaultKind::DropRow).for_row(field, "2");
    let keys =
        ["Shopify_Order_ID__c", "Shopify_Action_Key__c", "Shopify_Refund_ID__c", "Shopify_Company_ID__c"];
    account.org.set_faults(keys.map(of).to_vec()).unwrap();
    let (at, key) =
        ("2026-11-24T10:00:00Z".parse().unwrap(), |n: usize| ExternalKey::from_crm(&n.to_string()));
    let task = |n: usize| TaskWrite {
        task: Task { key: key(n), subject: "Call".into(), lines: vec![], due: at, priority: Priority::Low },
        contact: contact.clone(),
    };
    let note = |n: usize| NoteWrite {
        note: Note { key: key(n), at, lines: vec!["Refund".into()] },
        contact: contact.clone(),
    };
    let company = |n: usize| CompanyWrite {
        company: Company { key: key(n), name: format!("Acme {n}") },
        contacts: vec![],
    };
    let told = [
        kinds(account.salesforce.write_deals(&[1, 2, 3].map(|n| deal(n, &contact))).await),
        kinds(account.salesforce.write_tasks(&[1, 2, 3].map(task)).await),
        kinds(account.salesforce.write_notes(&[1, 2, 3].map(note)).await),
        kinds(account.salesforce.write_companies(&[1, 2, 3].map(company)).await),
    ];
    for outcomes in told {
        assert_eq!(outcomes, [None, Some(CrmErrorKind::Unanswered), None]);
    }
}

#[tokio::test]
async fn a_buyer_of_another_company_is_not_moved_where_the_org_knows_one_account_only() {
    let account = Account::without(CONTACTS, None).await;
    let company = account.org.rep_creates("Account", json!({"Name": "Acme"})).unwrap();
    let fields = json!({"LastName": "L", "AccountId": company});
    let buyer = RecordId::new(account.org.rep_creates("Contact", fields).unwrap());
    let write = CompanyWrite {
        company: Company { key: ExternalKey::from_crm("1"), name: "Other".into() },
        contacts: vec![buyer.clone()],
    };
    account.set(|settings| settings.absent_objects = vec!["AccountContactRelation".into()]);
    let refused =
        account.salesforce.write_companies(std::slice::from_ref(&write)).await.remove(0).unwrap_err();
    assert_eq!(*refused.kind(), CrmErrorKind::Rejected { field: None }, "{refused}");
    assert_eq!(account.org.record(buyer.as_str()).unwrap().text("AccountId"), company);
    account.set(|settings| settings.absent_objects.clear());
    account.salesforce.write_companies(&[write]).await.remove(0).unwrap();
    assert_eq!(
        account.org.record(buyer.as_str()).unwrap().text("AccountId"),
        company,
        "it is related beside it"
    );
}

#[tokio::test]
async fn what_is_written_about_a_merged_contact_is_about_the_survivor() {
    for layout in [CONTACTS, PERSONS] {
        let account = Account::without(layout, None).await;
        let [kept, lost] = [1, 2].map(|n| account.has(&person(n)));
        account.org.merge(account.people(), &kept, &lost).unwrap();
        let at = "2026-11-24T10:00:00Z".parse().unwrap();
        let task = Task {
            key: ExternalKey::from_crm("1"),
            subject: "Call".into(),
            lines: vec!["x".repeat(40_000)],
            due: at,
            priority: Priority::High,
        };
        account
            .salesforce
            .write_tasks(&[TaskWrite { task, contact: RecordId::new(lost) }])
            .await
            .remove(0)
            .unwrap();
        let name = if layout == CONTACTS { "WhoId" } else { "WhatId" };
        assert_eq!(account.org.records("Task")[0].text(name), kept);
    }
}
