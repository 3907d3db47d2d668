//! Salesforce, as its twin plays it, keeps the contract: with contacts and opportunities, and with persons and orders.

#![allow(clippy::expect_used, reason = "a stage that cannot be set ends its test")]

mod org;

use std::collections::BTreeMap;
use std::marker::PhantomData;

use crm::Crm;
use crm::conformance::{
    self, CompaniesStage, HeldCompany, HeldDeal, HeldNote, HeldTask, OrdersStage, Stage, TasksStage, Trouble,
};
use domain::{
    DealFacts, ExternalKey, Field, Layout, Money, OrdersAs, PeopleAs, Priority, Record, RecordId, Value,
};
use org::{Account, CONTACTS, KEY, PERSONS};
use serde_json::json;
use twin_salesforce::{Entry, Fault, FaultKind};

/// Which objects, and at which doors an answer gets lost.
trait Choice {
    const LAYOUT: Layout;
    const LOST: &'static [&'static str];
    /// The field and value of a row in the second call: the first one goes well.
    const LATER: (&'static str, &'static str);
}

macro_rules! choice {
    ($name:ident, $layout:expr, $lost:expr, $later:expr) => {
        struct $name;
        impl Choice for $name {
            const LAYOUT: Layout = $layout;
            const LOST: &'static [&'static str] = $lost;
            const LATER: (&'static str, &'static str) = $later;
        }
    };
}

/// What people are written by, and what begins a listing.
const PEOPLE: &[&str] =
    &["Contact/collections/upsert", "Account/collections/upsert", "collections/update", "jobs/query/create"];
const DEALS: &[&str] = &["Opportunity/collections/upsert", "Order/collections/upsert"];
const ACTIVITIES: &[&str] = &["collections/create"];
const COMPANIES: &[&str] = &["Account/collections/upsert"];

const SOMEBODY: (&str, &str) = (KEY, "7412883000300");
const AN_ORDER: (&str, &str) = ("Shopify_Order_ID__c", "820982911946154300");
const A_TASK: (&str, &str) = ("Shopify_Action_Key__c", "820982911946154300");
const A_COMPANY: (&str, &str) = ("Shopify_Company_ID__c", "820982911946154300");

choice!(Contacts, CONTACTS, PEOPLE, SOMEBODY);
choice!(Persons, PERSONS, PEOPLE, SOMEBODY);
choice!(ContactDeals, CONTACTS, DEALS, AN_ORDER);
choice!(PersonDeals, PERSONS, DEALS, AN_ORDER);
choice!(PersonOpportunities, Layout { orders: OrdersAs::Opportunities, ..PERSONS }, DEALS, AN_ORDER);
choice!(ContactTasks, CONTACTS, ACTIVITIES, A_TASK);
choice!(PersonTasks, PERSONS, ACTIVITIES, A_TASK);
choice!(ContactCompanies, CONTACTS, COMPANIES, A_COMPANY);
choice!(PersonCompanies, PERSONS, COMPANIES, A_COMPANY);

struct Twin<C>(Account, PhantomData<C>);

impl<C> Twin<C> {
    fn is_persons(&self) -> bool {
        self.0.layout.people == PeopleAs::PersonAccounts
    }

    fn is_orders(&self) -> bool {
        self.0.layout.orders == OrdersAs::Orders
    }

    fn live(&self, object: &str) -> Vec<Entry> {
        self.0.org.records(object).into_iter().filter(|entry| !entry.deleted).collect()
    }

    /// Another person with that address, who then becomes one with this.
    fn also_had(&self, record: &str, email: &str) {
        let former = BTreeMap::from([(Field::Email, Value::Text(email.to_owned()))]);
        let former = self.0.has(&former);
        self.0.org.merge(self.0.people(), record, &former).expect("both are there");
    }
}

impl<C: Choice> Stage for Twin<C> {
    const LONGEST: usize = 80;
    const KEEPS_MILLISECONDS: bool = false;
    const MERGES: bool = false;

    async fn empty(missing: Option<Field>) -> Self {
        Self(Account::without(C::LAYOUT, missing).await, PhantomData)
    }

    fn crm(&self) -> &dyn Crm {
        &self.0.salesforce
    }

    fn has(&self, fields: &BTreeMap<Field, Value>, further_emails: &[&str]) -> RecordId {
        let id = self.0.has(fields);
        for email in further_emails {
            self.also_had(&id, email);
        }
        RecordId::new(id)
    }

    fn lives_at(&self, record: &RecordId, postal_code: &str) {
        let name = if self.is_persons() { "PersonMailingPostalCode" } else { "MailingPostalCode" };
        let fields = json!({name: postal_code});
        self.0.org.rep_edits(self.0.people(), record.as_str(), fields).expect("there is such a record");
    }

    fn delete(&self, record: &RecordId) {
        self.0.org.rep_deletes(self.0.people(), record.as_str()).expect("there is such a record");
    }

    fn merge(&self, primary: &RecordId, other: &RecordId) -> RecordId {
        self.0.org.merge(self.0.people(), primary.as_str(), other.as_str()).expect("both are there");
        primary.clone()
    }

    /// Somebody made the field of the key one that need not be unique.
    fn doubles(&self, record: &RecordId) -> Option<RecordId> {
        self.0.org.allow_doubles(self.0.people(), KEY).expect("there is such a field");
        let held =
            self.0.records().into_iter().find(|one| one.id == *record).expect("there is such a record");
        let double = [Field::CustomerKey, Field::FirstName].map(|field| (field, held.fields[&field].clone()));
        Some(RecordId::new(self.0.has(&double.into())))
    }

    fn records(&self) -> Vec<Record> {
        self.0.records()
    }

    /// A session is opened outside of the day's calls.
    fn calls(&self) -> usize {
        let counted = self.0.org.calls().into_iter().filter(|(at, _)| !at.contains("oauth"));
        counted.map(|(_, count)| usize::try_from(count).expect("it is no more than memory holds")).sum()
    }

    fn trouble(&self, trouble: Trouble) {
        let of = |key: &ExternalKey, kind| Fault::new(kind).for_row(KEY, key.as_str());
        let faults = match trouble {
            Trouble::RateLimited => vec![Fault::new(FaultKind::RateLimited)],
            Trouble::QuotaUsedUp => vec![Fault::new(FaultKind::DailyLimited)],
            Trouble::Unavailable => vec![Fault::new(FaultKind::HtmlGateway)],
            Trouble::AnswerLost => {
                C::LOST.iter().map(|at| Fault::new(FaultKind::AnswerLost).at(at)).collect()
            }
            Trouble::Unauthorized => return self.0.org.refuse_everybody(true),
            Trouble::Expiring => {
                let (field, value) = C::LATER;
                vec![Fault::new(FaultKind::Unauthorized).for_row(field, value).times(100)]
            }
            Trouble::Rejected(key) => vec![of(&key, FaultKind::Rejected)],
            Trouble::Unmentioned(key) => vec![of(&key, FaultKind::DropRow)],
        };
        self.0.org.set_faults(faults).expect("the twin knows the faults");
    }
}

impl<C: Choice> OrdersStage for Twin<C> {
    fn deals(&self) -> Vec<HeldDeal> {
        let object = if self.is_orders() { "Order" } else { "Opportunity" };
        self.live(object).iter().map(|entry| self.deal(entry)).collect()
    }

    /// Salesforce counts what is stored.
    fn settle(&self) {}

    fn notes(&self) -> Vec<HeldNote> {
        let tasks =
            self.live("Task").into_iter().filter(|task| !task.text("Shopify_Refund_ID__c").is_empty());
        let note = |task: Entry| {
            assert_eq!(task.text("Status"), "Completed", "a note is on the timeline");
            HeldNote {
                key: ExternalKey::from_crm(task.text("Shopify_Refund_ID__c")),
                text: task.text("Description").to_owned(),
                contacts: self.about(&task),
            }
        };
        tasks.map(note).collect()
    }
}

impl<C: Choice> TasksStage for Twin<C> {
    fn tasks(&self) -> Vec<HeldTask> {
        let task = |task: Entry| HeldTask {
            key: ExternalKey::from_crm(task.text("Shopify_Action_Key__c")),
            subject: task.text("Subject").to_owned(),
            text: task.text("Description").to_owned(),
            due: moment(task.text("Shopify_Due_At__c")),
            priority: match task.text("Priority") {
                "High" => Priority::High,
                "Low" => Priority::Low,
                _ => Priority::Medium,
            },
            contacts: self.about(&task),
            is_open: task.text("Status") != "Completed",
        };
        self.live("Task").into_iter().map(task).collect()
    }

    fn closes(&self, task: &RecordId) {
        self.0.org.rep_edits("Task", task.as_str(), json!({"Status": "Completed"})).expect("it is there");
    }
}

impl<C: Choice> CompaniesStage for Twin<C> {
    fn companies(&self) -> Vec<HeldCompany> {
        let accounts = self.live("Account").into_iter();
        let companies = accounts.filter(|account| !account.text("Shopify_Company_ID__c").is_empty());
        let company = |account: Entry| HeldCompany {
            key: ExternalKey::from_crm(account.text("Shopify_Company_ID__c")),
            name: account.text("Name").to_owned(),
            contacts: self.buyers(&account.id),
        };
        companies.map(company).collect()
    }
}

impl<C> Twin<C> {
    fn deal(&self, entry: &Entry) -> HeldDeal {
        let (stage, amount) =
            if self.is_orders() { ("Status", "Shopify_Total__c") } else { ("StageName", "Amount") };
        let worth = entry.fields[amount].to_string();
        let amount = Money::parse(&worth, entry.text("Shopify_Currency__c")).expect("it is money");
        let closed_at = moment(entry.text("Shopify_Closed_At__c"));
        let contacts = if self.is_persons() {
            vec![RecordId::new(entry.text("AccountId"))]
        } else {
            let roles = self.live("OpportunityContactRole").into_iter();
            let own = roles.filter(|role| role.text("OpportunityId") == entry.id);
            own.map(|role| RecordId::new(role.text("ContactId"))).collect()
        };
        HeldDeal {
            key: ExternalKey::from_crm(entry.text("Shopify_Order_ID__c")),
            stage: entry.text(stage).to_owned(),
            facts: Some(DealFacts { name: entry.text("Name").to_owned(), amount, closed_at }),
            contacts,
        }
    }

    fn about(&self, task: &Entry) -> Vec<RecordId> {
        let name = if self.is_persons() { "WhatId" } else { "WhoId" };
        Some(task.text(name)).filter(|id| !id.is_empty()).map(RecordId::new).into_iter().collect()
    }

    fn buyers(&self, account: &str) -> Vec<RecordId> {
        let relations = self.live("AccountContactRelation").into_iter();
        let own = relations.filter(|one| one.text("AccountId") == account);
        let person = |contact: &str| {
            let contact = self.0.org.record(contact).expect("it is there");
            if self.is_persons() { contact.text("AccountId").to_owned() } else { contact.id }
        };
        let mut all: Vec<_> = own.map(|one| RecordId::new(person(one.text("ContactId")))).collect();
        all.sort();
        all
    }
}

fn moment(text: &str) -> jiff::Timestamp {
    text.replace("+0000", "Z").parse().expect("it is a moment")
}

macro_rules! suites {
    ($($name:ident: $suite:ident of $contacts:ident and $persons:ident;)*) => {
        mod contacts {
            $(#[tokio::test]
            async fn $name() {
                super::conformance::$suite::<super::Twin<super::$contacts>>().await;
            })*
        }
        mod persons {
            $(#[tokio::test]
            async fn $name() {
                super::conformance::$suite::<super::Twin<super::$persons>>().await;
            })*
        }
    };
}

suites! {
    s_084_and_s_086_it_creates_as_promised: creating of Contacts and Persons;
    it_updates_as_promised: updating of Contacts and Persons;
    it_takes_batches_as_promised: batches of Contacts and Persons;
    it_keeps_values_as_promised: values of Contacts and Persons;
    it_finds_as_promised: finding of Contacts and Persons;
    it_fails_as_promised: troubles of Contacts and Persons;
    s_193_it_says_that_it_merges_nobody: merging of Contacts and Persons;
    it_lists_everybody_as_promised: paging of Contacts and Persons;
    its_calls_cost_what_it_says: costs of Contacts and Persons;
    s_100_it_writes_deals_as_promised: deals of ContactDeals and PersonDeals;
    it_writes_notes_as_promised: notes of ContactTasks and PersonTasks;
    it_writes_tasks_as_promised: tasks of ContactTasks and PersonTasks;
    s_029_it_writes_companies_as_promised: companies of ContactCompanies and PersonCompanies;
}

#[tokio::test]
async fn s_100_persons_have_opportunities_as_promised() {
    conformance::deals::<Twin<PersonOpportunities>>().await;
}
