//! The merchant's own fields, from the shop to the contact.

use domain::{CustomerId, MetafieldKey, Rate, ShopDomain};
use flows::PacedShops;
use jiff::SignedDuration;
use shopify::ReadShop;
use store::memory::MemoryBudgets;
use twin_hubspot::Property;
use twin_shopify::{Faults, Metafield};

use super::living::{ada, buys};
use super::pacing::{pace, waits};
use crate::world::{SHOP, World, settings, shop};

const TIER: &str = "\
    [metafields.\"custom.loyalty_tier\"]\n\
    field = \"loyalty_tier\"\n\
    use = \"Segments by tier, so that gold members are called first.\"\n";

/// A world in which the tier is written, to a property that is there.
async fn with_tier(more: &str) -> World {
    let mut world = World::new().await;
    world.rules_and(&format!("{TIER}{more}"));
    world.portal.define_property(Property::new("loyalty_tier", "string", "text")).unwrap();
    world
}

/// The shop sets a metafield, or takes it away. Time goes by, so that it is a newer version of the customer.
fn sets(world: &World, customer: u64, key: &str, metafield: Option<Metafield>) {
    world.clock.advance_to(world.clock.now() + SignedDuration::from_mins(1));
    let change = |customer: &mut twin_shopify::Customer| match metafield {
        Some(metafield) => drop(customer.metafields.insert(key.to_owned(), metafield)),
        None => drop(customer.metafields.remove(key)),
    };
    world.shop.change_customer(customer, change).unwrap();
}

fn has_tier(world: &World, customer: u64, tier: Option<&str>) {
    let tier = tier.map(|tier| Metafield::new("single_line_text_field", tier));
    sets(world, customer, "custom.loyalty_tier", tier);
}

fn said(world: &World, customer: u64, property: &str) -> Option<String> {
    world.contact(customer).properties.get(property).filter(|value| !value.is_empty()).cloned()
}

#[tokio::test]
async fn s_214_a_tier_appears_changes_and_is_cleared() {
    let world = with_tier("").await;
    let ada = ada(&world.shop);
    world.live().await;
    assert_eq!(said(&world, ada, "loyalty_tier"), None);
    for tier in [Some("silver"), Some("gold"), None, Some("gold")] {
        has_tier(&world, ada, tier);
        world.live().await;
        assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), tier);
    }
    assert!(world.parked().is_empty());
}

/// A rep edited the tier by hand, and then something was bought.
async fn gold_that_a_rep_made_platinum(treated: &str) -> (World, u64) {
    let world = with_tier(treated).await;
    let ada = ada(&world.shop);
    has_tier(&world, ada, Some("gold"));
    world.live().await;
    world.portal.rep_edits(&world.contact(ada).id, &[("loyalty_tier", "platinum")]).unwrap();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    (world, ada)
}

#[tokio::test]
async fn s_013_s_214_a_tier_that_was_edited_by_hand_is_set_right_at_the_next_event() {
    let (world, ada) = gold_that_a_rep_made_platinum("").await;
    assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), Some("gold"));
}

#[tokio::test]
async fn s_027_s_214_with_a_policy_of_its_own_a_tier_that_was_edited_by_hand_stays() {
    let (world, ada) = gold_that_a_rep_made_platinum("policy = \"when-changed\"\n").await;
    assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), Some("platinum"));
    has_tier(&world, ada, Some("silver"));
    world.live().await;
    assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), Some("silver"));
}

#[tokio::test]
async fn s_005_s_214_what_is_not_configured_is_neither_read_nor_written() {
    let world = with_tier("").await;
    let ada = ada(&world.shop);
    sets(&world, ada, "custom.tax_id", Some(Metafield::new("single_line_text_field", "DE123456789")));
    has_tier(&world, ada, Some("gold"));
    world.live().await;
    let read = world.admin.read(&shop(), &[CustomerId::new(ada)], &[], world.clock.now()).await.unwrap();
    let metafields = &read.customers[&CustomerId::new(ada)].as_ref().unwrap().metafields;
    assert_eq!(metafields.keys().map(MetafieldKey::as_str).collect::<Vec<_>>(), ["custom.loyalty_tier"]);
    assert!(world.contact(ada).properties.values().all(|value| value != "DE123456789"));

    let mut world = world;
    world.rules_and("");
    has_tier(&world, ada, Some("silver"));
    buys(&world.shop, ada, "10.00");
    world.live().await;
    let read = world.admin.read(&shop(), &[CustomerId::new(ada)], &[], world.clock.now()).await.unwrap();
    assert!(read.customers[&CustomerId::new(ada)].as_ref().unwrap().metafields.is_empty());
    assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), Some("gold"), "what was written stays");
    assert_eq!(said(&world, ada, "total_spent").as_deref(), Some("10"));
}

#[tokio::test]
async fn s_014_s_214_a_tier_that_is_the_crms_is_not_written_and_is_told() {
    let world = with_tier("owner = \"crm\"\n").await;
    let ada = ada(&world.shop);
    has_tier(&world, ada, Some("gold"));
    let worked = world.live().await;
    assert_eq!(said(&world, ada, "loyalty_tier"), None);
    let told: Vec<_> = worked.iter().filter_map(|one| one.verdict.as_ref().ok()).collect();
    assert!(told.iter().any(|verdict| verdict.to_string().contains("loyalty_tier")), "{told:?}");
}

#[tokio::test]
async fn s_214_a_property_that_is_missing_in_the_crm_parks_with_its_name() {
    let mut world = World::new().await;
    world.rules_and(TIER);
    let ada = ada(&world.shop);
    has_tier(&world, ada, Some("gold"));
    world.live().await;
    let parked = world.parked();
    assert!(!parked.is_empty());
    assert!(parked.iter().all(|one| one.reason.contains("loyalty_tier")), "{}", parked[0].reason);

    world.portal.define_property(Property::new("loyalty_tier", "string", "text")).unwrap();
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), Some("gold"));
}

#[tokio::test]
async fn s_214_a_tier_that_the_shop_may_not_tell_us_is_left_alone() {
    let world = with_tier("").await;
    let ada = ada(&world.shop);
    has_tier(&world, ada, Some("gold"));
    world.live().await;
    world.shop.set_faults(Faults { redact: vec!["metafield".into()], ..Faults::default() }).unwrap();
    has_tier(&world, ada, None);
    buys(&world.shop, ada, "10.00");
    world.live().await;
    assert_eq!(said(&world, ada, "loyalty_tier").as_deref(), Some("gold"));
    assert_eq!(said(&world, ada, "total_spent").as_deref(), Some("10"));
}

#[tokio::test]
async fn s_214_each_type_fits_the_property_it_is_meant_for() {
    let table = [
        ("number_decimal", "12.50", "number", "number", "12.50"),
        ("boolean", "true", "bool", "booleancheckbox", "true"),
        ("date", "2026-11-20", "date", "date", "2026-11-20"),
        ("date_time", "2026-11-20T10:00:00+02:00", "datetime", "date", "2026-11-20T08:00:00Z"),
        ("list.single_line_text_field", r#"["a","b"]"#, "string", "text", "a; b"),
        ("json", r#"{"a":1}"#, "string", "text", r#"{"a":1}"#),
    ];
    for (kind, value, value_type, field_type, expected) in table {
        let mut world = World::new().await;
        world.rules_and(&TIER.replace("loyalty_tier", "some_fact"));
        world.portal.define_property(Property::new("some_fact", value_type, field_type)).unwrap();
        let ada = ada(&world.shop);
        sets(&world, ada, "custom.some_fact", Some(Metafield::new(kind, value)));
        world.live().await;
        assert_eq!(said(&world, ada, "some_fact").as_deref(), Some(expected), "{kind}");
        is_the_same_on_both_sides(&world).await;
    }
}

/// The comparison reads both halves anew, so nothing that was remembered helps it.
async fn is_the_same_on_both_sides(world: &World) {
    let first = flows::Page { shop: shop(), first: 50, after: None };
    let (crm, key) = (world.side.crm.as_ref(), &world.side.fingerprint_key);
    let (rules, now) = (world.rules.of(&shop()), world.clock.now());
    let (budgets, alarm) = (MemoryBudgets::default(), waits(world));
    let pace = pace(&budgets, world, &alarm);
    let shops = PacedShops::new(&world.admin, Rate::per_second(1000, 1000).unwrap(), &pace);
    let counts = flows::compare(&first, &world.admin, &shops, crm, key, rules, now).await.unwrap();
    assert_eq!((counts.customers, counts.matching), (1, 1), "{:?}", counts.fields);
}

#[tokio::test]
async fn s_214_a_shop_with_a_field_of_its_own_is_the_only_one_that_is_asked_for_it() {
    const OTHER: &str = "other.myshopify.com";
    let mut world = World::with_shops(&[SHOP, OTHER]).await;
    world.rules_and(&TIER.replace("[metafields.", &format!("[shops.\"{SHOP}\".metafields.")));
    world.portal.define_property(Property::new("loyalty_tier", "string", "text")).unwrap();
    let points = |domain: &str| world.admin.points(&ShopDomain::parse(domain).unwrap(), 10, 1);
    assert_eq!((points(SHOP), points(OTHER)), (10 * 8 + 4, 10 * 7 + 4));
}

#[tokio::test]
async fn s_165_s_214_what_a_read_is_said_to_cost_is_what_shopify_asks_for() {
    let own = |n: usize| TIER.replace("loyalty_tier", &format!("fact_{n}"));
    for metafields in [0, 1, 3] {
        for (spare, fits) in [(0, true), (1, false)] {
            let mut world = World::new().await;
            world.rules_and(&(0..metafields).map(own).collect::<String>());
            let ids: Vec<_> = (1..=3).map(CustomerId::new).collect();
            let bucket_size = f64::from(world.admin.points(&shop(), ids.len(), 0) - spare);
            world.twin.open_shop(SHOP, twin_shopify::ShopSettings { bucket_size, ..settings() });
            let read = world.admin.read(&shop(), &ids, &[], world.clock.now()).await;
            assert_eq!(read.is_ok(), fits, "{metafields} metafields, {spare} points too few: {read:?}");
        }
    }
}
