//! The merchant's own fields, as HubSpot's twin has them.

#![allow(clippy::expect_used, reason = "an account that cannot be set up ends its test")]

mod account;

use std::collections::BTreeMap;

use account::{Account, config, outbound};
use crm::{Crm, CrmErrorKind};
use crm_hubspot::HubSpot;
use domain::{ExternalKey, Field, MetafieldName, Value, Write};
use twin_hubspot::Property;

fn tier() -> Field {
    Field::from_name("loyalty_tier").expect("a metafield's name")
}

/// A second way to the account, which knows of these metafields.
fn knowing(account: &Account, names: &[&str]) -> HubSpot {
    let names = names.iter().map(|name| MetafieldName::parse(name).expect("a metafield's name"));
    HubSpot::new(outbound(), config(&account.url()).with_metafields(names))
}

fn create() -> [Write; 1] {
    let key = ExternalKey::from_crm("7");
    let text = |text: &str| Value::Text(text.to_owned());
    let fields = [(Field::CustomerKey, text("7")), (Field::FirstName, text("Ada")), (tier(), text("gold"))];
    [Write::Create { key, fields: fields.into() }]
}

async fn tier_of(hubspot: &HubSpot) -> Option<Value> {
    let read = hubspot.read(&[ExternalKey::from_crm("7")]).await.expect("it can be read");
    read.into_iter().next().flatten().and_then(|record| record.fields.get(&tier()).cloned())
}

#[tokio::test]
async fn s_214_a_metafield_is_written_read_and_cleared_under_its_very_name() {
    let account = Account::without(None).await;
    account.portal.define_property(Property::new("loyalty_tier", "string", "text")).expect("it is new");
    let hubspot = knowing(&account, &["loyalty_tier"]);
    let written = hubspot.apply(&create()).await.remove(0).expect("it is written");
    assert_eq!(tier_of(&hubspot).await, Some(Value::Text("gold".into())));
    assert_eq!(tier_of(&account.hubspot).await, None, "who does not know of it does not ask for it");
    let cleared = Write::Update { record: written.record, fields: BTreeMap::from([(tier(), Value::Empty)]) };
    hubspot.apply(&[cleared]).await.remove(0).expect("it is written");
    assert_eq!(tier_of(&hubspot).await, Some(Value::Empty));
}

#[tokio::test]
async fn s_214_a_property_that_is_missing_is_told_by_its_name_at_either_door() {
    let account = Account::without(None).await;
    let hubspot = knowing(&account, &["loyalty_tier"]);
    assert_eq!(tier_of(&hubspot).await, None, "a read does not mind");
    let mut plain = create();
    let [Write::Create { fields, .. }] = &mut plain else { return };
    fields.remove(&tier());
    let record = hubspot.apply(&plain).await.remove(0).expect("it is written").record;
    let update = Write::Update { record, fields: BTreeMap::from([(tier(), Value::Text("gold".into()))]) };
    for write in [create(), [update]] {
        let refused = hubspot.apply(&write).await.remove(0).expect_err("there is no such property");
        assert_eq!(*refused.kind(), CrmErrorKind::MissingField { name: "loyalty_tier".into() });
    }
}
