//! The shop owns commerce, the CRM owns relationships.

use twin_shopify::Faults;

use super::living::{ada, buys};
use crate::world::World;

#[tokio::test]
async fn s_013_a_manual_edit_of_the_spend_is_set_right_at_the_next_event() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "100.00");
    world.live().await;
    world.portal.rep_edits(&world.contact(ada).id, &[("total_spent", "999999")]).unwrap();
    buys(&world.shop, ada, "1.00");
    world.live().await;
    world.assert_both_halves_match(&[ada]);
}

#[tokio::test]
async fn s_027_and_s_112_what_a_rep_edits_by_hand_survives_a_hundred_events() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "1.00");
    world.live().await;
    let edits = [
        ("firstname", "Augusta Ada"),
        ("phone", "+493012345"),
        ("lead_source", "Trade fair"),
        ("hs_lead_status", "OPEN"),
        ("hubspot_owner_id", "42"),
    ];
    world.portal.rep_edits(&world.contact(ada).id, &edits).unwrap();
    for _ in 0..100 {
        buys(&world.shop, ada, "1.00");
    }
    world.live().await;
    let contact = world.contact(ada).properties;
    for (name, value) in edits {
        assert_eq!(contact[name], value, "{name}");
    }
    assert_eq!(contact["orders_count"], "101");
}

#[tokio::test]
async fn a_name_that_changes_in_the_shop_changes_in_the_crm() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world.shop.change_customer(ada, |c| c.last_name = Some("King".into())).unwrap();
    world.live().await;
    assert_eq!(world.contact(ada).properties["lastname"], "King");
}

#[tokio::test]
async fn pitfall_28_a_changed_address_makes_no_second_contact() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world.shop.change_customer(ada, |c| c.email = Some("countess@example.com".into())).unwrap();
    world.live().await;
    assert_eq!(world.contact(ada).properties["email"], "countess@example.com");
    assert_eq!(world.portal.contacts().len(), 1);
}

#[tokio::test]
async fn s_007_s_046_and_s_153_a_contact_that_a_rep_made_is_found_by_its_verified_address_and_stamped() {
    let world = World::new().await;
    let made = [("email", "ada@example.com"), ("firstname", "A."), ("lead_source", "Trade fair")];
    let id = world.portal.rep_creates(&made).unwrap();
    let ada = ada(&world.shop);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let contact = world.contact(ada);
    assert_eq!(contact.id, id);
    assert_eq!(contact.properties["firstname"], "A.", "the rep's word stays");
    assert_eq!(contact.properties["lead_source"], "Trade fair");
    assert_eq!(contact.properties["lastname"], "Lovelace", "what was empty is filled");
    assert_eq!(contact.properties["total_spent"], "10");
}

#[tokio::test]
async fn s_210_an_unverified_address_takes_over_nobodys_contact() {
    let world = World::new().await;
    world.portal.rep_creates(&[("email", "ada@example.com"), ("firstname", "The real Ada")]).unwrap();
    let mallory = world.shop.create_customer(|c| {
        c.email = Some("ada@example.com".into());
        c.first_name = Some("Mallory".into());
        c.verified_email = false;
    });
    mallory.unwrap();
    world.live().await;
    let contacts = world.portal.contacts();
    assert_eq!(contacts.len(), 1);
    assert_eq!(contacts[0].properties["firstname"], "The real Ada");
    let parked = world.parked();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].code, "crm_conflict");
    assert!(parked[0].reason.contains(&contacts[0].id), "the candidate is named: {}", parked[0].reason);
}

#[tokio::test]
async fn what_the_shop_may_not_tell_us_never_overwrites_a_value() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world
        .shop
        .set_faults(Faults {
            redact: vec!["email".into(), "phone".into(), "name".into()],
            ..Faults::default()
        })
        .unwrap();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let contact = world.contact(ada).properties;
    assert_eq!((contact["email"].as_str(), contact["firstname"].as_str()), ("ada@example.com", "Ada"));
    assert_eq!(contact["total_spent"], "10");
}

#[tokio::test]
async fn a_contact_that_was_deleted_in_the_crm_is_made_again_at_the_next_event() {
    let world = World::new().await;
    let ada = ada(&world.shop);
    world.live().await;
    world.portal.archive(&world.contact(ada).id).unwrap();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let live: Vec<_> = world.portal.contacts().into_iter().filter(|c| !c.archived).collect();
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].properties["total_spent"], "10");
}
