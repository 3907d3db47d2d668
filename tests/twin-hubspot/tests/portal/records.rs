//! Records over their life: written, listed, cleared, archived, associated.

use serde_json::{Value, json};

use crate::desk::{CONTACTS, Desk};

#[test]
fn a_contact_is_created_read_changed_and_archived() {
    let desk = Desk::new();
    let created =
        desk.send("POST", CONTACTS, json!({"properties": {"email": "Ada@x.com", "orders_count": 3}}));
    assert_eq!(created.status, 201);
    assert_eq!(created.json()["createdAt"], "2026-11-24T00:00:00Z");
    let path = format!("{CONTACTS}/{}", created.json()["id"].as_str().unwrap());
    desk.clock.advance_ms(1_500);
    assert_eq!(desk.send("PATCH", &path, json!({"properties": {"phone": "1"}})).status, 200);
    let shown = desk.get(&format!("{path}?properties=phone,orders_count&properties=nope")).json();
    assert_eq!(shown["properties"]["orders_count"], "3");
    assert_eq!(shown["properties"]["lastmodifieddate"], "2026-11-24T00:00:01.500Z");
    assert_eq!(shown["properties"]["nope"], Value::Null, "a read ignores what it does not know");
    assert_eq!(desk.get(&format!("{CONTACTS}/ADA%40x.com?idProperty=email")).json()["id"], shown["id"]);
    assert_eq!(desk.send("DELETE", &path, json!(null)).status, 204);
    assert_eq!(desk.get(&path).status, 404);
    assert_eq!(desk.get(&format!("{path}?archived=true")).json()["archived"], true);
    assert_eq!(desk.send("PATCH", &path, json!({"properties": {"phone": "2"}})).status, 404);
    let again = desk.send("POST", CONTACTS, json!({"properties": {"email": "ada@x.com"}}));
    assert_eq!(again.status, 201, "the address of an archived contact is free");
}

#[test]
fn the_list_gives_every_contact_once_page_by_page() {
    let desk = Desk::new();
    let all: Vec<String> = (0..250).map(|n| desk.contact(&[("firstname", &n.to_string())])).collect();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("{CONTACTS}?limit=100&properties=firstname{after}")).json();
        seen.extend(
            page["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match page["paging"]["next"]["after"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn a_lifecycle_stage_only_moves_forward_until_it_is_cleared() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "a@x.com")]);
    let set = |stage: &str| {
        let reply =
            desk.send("PATCH", &format!("{CONTACTS}/{id}"), json!({"properties": {"lifecyclestage": stage}}));
        assert_eq!(reply.status, 200, "HubSpot says nothing of it");
        desk.portal.contact(&id).unwrap().properties.get("lifecyclestage").cloned()
    };
    let steps = [
        ("lead", Some("lead")),
        ("customer", Some("customer")),
        ("lead", Some("customer")),
        ("", None),
        ("lead", Some("lead")),
    ];
    for (sent, held) in steps {
        assert_eq!(set(sent).as_deref(), held, "after {sent:?}");
    }
}

#[test]
fn an_address_that_is_sent_though_it_did_not_change_costs_nothing_but_a_new_one_costs_the_others() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "a@x.com"), ("hs_additional_emails", "b@x.com;c@x.com")]);
    let set = |email: &str| {
        desk.send("PATCH", &format!("{CONTACTS}/{id}"), json!({"properties": {"email": email}}));
        let held = desk.portal.contact(&id).unwrap().properties;
        (held["email"].clone(), held.get("hs_additional_emails").cloned().unwrap_or_default())
    };
    assert_eq!(set("A@x.com"), ("a@x.com".into(), "b@x.com;c@x.com".into()));
    assert_eq!(
        set("b@x.com"),
        ("b@x.com".into(), "c@x.com;a@x.com".into()),
        "a secondary one changes places"
    );
    assert_eq!(set("d@x.com"), ("d@x.com".into(), String::new()), "another one drops them");
}

#[test]
fn notes_belong_to_contacts_and_ignore_what_they_do_not_know() {
    let desk = Desk::new();
    let contact = desk.contact(&[("email", "a@x.com")]);
    let notes = "/crm/objects/2026-09/notes";
    assert_eq!(
        desk.send("POST", notes, json!({"properties": {"hs_note_body": "hi"}})).status,
        400,
        "hs_timestamp"
    );
    let label = |id: u32| json!([{"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id}]}]);
    let new = |id: u32| json!({"properties": {"hs_timestamp": "2026-11-24T00:00:00Z", "hs_note_body": "hi"}, "associations": label(id)});
    assert_eq!(desk.send("POST", notes, new(4)).status, 400, "4 is contact to deal");
    let note = desk.send("POST", notes, new(202)).json()["id"].as_str().unwrap().to_owned();
    let ignored = desk.send(
        "PATCH",
        &format!("{notes}/{note}"),
        json!({"properties": {"nope": "1", "hs_createdate": "0", "hs_note_body": "ho"}}),
    );
    assert_eq!(ignored.status, 200);
    let shown = desk.get(&format!("{notes}/{note}?properties=hs_note_body&associations=contacts")).json();
    assert_eq!(shown["properties"]["hs_note_body"], "ho");
    assert_eq!(shown["associations"]["contacts"]["results"][0]["id"], contact.as_str());
}

#[test]
fn a_default_association_can_be_made_twice_and_is_there_once() {
    let desk = Desk::new();
    let contact = desk.contact(&[("email", "a@x.com")]);
    let deal = desk.send(
        "POST",
        "/crm/objects/2026-03/0-3",
        json!({"properties": {"dealname": "D", "dealstage": "won"}}),
    );
    let deal = deal.json()["id"].as_str().unwrap().to_owned();
    let path = format!("{CONTACTS}/{contact}/associations/default/deals/{deal}");
    for _ in 0..2 {
        let reply = desk.send("PUT", &path, json!(null));
        assert_eq!(reply.results()[0]["associationSpec"]["associationTypeId"], 4, "{}", reply.text);
    }
    let many = json!({"inputs": [{"from": {"id": deal}, "to": {"id": contact}}]});
    assert_eq!(
        desk.send("POST", "/crm/associations/2026-03/deals/contacts/batch/associate/default", many).status,
        200
    );
    let shown = desk.get(&format!("{CONTACTS}/{contact}?associations=deals")).json();
    assert_eq!(shown["associations"]["deals"]["results"].as_array().unwrap().len(), 1);
    let missing = format!("{CONTACTS}/{contact}/associations/default/deals/5");
    assert_eq!(desk.send("PUT", &missing, json!(null)).status, 404);
}

#[test]
fn a_gdpr_deletion_leaves_nothing() {
    let desk = Desk::new();
    let id = desk.contact(&[("email", "a@x.com")]);
    let reply = desk.send(
        "POST",
        &format!("{CONTACTS}/gdpr-delete"),
        json!({"objectId": "a@x.com", "idProperty": "email"}),
    );
    assert_eq!(reply.status, 204);
    assert!(desk.portal.contacts().is_empty());
    assert_eq!(desk.get(&format!("{CONTACTS}/{id}?archived=true")).status, 404);
}
