//! A company that buys becomes one of the CRM, and its buyers are tied to it.

use flows::Outcome;
use twin_hubspot::Linked;

use super::living::{ada, person};
use crate::world::World;

const ON: (&str, &str) = ("[fields.companies]\nsync = false", "[fields.companies]\nsync = true");

fn company(world: &World, id: u64) -> Linked {
    let key = id.to_string();
    let mut found = world.portal.companies();
    found.retain(|company| company.properties["shopify_company_id"] == key);
    assert_eq!(found.len(), 1, "companies of key {id}: {found:?}");
    found.remove(0)
}

fn contacts(world: &World, company_id: u64) -> Vec<String> {
    let mut contacts = company(world, company_id).contacts;
    contacts.sort();
    contacts
}

fn sorted<const N: usize>(mut ids: [String; N]) -> Vec<String> {
    ids.sort();
    ids.into()
}

#[tokio::test]
async fn s_029_and_s_030_a_company_and_its_buyers_are_one_company_with_its_contacts() {
    let world = World::ruled_by(&[ON]).await;
    let (ada, bob) = (ada(&world.shop), person(&world.shop, "Bob", "B", "bob@example.com"));
    let acme = world.shop.create_company("Acme & Sons").unwrap();
    for buyer in [ada, bob] {
        world.shop.buys_for(buyer, acme).unwrap();
    }
    world.live().await;
    assert_eq!(company(&world, acme).properties["name"], "Acme & Sons");
    assert_eq!(contacts(&world, acme), sorted([world.contact(ada).id, world.contact(bob).id]));
    assert_eq!(world.contact(ada).properties["shopify_companies"], "Acme & Sons");
}

#[tokio::test]
async fn s_029_a_company_that_changes_by_itself_has_its_new_name_and_keeps_its_buyers() {
    let world = World::ruled_by(&[ON]).await;
    let ada = ada(&world.shop);
    let acme = world.shop.create_company("Acme").unwrap();
    world.shop.buys_for(ada, acme).unwrap();
    world.live().await;
    world.a_minute_later();
    world.shop.rename_company(acme, "Acme Inc.").unwrap();
    let worked = world.live().await;
    assert!(
        matches!(&worked[..], [one] if matches!(one.verdict, Ok(Outcome::CompanyWritten { created: false, .. }))),
        "{worked:?}"
    );
    assert_eq!(company(&world, acme).properties["name"], "Acme Inc.");
    assert_eq!(contacts(&world, acme), [world.contact(ada).id]);
}

#[tokio::test]
async fn s_111_a_company_that_the_shop_deletes_stays_in_the_crm() {
    let world = World::ruled_by(&[ON]).await;
    let acme = world.shop.create_company("Acme").unwrap();
    world.live().await;
    world.a_minute_later();
    world.shop.delete_company(acme).unwrap();
    let worked = world.live().await;
    assert!(worked.iter().all(|one| matches!(one.verdict, Ok(Outcome::Nothing { .. }))), "{worked:?}");
    assert_eq!(company(&world, acme).properties["name"], "Acme");
}

#[tokio::test]
async fn a_second_run_over_the_same_companies_makes_no_call() {
    let world = World::ruled_by(&[ON]).await;
    let ada = ada(&world.shop);
    let acme = world.shop.create_company("Acme").unwrap();
    world.shop.buys_for(ada, acme).unwrap();
    world.live().await;
    let calls = world.portal.calls();
    world.a_minute_later();
    world.shop.change_customer(ada, |customer| customer.note = Some("called".into())).unwrap();
    world.live().await;
    assert_eq!(world.portal.calls(), calls);
}

#[tokio::test]
async fn a_shop_without_companies_asks_for_none_and_its_company_events_are_let_go() {
    let world = World::new().await;
    let acme = world.shop.create_company("Acme").unwrap();
    let ada = ada(&world.shop);
    world.shop.buys_for(ada, acme).unwrap();
    let worked = world.live().await;
    assert!(worked.iter().all(|one| one.verdict.is_ok()), "{worked:?}");
    assert!(world.portal.companies().is_empty() && world.parked().is_empty());
    assert!(!world.contact(ada).properties.contains_key("shopify_companies"));
}

#[tokio::test]
async fn a_company_that_is_refused_comes_back_and_is_tied_in_the_end() {
    use twin_hubspot::{Fault, FaultKind};
    let world = World::ruled_by(&[ON]).await;
    let ada = ada(&world.shop);
    let acme = world.shop.create_company("Acme").unwrap();
    world.shop.buys_for(ada, acme).unwrap();
    let away = [FaultKind::Unavailable, FaultKind::AnswerLost];
    let faults = away.map(|kind| Fault::new(kind).at("companies/batch/upsert").times(2)).into();
    world.portal.set_faults(faults).unwrap();
    world.live().await;
    assert_eq!(contacts(&world, acme), [world.contact(ada).id]);
    assert!(world.parked().is_empty() && world.queues.dead().is_empty());
}
