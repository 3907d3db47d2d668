//! Properties, groups, and the account.

use serde_json::{Value, json};
use twin_hubspot::{Portal, Property};

use crate::desk::Desk;

const PROPERTIES: &str = "/crm/properties/2026-03/contacts";

fn definition(name: &str) -> Value {
    json!({"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "contactinformation"})
}

#[test]
fn a_property_is_created_once_and_can_be_written_from_then_on() {
    let desk = Desk::new();
    let reply = desk.send("POST", PROPERTIES, definition("size"));
    assert_eq!((reply.status, reply.json()["hasUniqueValue"].as_bool()), (201, Some(false)));
    assert_eq!(desk.send("POST", PROPERTIES, definition("size")).status, 409);
    assert_eq!(desk.get(&format!("{PROPERTIES}/size")).json()["type"], "string");
    assert_eq!(desk.get(&format!("{PROPERTIES}/nope")).status, 404);
    desk.contact(&[("email", "a@x.com"), ("size", "XL")]);
    let names: Vec<Value> =
        desk.get(PROPERTIES).results().into_iter().map(|one| one["name"].clone()).collect();
    for name in ["email", "shopify_customer_id", "size", "hs_object_id"] {
        assert!(names.contains(&json!(name)), "{name}");
    }
}

#[test]
fn each_bad_definition_is_refused() {
    let desk = Desk::new();
    let changed = |field: &str, value: Value| {
        let mut one = definition("fine");
        one[field] = value;
        one
    };
    let mut without = definition("fine");
    without.as_object_mut().unwrap().remove("groupName");
    let table = [
        (changed("name", json!("Not Fine")), "name"),
        (changed("type", json!("money")), "type"),
        (changed("fieldType", json!("knob")), "fieldType"),
        (changed("groupName", json!("nowhere")), "groupName"),
        (changed("type", json!("enumeration")), "options"),
        (without, "groupName"),
    ];
    for (body, words) in table {
        let reply = desk.send("POST", PROPERTIES, body);
        assert_eq!(reply.status, 400, "{words}: {}", reply.text);
        assert!(reply.text.contains(words), "no {words:?} in {}", reply.text);
    }
}

#[test]
fn uniqueness_is_decided_at_creation_and_at_most_ten_times() {
    let desk = Desk::new();
    let change = |name: &str, unique: bool| {
        desk.send("PATCH", &format!("{PROPERTIES}/{name}"), json!({"hasUniqueValue": unique}))
    };
    assert_eq!(change("shopify_customer_id", false).status, 400);
    assert_eq!(change("lead_source", true).status, 400);
    assert_eq!(
        desk.send("PATCH", &format!("{PROPERTIES}/lead_source"), json!({"label": "Lead"})).json()["label"],
        "Lead"
    );
    for n in 1..10 {
        desk.portal.define_property(Property::new(&format!("key_{n}"), "string", "text").unique()).unwrap();
    }
    let eleventh = desk.portal.define_property(Property::new("key_10", "string", "text").unique());
    assert_eq!(eleventh.unwrap_err().status, 400);
}

#[test]
fn a_batch_of_definitions_says_which_exist() {
    let desk = Desk::new();
    let batch = || {
        desk.send(
            "POST",
            &format!("{PROPERTIES}/batch/create"),
            json!({"inputs": [definition("one"), definition("two")]}),
        )
    };
    assert_eq!((batch().status, batch().status), (201, 207));
    assert_eq!(batch().json()["errors"][0]["category"], "OBJECT_ALREADY_EXISTS");
}

#[test]
fn groups_are_made_before_their_properties() {
    let desk = Desk::new();
    let group = json!({"name": "commerce", "label": "Commerce", "displayOrder": 1});
    assert_eq!(desk.send("POST", &format!("{PROPERTIES}/groups"), group.clone()).status, 201);
    assert_eq!(desk.send("POST", &format!("{PROPERTIES}/groups"), group).status, 409);
    assert_eq!(desk.get(&format!("{PROPERTIES}/groups")).results().len(), 2);
    let mut one = definition("size");
    one["groupName"] = json!("commerce");
    assert_eq!(desk.send("POST", PROPERTIES, one).status, 201);
}

#[test]
fn the_account_tells_its_currency_and_zone() {
    let desk = Desk::new();
    let details = desk.get("/account-info/2026-09/details").json();
    assert_eq!((&details["companyCurrency"], &details["utcOffset"]), (&json!("USD"), &json!("+00:00")));
    assert!(details["portalId"].as_u64().is_some());
}

#[test]
fn a_fresh_portal_does_not_know_counterfoils_properties() {
    let portal = Portal::new(1);
    assert_eq!(
        portal.rep_creates(&[("email", "a@x.com"), ("shopify_customer_id", "1")]).unwrap_err().status,
        400
    );
    portal.define_counterfoil_properties();
    portal.define_counterfoil_properties();
    assert!(
        portal
            .rep_creates(&[
                ("email", "a@x.com"),
                ("shopify_customer_id", "1"),
                ("total_spent", "1.50"),
                ("last_order_at", "0")
            ])
            .is_ok()
    );
}
