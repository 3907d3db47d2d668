//! A Salesforce org on a port of this machine, and our way to it.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::panic,
    reason = "each test uses what it needs"
)]

use std::collections::BTreeMap;

use crm_salesforce::{
    Salesforce, SalesforceConfig, SetupError, decode_rows, encode_rows, setup, setup_orders,
};
use domain::{ExternalKey, Field, Layout, OrdersAs, PeopleAs, Record, Value, Write};
use outbound::{Outbound, Timeouts};
use secrecy::SecretString;
use serde_json::{Value as Json, json};
use twin_salesforce::{Clock, DuplicateRule, Listening, Org, Settings};

/// The 24th of November 2026.
pub const START_MS: i64 = 1_795_482_000_000;

pub const KEY: &str = "Shopify_Customer_ID__c";

pub const CONTACTS: Layout = Layout {
    people: PeopleAs::Contacts,
    orders: OrdersAs::Opportunities,
    currencies: domain::Currencies::One,
};

pub const PERSONS: Layout = Layout {
    people: PeopleAs::PersonAccounts,
    orders: OrdersAs::Orders,
    currencies: domain::Currencies::One,
};

pub struct Account {
    pub org: Org,
    pub salesforce: Salesforce,
    pub layout: Layout,
    listening: Listening,
}

pub fn outbound() -> Outbound {
    Outbound::new(Timeouts::default()).expect("TLS makes sense")
}

/// Our way to an org at this address.
pub fn config(url: &str, layout: Layout) -> SalesforceConfig {
    let secret = SecretString::from(Org::CLIENT_SECRET);
    let config = SalesforceConfig::with_secret("twin", Org::CLIENT_ID, secret).expect("it is one");
    config.at(url).expect("it is an address").keeping(layout)
}

impl Account {
    /// An org without any of our fields, whose duplicate rule blocks.
    pub async fn fresh(layout: Layout) -> Self {
        let org = Org::with_clock(7, Clock::standing_at(START_MS));
        let listening = org.listen(0).await.expect("a port is free");
        let salesforce = Salesforce::new(outbound(), config(&listening.url(), layout));
        let account = Self { org, salesforce, layout, listening };
        account.set(|settings| {
            settings.person_accounts = layout.people == PeopleAs::PersonAccounts;
            settings.duplicate_rule = DuplicateRule::Block;
            settings.person_duplicate_rule = DuplicateRule::Block;
        });
        account
    }

    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.org.settings();
        change(&mut settings);
        self.org.set_settings(settings);
    }

    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// The permission set is assigned to the integration user.
    pub fn assigns(&self) {
        let set = self.org.records("PermissionSet").into_iter().find(|set| set.text("Name") == "Counterfoil");
        let set = set.expect("the set-up made it").id;
        let fields = json!({"PermissionSetId": set, "AssigneeId": self.org.user_id()});
        self.org.rep_creates("PermissionSetAssignment", fields).expect("it is assigned once");
    }

    /// An org with all our fields but `missing`.
    pub async fn without(layout: Layout, missing: Option<Field>) -> Self {
        let account = Self::fresh(layout).await;
        let first = setup(&account.salesforce).await.expect_err("nobody sees the fields yet");
        assert!(matches!(first, SetupError::Unassigned { .. }), "{first}");
        account.assigns();
        setup(&account.salesforce).await.expect("now they are seen");
        setup_orders(&account.salesforce).await.expect("and these too");
        if let Some(field) = missing {
            account.org.hide_field(account.people(), &account.name(field));
        }
        account.org.forget_calls();
        account
    }

    /// The object that people are.
    pub fn people(&self) -> &'static str {
        if self.layout.people == PeopleAs::Contacts { "Contact" } else { "Account" }
    }

    /// The name of a field.
    pub fn name(&self, field: Field) -> String {
        let (key, value) = (ExternalKey::from_crm("1"), Value::Text("7".into()));
        let write = Write::Create {
            key,
            fields: [(field, value), (Field::LastName, Value::Text("L".into()))].into(),
        };
        let row = self.row(&write);
        let of = |name: &&String| row[name.as_str()] == "7";
        row.as_object().expect("a row").keys().find(of).cloned().unwrap_or_else(|| KEY.to_owned())
    }

    fn row(&self, write: &Write) -> Json {
        let body = encode_rows(self.layout.people, std::slice::from_ref(write)).expect("it is JSON");
        let mut body: Json = serde_json::from_slice(&body).expect("it is JSON");
        let mut row = body["records"][0].take();
        row.as_object_mut().expect("a row").remove("attributes");
        row
    }

    /// A person makes a record.
    pub fn has(&self, fields: &BTreeMap<Field, Value>) -> String {
        let key = match fields.get(&Field::CustomerKey) {
            Some(Value::Text(key)) => key.clone(),
            _ => String::new(),
        };
        let mut row = self.row(&Write::Create { key: ExternalKey::from_crm(&key), fields: fields.clone() });
        // A person who types no family name types something.
        if row["LastName"].is_null() || row["LastName"] == "" {
            row["LastName"] = "?".into();
        }
        self.org.rep_creates(self.people(), row).expect("Salesforce takes it")
    }

    /// All people that are not deleted.
    pub fn records(&self) -> Vec<Record> {
        let is_person = |entry: &twin_salesforce::Entry| {
            self.layout.people == PeopleAs::Contacts
                || entry.fields.get("IsPersonAccount") == Some(&json!(true))
        };
        let live = self.org.records(self.people()).into_iter().filter(|entry| !entry.deleted);
        let rows = live.filter(is_person).map(|entry| {
            let mut row = json!(entry.fields);
            row["Id"] = entry.id.into();
            row
        });
        let body = json!({"records": rows.collect::<Vec<_>>()}).to_string();
        decode_rows(self.layout.people, body.as_bytes()).expect("it is an answer")
    }
}
