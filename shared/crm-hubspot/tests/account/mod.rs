//! A HubSpot account on a port of this machine, and our way to it.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::expect_used,
    reason = "each test uses what it needs"
)]

pub mod answering;

use std::collections::BTreeMap;

use crm::conformance::{HeldCompany, HeldDeal, HeldNote, HeldTask};
use crm_hubspot::{DealStage, HubSpot, HubSpotConfig, Pipeline, setup, setup_orders, setup_pipeline};
use domain::{DealFacts, ExternalKey, Field, Money, Priority, Record, RecordId, Value};
use outbound::{Outbound, Timeouts};
use secrecy::SecretString;
use twin_hubspot::{Clock, Linked, Listening, Portal};

/// The 24th of November 2026.
const START_MS: i64 = 1_795_482_000_000;

pub struct Account {
    pub portal: Portal,
    pub hubspot: HubSpot,
    listening: Listening,
}

impl Account {
    /// An account without any of our properties.
    pub async fn fresh() -> Self {
        let portal = Portal::with_clock(7, Clock::standing_at(START_MS));
        let listening = portal.listen(0).await.expect("a port is free");
        let hubspot = HubSpot::new(outbound(), config(&listening.url()));
        Self { portal, hubspot, listening }
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// An account with all our properties but `missing`.
    pub async fn without(missing: Option<Field>) -> Self {
        let account = Self::fresh().await;
        match missing.map(name) {
            None => {
                drop(setup(&account.hubspot).await.expect("an empty account can be set up"));
                drop(setup_orders(&account.hubspot).await.expect("an empty account can be set up"));
                drop(
                    setup_pipeline(&account.hubspot, &stages())
                        .await
                        .expect("an empty account can be set up"),
                );
            }
            Some(missing) => account.define_all_but(missing),
        }
        account.portal.clock().advance_ms(60_000);
        account
    }

    fn define_all_but(&self, missing: &str) {
        for property in counterfoil().into_iter().filter(|property| property.name != missing) {
            self.portal.define_property(property).expect("an empty account takes it");
        }
    }

    /// Brings about another contact with the key of this one: it was deleted, somebody was made anew with another address, and
    /// it was taken out of the recycle bin.
    pub fn doubles(&self, id: &str, email: &str) -> String {
        let key = self.portal.contact(id).expect("it is there").properties[name(Field::CustomerKey)].clone();
        self.portal.archive(id).expect("it is there");
        let anew = [(name(Field::CustomerKey), key.as_str()), ("email", email)];
        let double = self.portal.rep_creates(&anew).expect("the key is free");
        self.portal.restore(id).expect("its address is free");
        double
    }

    /// All contacts that are not in the recycle bin.
    pub fn records(&self) -> Vec<Record> {
        let live = self.portal.contacts().into_iter().filter(|contact| !contact.archived);
        live.map(|contact| {
            let ours: BTreeMap<_, _> =
                Field::ALL.map(|field| (name(field), contact.properties.get(name(field)))).into();
            let body = serde_json::json!({"results": [{"id": contact.id, "properties": ours}]});
            let mut records = crm_hubspot::decode_batch(body.to_string().as_bytes()).expect("it is JSON");
            records.remove(0)
        })
        .collect()
    }
}

impl Account {
    /// All deals that are not in the recycle bin.
    pub fn deals(&self) -> Vec<HeldDeal> {
        let deal = |deal: Linked| HeldDeal {
            key: ExternalKey::from_crm(&deal.properties["shopify_order_id"]),
            stage: deal.properties["dealstage"].clone(),
            facts: Some(facts(&deal.properties)),
            contacts: deal.contacts.into_iter().map(RecordId::new).collect(),
        };
        self.portal.deals().into_iter().map(deal).collect()
    }

    /// All tasks that are not in the recycle bin.
    pub fn tasks(&self) -> Vec<HeldTask> {
        let task = |task: Linked| HeldTask {
            key: ExternalKey::from_crm(&task.properties["shopify_action_key"]),
            subject: task.properties["hs_task_subject"].clone(),
            text: plain(&task.properties["hs_task_body"]),
            due: task.properties["hs_timestamp"].parse().expect("it is a moment"),
            priority: priority(&task.properties["hs_task_priority"]),
            contacts: task.contacts.into_iter().map(RecordId::new).collect(),
            is_open: task.properties["hs_task_status"] == "NOT_STARTED",
        };
        self.portal.tasks().into_iter().map(task).collect()
    }

    /// All companies that are not in the recycle bin.
    pub fn companies(&self) -> Vec<HeldCompany> {
        let company = |company: Linked| HeldCompany {
            key: ExternalKey::from_crm(&company.properties["shopify_company_id"]),
            name: company.properties["name"].clone(),
            contacts: company.contacts.into_iter().map(RecordId::new).collect(),
        };
        self.portal.companies().into_iter().map(company).collect()
    }

    /// All notes that are not in the recycle bin.
    pub fn notes(&self) -> Vec<HeldNote> {
        let note = |note: Linked| HeldNote {
            key: ExternalKey::from_crm(&note.properties["shopify_refund_id"]),
            text: plain(&note.properties["hs_note_body"]),
            contacts: note.contacts.into_iter().map(RecordId::new).collect(),
        };
        self.portal.notes().into_iter().map(note).collect()
    }
}

/// The stages that deals are put into, in the pipeline that every account has.
pub fn stages() -> Pipeline {
    let stages = [("open", 5), ("won", 10), ("lost", 0)];
    let stages = stages.map(|(name, tenths)| DealStage::new(name, tenths).expect("it is one"));
    Pipeline::new(Pipeline::DEFAULT, stages.to_vec()).expect("it is one")
}

fn plain(html: &str) -> String {
    let lines = html.replace("<br>", "\n");
    lines.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn priority(name: &str) -> Priority {
    match name {
        "HIGH" => Priority::High,
        "MEDIUM" => Priority::Medium,
        "LOW" => Priority::Low,
        other => panic!("no rep knows {other}"),
    }
}

fn facts(said: &BTreeMap<String, String>) -> DealFacts {
    let amount = Money::parse(&said["amount"], &said["deal_currency_code"]).expect("it is money");
    let closed_at = said["closedate"].parse().expect("it is a moment");
    DealFacts { name: said["dealname"].clone(), amount, closed_at }
}

pub fn outbound() -> Outbound {
    Outbound::new(Timeouts::default()).expect("TLS makes sense")
}

pub fn config(endpoint: &str) -> HubSpotConfig {
    HubSpotConfig::new(&SecretString::from(Portal::TOKEN))
        .and_then(|config| config.at(endpoint))
        .expect("it is one")
}

/// The names, as HubSpot's users read them.
pub fn name(field: Field) -> &'static str {
    match field {
        Field::CustomerKey => "shopify_customer_id",
        Field::FirstName => "firstname",
        Field::LastName => "lastname",
        Field::Email => "email",
        Field::Phone => "phone",
        Field::LeadSource => "lead_source",
        Field::TotalSpent => "total_spent",
        Field::OrdersCount => "orders_count",
        Field::AverageOrderValue => "average_order_value",
        Field::Currency => "shopify_currency",
        Field::Tags => "shopify_customer_tags",
        Field::CustomerSince => "shopify_created_at",
        Field::LastOrderId => "last_order_id",
        Field::LastOrderName => "last_order_name",
        Field::LastOrderAt => "last_order_at",
        Field::RefundCount => "refund_count",
        Field::RefundedAmount => "refunded_amount",
        Field::Companies => "shopify_companies",
        Field::LifecycleStage => "lifecyclestage",
        Field::EmailConsent => "email_marketing_consent",
        Field::SmsConsent => "sms_marketing_consent",
        Field::Signals => "shopify_signals",
        Field::Segments => "shopify_segments",
        Field::Score => "shopify_score",
        Field::Invitation => "shopify_invitation",
        Field::DiscountCode => "shopify_discount_code",
        Field::Signal(name) => name.field_name(),
        Field::Metafield(name) => name.as_str(),
    }
}

/// Fields that a person would type: texts only.
pub fn properties(fields: &BTreeMap<Field, Value>) -> Vec<(&'static str, String)> {
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        other => panic!("nobody types {other:?} here"),
    };
    fields.iter().map(|(field, value)| (name(*field), text(value))).collect()
}

fn counterfoil() -> Vec<twin_hubspot::Property> {
    use twin_hubspot::Property;
    let of = |field: &Field| match field {
        Field::CustomerKey => Some(Property::new(name(*field), "string", "text").unique()),
        Field::TotalSpent
        | Field::OrdersCount
        | Field::AverageOrderValue
        | Field::RefundCount
        | Field::RefundedAmount
        | Field::Score => Some(Property::new(name(*field), "number", "number")),
        Field::CustomerSince | Field::LastOrderAt => Some(Property::new(name(*field), "datetime", "date")),
        Field::FirstName | Field::LastName | Field::Email | Field::Phone | Field::LifecycleStage => None,
        _ => Some(Property::new(name(*field), "string", "text")),
    };
    Field::ALL.iter().filter_map(of).collect()
}
