//! Which contact is this customer?

use domain::{AliasPolicy, IdentityRules};
use flows::{Outcome, Worked};
use twin_shopify::{Address, Customer, ShopHandle};

use super::living::{buys, person};
use crate::world::{SHOP, World};

const NUMBER: &str = "+41446681800";

/// Somebody with another address than the CRM knows.
fn newcomer(shop: &ShopHandle, also: impl FnOnce(&mut Customer)) -> u64 {
    let fill = |customer: &mut Customer| {
        customer.first_name = Some("Ada".into());
        customer.last_name = Some("Lovelace".into());
        customer.email = Some("ada.private@example.org".into());
        customer.verified_email = true;
        customer.phone = Some(NUMBER.into());
        also(customer);
    };
    shop.create_customer(fill).unwrap()
}

fn rep_creates(world: &World, properties: &[(&str, &str)]) -> String {
    let id = world.portal.rep_creates(properties).unwrap();
    // The search index knows of it.
    world.clock.advance_to(world.clock.now() + jiff::SignedDuration::from_secs(60));
    id
}

fn lives_at(postal_code: &str, country: &str) -> Address {
    let (zip, country_code) = (Some(postal_code.to_owned()), Some(country.to_owned()));
    Address { zip, country_code, ..Address::default() }
}

fn contacts(world: &World) -> usize {
    world.portal.contacts().iter().filter(|contact| !contact.archived).count()
}

fn said(worked: &[Worked]) -> Vec<String> {
    worked.iter().filter_map(|one| one.verdict.as_ref().ok()).map(ToString::to_string).collect()
}

#[tokio::test]
async fn s_047_and_s_216_a_number_finds_whom_no_address_does() {
    for spelling in [NUMBER, "044 668 18 00", "+41 44/668-18-00"] {
        let world = World::new().await;
        let id = rep_creates(&world, &[("email", "ada@example.com"), ("phone", spelling)]);
        let ada = newcomer(&world.shop, |ada| ada.address = Some(lives_at("8001", "CH")));
        world.live().await;
        let contact = world.contact(ada);
        assert_eq!(contact.id, id, "{spelling}");
        assert_eq!(contact.properties["email"], "ada@example.com", "the rep's word stays");
        assert_eq!(contact.properties["phone"], spelling, "the rep's word stays");
        assert_eq!(contacts(&world), 1);
        // S-217: it is remembered, so the CRM is not asked again.
        world.portal.forget_calls();
        buys(&world.shop, ada, "10.00");
        world.live().await;
        assert!(world.portal.calls().keys().all(|call| !call.contains("read") && !call.contains("search")));
    }
}

#[tokio::test]
async fn s_046_s_091_and_s_215_an_address_counts_more_than_a_number() {
    let world = World::new().await;
    rep_creates(&world, &[("email", "other@example.com"), ("phone", NUMBER)]);
    let id = rep_creates(&world, &[("email", "ada.private@example.org")]);
    let ada = newcomer(&world.shop, |_| {});
    world.live().await;
    assert_eq!(world.contact(ada).id, id);
}

#[tokio::test]
async fn s_047_a_number_identifies_nobody_where_the_rules_do_not_say_so() {
    let mut world = World::new().await;
    world.identify_by(IdentityRules { phone: false, ..IdentityRules::default() });
    let id = rep_creates(&world, &[("email", "ada@example.com"), ("phone", NUMBER)]);
    let ada = newcomer(&world.shop, |_| {});
    world.live().await;
    assert_ne!(world.contact(ada).id, id);
}

#[tokio::test]
async fn s_049_one_persons_addresses_are_one_contact_by_the_policy() {
    use AliasPolicy::{Exact, Plus, PlusAndDots};
    let table = [
        (Plus, "ada@example.com", "Ada+Shop@example.com", true),
        (Plus, "ada+news@example.com", "ada@example.com", true),
        (Exact, "ada@example.com", "ada+shop@example.com", false),
        (PlusAndDots, "adalovelace@gmail.com", "Ada.Lovelace@gmail.com", true),
        (Plus, "adalovelace@gmail.com", "ada.lovelace@gmail.com", false),
    ];
    for (aliases, known, used, is_one) in table {
        let mut world = World::new().await;
        world.identify_by(IdentityRules { aliases, ..IdentityRules::default() });
        let id = rep_creates(&world, &[("email", known)]);
        let ada = person(&world.shop, "Ada", "Lovelace", used);
        world.live().await;
        let contact = world.contact(ada);
        assert_eq!(contact.id == id, is_one, "{known} and {used} by {aliases:?}");
        if is_one {
            assert_eq!(contact.properties["email"], known, "the address in the CRM is left alone");
        }
    }
}

#[tokio::test]
async fn s_211_what_is_no_number_is_told_and_is_no_key() {
    let world = World::new().await;
    let id = rep_creates(&world, &[("email", "somebody@example.com"), ("phone", "12")]);
    let ada = newcomer(&world.shop, |ada| ada.phone = Some("12".into()));
    let worked = world.live().await;
    let contact = world.contact(ada);
    assert_ne!(contact.id, id, "it is no key");
    assert_eq!(contact.properties["phone"], "12", "it is written as the shop has it");
    let told = said(&worked);
    assert!(told.iter().any(|words| words.contains("left: phone (not a number")), "{told:?}");
}

#[tokio::test]
async fn s_211_a_number_is_written_in_e_164_by_the_customers_country_else_the_default_one() {
    let table =
        [(Some(lives_at("8001", "CH")), "044 668 18 00", NUMBER), (None, "030 123456", "+4930123456")];
    for (address, phone, written) in table {
        let mut world = World::new().await;
        world.identify_by(IdentityRules { default_region: Some("DE".into()), ..IdentityRules::default() });
        let ada = newcomer(&world.shop, |ada| {
            ada.phone = Some(phone.into());
            ada.address = address;
        });
        world.live().await;
        assert_eq!(world.contact(ada).properties["phone"], written);
    }
}

#[tokio::test]
async fn two_contacts_with_the_number_wait_for_a_person_who_is_told_of_both() {
    let world = World::new().await;
    let both = ["one@example.com", "two@example.com"]
        .map(|email| rep_creates(&world, &[("email", email), ("phone", NUMBER)]));
    newcomer(&world.shop, |_| {});
    world.live().await;
    let parked = world.parked();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].code, "ambiguous_identity");
    assert!(both.iter().all(|id| parked[0].reason.contains(id)), "both are named: {}", parked[0].reason);
    assert_eq!(contacts(&world), 2, "nobody is guessed and nobody is made");
    assert!(world.portal.contacts().iter().all(|c| !c.properties.contains_key("shopify_customer_id")));
}

/// The one contact there is stays that of customer 1, and a person is told of it.
fn stays_another_customers(world: &World, id: &str) {
    let parked = world.parked();
    assert_eq!((parked.len(), parked[0].code.as_str()), (1, "ambiguous_identity"));
    assert!(parked[0].reason.contains(id), "{}", parked[0].reason);
    assert_eq!(world.portal.contacts()[0].properties["shopify_customer_id"], "1");
}

#[tokio::test]
async fn a_contact_with_the_number_that_is_another_customers_is_never_taken_over() {
    let world = World::new().await;
    let properties = [("email", "bob@example.com"), ("phone", NUMBER), ("shopify_customer_id", "1")];
    let id = rep_creates(&world, &properties);
    newcomer(&world.shop, |_| {});
    world.live().await;
    stays_another_customers(&world, &id);
}

#[tokio::test]
async fn what_the_index_does_not_know_yet_is_looked_at_in_the_record() {
    let world = World::new().await;
    let id = rep_creates(&world, &[("email", "bob@example.com"), ("phone", NUMBER)]);
    newcomer(&world.shop, |_| {});
    world.all_arrive().await;
    // The index still says that the contact is nobody's.
    world.portal.rep_edits(&id, &[("shopify_customer_id", "1")]).unwrap();
    world.settle().await;
    assert_eq!(world.parked()[0].code, "ambiguous_identity");
    assert_eq!(world.portal.contacts()[0].properties["shopify_customer_id"], "1");
}

#[tokio::test]
async fn s_218_a_further_address_of_a_contact_is_met_by_the_create_and_it_is_adopted_at_once() {
    let world = World::new().await;
    let made = [
        ("email", "countess@example.com"),
        ("hs_additional_emails", "ada@example.com"),
        ("firstname", "Augusta Ada"),
    ];
    let id = rep_creates(&world, &made);
    let ada = person(&world.shop, "Ada", "Lovelace", "ada@example.com");
    world.all_arrive().await;
    let worked = world.work_once().await;
    assert!(worked.iter().all(|one| !one.comes_back()), "in one invocation");
    assert!(matches!(&worked[0].verdict, Ok(Outcome::Written { created: false, .. })), "{:?}", said(&worked));
    let contact = world.contact(ada);
    assert_eq!(contact.id, id);
    assert_eq!(contact.properties["email"], "countess@example.com", "the first address is left alone");
    assert_eq!(contact.properties["firstname"], "Augusta Ada", "the rep's word stays");
    assert_eq!(contact.properties["lastname"], "Lovelace", "what was empty is filled");
    assert_eq!(contacts(&world), 1);
    world.settle().await;
}

#[tokio::test]
async fn a_contact_that_the_create_met_and_is_another_customers_waits_for_a_person() {
    let world = World::new().await;
    let made = [
        ("email", "countess@example.com"),
        ("hs_additional_emails", "ada@example.com"),
        ("shopify_customer_id", "1"),
    ];
    let id = rep_creates(&world, &made);
    person(&world.shop, "Ada", "Lovelace", "ada@example.com");
    world.live().await;
    stays_another_customers(&world, &id);
}

#[tokio::test]
async fn two_customers_of_one_batch_never_get_one_contact() {
    let world = World::with_shops(&[SHOP, "other.myshopify.com"]).await;
    rep_creates(&world, &[("email", "ada@example.com"), ("phone", NUMBER)]);
    let other = world.twin.shop("other.myshopify.com").unwrap();
    newcomer(&world.shop, |_| {});
    newcomer(&other, |ada| ada.email = Some("ada.work@example.org".into()));
    world.all_arrive().await;
    for delivery in other.take_pending().unwrap() {
        world.arrives(&delivery).await;
    }
    world.settle().await;
    let parked = world.parked();
    assert_eq!(parked.len(), 1, "one has it, the other is a question for a person");
    assert_eq!(parked[0].code, "ambiguous_identity");
    assert_eq!(contacts(&world), 1);
}

#[tokio::test]
async fn s_216_a_name_at_a_place_identifies_only_where_the_rules_say_so() {
    for composite in [true, false] {
        let mut world = World::new().await;
        world.identify_by(IdentityRules { composite, ..IdentityRules::default() });
        let made = [
            ("email", "ada@example.com"),
            ("firstname", "ADA"),
            ("lastname", "Lovelace"),
            ("zip", "W1J 7NT"),
        ];
        let id = rep_creates(&world, &made);
        let elsewhere = [("email", "a@example.com"), ("firstname", "Ada"), ("lastname", "Lovelace")];
        rep_creates(&world, &[&elsewhere[..], &[("zip", "8001")]].concat());
        let ada = newcomer(&world.shop, |ada| ada.address = Some(lives_at("w1j7nt", "GB")));
        world.live().await;
        assert_eq!(world.contact(ada).id == id, composite);
    }
}
